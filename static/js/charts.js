/* Draws the charts that come into sight; the library is fetched for the first. Without it the tables are there. */

"use strict";

(() => {
  const page = document.querySelector("[data-echarts]");
  const told = document.getElementById("charts-data");
  if (!page || !told) return;
  const charts = new Map(JSON.parse(told.textContent).map((chart) => [chart.key, chart]));
  const drawn = new Map();
  let library = null;

  function fetchLibrary() {
    library ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = page.dataset.echarts;
      script.onload = resolve;
      script.onerror = reject;
      document.head.append(script);
    });
    return library;
  }

  function look() {
    const style = getComputedStyle(document.documentElement);
    const value = (name) => style.getPropertyValue(name).trim();
    return {
      ink: value("--ink"),
      grey: value("--grey"),
      line: value("--line"),
      ground: value("--raised"),
      font: value("--font"),
      dark: style.colorScheme === "dark",
    };
  }

  const paper = () => ({ ...CHART_PAPER, font: look().font });
  const SHEET = 680; // what fits on a sheet of A4, in pixels
  const redraw = (as, width = 0) => {
    for (const [box, { drawing, chart }] of drawn) {
      drawing.resize({ width: width || "auto" });
      drawing.setOption(chartOption(chart, as, width || box.clientWidth), true);
    }
  };

  async function draw(box) {
    const chart = charts.get(box.dataset.chart);
    if (!chart || drawn.has(box)) return;
    await fetchLibrary();
    const drawing = echarts.init(box, null, { renderer: "canvas" });
    drawn.set(box, { drawing, chart });
    drawing.setOption(chartOption(chart, look(), box.clientWidth));
    drawing.on("click", (at) => {
      const point = chartPoint(chart, at);
      if (point?.any) location.assign(point.url);
    });
    walk(box, drawing, chart);
    const picture = box.closest(".chart").querySelector("[data-chart-picture]");
    picture.hidden = false;
    picture.addEventListener("click", () => save(drawing, chart, box));
    box.dataset.drawn = "";
  }

  function walk(box, drawing, chart) {
    const points = chartPoints(chart);
    const status = box.closest(".chart").querySelector("[role=status]");
    let at = -1;
    const leave = () => {
      if (at >= 0) drawing.dispatchAction({ type: "downplay", ...points[at] });
      drawing.dispatchAction({ type: "hideTip" });
    };
    const go = (to) => {
      leave();
      at = (to + points.length) % points.length;
      drawing.dispatchAction({ type: "highlight", ...points[at] });
      if (!points[at].dataType) drawing.dispatchAction({ type: "showTip", ...points[at] });
      status.textContent = chartPoint(chart, points[at]).words;
    };
    box.tabIndex = 0;
    box.addEventListener("keydown", (event) => {
      const to = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at < 0 ? -1 : at - 1, ArrowUp: at < 0 ? -1 : at - 1, Home: 0, End: -1 }[event.key];
      if (to !== undefined && points.length) go(to);
      else if (event.key === "Enter" && at >= 0) location.assign(chartPoint(chart, points[at]).url);
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    box.addEventListener("blur", () => {
      leave();
      at = -1;
      status.textContent = "";
    });
  }

  /* A picture with its name and days above, in the colours of paper. */
  function save(drawing, chart, box) {
    const ratio = 2;
    drawing.setOption(chartOption(chart, paper(), box.clientWidth), true);
    const body = drawing.renderToCanvas({ pixelRatio: ratio, backgroundColor: "#fff" });
    drawing.setOption(chartOption(chart, look(), box.clientWidth), true);
    const head = 44 * ratio;
    const canvas = document.createElement("canvas");
    canvas.width = body.width;
    canvas.height = body.height + head;
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.fillStyle = "#000";
    pen.font = `600 ${16 * ratio}px ${look().font}`;
    pen.fillText(`${chart.name}  ${page.dataset.days}`, 8 * ratio, 28 * ratio, canvas.width - 16 * ratio);
    pen.drawImage(body, 0, head);
    const link = document.createElement("a");
    link.href = canvas.toDataURL("image/png");
    link.download = `${chart.key}-${page.dataset.days.replaceAll(/[^\d]+/g, "-")}.png`;
    link.click();
  }

  const seen = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        seen.unobserve(entry.target);
        draw(entry.target).catch((error) => {
          entry.target.hidden = true;
          console.error(error);
        });
      }
    },
    { rootMargin: "300px" },
  );
  const sized = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      const { drawing, chart } = drawn.get(target) ?? {};
      if (!drawing || !target.clientWidth || printing() || drawing.getWidth() === target.clientWidth) continue;
      drawing.resize();
      drawing.setOption(chartOption(chart, look(), target.clientWidth), true);
    }
  });
  const print = matchMedia("print");
  const printing = () => print.matches;
  for (const box of page.querySelectorAll("[data-chart]")) {
    box.hidden = false;
    seen.observe(box);
    sized.observe(box);
  }

  const repaint = () => (printing() ? redraw(paper(), SHEET) : redraw(look()));
  print.addEventListener("change", repaint);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
  new MutationObserver(repaint).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  addEventListener("beforeprint", () => redraw(paper(), SHEET));
  addEventListener("afterprint", () => redraw(look()));
})();
