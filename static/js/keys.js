/* The keys of the console. The one table is core.navigation.register_keys; it arrives as #console-keys.

   A key, or a chord with Ctrl (on a Mac with Command), does its action: a handler that a script registered with Console.keys.on(action, handler), otherwise the visible
   control with data-action="<action>" is pressed; one that is not possible says why. Keys rest while someone types,
   composes Chinese, or holds another modifier; a chord works while someone types, too. The sheet behind `?` is made from the same table. */

"use strict";

(() => {
  const { read, text, typing } = window.Console;
  const table = read("console-keys") || [];
  const handlers = new Map();

  const openDialog = () => document.querySelector("dialog[open]");
  const shown = (element) => element.offsetParent !== null || element.getClientRects().length > 0;

  /** The scopes that hold now, innermost first: a dialog alone, else the pane in use, the page, everywhere. */
  const scopes = () => {
    if (openDialog()) return ["dialog"];
    const side = document.querySelector("#side [data-scope]");
    const here = document.activeElement?.closest?.("[data-scope]")?.dataset.scope;
    return [...new Set([here, side?.dataset.scope, document.body.dataset.scope?.trim(), "global"].filter(Boolean))];
  };

  const press = (action) => {
    const controls = [...document.querySelectorAll(`[data-action="${CSS.escape(action)}"]`)].filter(shown);
    const control = controls[0];
    if (!control) return false;
    if (control.getAttribute("aria-disabled") === "true" || control.disabled) {
      window.Console.toast(text("not_possible", { reason: control.dataset.tip ?? "" }));
    } else if (typing(control)) {
      control.focus();
      control.select?.();
    } else {
      control.click();
    }
    return true;
  };

  const run = (entry, event) => {
    const handler = handlers.get(`${entry.scope}:${entry.action}`) ?? handlers.get(entry.action);
    const done = handler ? handler(event) !== false : press(entry.action);
    if (done) event.preventDefault();
    return done;
  };

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return;
    if (event.altKey || openDialog()) return; // a dialog has its own two keys, in dialogs.js
    const chord = event.ctrlKey || event.metaKey;
    if (chord ? event.shiftKey : typing(event.target)) return;
    const key = chord ? `Ctrl+${event.key.toUpperCase()}` : event.key;
    // Enter and space belong to the control that has the focus
    if (event.key === "Enter" && event.target.closest?.("a, button, summary, label, input")) return;
    for (const scope of scopes()) {
      const entry = table.find((row) => row.scope === scope && row.key === key);
      if (entry && run(entry, event)) return;
    }
  });

  // Esc leaves the search field, back to the list, with what was typed still in it
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.isComposing && event.target.id === "search") event.target.blur();
  });

  const sheet = () => {
    const dialog = document.getElementById("keys");
    if (!dialog || openDialog()) return;
    const make = (tag, content, name) => {
      const element = document.createElement(tag);
      if (content) element.append(...[content].flat());
      if (name) element.className = name;
      return element;
    };
    const groups = ["global", ...new Set(table.map((row) => row.scope).filter((scope) => scope !== "global"))];
    const lists = groups.map((scope) => {
      const lines = table
        .filter((row) => row.scope === scope)
        .map((row) => make("div", [make("dt", [make("kbd", row.key === "Escape" ? "Esc" : row.key)]), make("dd", row.label)]));
      return make("section", [make("h3", text(`scope_${scope}`)), make("dl", lines)]);
    });
    const close = make("button", text("close"), "button");
    close.type = "button";
    close.addEventListener("click", () => dialog.close());
    const title = make("h2", text("keys_title"));
    title.id = "keys-title";
    dialog.replaceChildren(
      make("div", [title], "dialog-head dialog-wide"),
      make("div", [make("div", lists, "keys")], "dialog-body"),
      make("div", [close], "dialog-foot"),
    );
    dialog.showModal();
    close.focus();
  };

  document.addEventListener("click", (event) => {
    const control = event.target.closest?.('[data-action="help"]');
    if (control) sheet();
    const refused = event.target.closest?.('[aria-disabled="true"]');
    if (refused) {
      event.preventDefault();
      if (refused.dataset.tip) window.Console.toast(text("not_possible", { reason: refused.dataset.tip }));
    }
  });

  /** What can be done on this page now: the keys of its scopes whose control is in sight and possible. */
  const here = () =>
    scopes()
      .flatMap((scope) => table.filter((row) => row.scope === scope))
      .filter(({ action }) => {
        const control = [...document.querySelectorAll(`[data-action="${CSS.escape(action)}"]`)].find(shown);
        return control && !typing(control) && !control.disabled && control.getAttribute("aria-disabled") !== "true";
      });

  window.Console.keys = { on: (action, handler) => handlers.set(action, handler), press, here };
  window.Console.keys.on("help", sheet);
})();
