/* Keeps what is on the screen true without moving it. <tbody data-live="url" data-live-every="20"> is asked again every
   so many seconds; the answer is the same page or fragment with the same rows (data-row, data-version).

   A changed row is replaced where it stands, but not under the pointer, the caret or while picked; one that left the
   list turns grey; new ones wait behind a note ("3 new · Show"). Counts are elements with data-live-text="name".
   Rests while the tab is hidden or a dialog is open. */

"use strict";

(() => {
  const { text, countdown } = window.Console;
  const list = document.querySelector("[data-live]");
  if (!list) return;

  const every = Math.max(5, Number(list.dataset.liveEvery) || 20) * 1000;
  const url = list.dataset.live || location.href;
  let fails = 0;
  let timer = null;
  let seen = new Date();

  const resting = () => document.hidden || document.querySelector("dialog[open]");
  const held = (row) =>
    row.matches(":hover") || row.contains(document.activeElement) || row.querySelector(".c-pick input:checked");

  const notes = () => {
    let note = document.querySelector(".live-note");
    if (!note) {
      note = document.createElement("div");
      note.className = "live-note no-print";
      note.setAttribute("role", "status");
      note.hidden = true;
      list.closest("table").after(note);
    }
    return note;
  };

  const say = (words, control) => {
    const note = notes();
    note.replaceChildren(words, ...(control ? [" ", control] : []));
    note.hidden = !words;
  };

  const rowsOf = (root) => new Map([...root.querySelectorAll("tr[data-row]")].map((row) => [row.dataset.row, row]));

  const swap = (old, fresh) => {
    if ("selected" in old.dataset) fresh.dataset.selected = "";
    if (old.classList.contains("is-open")) fresh.classList.add("is-open");
    old.replaceWith(fresh);
    countdown(fresh);
    window.htmx?.process(fresh);
  };

  const merge = (page) => {
    const now = rowsOf(list);
    const fresh = rowsOf(page.querySelector("[data-live]") ?? page);
    let added = 0;
    for (const [id, row] of fresh) {
      const old = now.get(id);
      if (!old) added += 1;
      else if (old.dataset.version !== row.dataset.version) {
        if (!held(old)) swap(old, document.importNode(row, true));
      } else old.classList.remove("is-gone");
    }
    for (const [id, old] of now) {
      if (fresh.has(id) || held(old)) continue;
      old.classList.add("is-gone");
      old.title = text("live_gone");
    }
    for (const element of page.querySelectorAll("[data-live-text]")) {
      for (const here of document.querySelectorAll(`[data-live-text="${CSS.escape(element.dataset.liveText)}"]`)) {
        if (here.textContent !== element.textContent) here.replaceChildren(...element.cloneNode(true).childNodes);
      }
    }
    window.Console.there?.();
    if (added) {
      const show = document.createElement("button");
      show.type = "button";
      show.className = "button button-small";
      show.textContent = text("live_show");
      show.addEventListener("click", () => {
        window.Console.queue?.remember();
        location.reload();
      });
      say(text("live_new", { n: added }), show);
    } else say("");
  };

  const stale = () => say(text("live_stale", { t: seen.toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Shanghai" }) }));

  const ask = async () => {
    clearTimeout(timer);
    if (!resting()) {
      try {
        const answer = await fetch(url, { headers: { "X-Live": "1" }, credentials: "same-origin", redirect: "error" });
        if (!answer.ok) throw new Error(String(answer.status));
        const page = new DOMParser().parseFromString(wrapped(await answer.text()), "text/html");
        if (!resting()) merge(page);
        fails = 0;
        seen = new Date();
      } catch {
        fails += 1;
        stale();
      }
    }
    timer = setTimeout(ask, every * Math.min(8, 2 ** fails));
  };

  /* bare rows need a table around them, or the parser drops them */
  const wrapped = (html) => (/<tbody|<table|<html/i.test(html) ? html : `<table><tbody data-live>${html}</tbody></table>`);

  timer = setTimeout(ask, every);
  document.addEventListener("visibilitychange", () => !document.hidden && Date.now() - seen > every && ask());
})();
