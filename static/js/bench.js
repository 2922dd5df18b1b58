/* The bench's scanner: a scan ends with Enter and is answered in place, by a colour, a tone and words. The field has the
   focus whenever nobody types elsewhere. Several hits are chosen by a number key. Tones are made, not loaded; one switch
   turns them off. Without this script the same form asks for the same page. */

"use strict";

window.Console.bench = (() => {
  const { kept, typing } = window.Console;
  const form = document.querySelector("[data-scan-form]");
  if (!form) return null;
  const field = form.querySelector("[data-scan]");
  const said = form.querySelector("[data-scan-said]");
  const say = (name) => form.dataset[`say${name}`] ?? "";

  // Tones -----------------------------------------------------------------------------------------------------------

  const TONES = {
    found: [[880, 0.09]],
    sent: [[880, 0.08], [1320, 0.1]],
    several: [[660, 0.08], [660, 0.08]],
    kept: [[520, 0.12]],
    unknown: [[240, 0.18], [180, 0.28]],
    refused: [[300, 0.1], [300, 0.1], [300, 0.22]],
  };
  let audio = null;
  const tone = (name) => {
    if (kept.get("bench-mute") || !window.AudioContext) return;
    audio ??= new AudioContext();
    audio.resume?.();
    let at = audio.currentTime + 0.01;
    for (const [pitch, seconds] of TONES[name] ?? []) {
      const source = audio.createOscillator();
      const gain = audio.createGain();
      source.type = pitch < 400 ? "square" : "sine";
      source.frequency.value = pitch;
      gain.gain.setValueAtTime(0.12, at);
      gain.gain.exponentialRampToValueAtTime(0.001, at + seconds);
      source.connect(gain).connect(audio.destination);
      source.start(at);
      source.stop(at + seconds);
      at += seconds + 0.03;
    }
  };

  const acknowledge = (name, words = "") => {
    form.dataset.answer = name;
    said.textContent = words;
    tone(name);
  };

  const mute = form.querySelector("[data-mute]");
  const showMute = () => {
    const off = Boolean(kept.get("bench-mute"));
    mute.setAttribute("aria-pressed", String(off));
    mute.querySelector("[data-mute-words]").textContent = say(off ? "Muted" : "Mute");
  };
  mute.addEventListener("click", () => {
    kept.set("bench-mute", !kept.get("bench-mute"));
    showMute();
    tone("found");
  });
  showMute();

  // The focus -------------------------------------------------------------------------------------------------------

  const busy = () => document.querySelector("dialog[open]") || (document.activeElement !== field && typing(document.activeElement));
  const refocus = () => {
    if (busy() || document.activeElement?.closest?.("details[open] > summary, .menu")) return;
    field.focus({ preventScroll: true });
    field.select();
  };
  // a hand-held scanner types; the screen's keyboard comes only when the field is tapped
  if (matchMedia("(pointer: coarse)").matches) {
    field.inputMode = "none";
    field.addEventListener("pointerup", () => (field.inputMode = "text"));
    field.addEventListener("blur", () => (field.inputMode = "none"));
  }
  for (const name of ["htmx:afterSettle", "htmx:afterRequest"]) document.body.addEventListener(name, () => setTimeout(refocus, 0));
  document.getElementById("dialog")?.addEventListener("close", () => setTimeout(refocus, 0));
  addEventListener("focus", () => setTimeout(refocus, 0));
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("a, summary, label, input, textarea, select, .menu, [data-step-by]")) return;
    setTimeout(refocus, 0);
  });

  // The scan --------------------------------------------------------------------------------------------------------

  const bench = document.getElementById("bench");
  const address = (number) => `${form.action.split("?")[0]}?tab=receive&q=${encodeURIComponent(number)}`;

  const scan = async (number) => {
    form.dataset.answer = "asking";
    window.Console.benchQueue?.asking();
    try {
      const answer = await fetch(address(number), { headers: { "HX-Request": "true" }, credentials: "same-origin" });
      const html = await answer.text();
      if (!answer.ok || /^\s*<!doctype/i.test(html)) return location.assign(address(number));
      history.replaceState(history.state, "", address(number));
      window.htmx.swap(bench, html, { swapStyle: "innerHTML" });
      document.body.classList.toggle("has-actions", Boolean(bench.querySelector("form.parcel")));
      const name = bench.querySelector("[data-scan-result]")?.dataset.scanResult ?? "unknown";
      const label = { found: "Found", several: "Several", unknown: "Unknown", refused: "Refused" }[name];
      acknowledge(name, `${say(label)}: ${number}`);
    } catch {
      await window.Console.benchQueue?.scanned(number);
    }
    bench.scrollTop = 0;
    refocus();
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const number = field.value.normalize("NFKC").trim();
    if (number) scan(number);
    else refocus();
  });

  // scanner and scale end with Enter: on to the next empty field, and only the last one sends
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || !event.target.matches?.("[data-next]")) return;
    const fields = [...event.target.form.querySelectorAll("[data-next]")];
    const next = fields.find((one) => !one.value.trim());
    if (!next) return;
    event.preventDefault();
    next.focus();
  });

  // A number key chooses, unless a scanner goes on typing at once.
  let choosing = null;
  document.addEventListener("keydown", (event) => {
    clearTimeout(choosing);
    const untouched = event.target !== field || field.selectionEnd - field.selectionStart === field.value.length;
    if (!/^[1-9]$/.test(event.key) || event.isComposing || event.ctrlKey || event.altKey || event.metaKey || !untouched) return;
    if (event.target !== field && typing(event.target)) return;
    const choice = bench.querySelector(`[data-choice="${event.key}"]`);
    if (choice) choosing = setTimeout(() => choice.click(), 150);
  });

  return { acknowledge, refocus, say, bench, form };
})();
