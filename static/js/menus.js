/* Menus are <details>: they open without this. Here they close when one looks away, and answer to Esc and the arrows. */

"use strict";

(() => {
  const open = () => [...document.querySelectorAll("details.menu[open]")];

  document.addEventListener("click", (event) => {
    for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
  });

  document.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const menu = event.target.closest?.("details.menu[open]");
    if (event.key === "Escape") {
      for (const each of open()) each.open = false;
      if (menu) {
        menu.querySelector("summary").focus();
        event.preventDefault();
      }
      return;
    }
    if (!menu || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
    const items = [...menu.querySelectorAll("summary, .menu-item, .choice input")];
    const at = items.indexOf(document.activeElement);
    items[(at + (event.key === "ArrowDown" ? 1 : items.length - 1)) % items.length]?.focus();
    event.preventDefault();
  });
})();
