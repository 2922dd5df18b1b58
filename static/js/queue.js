/* The list: one selected row, opened beside it where there is room, and found again on return.

   <table data-queue> with <tr data-row="id" data-version> and a.row-link. A page that is one case of a list carries
   data-scope="request" and data-case="id"; links with data-back lead to the place in the list one came from. */

"use strict";

(() => {
  const { keys, visit, wide, all, onLoad, text } = window.Console;
  const LIST = "list"; // the list last seen in this tab: {url, rows: [{id, url}], row, y}
  const queue = () => document.querySelector("[data-queue]");
  const rows = () => [...(queue()?.querySelectorAll("tbody tr[data-row]") ?? [])];
  const selected = () => queue()?.querySelector("tr[data-selected]");
  const link = (row) => row?.querySelector("a.row-link");
  const side = document.getElementById("side");

  const scroller = () => {
    const pane = queue()?.closest("[data-scroller]");
    return pane && getComputedStyle(pane).overflowY !== "visible" ? pane : document.scrollingElement;
  };

  const select = (row, { reveal = true } = {}) => {
    if (!row) return;
    selected()?.removeAttribute("data-selected");
    row.dataset.selected = "";
    link(row)?.focus({ preventScroll: true }); // so that a screen reader says it, and Enter is the link's own
    if (!reveal) return;
    const page = scroller() === document.scrollingElement;
    const pane = page ? { top: 48, bottom: innerHeight - 60 } : scroller().getBoundingClientRect();
    const limit = pane.top + (page ? 0 : 32); // the sticky table head
    const bottom = pane.bottom - 40; // the note of live.js
    const box = row.getBoundingClientRect();
    if (box.top < limit) scroller().scrollBy(0, box.top - limit);
    else if (box.bottom > bottom) scroller().scrollBy(0, box.bottom - bottom);
  };

  const remember = () => {
    if (!queue()) return;
    const place = {
      url: location.pathname + location.search,
      rows: rows().map((row) => ({ id: row.dataset.row, url: link(row)?.getAttribute("href") })),
      row: selected()?.dataset.row ?? null,
      y: scroller().scrollTop,
      side: side?.dataset.case ?? null,
    };
    visit.set(LIST, place);
    history.replaceState({ ...history.state, list: { row: place.row, y: place.y, side: place.side } }, "");
  };

  const openBeside = async (row) => {
    const url = link(row)?.getAttribute("href");
    if (!url || !side || !window.htmx) return;
    for (const other of rows()) other.classList.toggle("is-open", other === row);
    side.dataset.case = row.dataset.row;
    window.Console.drafts?.flush(side);
    await window.htmx.ajax("GET", url, { source: link(row), target: side, swap: "innerHTML show:top" });
    remember();
  };

  const closeBeside = () => {
    if (!side?.childElementCount) return false;
    window.Console.drafts?.flush(side);
    side.replaceChildren();
    delete side.dataset.case;
    for (const row of rows()) row.classList.remove("is-open");
    remember();
    return true;
  };

  const open = (row) => {
    if (!row) return;
    select(row, { reveal: false });
    if (wide() && side && queue().dataset.queue !== "page") return openBeside(row);
    remember();
    link(row)?.click();
  };

  const move = (step) => {
    const list = rows();
    if (!list.length) return false;
    const at = list.indexOf(selected());
    const next = at < 0 ? (step > 0 ? 0 : list.length - 1) : Math.min(list.length - 1, Math.max(0, at + step));
    select(list[next]);
    if (side?.childElementCount && wide()) openSoon(list[next]);
    return true;
  };

  // running down the list with a detail open loads the one on which one stops
  let soon;
  const openSoon = (row) => {
    clearTimeout(soon);
    soon = setTimeout(() => openBeside(row), 180);
  };

  keys.on("queue:next", () => move(1));
  keys.on("queue:previous", () => move(-1));
  // Enter on a fresh list opens the first row, the most urgent one
  keys.on("queue:open", () => {
    const row = selected() ?? rows()[0];
    if (row) open(row);
    return Boolean(row);
  });
  keys.on("queue:select", () => {
    const pick = selected()?.querySelector(".c-pick input");
    if (!pick) return false;
    pick.click();
    return true;
  });

  /* on a case: the next one of the list that one came from */

  const beside = (step) => {
    if (queue()) return move(step);
    const list = visit.get(LIST);
    const here = document.querySelector("[data-case]")?.dataset.case;
    const at = list?.rows.findIndex((row) => row.id === here) ?? -1;
    const next = at < 0 ? null : list.rows[at + step];
    if (!next?.url) {
      window.Console.toast(text("no_next_case"));
      return true;
    }
    visit.set(LIST, { ...list, row: next.id });
    location.replace(next.url); // one step back still leads to the list
    return true;
  };
  keys.on("case-next", () => beside(1));
  keys.on("case-previous", () => beside(-1));
  keys.on("back", () => {
    if (closeBeside()) return true;
    const back = document.querySelector("a[data-back]");
    if (!back) return false;
    back.click();
    return true;
  });

  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const away = event.target.closest?.("[data-close-side]");
    if (away && side?.contains(away)) { // on a page of its own it is a link like any other
      event.preventDefault();
      return closeBeside();
    }
    const row = event.target.closest?.("[data-queue] tr[data-row]");
    if (!row || event.target.closest("input, button, label, a:not(.row-link)")) return;
    if (String(getSelection()).length) return; // someone is copying a number
    if (event.target.closest("a.row-link") && !(wide() && side)) {
      select(row, { reveal: false });
      return remember();
    }
    event.preventDefault();
    open(row);
  });

  /* several at once: the bar [data-bulk] shows while something is picked and says how many */

  let lastPick = null;
  document.addEventListener("click", (event) => {
    const pick = event.target.closest?.("[data-queue] .c-pick input");
    if (!pick) return;
    const picks = [...queue().querySelectorAll("tbody .c-pick input")];
    if (pick.dataset.all !== undefined) for (const each of picks) each.checked = pick.checked;
    else if (event.shiftKey && lastPick?.isConnected) {
      const [a, b] = [picks.indexOf(lastPick), picks.indexOf(pick)].sort((x, y) => x - y);
      for (const each of picks.slice(a, b + 1)) each.checked = pick.checked;
    }
    lastPick = pick;
    bulk();
  });

  const bulk = () => {
    const bar = document.querySelector("[data-bulk]");
    if (!bar || !queue()) return;
    const n = queue().querySelectorAll("tbody .c-pick input:checked").length;
    bar.hidden = n === 0;
    for (const filters of document.querySelectorAll(".queue-head .filters")) filters.hidden = n > 0;
    for (const count of bar.querySelectorAll("[data-bulk-count]")) count.textContent = text("selected", { n });
  };

  /* coming back */

  const restore = () => {
    const back = document.querySelector("a[data-back]");
    const list = visit.get(LIST);
    if (back && list) back.href = list.url;
    if (!queue()) return;
    const place = history.state?.list ?? (list?.url === location.pathname + location.search ? list : null);
    if (place) {
      scroller().scrollTop = place.y;
      select(rows().find((row) => row.dataset.row === place.row), { reveal: Boolean(place.row) });
      const opened = place.side && rows().find((row) => row.dataset.row === place.side);
      if (opened && wide()) openBeside(opened);
    }
    bulk();
  };

  if ("scrollRestoration" in history && queue()) history.scrollRestoration = "manual";
  restore();
  addEventListener("pagehide", remember);
  onLoad((root) => {
    const list = visit.get(LIST);
    for (const back of all(root, "a[data-back]")) if (list) back.href = list.url;
  });

  window.Console.queue = { select, selected, rows, remember };
})();
