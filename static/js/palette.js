/* The command palette: one field for what can be done here, the areas, the cases seen last, and what a search finds.

   Ctrl + K (Command + K) or the button with data-action="palette" opens it. The list is a combobox's: the focus stays in
   the field, arrows choose, Enter does, Esc leaves. Nothing happens while Chinese is composed. */

"use strict";

(() => {
  const { text, visit, keys } = window.Console;
  const dialog = document.getElementById("palette");
  if (!dialog) return;
  const field = dialog.querySelector("input");
  const list = dialog.querySelector("[role='listbox']");
  const status = dialog.querySelector("[role='status']");
  const SEEN = 8;
  const WAIT = 200; // ms between the last key and the question to the server
  let fixed = [];
  let found = [];
  let shown = [];
  let at = 0;
  let asking = null;

  /* a case is remembered by its number, in this tab alone */
  if (document.body.classList.contains("has-case")) {
    const seen = { label: document.title.split(" · ")[0].trim(), url: location.pathname + location.search };
    const others = (visit.get("seen") ?? []).filter(({ url }) => url !== seen.url);
    visit.set("seen", [seen, ...others].slice(0, SEEN));
  }

  const go = (url) => () => location.assign(url);

  const collect = () => [
    ...keys.here().map((row) => ({ group: "palette_here", label: row.label, key: row.key, run: () => keys.press(row.action) })),
    ...[...document.querySelectorAll(".rail-item")].map((area) => ({
      group: "palette_areas",
      label: area.querySelector("span").textContent.trim(),
      run: go(area.href),
    })),
    ...(visit.get("seen") ?? [])
      .filter(({ url }) => url !== location.pathname + location.search)
      .map(({ label, url }) => ({ group: "palette_recent", label, run: go(url) })),
  ];

  const fits = (entry, words) => words.every((word) => entry.label.toLowerCase().includes(word));

  /** How well a label fits, the smaller the better: it is what was typed, begins so, holds it. */
  const fit = (entry, asked) => {
    const label = entry.label.toLowerCase();
    return label === asked ? 0 : label.startsWith(asked) ? 1 : 2;
  };

  const line = (entry, index) => {
    const item = document.createElement("div");
    item.id = `palette-${index}`;
    item.className = "palette-item";
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", String(index === at));
    item.dataset.index = index;
    const label = document.createElement("span");
    label.textContent = entry.label;
    item.append(label);
    if (entry.hint) {
      const hint = document.createElement("span");
      hint.className = "grey";
      hint.textContent = entry.hint;
      item.append(hint);
    }
    if (entry.key) {
      const key = document.createElement("kbd");
      key.textContent = entry.key;
      item.append(key);
    }
    return item;
  };

  const choose = (index) => {
    at = (index + shown.length) % (shown.length || 1);
    for (const item of list.querySelectorAll("[role='option']")) {
      const mine = Number(item.dataset.index) === at;
      item.setAttribute("aria-selected", String(mine));
      if (mine) item.scrollIntoView({ block: "nearest" });
    }
    if (shown.length) field.setAttribute("aria-activedescendant", `palette-${at}`);
    else field.removeAttribute("aria-activedescendant");
  };

  const draw = () => {
    const asked = field.value.trim();
    const words = asked.toLowerCase().split(/\s+/).filter(Boolean);
    const fitting = fixed.filter((entry) => fits(entry, words));
    fitting.sort((one, other) => fit(one, asked.toLowerCase()) - fit(other, asked.toLowerCase()));
    shown = [...fitting, ...found];
    if (asked && dialog.dataset.search) {
      const url = `${dialog.dataset.search}?q=${encodeURIComponent(asked)}`;
      shown.push({ group: "palette_found", label: text("palette_search", { q: asked }), run: go(url) });
    }
    const groups = [...new Set(shown.map((entry) => entry.group))];
    shown = groups.flatMap((group) => shown.filter((entry) => entry.group === group));
    list.replaceChildren(
      ...groups.map((group) => {
        const section = document.createElement("div");
        section.setAttribute("role", "group");
        section.setAttribute("aria-label", text(group));
        const head = document.createElement("div");
        head.className = "palette-head";
        head.setAttribute("aria-hidden", "true");
        head.textContent = text(group);
        section.append(head, ...shown.flatMap((entry, index) => (entry.group === group ? [line(entry, index)] : [])));
        return section;
      }),
    );
    status.textContent = shown.length ? text("palette_count", { n: shown.length }) : text("palette_none");
    choose(0);
  };

  /** Ask the server once nobody types for a moment; an answer to an older question is thrown away. */
  const ask = () => {
    clearTimeout(asking?.timer);
    asking?.abort.abort();
    found = [];
    const asked = field.value.trim();
    if (asked.length < 2 || !dialog.dataset.found) return;
    const mine = { abort: new AbortController() };
    asking = mine;
    mine.timer = setTimeout(async () => {
      try {
        const url = `${dialog.dataset.found}?q=${encodeURIComponent(asked)}`;
        const answer = await fetch(url, { credentials: "same-origin", redirect: "error", signal: mine.abort.signal });
        const body = answer.ok ? await answer.json() : { found: [] };
        if (asking !== mine || !dialog.open) return;
        found = body.found.map(({ label, hint, url: page }) => ({ group: "palette_found", label, hint, run: go(page) }));
        draw();
      } catch {
        // left for another question, or no connection: the entries that need none are there
      }
    }, WAIT);
  };

  const open = () => {
    if (document.querySelector("dialog[open]")) return false;
    fixed = collect();
    found = [];
    field.value = "";
    dialog.showModal();
    field.focus();
    draw();
    return true;
  };

  const run = (index) => {
    const entry = shown[index];
    if (!entry) return;
    dialog.close();
    entry.run();
  };

  field.addEventListener("input", (event) => {
    if (event.isComposing) return;
    ask();
    draw();
  });
  field.addEventListener("compositionend", () => {
    ask();
    draw();
  });
  dialog.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") choose(at + (event.key === "ArrowDown" ? 1 : -1));
    else if (event.key === "Enter") run(at);
    else if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey)) dialog.close();
    else return;
    event.preventDefault();
  });
  list.addEventListener("click", (event) => {
    const item = event.target.closest("[role='option']");
    if (item) run(Number(item.dataset.index));
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.('[data-action="palette"]');
    if (!button) return;
    button.closest("details[open]")?.removeAttribute("open");
    open();
  });
  keys.on("palette", open);
})();
