/* Light, dark, or as the system: at once on the page, kept by the server (the form posts without script, too). */

"use strict";

document.addEventListener("click", (event) => {
  const choice = event.target.closest?.("[data-theme-choice]");
  if (!choice?.form) return;
  event.preventDefault();
  const root = document.documentElement;
  choice.value ? (root.dataset.theme = choice.value) : delete root.dataset.theme;
  for (const other of choice.form.querySelectorAll("[data-theme-choice]")) {
    other.setAttribute("aria-pressed", String(other === choice));
  }
  const data = new FormData(choice.form);
  data.set("theme", choice.value);
  fetch(choice.form.action, { method: "POST", body: data, credentials: "same-origin", redirect: "manual", keepalive: true });
});
