/* Ready words beneath a reply: found by typing, put in where the caret stands, with nothing lost that was typed.

   <div data-picker="#textarea" data-picker-url="…"> is filled on first use. `/` at the start of a line of that text opens
   it, and so does its button [data-picker-open]. Arrows move, Enter takes, Esc goes back to the text. While Chinese is
   being composed no key does anything. A macro (data-macro) opens its dialog instead. */

"use strict";

(() => {
  const composing = (event) => event.isComposing || event.keyCode === 229;
  const textOf = (picker) => document.querySelector(picker.dataset.picker);
  const pickerOf = (text) =>
    [...document.querySelectorAll("[data-picker]")].find((picker) => textOf(picker) === text) ?? null;
  const buttonOf = (picker) => document.querySelector(`[data-picker-open][aria-controls="${picker.id}"]`);
  const rows = (picker) => [...picker.querySelectorAll("[role=option]")].filter((row) => !row.hidden);
  const chosen = (picker) => picker.querySelector("[role=option][aria-selected=true]");

  const choose = (picker, row) => {
    chosen(picker)?.setAttribute("aria-selected", "false");
    row?.setAttribute("aria-selected", "true");
    row?.scrollIntoView({ block: "nearest" });
    picker.querySelector("[data-picker-find]")?.setAttribute("aria-activedescendant", row?.id ?? "");
  };

  const filter = (picker) => {
    const find = picker.querySelector("[data-picker-find]");
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of picker.querySelectorAll("[role=option]")) {
      row.hidden = !words.every((word) => row.dataset.find.includes(word));
    }
    const left = rows(picker);
    // who types a shortcut means it
    choose(picker, left.find((row) => row.querySelector("kbd")?.textContent === words.join(" ")) ?? left[0]);
    picker.querySelector("[data-picker-none]").hidden = left.length > 0;
  };

  const fill = async (picker, language) => {
    const url = picker.dataset.pickerUrl + (language ? `&language=${encodeURIComponent(language)}` : "");
    const answer = await fetch(url, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
    if (!answer.ok) throw new Error(String(answer.status));
    picker.innerHTML = await answer.text();
    filter(picker);
  };

  const open = async (picker) => {
    try {
      if (!picker.childElementCount) await fill(picker);
    } catch {
      return window.Console.toast(window.Console.text("failed_network"));
    }
    picker.querySelector("[data-picker-find]").value = "";
    filter(picker);
    picker.hidden = false;
    buttonOf(picker)?.setAttribute("aria-expanded", "true");
    picker.querySelector("[data-picker-find]").focus();
    picker.scrollIntoView({ block: "nearest" });
  };

  const close = (picker) => {
    picker.hidden = true;
    buttonOf(picker)?.setAttribute("aria-expanded", "false");
    textOf(picker)?.focus();
  };

  const insert = (picker, row) => {
    const text = textOf(picker);
    if (!text) return;
    text.setRangeText(row.dataset.text, text.selectionStart, text.selectionEnd, "end");
    const used = text.form?.querySelector("[data-used]");
    if (used) used.value = [...new Set([...used.value.split(" "), row.dataset.key])].filter(Boolean).join(" ");
    close(picker);
    text.dispatchEvent(new InputEvent("input", { bubbles: true }));
    const holder = text.closest("[data-draft-key]");
    if (holder) window.Console.drafts?.keep(holder);
  };

  const take = (picker, row) => {
    if (!row) return;
    if (!row.dataset.macro) return insert(picker, row);
    close(picker);
    window.Console.drafts?.flush(document.body);
    const dialog = document.getElementById("dialog");
    if (!dialog) return location.assign(row.dataset.macro);
    window.htmx.ajax("GET", row.dataset.macro, { target: dialog, swap: "innerHTML" });
  };

  // before the dialog and the page look at the key: what is pressed in the picker is the picker's
  document.addEventListener(
    "keydown",
    (event) => {
      const picker = event.target.closest?.("[data-picker]");
      if (!picker) return;
      if (composing(event)) return event.stopPropagation();
      const here = rows(picker);
      const at = here.indexOf(chosen(picker));
      const steps = { ArrowDown: 1, ArrowUp: -1 };
      if (event.key in steps) choose(picker, here[(at + steps[event.key] + here.length) % here.length]);
      else if (event.key === "Enter" && event.target.matches("[data-picker-find]")) take(picker, chosen(picker));
      else if (event.key === "Escape") close(picker);
      else return;
      event.preventDefault();
      event.stopPropagation();
    },
    true,
  );

  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || composing(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    const text = event.target;
    const picker = text.matches?.("textarea") ? pickerOf(text) : null;
    if (!picker || (text.selectionStart > 0 && text.value[text.selectionStart - 1] !== "\n")) return;
    event.preventDefault();
    open(picker);
  });

  // fetched when somebody begins to write, so that what is typed after the key finds the field there
  document.addEventListener("focusin", (event) => {
    const picker = event.target.matches?.("textarea") ? pickerOf(event.target) : null;
    if (picker && !picker.childElementCount) fill(picker).catch(() => {});
  });

  document.addEventListener("input", (event) => {
    const picker = event.target.matches?.("[data-picker-find]") ? event.target.closest("[data-picker]") : null;
    if (picker && !event.isComposing) filter(picker);
  });
  document.addEventListener("compositionend", (event) => {
    const picker = event.target.matches?.("[data-picker-find]") ? event.target.closest("[data-picker]") : null;
    if (picker) filter(picker);
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-picker-open]");
    if (button) {
      const picker = document.getElementById(button.getAttribute("aria-controls"));
      if (picker) picker.hidden ? open(picker) : close(picker);
      return;
    }
    const picker = event.target.closest?.("[data-picker]");
    if (!picker) return;
    const language = event.target.closest("[data-picker-language]")?.dataset.pickerLanguage;
    if (language) return void fill(picker, language).then(() => picker.querySelector("[data-picker-find]").focus());
    const row = event.target.closest("[role=option]");
    if (row) take(picker, row);
  });

  // what was sent is counted; the next reply begins with none
  document.body.addEventListener("htmx:afterRequest", (event) => {
    const form = event.target.closest?.("form[data-reply]");
    if (form && event.detail.elt === form && event.detail.xhr?.status === 204) {
      for (const used of form.querySelectorAll("[data-used]")) used.value = "";
      for (const picker of form.querySelectorAll("[data-picker]")) picker.replaceChildren();
    }
  });
})();
