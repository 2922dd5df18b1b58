/* The warehouse: the scanner's field has the keys whenever nobody types, pictures are seen before they are sent, print. */

"use strict";

(() => {
  const { typing, onLoad } = window.Console;
  const scan = () => document.querySelector("[data-scan]");

  // a scanner types like a keyboard: the first character moves into the field and lands there
  document.addEventListener("keydown", (event) => {
    const field = scan();
    if (!field || event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (typing(event.target) || document.querySelector("dialog[open]")) return;
    if (event.key === " " && event.target.closest?.("a, button, summary, label, input")) return;
    field.focus();
    field.select();
  });

  // several pictures, taken one after the other, are sent together
  const chosen = new WeakMap();
  document.addEventListener("change", (event) => {
    const input = event.target.closest?.("input[data-pictures]");
    if (!input || !input.files.length) return;
    const together = new DataTransfer();
    for (const file of [...(chosen.get(input) ?? []), ...input.files]) together.items.add(file);
    input.files = together.files;
    chosen.set(input, [...input.files]);
    show(input);
  });

  const show = (input) => {
    const place = input.closest("[data-previews]");
    for (const old of place.querySelectorAll("[data-preview]")) {
      URL.revokeObjectURL(old.src);
      old.remove();
    }
    for (const file of chosen.get(input)) {
      const image = document.createElement("img");
      image.src = URL.createObjectURL(file);
      image.alt = file.name;
      image.dataset.preview = "";
      place.insertBefore(image, input.closest(".picture-add"));
    }
  };

  // the counter's buttons
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-step-by]");
    const input = button?.parentElement.querySelector("[data-step]");
    if (!input) return;
    input.value = Math.max(0, (Number(input.value) || 0) + Number(button.dataset.stepBy));
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });

  // a choice that fills the one field of its dialog
  document.addEventListener("click", (event) => {
    const choice = event.target.closest?.("[data-fill-value]");
    const field = choice?.form?.querySelector("input[type=text]");
    if (!field) return;
    field.value = choice.dataset.fillValue;
    choice.form.querySelector("[data-confirm]")?.focus();
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-print]")) window.print();
  });

  onLoad((root) => {
    const field = scan();
    if (root === document.body && field?.autofocus) field.focus();
  });
})();
