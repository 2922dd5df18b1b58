/* Moments into words: <time datetime data-due> counts down, <time datetime data-ago> counts up. One timer for the page.

   The surrounding .due takes data-level: soon within 24 hours and late within 4, when data-against-shop is there;
   "neutral" set by the server (it waits for someone else) stays. The exact moment moves to the title. */

"use strict";

(() => {
  const { text, now, onLoad, all } = window.Console;
  const MINUTE = 60_000;
  const HOUR = 60 * MINUTE;
  const DAY = 24 * HOUR;
  const SOON = 24 * HOUR;
  const LATE = 4 * HOUR;

  const part = (name, n) => text(name, { n });

  /** As core.words says it, two parts at most: 3 d 4 h, 2 h 14 min; the last ten minutes with their seconds. */
  const length = (ms) => {
    const d = Math.floor(ms / DAY);
    const h = Math.floor((ms % DAY) / HOUR);
    const m = Math.floor((ms % HOUR) / MINUTE);
    const s = Math.floor((ms % MINUTE) / 1000);
    if (d) return h ? `${part("days", d)} ${part("hours", h)}` : part("days", d);
    if (h) return m ? `${part("hours", h)} ${part("minutes", m)}` : part("hours", h);
    if (m >= 10) return part("minutes", m);
    return m ? `${part("minutes", m)} ${part("seconds", s)}` : part("seconds", s);
  };

  const write = (element, words) => {
    if (element.textContent !== words) element.textContent = words;
  };

  const due = (element) => {
    const left = Date.parse(element.dateTime) - now();
    write(element, left >= 0 ? text("due_in", { t: length(left) }) : text("due_over", { t: length(-left) }));
    const box = element.closest(".due");
    if (!box || !("againstShop" in element.dataset)) return;
    const level = left <= LATE ? "late" : left <= SOON ? "soon" : "";
    if ((box.dataset.level ?? "") !== level) level ? (box.dataset.level = level) : delete box.dataset.level;
  };

  const ago = (element) => {
    const past = now() - Date.parse(element.dateTime);
    if (past < 7 * DAY) write(element, past < MINUTE ? text("just_now") : text("ago", { t: length(past - (past % MINUTE)) }));
  };

  const prepare = (root) => {
    for (const element of all(root, "time[data-due], time[data-ago]")) {
      if (!element.title) element.title = element.textContent.trim();
      "due" in element.dataset ? due(element) : ago(element);
    }
  };

  const tick = () => {
    if (document.hidden) return;
    for (const element of document.querySelectorAll("time[data-due]")) due(element);
    for (const element of document.querySelectorAll("time[data-ago]")) ago(element);
  };

  onLoad(prepare);
  setInterval(tick, 1000);
  document.addEventListener("visibilitychange", tick);
  window.Console.countdown = prepare;
})();
