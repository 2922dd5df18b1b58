/* What would stop somebody with a screen reader, a keyboard or weak eyes, as a list of sentences. Evaluated in a page. */
(() => {
  const faults = [];
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const seen = (element) => {
    const style = getComputedStyle(element);
    return element.getClientRects().length > 0 && style.visibility !== "hidden" && !element.closest("[hidden], [aria-hidden='true'], dialog:not([open])");
  };
  const where = (element) => `<${element.tagName.toLowerCase()}${element.id && ` #${element.id}`}${element.className && typeof element.className === "string" ? ` .${element.className}` : ""}> ${(element.textContent ?? "").trim().slice(0, 40)}`;
  const words = (element) => {
    const copy = element.cloneNode(true);
    for (const hidden of copy.querySelectorAll("[aria-hidden='true'], script, style")) hidden.remove();
    return [copy.textContent.trim(), ...all("img[alt]", copy).map((image) => image.alt)].join(" ").trim();
  };
  const name = (control) =>
    control.getAttribute("aria-label") ||
    (control.getAttribute("aria-labelledby") ?? "").split(" ").map((id) => document.getElementById(id)?.textContent ?? "").join(" ").trim() ||
    [...(control.labels ?? [])].map(words).join(" ").trim() ||
    (control.matches("input[type=submit], input[type=button]") ? control.value : "") ||
    (control.matches("a, button, summary") ? words(control) : "") ||
    control.title;

  for (const control of all("a[href], button, summary, input:not([type=hidden]), select, textarea, progress").filter(seen))
    if (!name(control)) faults.push(`no name: ${where(control)}`);
  for (const image of all("img")) if (!image.hasAttribute("alt")) faults.push(`no alt: ${image.src}`);
  for (const table of all("table").filter(seen))
    for (const head of all("thead th", table)) if (!words(head) && !head.querySelector("input")) faults.push(`empty column head: ${where(table)}`);

  const headings = all("h1, h2, h3, h4").filter((heading) => !heading.closest("dialog:not([open]), [hidden]"));
  if (headings.filter((heading) => heading.tagName === "H1").length !== 1) faults.push(`h1: ${headings.map(where)}`);
  headings.reduce((level, heading) => {
    const now = Number(heading.tagName[1]);
    if (now > level + 1) faults.push(`heading skips a level: ${where(heading)}`);
    return now;
  }, 0);
  if (all("main").length !== 1) faults.push("not one main");
  if (!document.title.trim() || /^\s*·/.test(document.title)) faults.push(`title: “${document.title}”`);
  if (!document.documentElement.lang) faults.push("no language");
  const ids = all("[id]").map((element) => element.id);
  for (const id of new Set(ids.filter((one, at) => ids.indexOf(one) !== at))) faults.push(`id twice: ${id}`);
  for (const label of all("label[for]")) if (!document.getElementById(label.htmlFor)) faults.push(`label for nothing: ${where(label)}`);

  /* contrast AA: 4.5, large words 3; what is switched off is exempt */
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const painted = new Map();
  const paint = (colours) => {
    const key = colours.join();
    if (!painted.has(key)) painted.set(key, mix(colours));
    return painted.get(key);
  };
  const mix = (colours) => {
    canvas.clearRect(0, 0, 1, 1);
    for (const colour of colours) {
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
    }
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = (rgb) => {
    const [r, g, b] = rgb.map((part) => part / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const known = new Map([[null, ["white"]]]);
  const grounds = (element) => {
    if (!known.has(element)) {
      const own = getComputedStyle(element).backgroundColor;
      const under = grounds(element.parentElement);
      known.set(element, own === "rgba(0, 0, 0, 0)" ? under : [...under, own]);
    }
    return known.get(element);
  };
  const told = new Set();
  for (const element of all("body *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
    if (!own || !seen(element) || element.closest(":disabled, [aria-disabled='true'], .hide-visually, .skip, option, .is-gone")) continue;
    const style = getComputedStyle(element);
    const ground = grounds(element);
    const [one, other] = [light(paint([...ground, style.color])), light(paint(ground))].sort((a, b) => b - a);
    const ratio = (one + 0.05) / (other + 0.05);
    const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && Number(style.fontWeight) >= 700);
    const what = `${style.color} on ${ground.at(-1)}`;
    if (ratio < (large ? 3 : 4.5) && !told.has(what)) {
      told.add(what);
      faults.push(`contrast ${ratio.toFixed(2)}: ${where(element)} (${what})`);
    }
  }
  return faults;
})();
