/* Short messages at the edge: Console.toast(text, {stay}), the HX-Trigger "toast", and what to do when a request failed. */

"use strict";

(() => {
  const { text } = window.Console;
  const SECONDS = 6;
  const area = () => document.getElementById("toasts");

  const use = (name) => {
    const sprite = document.querySelector(".icon use")?.getAttribute("href")?.split("#")[0];
    const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    icon.setAttribute("class", "icon");
    icon.setAttribute("aria-hidden", "true");
    const symbol = document.createElementNS("http://www.w3.org/2000/svg", "use");
    symbol.setAttribute("href", `${sprite}#${name}`);
    icon.append(symbol);
    return icon;
  };

  const prepare = (toast) => {
    const close = document.createElement("button");
    close.type = "button";
    close.setAttribute("aria-label", text("close"));
    close.append(use("x"));
    close.addEventListener("click", () => toast.remove());
    toast.append(close);
    if (!("stay" in toast.dataset)) {
      let left = SECONDS;
      const timer = setInterval(() => {
        if (toast.matches(":hover, :focus-within") || document.hidden) return; // nobody reads it meanwhile
        left -= 1;
        if (left > 0) return;
        clearInterval(timer);
        toast.remove();
      }, 1000);
    }
  };

  const show = (words, { stay = false } = {}) => {
    if (!area() || !words) return;
    for (const same of area().children) if (same.dataset.words === words) same.remove();
    const toast = document.createElement("div");
    toast.className = "toast";
    toast.dataset.words = words;
    if (stay) {
      toast.dataset.stay = "";
      toast.setAttribute("role", "alert");
    }
    const line = document.createElement("span");
    line.className = "toast-text";
    line.textContent = words;
    toast.append(use(stay ? "alert-triangle" : "check"), line);
    prepare(toast);
    // a modal dialog covers the page, so a message about it belongs inside
    (document.querySelector("dialog[open] .dialog-body") ?? area()).append(toast);
  };

  for (const toast of document.querySelectorAll("[data-toast]")) prepare(toast);

  const body = document.body;
  body.addEventListener("toast", (event) => {
    const said = event.detail?.value ?? event.detail;
    typeof said === "string" ? show(said) : show(said?.text, { stay: Boolean(said?.stay) });
  });
  body.addEventListener("htmx:sendError", () => show(text("failed_network"), { stay: true }));
  body.addEventListener("htmx:timeout", () => show(text("failed_network"), { stay: true }));
  body.addEventListener("htmx:responseError", (event) => {
    const code = event.detail.xhr.status;
    if ([404, 409, 412, 422].includes(code) && event.detail.shouldSwap !== false) return; // its fragment says it in place
    show(code === 401 || code === 403 ? text("failed_session") : text("failed_server", { code }), { stay: true });
  });

  // a whole page where a fragment was asked for (signed out meanwhile, say) never lands inside a page
  body.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, target } = event.detail;
    if (target === body || !/^\s*<!doctype/i.test(xhr.responseText)) return;
    event.detail.shouldSwap = false;
    const signedOut = xhr.responseURL && new URL(xhr.responseURL).pathname === body.dataset.login;
    show(signedOut ? text("failed_session") : text("failed_server", { code: xhr.status }), { stay: true });
  });

  document.addEventListener("click", async (event) => {
    const control = event.target.closest?.("[data-copy]");
    if (!control) return;
    await navigator.clipboard?.writeText(control.dataset.copy);
    show(text("copied"));
  });

  window.Console.toast = show;
})();
