/* Files of a request: sent as soon as they are chosen or pasted, shown as tiles, and looked at large with the keys.

   [data-files] holds the tiles and says what the files are for; the form carries their numbers in hidden fields. Without
   script the files come with the form itself. [data-gallery] holds small pictures that open large. */

"use strict";

(() => {
  const token = () => JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"] ?? "";
  const make = (tag, name, words) => {
    const element = document.createElement(tag);
    if (name) element.className = name;
    if (words) element.textContent = words;
    return element;
  };

  /* sending */

  const busy = (form, by) => {
    form.dataset.sending = Number(form.dataset.sending ?? 0) + by;
    const button = form.querySelector("[data-confirm], [data-send]");
    if (!button) return;
    if (by > 0 && !button.disabled) {
      button.disabled = true;
      button.dataset.waits = "";
    } else if (form.dataset.sending === "0" && "waits" in button.dataset) {
      button.disabled = false;
      delete button.dataset.waits;
    }
  };

  const complain = (holder, file, words) => {
    const line = make("p", "field-error", `${file.name}: ${words}`);
    line.setAttribute("role", "alert");
    holder.querySelector("[data-files-errors]")?.append(line);
  };

  const tile = (holder, file) => {
    const box = make("span", "shot-kept");
    if (file.type.startsWith("image/")) {
      const picture = make("img");
      picture.src = URL.createObjectURL(file);
      picture.alt = file.name;
      picture.addEventListener("load", () => URL.revokeObjectURL(picture.src), { once: true });
      box.append(picture);
    } else box.append(make("span", "shot-file", file.name.split(".").pop().toUpperCase()));
    const away = make("button", "shot-away", "×");
    away.type = "button";
    away.setAttribute("aria-label", `${holder.dataset.remove}: ${file.name}`);
    away.addEventListener("click", () => box.remove());
    const progress = make("progress");
    box.append(progress, away);
    const add = holder.querySelector(".shot-add");
    add ? add.before(box) : holder.querySelector("[data-files-tiles]").append(box);
    return { box, progress };
  };

  const send = async (holder, file) => {
    const form = holder.closest("form");
    const { box, progress } = tile(holder, file);
    const body = new FormData();
    body.append("file", file);
    body.append("purpose", holder.dataset.purpose);
    body.append("shop", holder.dataset.shop);
    busy(form, 1);
    try {
      const answer = await fetch(holder.dataset.url, {
        method: "POST",
        body,
        credentials: "same-origin",
        headers: { "X-CSRFToken": token(), Accept: "application/json" },
      });
      const said = await answer.json();
      if (!answer.ok) throw new Error(said.detail || said.title || holder.dataset.failed);
      const number = make("input");
      Object.assign(number, { type: "hidden", name: "evidence", value: said.id });
      box.append(number);
      progress.remove();
    } catch (wrong) {
      box.remove();
      complain(holder, file, wrong instanceof SyntaxError || wrong instanceof TypeError ? holder.dataset.failed : wrong.message);
    } finally {
      busy(form, -1);
    }
  };

  const sendAll = (holder, files) => {
    holder.querySelector("[data-files-errors]")?.replaceChildren();
    for (const file of files) send(holder, file);
  };

  document.addEventListener("change", (event) => {
    if (!event.target.matches?.("[data-files-input]")) return;
    const holder = event.target.closest("form").querySelector("[data-files]");
    const files = [...event.target.files];
    event.target.value = "";
    if (holder) sendAll(holder, files);
  });

  document.addEventListener("paste", (event) => {
    const holder = event.target.closest?.("form")?.querySelector("[data-files]");
    const files = [...(event.clipboardData?.files ?? [])];
    if (!holder || !files.length) return;
    event.preventDefault();
    sendAll(holder, files);
  });

  /* looking */

  let at = 0;
  let shots = [];
  const words = () => document.querySelector("[data-gallery]")?.dataset ?? {};

  const box = () => {
    let dialog = document.getElementById("lightbox");
    if (dialog) return dialog;
    dialog = make("dialog", "lightbox");
    dialog.id = "lightbox";
    dialog.append(make("div", "lightbox-bar"), make("div", "lightbox-stage"));
    dialog.addEventListener("click", (event) => event.target.matches(".lightbox, .lightbox-stage") && dialog.close());
    dialog.addEventListener("close", () => dialog.querySelector(".lightbox-stage").replaceChildren());
    dialog.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, j: 1, " ": 1, ArrowLeft: -1, k: -1 }[event.key];
      if (!step || event.target.matches("video")) return;
      event.preventDefault();
      show(at + step);
    });
    document.body.append(dialog);
    return dialog;
  };

  const button = (label, sign, press) => {
    const control = make("button", "button button-small", sign);
    control.type = "button";
    control.setAttribute("aria-label", label);
    control.addEventListener("click", press);
    return control;
  };

  const show = (number) => {
    at = (number + shots.length) % shots.length;
    const shot = shots[at];
    const dialog = box();
    const stage = dialog.querySelector(".lightbox-stage");
    if (shot.dataset.shot === "video") {
      const film = make("video");
      Object.assign(film, { src: shot.href, controls: true });
      stage.replaceChildren(film);
    } else {
      const picture = make("img");
      Object.assign(picture, { src: shot.href, alt: shot.dataset.caption });
      stage.replaceChildren(picture);
    }
    const away = make("a", "button button-small", words().open);
    Object.assign(away, { href: shot.href, target: "_blank", rel: "noopener" });
    const count = make("span", "grow", `${at + 1} / ${shots.length} · ${shot.dataset.caption}`);
    const turn = shots.length > 1 ? [button(words().previous, "←", () => show(at - 1)), button(words().next, "→", () => show(at + 1))] : [];
    dialog.querySelector(".lightbox-bar").replaceChildren(count, ...turn, away, button(words().close, "×", () => dialog.close()));
    if (!dialog.open) dialog.showModal();
    stage.tabIndex = -1;
    stage.focus();
  };

  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const shot = event.target.closest?.("a[data-shot]");
    if (!shot || shot.dataset.shot === "paper") return; // a PDF has the browser's own reader, in a new tab
    shots = [...document.querySelectorAll("[data-gallery] a[data-shot]")].filter((one) => one.dataset.shot !== "paper");
    const found = shots.findIndex((one) => one.href === shot.href);
    if (found < 0) return;
    event.preventDefault();
    show(found);
  });
})();
