/* Says every few seconds that somebody is here and which case he has before him, and shows who else has it: a mark on the
   rows of a list (data-row), a line on the case itself ([data-about] holds its number, [data-there] the line).

   A sign of life is a hand on mouse or keyboard, not a page that is open. Rests while the tab is hidden. */

"use strict";

(() => {
  const url = document.body.dataset.here;
  if (!url) return;
  const { text, toast } = window.Console;
  const EVERY = 15_000;
  const warned = new Set();
  let alive = true;
  let typed = false;
  let others = [];
  let timer = null;

  for (const kind of ["pointermove", "pointerdown", "keydown", "wheel"]) {
    addEventListener(kind, () => { alive = true; }, { passive: true });
  }
  document.addEventListener("input", (event) => {
    if (event.target.closest("[data-about], dialog")) typed = true;
  });

  const about = () =>
    (document.querySelector("#side [data-about]") ?? document.querySelector("#pane [data-about]"))?.dataset.about ?? "";
  const on = (number) => others.filter((one) => one.cases.includes(number));
  const words = (found) => {
    const typing = found.filter((one) => one.typing);
    const names = (some) => [...new Set(some.map((one) => one.who))].join("、");
    return typing.length ? text("there_typing", { who: names(typing) }) : text("there_looking", { who: names(found) });
  };

  const mark = (row) => {
    const found = on(row.dataset.row);
    let sign = row.querySelector(".there");
    if (!found.length) return sign?.remove();
    if (!sign) {
      sign = document.createElement("span");
      sign.className = "there";
      sign.setAttribute("role", "img");
      row.querySelector("a.row-link")?.after(sign);
    }
    const said = words(found);
    if (sign.title === said) return;
    sign.title = said;
    sign.setAttribute("aria-label", said);
    sign.toggleAttribute("data-typing", found[0].typing);
    const people = new Set(found.map((one) => one.who));
    sign.textContent = people.size > 1 ? String(people.size) : [...found[0].who][0];
  };

  const paint = () => {
    for (const row of document.querySelectorAll("[data-live] tr[data-row]")) mark(row);
    for (const line of document.querySelectorAll("[data-there]")) {
      const number = line.closest("[data-about]").dataset.about;
      const found = on(number);
      const said = found.length ? words(found) : "";
      if (line.textContent !== said) line.textContent = said;
      line.hidden = !said;
      if (said && !warned.has(number)) toast(text("there_claim", { who: found[0].who }));
      if (said) warned.add(number);
    }
  };

  const say = async () => {
    clearTimeout(timer);
    if (!document.hidden) {
      const body = new URLSearchParams({ about: about(), typing: typed ? "1" : "", alive: alive ? "1" : "" });
      alive = typed = false;
      try {
        const headers = JSON.parse(document.body.getAttribute("hx-headers"));
        const answer = await fetch(url, { method: "POST", body, headers, credentials: "same-origin", redirect: "error" });
        if (answer.ok) {
          const told = await answer.json();
          others = told.others;
          paint();
          presence(told.presence);
        }
      } catch { /* without a connection live.js says so */ }
    }
    timer = setTimeout(say, EVERY);
  };

  const presence = (state) => {
    const menu = document.querySelector(".top [data-presence]");
    if (!menu || !state || menu.dataset.presence === state.value) return;
    menu.dataset.presence = state.value;
    menu.querySelector("[data-presence-words]").textContent = state.words;
  };

  window.Console.there = paint;
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.closest?.("#side")) say(); // another case was opened beside the list
  });
  document.addEventListener("visibilitychange", () => !document.hidden && say());
  say();
})();
