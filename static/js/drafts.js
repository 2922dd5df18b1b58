/* What is typed is never lost. A form or a field with data-draft-key is kept in this browser, per person, and put back
   when the page or the dialog comes again; [data-draft-note] in the same form says so and offers to discard it.

   A draft goes only when the server has confirmed: HX-Trigger {"draft:clear": "<key>"} or an element with
   data-draft-clear="<key>" on the page that follows. Passwords, files, hidden fields and data-draft="no" are never kept. */

"use strict";

(() => {
  const { kept, text, onLoad, all } = window.Console;
  const DAYS = 14;
  const LATER = 300;
  const waiting = new Map();

  const fits = (field) =>
    field.name &&
    field.dataset.draft !== "no" &&
    !["password", "hidden", "file", "submit", "button", "reset"].includes(field.type) &&
    !/^(one-time-code|.*password)$/.test(field.autocomplete ?? "");
  const fields = (holder) => (holder.matches("form") ? [...holder.elements] : [holder]).filter(fits);
  const box = (field) => field.type === "checkbox" || field.type === "radio";
  const name = (field) => (box(field) ? `${field.name}=${field.value}` : field.name || "value");
  const at = (key) => `draft:${key}`;

  const save = (holder) => {
    const values = {};
    let touched = false;
    for (const field of fields(holder)) {
      const value = box(field) ? field.checked : field.value;
      const first = box(field) ? field.defaultChecked : field.matches("select") ? undefined : field.defaultValue;
      if (value !== first) touched = true;
      values[name(field)] = value;
    }
    const key = at(holder.dataset.draftKey);
    touched ? kept.set(key, { when: Date.now(), values }) : kept.drop(key);
  };

  const note = (holder, when) => {
    const place = (holder.form ?? holder).querySelector("[data-draft-note]");
    if (!place) return;
    const time = new Date(when).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Shanghai" });
    const discard = document.createElement("button");
    discard.type = "button";
    discard.className = "as-link as-link-grey";
    discard.textContent = text("draft_discard");
    discard.addEventListener("click", () => {
      kept.drop(at(holder.dataset.draftKey));
      for (const field of fields(holder)) box(field) ? (field.checked = field.defaultChecked) : (field.value = field.defaultValue ?? "");
      place.hidden = true;
    });
    place.replaceChildren(text("draft_restored", { t: time }), " ", discard);
    place.hidden = false;
  };

  const restore = (holder) => {
    const draft = kept.get(at(holder.dataset.draftKey));
    if (!draft) return;
    if (Date.now() - draft.when > DAYS * 86_400_000) return kept.drop(at(holder.dataset.draftKey));
    let changed = false;
    for (const field of fields(holder)) {
      const value = draft.values[name(field)];
      if (value === undefined) continue;
      const present = box(field) ? field.checked : field.value;
      if (present === value) continue;
      box(field) ? (field.checked = value) : (field.value = value);
      changed = true;
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
    if (changed) note(holder, draft.when);
  };

  const clear = (key) => {
    clearTimeout(waiting.get(key));
    waiting.delete(key);
    kept.drop(at(key));
  };

  const typed = (event) => {
    const holder = event.target.closest?.("[data-draft-key]");
    if (!holder || !event.isTrusted) return;
    const key = holder.dataset.draftKey;
    clearTimeout(waiting.get(key));
    waiting.set(key, setTimeout(() => save(holder), LATER));
  };
  document.addEventListener("input", typed);
  document.addEventListener("change", typed);
  addEventListener("pagehide", () => {
    for (const holder of document.querySelectorAll("[data-draft-key]")) if (waiting.has(holder.dataset.draftKey)) save(holder);
  });

  document.body.addEventListener("draft:clear", (event) => {
    for (const key of [event.detail?.value ?? event.detail].flat()) if (typeof key === "string") clear(key);
  });

  onLoad((root) => {
    for (const element of all(root, "[data-draft-clear]")) clear(element.dataset.draftClear);
    for (const holder of all(root, "[data-draft-key]")) restore(holder);
  });

  window.Console.drafts = {
    /** Keep a form as it is now, after a script has put something in. */
    keep: save,
    flush: (root) => {
      for (const holder of all(root, "[data-draft-key]")) if (waiting.has(holder.dataset.draftKey)) save(holder);
    },
  };
})();
