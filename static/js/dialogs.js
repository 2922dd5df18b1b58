/* Decisions in place. A link with data-dialog loads its page's fragment into #dialog and shows it; without script it is
   an ordinary link to the same decision as a page.

   Enter confirms (in a text of several lines Ctrl + Enter), Esc leaves; what was typed is a draft and comes back.
   The server ends it with HX-Trigger {"dialog:close": ""}. */

"use strict";

(() => {
  const { onLoad, all } = window.Console;
  const dialog = document.getElementById("dialog");
  if (!dialog) return;
  let opener = null;

  /* what is wrong, else what must be filled in, else the button: then Enter alone confirms */
  const first = () =>
    dialog.querySelector("[aria-invalid='true']") ??
    dialog.querySelector("[data-first], .field [autofocus]") ??
    dialog.querySelector("[data-confirm]:not(:disabled)") ??
    dialog.querySelector("[data-close]");

  const show = () => {
    if (!dialog.open) dialog.showModal();
    first()?.focus();
  };

  const close = () => {
    window.Console.drafts?.flush(dialog);
    if (dialog.open) dialog.close();
  };

  dialog.addEventListener("close", () => {
    dialog.replaceChildren();
    if (opener?.isConnected) opener.focus({ preventScroll: true });
    opener = null;
  });

  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.target.closest?.("[data-close]") && dialog.contains(event.target)) {
      event.preventDefault();
      return close();
    }
    const link = event.target.closest?.("a[data-dialog]");
    if (!link || link.getAttribute("aria-disabled") === "true") return;
    event.preventDefault();
    if (!dialog.open) opener = link;
    window.htmx.ajax("GET", link.href, { source: link, target: dialog, swap: "innerHTML" });
  });

  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target === dialog && dialog.childElementCount) show();
  });
  document.body.addEventListener("dialog:close", close);

  // pressing beside the dialog leaves it, unless the press began inside (a selection that ended outside)
  let pressed = null;
  dialog.addEventListener("pointerdown", (event) => (pressed = event.target));
  dialog.addEventListener("click", (event) => event.target === dialog && pressed === dialog && close());
  dialog.addEventListener("cancel", () => window.Console.drafts?.flush(dialog));

  dialog.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || event.keyCode === 229 || event.repeat) return;
    const several = event.target.matches("textarea");
    if (several && !(event.ctrlKey || event.metaKey)) return;
    if (event.target.matches("a, button, summary, select, input[type=file]")) return;
    const confirm = dialog.querySelector("[data-confirm]");
    event.preventDefault();
    if (confirm && !confirm.disabled) confirm.click();
  });

  // a form is sent once: the button rests until the answer is there
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent === "1" && !form.hasAttribute("hx-post")) return event.preventDefault();
    form.dataset.sent = "1";
    event.submitter?.setAttribute("aria-busy", "true");
  });
  document.body.addEventListener("htmx:afterRequest", (event) => {
    for (const form of all(event.target, "form")) delete form.dataset.sent;
    for (const button of all(event.target, "[aria-busy]")) button.removeAttribute("aria-busy");
  });
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
    for (const button of document.querySelectorAll("button[aria-busy]")) button.removeAttribute("aria-busy");
  });

  // quick replies and amounts: a control with data-fill="#id" writes its data-text there
  onLoad((root) => {
    for (const control of all(root, "[data-fill]")) {
      const fill = () => {
        const place = document.querySelector(control.dataset.fill);
        const words = control.selectedOptions ? control.selectedOptions[0]?.dataset.text : control.dataset.text;
        if (!place || !words) return;
        place.setRangeText(words, place.selectionStart, place.selectionEnd, "end");
        place.focus();
        place.dispatchEvent(new InputEvent("input", { bubbles: true }));
        if (control.selectedOptions) control.selectedIndex = 0;
      };
      control.addEventListener(control.matches("select") ? "change" : "click", fill);
    }
  });
})();
