/* The bench through a short loss of the network: simple answers (pass without photos, voided) and scans are kept in this
   browser and sent once, in order, when it is back. The token in each form is what makes the server count it once, so an
   answer whose reply was lost may be sent again. Photos are not kept: the page says that they must wait. */

"use strict";

window.Console.benchQueue = (() => {
  const { kept, bench } = window.Console;
  if (!bench) return null;
  const { acknowledge, refocus, say, form } = bench;
  const KEY = "bench-queue";
  const SCANS = "bench-scans";
  const REFUSED = "bench-refused";
  const EVERY = 10_000;
  const waiting = () => kept.get(KEY) ?? [];
  const box = form.querySelector("[data-waiting]");

  const link = (words, href) => {
    const item = document.createElement("li");
    const place = href ? document.createElement("a") : document.createElement("span");
    if (href) place.href = href;
    place.textContent = words;
    item.append(place);
    return item;
  };

  const show = () => {
    const queue = waiting();
    const scans = kept.get(SCANS) ?? [];
    const refused = kept.get(REFUSED) ?? [];
    box.hidden = !(queue.length + scans.length + refused.length);
    box.querySelector("[data-waiting-words]").textContent = queue.length + scans.length ? say("Waiting").replace("{n}", queue.length + scans.length) : "";
    box.querySelector("[data-waiting-list]").replaceChildren(
      ...queue.map((one) => link(one.label)),
      ...scans.map((number) => link(number, `?tab=receive&q=${encodeURIComponent(number)}`)),
      ...refused.map((one) => link(`${one.label}: ${one.why}`, one.href)),
    );
  };

  const fresh = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

  // Keeping ---------------------------------------------------------------------------------------------------------

  const keep = (sender, submitter) => {
    const data = new FormData(sender, submitter);
    if ([...data.values()].some((value) => value instanceof File && value.size)) {
      acknowledge("refused", say("Photos"));
      return false;
    }
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
    const token = data.get("form_token");
    if (!token) return false;
    const queue = waiting();
    if (!queue.some((one) => one.token === token)) {
      const label = data.get("order_no") || sender.querySelector("h2")?.textContent.trim() || "";
      queue.push({ token, url: sender.getAttribute("action"), body: new URLSearchParams(data).toString(), label: `${label} ${submitter?.textContent.trim() ?? ""}` });
      kept.set(KEY, queue);
    }
    acknowledge("kept", say("Kept"));
    show();
    return true;
  };

  const simple = (sender, submitter) => sender?.matches("[data-offline]") && submitter?.value !== "fail" || sender?.querySelector("input[name=result][value=voided]");
  const leave = (sender) => {
    const dialog = sender.closest("dialog[open]");
    if (dialog) dialog.close();
    else if (sender.matches("[data-again]")) {
      sender.reset();
      sender.elements.namedItem("form_token").value = fresh();
      sender.querySelector("[data-next]").focus();
      return;
    }
    else sender.remove();
    refocus();
  };

  document.addEventListener(
    "submit",
    (event) => {
      if (navigator.onLine) return;
      const sender = event.target;
      if (!(sender.matches("[data-offline]") || sender.closest("dialog"))) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (!simple(sender, event.submitter)) return acknowledge("refused", say("Photos"));
      if (keep(sender, event.submitter)) leave(sender);
    },
    true,
  );

  // the browser thought there was a network
  document.body.addEventListener("htmx:sendError", (event) => {
    const sender = event.detail.elt;
    const submitter = event.detail.requestConfig?.triggeringEvent?.submitter;
    if (sender?.matches?.("form") && simple(sender, submitter) && keep(sender, submitter)) leave(sender);
  });

  // Scans: a row that is on the page can be answered at once -----------------------------------------------------------

  const scanned = (number) => {
    const wanted = number.toUpperCase();
    const rows = [...bench.bench.querySelectorAll("tr[data-row]")].filter((row) => row.dataset.version && row.innerText.toUpperCase().split(/\s+/).includes(wanted));
    if (rows.length !== 1) {
      kept.set(SCANS, [...new Set([...(kept.get(SCANS) ?? []), number])]);
      show();
      return acknowledge("kept", say("OfflineScan"));
    }
    const [row] = rows;
    const kind = row.closest(".work-void") ? "void" : "receive";
    const card = document.getElementById("offline-card").content.firstElementChild.cloneNode(true);
    card.setAttribute("action", `${location.pathname}${encodeURIComponent(row.dataset.row)}/${kind}/`);
    card.elements.namedItem("version").value = row.dataset.version;
    card.elements.namedItem("form_token").value = fresh();
    card.querySelector("[data-number]").textContent = row.dataset.row;
    card.querySelector("[data-goods]").textContent = row.querySelector(".w-goods")?.innerText ?? "";
    for (const button of card.querySelectorAll("[data-answer]")) {
      if (button.dataset.answer !== kind) button.remove();
      else [button.name, button.value] = kind === "void" ? ["result", "voided"] : ["verdict", "pass"];
    }
    document.querySelector(".offline-card")?.remove();
    bench.bench.prepend(card);
    card.classList.add("offline-card");
    acknowledge("found", `${say("Found")}: ${number}`);
  };

  // Sending ---------------------------------------------------------------------------------------------------------

  const reason = (html) => new DOMParser().parseFromString(html, "text/html").querySelector("[role=alert], .error, .field-error")?.textContent.replace(/\s+/g, " ").trim() ?? "";
  const csrf = () => JSON.parse(document.body.getAttribute("hx-headers") ?? "{}");

  const send = async (one) => {
    const answer = await fetch(one.url, {
      method: "POST",
      body: one.body,
      credentials: "same-origin",
      headers: { ...csrf(), "HX-Request": "true", "HX-Current-URL": location.href, "Content-Type": "application/x-www-form-urlencoded" },
    });
    if (answer.redirected || answer.status === 401 || answer.status === 403) {
      acknowledge("refused", say("SignedOut"));
      return false;
    }
    if (answer.status >= 500 || answer.status === 429) return false;
    if (answer.status >= 400) {
      const href = `?tab=receive&q=${encodeURIComponent(new URLSearchParams(one.body).get("order_no") || one.url.split("/").at(-3))}`;
      kept.set(REFUSED, [...(kept.get(REFUSED) ?? []), { label: one.label, why: reason(await answer.text()), href }]);
      acknowledge("refused", say("Refused"));
    } else acknowledge("sent", `${say("Sent")}: ${one.label}`);
    kept.set(KEY, waiting().filter((other) => other.token !== one.token));
    show();
    return true;
  };

  let running = false;
  const flush = async () => {
    if (running || !navigator.onLine || !waiting().length) return;
    running = true;
    try {
      for (let [one] = waiting(); one; [one] = waiting()) if (!(await send(one))) break;
    } catch {
      // away again: what is left waits
    } finally {
      running = false;
    }
  };
  // of several windows one sends; where the browser has no locks, the token still makes it count once
  const go = () => (navigator.locks ? navigator.locks.request("bench-queue", { ifAvailable: true }, (lock) => lock && flush()) : flush());

  box.addEventListener("click", (event) => {
    if (!event.target.closest("a")) return;
    const number = new URL(event.target.href).searchParams.get("q");
    kept.set(SCANS, (kept.get(SCANS) ?? []).filter((one) => one !== number));
    kept.set(REFUSED, (kept.get(REFUSED) ?? []).filter((one) => !one.href.endsWith(encodeURIComponent(number))));
  });
  addEventListener("online", go);
  setInterval(go, EVERY);
  show();
  go();

  return { scanned };
})();
