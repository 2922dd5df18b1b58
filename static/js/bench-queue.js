/* The bench through a short loss of the network: answers, their photos and scans are kept in this browser and sent once,
   in order, when it is back. The token in each form is what makes the server count it once, and each photo goes up under a
   key of its own, so what was sent and never answered may be sent again. What the server refuses, and what could not be
   judged without it, keeps its photos and gets them back in its card. */

"use strict";

window.Console.benchQueue = (() => {
  const { bench, benchStore: store, kept, visit, onLoad, all } = window.Console;
  if (!bench) return null;
  const { acknowledge, refocus, say, form } = bench;
  const WAITING = "waiting";
  const REFUSED = "refused";
  const SCAN = "scan";
  const DONE = "bench-done";
  const OPENED = "bench-opened";
  const SOON = 1_000;
  const EVERY = 10_000;
  const box = form.querySelector("[data-waiting]");
  const page = location.pathname;

  // What waits, on the page ---------------------------------------------------------------------------------------------

  const words = (one) => [one.label, one.photos.length && say("PhotoCount").replace("{n}", one.photos.length)].filter(Boolean).join(" · ");

  const line = (one) => {
    const item = document.createElement("li");
    const place = document.createElement(one.href ? "a" : "span");
    if (one.href) place.href = one.href;
    place.textContent = one.why ? `${words(one)}: ${one.why}` : words(one);
    item.append(place);
    if (one.state === WAITING) return item;
    place.addEventListener("click", () => visit.set(OPENED, one.id));
    const away = document.createElement("button");
    away.type = "button";
    away.className = "as-link as-link-grey";
    away.textContent = say("Discard");
    away.addEventListener("click", async () => {
      if (one.photos.length && !confirm(say("DiscardPhotos"))) return;
      await store.drop(one.id);
      show();
    });
    item.append(" ", away);
    return item;
  };

  const show = async () => {
    const entries = await store.all();
    const unsent = entries.filter((one) => one.state !== REFUSED).length;
    box.hidden = !entries.length;
    box.querySelector("[data-waiting-words]").textContent = unsent ? say("Waiting").replace("{n}", unsent) : "";
    box.querySelector("[data-waiting-list]").replaceChildren(...entries.map(line));
  };

  const fresh = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const address = (number) => `?tab=receive&q=${encodeURIComponent(number)}`;

  // Keeping -------------------------------------------------------------------------------------------------------------

  const lasting = async (work) => {
    try {
      await work();
    } catch {
      acknowledge("refused", say("CannotKeep")); // the disk is full or closed to us: the form stays as it is
      return false;
    }
    await show();
    return true;
  };

  const photosOf = (data) => [...data.values()].filter((value) => value instanceof File && value.size);

  const keep = async (sender, submitter) => {
    const data = new FormData(sender, submitter);
    const photos = photosOf(data);
    if (data.get("verdict") === "fail" && !photos.length && !data.get("kept")) {
      acknowledge("refused", say("PhotosFirst"));
      return false;
    }
    // the page's own token of the session is older than the next sign-in; the sender brings the one of that moment
    const fields = [...data].filter(([name, value]) => !(value instanceof File) && name !== "csrfmiddlewaretoken");
    const title = sender.querySelector("h2")?.textContent.trim() ?? "";
    const number = sender.dataset.offline || data.get("tracking_no") || data.get("order_no") || title;
    const entry = {
      state: WAITING,
      token: data.get("form_token"),
      url: sender.getAttribute("action"),
      fields,
      photos: photos.map((file) => ({ file, evidence: "" })),
      number,
      label: [data.get("order_no") || number, submitter?.textContent.trim()].filter(Boolean).join(" "),
    };
    const replaced = sender.dataset.restores ? [Number(sender.dataset.restores)] : [];
    if (!(await lasting(() => store.add(entry, replaced)))) return false;
    visit.drop(OPENED);
    rows.delete(number);
    acknowledge("kept", say("Kept"));
    return true;
  };

  /* a number that only the server knows, with the photos that were taken of the parcel */
  const keepScan = async (number, photos = []) => {
    const found = (await store.all()).find((one) => one.state === SCAN && one.number === number);
    const more = photos.map((file) => ({ file, evidence: "" }));
    return lasting(() =>
      found
        ? store.change(found.id, { photos: [...found.photos, ...more] })
        : store.add({ state: SCAN, token: fresh(), number, label: number, href: address(number), photos: more, fields: [] }),
    );
  };

  const keepable = (sender) =>
    sender?.elements?.namedItem("form_token") && (sender.matches("[data-offline]") || sender.querySelector("[data-keepable], input[name=result][value=voided]"));

  const leave = (sender) => {
    const dialog = sender.closest("dialog[open]");
    if (dialog) dialog.close();
    else if (sender.matches("[data-again]")) {
      sender.reset();
      sender.elements.namedItem("form_token").value = fresh();
      sender.querySelector("[data-next]").focus();
      return;
    } else sender.remove();
    refocus();
  };

  const keeping = new WeakSet();
  const keepOnce = async (sender, submitter) => {
    if (keeping.has(sender)) return;
    keeping.add(sender);
    try {
      if (await keep(sender, submitter)) leave(sender);
    } finally {
      keeping.delete(sender);
    }
  };

  document.addEventListener(
    "submit",
    (event) => {
      const sender = event.target;
      if (sender.matches(".offline-card") && event.submitter?.dataset.answer === "later") {
        event.preventDefault();
        event.stopImmediatePropagation();
        return putAside(sender);
      }
      if (navigator.onLine) return;
      if (!(sender.matches("[data-offline]") || sender.closest("dialog"))) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (keepable(sender)) keepOnce(sender, event.submitter);
      else acknowledge("refused", say("Needs"));
    },
    true,
  );

  // the browser thought there was a network
  document.body.addEventListener("htmx:sendError", (event) => {
    const sender = event.detail.elt;
    if (sender?.matches?.("form") && keepable(sender)) keepOnce(sender, event.detail.requestConfig?.triggeringEvent?.submitter);
  });

  // Scans: a row that was on the page can be answered at once ------------------------------------------------------------

  /* What was photographed of a card that goes away is kept with its number. */
  const putAside = async (card) => {
    const photos = photosOf(new FormData(card));
    if (!(await keepScan(card.dataset.number, photos))) return false;
    card.remove();
    acknowledge("kept", say("OfflineScan"));
    refocus();
    return true;
  };

  /* rows of a list that was on the page, also when a card has taken its place */
  const rows = new Map();
  onLoad((root) => {
    for (const row of all(root, "tr[data-row][data-version]")) {
      const kind = row.closest(".work-void") ? "void" : row.closest(".work-receive") ? "receive" : "";
      const numbers = `${row.dataset.row} ${row.innerText}`.toUpperCase().split(/\s+/);
      if (kind) rows.set(row.dataset.row, { ...row.dataset, kind, numbers, goods: row.querySelector(".w-goods")?.innerText ?? "" });
    }
  });
  const rowOf = (number) => {
    const found = [...rows.values()].filter((one) => one.numbers.includes(number.toUpperCase()));
    return found.length === 1 ? found[0] : null;
  };

  const scanned = async (number) => {
    const before = document.querySelector(".offline-card");
    if (before && photosOf(new FormData(before)).length) {
      if (!(await putAside(before))) return;
    } else before?.remove();
    const row = rowOf(number);
    if (!row && !(await keepScan(number))) return;
    const card = document.getElementById("offline-card").content.firstElementChild.cloneNode(true);
    card.dataset.number = row?.row ?? number;
    card.querySelector("[data-number]").textContent = card.dataset.number;
    card.elements.namedItem("form_token").value = fresh();
    if (row) {
      card.setAttribute("action", `${page}${encodeURIComponent(row.row)}/${row.kind}/`);
      card.dataset.offline = row.row;
      card.elements.namedItem("version").value = row.version;
      card.querySelector("[data-goods]").textContent = row.goods;
    }
    for (const part of card.querySelectorAll("[data-for]")) if (!part.dataset.for.split(" ").includes(row?.kind ?? "unknown")) part.remove();
    bench.bench.prepend(card);
    card.classList.add("offline-card");
    acknowledge(row ? "found" : "kept", row ? `${say("Found")}: ${number}` : say("OfflineScan"));
    refocus();
  };

  // Putting back: photos and words of what has to be looked at again -------------------------------------------------------

  const sameNumber = (one, number) => Boolean(number) && one.number.toUpperCase() === number.toUpperCase();
  const asked = () => new URLSearchParams(location.search).get("q") ?? "";

  const putBack = async (card) => {
    const input = card.querySelector("input[data-pictures]");
    const open = (await store.all()).filter((one) => one.state !== WAITING);
    const number = card.dataset.offline || card.elements.namedItem("tracking_no")?.value;
    const one = open.find(({ id }) => id === visit.get(OPENED)) ?? open.find((other) => sameNumber(other, asked()) || sameNumber(other, number));
    if (!one || card.dataset.restores || !card.isConnected) return;
    card.dataset.restores = one.id;
    for (const [name, value] of one.fields) {
      if (["version", "form_token", "kept", "verdict"].includes(name)) continue;
      for (const field of card.querySelectorAll(`[name="${CSS.escape(name)}"]`))
        if (["checkbox", "radio"].includes(field.type)) field.checked ||= field.value === value;
        else field.value = value;
    }
    if (!one.photos.length) return;
    const together = new DataTransfer();
    for (const { file } of one.photos) together.items.add(file);
    input.files = together.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };

  onLoad((root) => {
    for (const card of all(root, "form:not(.offline-card)")) if (card.querySelector("input[data-pictures]")) putBack(card);
  });

  // answered at last: the page may be gone before the database hears of it, so a word that lasts is said first
  document.body.addEventListener("htmx:afterRequest", (event) => {
    const id = Number(event.detail.elt?.dataset?.restores);
    if (!id || event.detail.xhr?.status !== 204) return;
    kept.set(DONE, [...(kept.get(DONE) ?? []), id]);
    visit.drop(OPENED);
    store.drop(id);
  });

  const tidy = async () => {
    const ids = kept.get(DONE) ?? [];
    if (!ids.length) return;
    await store.drop(...ids);
    kept.drop(DONE);
  };

  // Sending -------------------------------------------------------------------------------------------------------------

  const csrf = () => JSON.parse(document.body.getAttribute("hx-headers") ?? "{}");
  const reason = (html) => new DOMParser().parseFromString(html, "text/html").querySelector("[role=alert], .error, .field-error")?.textContent.replace(/\s+/g, " ").trim() ?? "";
  const away = (answer) => answer.redirected || answer.status === 401 || answer.status === 403;
  const later = (answer) => answer.status >= 500 || answer.status === 429 || answer.status === 408;

  const refuse = async (one, why) => {
    const href = one.url.endsWith("/pack/") ? "?tab=send" : address(one.number);
    await store.change(one.id, { state: REFUSED, why, href });
    acknowledge("refused", say("Refused"));
    await show();
    return true;
  };

  /* Each photo goes up once: under its own key, and what has gone up is noted before the next. Null: try again later. */
  const sendPhotos = async (one) => {
    const photos = [...one.photos];
    for (const [at, photo] of photos.entries()) {
      if (photo.evidence) continue;
      const body = new FormData();
      body.append("file", photo.file, photo.file.name);
      body.append("purpose", "inspection");
      const headers = { ...csrf(), Accept: "application/json", "Idempotency-Key": `bench-${one.token}-${at}` };
      const answer = await fetch(form.dataset.evidence, { method: "POST", body, credentials: "same-origin", headers });
      if (away(answer)) acknowledge("refused", say("SignedOut"));
      if (away(answer) || later(answer) || answer.status === 409) return null;
      const said = await answer.json();
      if (!answer.ok) return refuse(one, `${photo.file.name}: ${said.detail || said.title}`);
      photos[at] = { ...photo, evidence: said.id };
      await store.change(one.id, { photos });
    }
    return photos.map((photo) => photo.evidence);
  };

  /* True: on to the next one. False: wait. */
  const send = async (one) => {
    const numbers = await sendPhotos(one);
    if (!Array.isArray(numbers)) return Boolean(numbers);
    const body = new URLSearchParams(one.fields);
    if (numbers.length) body.set("kept", [body.get("kept"), ...numbers].filter(Boolean).join(","));
    const answer = await fetch(one.url, {
      method: "POST",
      body,
      credentials: "same-origin",
      headers: { ...csrf(), "HX-Request": "true", "HX-Current-URL": location.href },
    });
    if (away(answer)) acknowledge("refused", say("SignedOut"));
    if (away(answer) || later(answer)) return false;
    if (answer.status >= 400) return refuse(one, reason(await answer.text()));
    await store.drop(one.id);
    acknowledge("sent", `${say("Sent")}: ${one.label}`);
    await show();
    return true;
  };

  const next = async () => (await store.all()).find((one) => one.state === WAITING);
  let running = false;
  let pause = SOON;
  let soon = 0;
  /* A reply that got lost is asked for again in a second, then in two, four, …, ten. */
  const again = () => {
    clearTimeout(soon);
    soon = setTimeout(go, pause);
    pause = Math.min(pause * 2, EVERY);
  };
  const flush = async () => {
    if (running || !navigator.onLine) return;
    running = true;
    try {
      for (let one = await next(); one; one = await next()) {
        if (!(await send(one))) return again();
        pause = SOON;
      }
    } catch {
      again(); // away again: what is left waits
    } finally {
      running = false;
    }
  };
  // of several windows one sends; where the browser has no locks, the tokens still make it count once
  const go = () => (navigator.locks ? navigator.locks.request("bench-queue", { ifAvailable: true }, (lock) => lock && flush()) : flush());

  addEventListener("online", go);
  setInterval(go, EVERY);
  tidy().catch(() => {}).then(show).then(go);

  /** A scan that is looked up by the server: what was opened from the list before does not belong to it. */
  const asking = () => visit.drop(OPENED);

  return { scanned, asking };
})();
