/* What the other scripts share: the page's words, the server's clock, storage that may fail. */

"use strict";

window.Console = (() => {
  const read = (id) => JSON.parse(document.getElementById(id)?.textContent ?? "null");
  const words = read("console-text") || {};
  const server = document.querySelector('meta[name="server-time"]')?.content;
  const offset = server ? Date.parse(server) - Date.now() : 0;
  const person = document.querySelector('meta[name="user-key"]')?.content ?? "";

  /** A sentence of console_text.py with its places filled: text("due_in", {t: "2 h"}). */
  const text = (name, places = {}) => (words[name] ?? name).replace(/\{(\w+)\}/g, (whole, key) => places[key] ?? whole);

  /** The server's present moment in milliseconds; a wrong clock at the desk does not change a deadline. */
  const now = () => Date.now() + offset;

  const attempt = (action, otherwise = null) => {
    try {
      return action();
    } catch {
      return otherwise; // storage is full or forbidden: the page works on without it
    }
  };
  const named = (key) => `aftersales:${person}:${key}`;
  const store = (area) => ({
    get: (key) => attempt(() => JSON.parse(area().getItem(named(key)))),
    set: (key, value) => attempt(() => area().setItem(named(key), JSON.stringify(value))),
    drop: (key) => attempt(() => area().removeItem(named(key))),
  });

  /** Run once for what is on the page and again for every fragment that htmx brings. */
  const onLoad = (start) => {
    start(document.body);
    document.body.addEventListener("htmx:load", (event) => event.target !== document.body && start(event.target));
  };
  const all = (root, selector) => [...(root.matches?.(selector) ? [root] : []), ...root.querySelectorAll(selector)];

  const wide = () => matchMedia("(min-width: 1600px)").matches;
  const typing = (element) =>
    element?.isContentEditable ||
    (element?.matches?.("input, textarea, select") &&
      !["checkbox", "radio", "button", "submit", "reset", "file", "range"].includes(element.type));

  return { read, text, now, kept: store(() => localStorage), visit: store(() => sessionStorage), onLoad, all, wide, typing };
})();

for (const control of document.querySelectorAll("[data-needs-script]")) control.hidden = false;
// A short screen does not hold every area: the one that is open is in sight.
document.querySelector(".rail-item[aria-current]")?.scrollIntoView({ block: "nearest" });
