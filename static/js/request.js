/* The request page, alone or beside the list: its parts are refreshed without touching what somebody types or points at.

   <article data-case data-case-live="url"> asks every few seconds whether anything has changed (204: nothing). After an
   own action ("case:changed") the parts are put in place at once. A change by somebody else waits behind a note while the
   pointer is on the actions, a menu is open or a text is marked; the form of the conversation is never touched. */

"use strict";

(() => {
  const { onLoad, all, now, keys } = window.Console;
  const EVERY = 15_000;
  let fails = 0;
  let timer = null;
  let waiting = false; // a change is known and not shown yet

  const page = () => document.querySelector("[data-case-live]");
  const stamp = () => document.getElementById("case-stamp")?.dataset.stamp ?? "";
  const resting = () => document.hidden || Boolean(document.querySelector("dialog[open]"));
  const held = () =>
    Boolean(page()?.querySelector(".actions:hover, details[open]")) || String(getSelection()).length > 0;

  const note = (shown) => {
    const place = page()?.querySelector("[data-case-note]");
    if (!place) return;
    place.hidden = !shown;
    if (!shown || place.childElementCount) return;
    const show = document.createElement("button");
    show.type = "button";
    show.className = "button button-small";
    show.textContent = page().dataset.show;
    show.addEventListener("click", () => refresh());
    place.replaceChildren(page().dataset.changed, " ", show);
  };

  /* what has the focus, so that the new part can take it again */
  const remembered = () => {
    const here = document.activeElement;
    const part = here?.closest?.("#case-act, #case-meta, #case-order, #case-steps");
    if (!part) return null;
    const name = here.dataset.action;
    return { id: here.id, selector: name ? `[data-action="${CSS.escape(name)}"]` : "", part: part.id };
  };
  const focusAgain = (place) => {
    if (!place || document.activeElement !== document.body) return;
    const part = document.getElementById(place.part);
    const found = document.getElementById(place.id) ?? (place.selector ? part?.querySelector(place.selector) : null);
    found?.focus({ preventScroll: true });
  };

  const refresh = async () => {
    const article = page();
    if (!article) return;
    const place = remembered();
    await window.htmx.ajax("GET", article.dataset.caseLive, { source: article, target: article, swap: "none" });
    waiting = false;
    note(false);
    focusAgain(place);
  };

  const ask = async () => {
    clearTimeout(timer);
    const article = page();
    if (article && !resting()) {
      try {
        const url = `${article.dataset.caseLive}?seen=${encodeURIComponent(stamp())}`;
        const answer = waiting ? null : await fetch(url, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
        if (answer && !answer.ok) throw new Error(String(answer.status));
        if (answer === null || answer.status !== 204) {
          waiting = true;
          if (page() === article && !resting()) held() ? note(true) : await refresh();
        }
        fails = 0;
      } catch {
        fails += 1;
      }
    }
    timer = setTimeout(ask, EVERY * Math.min(8, 2 ** fails));
  };

  document.body.addEventListener("case:changed", () => refresh());
  document.addEventListener("visibilitychange", () => !document.hidden && page() && ask());
  timer = setTimeout(ask, EVERY);

  /* the newest message is the one that matters */
  onLoad((root) => {
    for (const talk of all(root, ".chat")) talk.scrollTop = talk.scrollHeight;
  });

  /* what was sent goes; the next message is another one */
  document.body.addEventListener("htmx:afterRequest", (event) => {
    const form = event.target.closest?.("form[data-reply]");
    if (!form || event.detail.elt !== form || event.detail.xhr?.status !== 204) return;
    form.reset();
    form.querySelector("textarea").value = "";
    form.querySelector("[name=key]").value = `${now()}-${Math.random().toString(36).slice(2)}`;
    form.querySelector("[data-files-tiles]")?.replaceChildren();
    for (const place of form.querySelectorAll("[data-draft-note]")) place.hidden = true;
  });

  /* a ground that the law does not allow says at once what it would cost; the supervisor's word is asked for then only */
  const costs = (select) => {
    const said = select.selectedOptions[0]?.dataset.costs ?? "";
    for (const place of document.querySelectorAll(`[data-costs-of="#${select.id}"]`)) {
      place.textContent = said;
      place.hidden = !said;
    }
    for (const place of document.querySelectorAll(`[data-despite-of="#${select.id}"]`)) place.hidden = !said;
  };
  window.Console.onLoad((root) => {
    for (const place of window.Console.all(root, "[data-costs-of]")) costs(document.querySelector(place.dataset.costsOf));
  });
  document.addEventListener("change", (event) => event.target.matches?.("[data-ready-for]") && costs(event.target));

  /* a reason brings its ready text, as long as nobody wrote anything else there */
  document.addEventListener("change", (event) => {
    const select = event.target.closest?.("[data-ready-for]");
    const place = select && document.querySelector(select.dataset.readyFor);
    if (!place || document.activeElement !== select) return; // a draft that comes back brings its own text
    const ready = [...select.options].map((option) => option.dataset.ready).filter(Boolean);
    if (place.value.trim() && !ready.includes(place.value)) return;
    place.value = select.selectedOptions[0]?.dataset.ready ?? "";
    place.dispatchEvent(new InputEvent("input", { bubbles: true }));
  });

  /* keys of actions that wait in the closed menu: pressed all the same, the reason said where it is not possible */
  for (const name of (window.Console.read("console-keys") ?? []).filter((row) => row.scope === "request").map((row) => row.action)) {
    if (["case-next", "case-previous", "back"].includes(name)) continue;
    keys.on(`request:${name}`, () => {
      if (keys.press(name)) return true;
      const hidden = page()?.querySelector(`.menu-sheet [data-action="${CSS.escape(name)}"]`);
      hidden?.click();
      return Boolean(hidden);
    });
  }
})();
