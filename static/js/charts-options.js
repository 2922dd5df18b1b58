/* How each chart is drawn: from what the page says of it to the options of the drawing. Colours are told apart by people
   of any sight (Okabe and Ito), and filled with patterns where there are several. */

"use strict";

const CHART_COLOURS = {
  light: ["#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9", "#8a7a00", "#5a6371"],
  dark: ["#56b4e9", "#e69f00", "#2fc79b", "#f0833a", "#dc9cbf", "#7fa8d8", "#f0e442", "#99a2b0"],
};
const CHART_PAPER = { ink: "#000", grey: "#333", line: "#999", ground: "#fff", dark: false };

function chartOption(chart, look, width) {
  const narrow = width < 480;
  const colours = CHART_COLOURS[look.dark ? "dark" : "light"];
  const short = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
  const number = new Intl.NumberFormat(document.documentElement.lang, { notation: "compact" });
  const scale = {
    type: "value",
    axisLabel: { color: look.grey, formatter: (value) => ({ rate: `${value} %`, fen: `¥${number.format(value)}` })[chart.unit] ?? number.format(value) },
    splitLine: { lineStyle: { color: look.line } },
    minInterval: chart.unit === "count" ? 1 : 0,
  };
  const names = (most, more) => ({
    type: "category",
    data: chart.labels,
    axisLabel: { color: look.grey, formatter: (text) => short(text, most), hideOverlap: true, ...more },
    axisLine: { lineStyle: { color: look.line } },
    axisTick: { show: false },
  });
  const option = {
    animation: false,
    color: colours,
    textStyle: { fontFamily: look.font, color: look.ink },
    aria: { enabled: true, label: { enabled: false }, decal: { show: chart.kind === "stack" || chart.kind === "bars" } },
    tooltip: {
      renderMode: "richText",
      confine: true,
      backgroundColor: look.ground,
      borderColor: look.line,
      textStyle: { color: look.ink, fontSize: 13 },
      formatter: (at) => chartPoint(chart, at)?.words ?? at.name,
    },
    grid: { left: 4, right: 16, top: chart.series.length > 1 ? 44 : 16, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "all" },
  };
  if (chart.series.length > 1 && !["heat", "funnel"].includes(chart.kind)) {
    const words = narrow ? Math.floor(width / 2) - 56 : 210;
    const lines = chart.kind === "stack" ? Math.ceil(chart.series.length / Math.max(1, Math.floor(width / (words + 48)))) : 1;
    option.legend = { type: "plain", top: 0, left: 0, itemGap: 12, textStyle: { color: look.ink, width: words, overflow: "truncate" } };
    option.grid.top = 20 + 27 * lines;
  }
  const bar = (each, more) => ({ type: "bar", name: each.name, data: each.values, barMaxWidth: 28, cursor: "pointer", ...more });
  const upright = { xAxis: names(narrow ? 6 : 14), yAxis: scale };
  const lying = { xAxis: scale, yAxis: { ...names(narrow ? 15 : 24, { interval: 0 }), inverse: true } };

  const kinds = {
    trend: () => ({
      grid: { ...option.grid, right: 36 },
      xAxis: { ...names(10), boundaryGap: false },
      yAxis: scale,
      series: chart.series.map((each, n) => ({
        type: "line",
        name: each.name,
        data: each.values,
        symbol: n ? "emptyDiamond" : "circle",
        symbolSize: 7,
        showSymbol: chart.labels.length < 100,
        cursor: "pointer",
        itemStyle: { color: n ? look.grey : colours[0] },
        lineStyle: { type: n ? "dashed" : "solid", width: n ? 1.5 : 2.5 },
      })),
    }),
    pareto: () => ({
      xAxis: names(narrow ? 6 : 12, { interval: 0, rotate: 40 }),
      yAxis: [scale, { type: "value", min: 0, max: 100, splitLine: { show: false }, axisLabel: { color: look.grey, formatter: "{value} %" } }],
      series: [
        bar(chart.series[0]),
        { type: "line", name: chart.series[1].name, data: chart.series[1].values, yAxisIndex: 1, symbolSize: 7, cursor: "pointer" },
      ],
    }),
    bar: () => ({
      ...lying,
      series: [bar(chart.series[0], { label: { show: true, position: "right", color: look.ink, formatter: (at) => chart.series[0].says[at.dataIndex] } })],
    }),
    bars: () => ({ ...upright, series: chart.series.map((each, n) => bar(each, chart.key === "money" && n < 2 ? { stack: "out" } : {})) }),
    stack: () => ({ ...lying, series: chart.series.map((each) => bar(each, { stack: "all" })) }),
    funnel: () => ({
      series: [
        {
          type: "funnel",
          sort: "none",
          left: 4,
          width: narrow ? "42%" : "52%",
          top: 8,
          bottom: 8,
          gap: 3,
          minSize: "4%",
          cursor: "pointer",
          label: {
            position: "right",
            color: look.ink,
            fontSize: 13,
            lineHeight: 18,
            formatter: (at) => `${short(at.name, narrow ? 18 : 40)}\n${chart.series[0].says[at.dataIndex]} · ${chart.series[1].says[at.dataIndex]}`,
          },
          data: chart.labels.map((name, n) => ({ name, value: chart.series[0].values[n] })),
        },
      ],
    }),
    sankey: () => ({
      series: [
        {
          type: "sankey",
          left: 4,
          right: 150,
          top: 12,
          bottom: 12,
          nodeWidth: 12,
          nodeGap: 26,
          draggable: false,
          cursor: "pointer",
          emphasis: { focus: "adjacency" },
          label: { color: look.ink, fontSize: 12, lineHeight: 14, width: Math.min(140, Math.max(80, width / 9 - 18)), overflow: "break", textBorderColor: look.ground, textBorderWidth: 2 },
          lineStyle: { color: "source", opacity: look.dark ? 0.5 : 0.35 },
          data: [...new Set(chart.links.flat())].map((name, n) => ({ name, itemStyle: { color: colours[n % colours.length] } })),
          links: chart.links.map(([source, target], n) => ({ source, target, value: chart.series[0].values[n] })),
        },
      ],
    }),
    heat: () => {
      const cells = chart.series.flatMap((each, hour) => each.values.map((value, day) => [hour, day, value]));
      const most = Math.max(...cells.map((cell) => cell[2]), 1);
      const inRange = { color: look.dark ? ["#1b2733", "#2f6f9f", "#9ad4f5"] : ["#f1f5f9", "#6fb1dc", "#00456f"] };
      return {
        grid: { left: 4, right: 8, top: 8, bottom: 56, outerBoundsMode: "same", outerBoundsContain: "all" },
        xAxis: { ...names(2), data: chart.series.map((each) => each.name) },
        yAxis: { ...names(10, { interval: 0 }), inverse: true },
        visualMap: { type: "continuous", min: 0, max: most, inRange, orient: "horizontal", left: "center", bottom: 0, itemHeight: narrow ? 120 : 200, textStyle: { color: look.grey }, text: [String(most), "0"], calculable: false },
        series: [{ type: "heatmap", data: cells, cursor: "pointer", itemStyle: { borderColor: look.ground, borderWidth: 1 }, emphasis: { itemStyle: { borderColor: look.ink, borderWidth: 2 } } }],
      };
    },
  };
  return { ...option, ...kinds[chart.kind]() };
}

/* What is under the pointer: its words, its cases, and where the table has it; nothing for a block of a flow. */
function chartPoint(chart, at) {
  if (at.dataType === "node") return null;
  let series = at.seriesIndex;
  let index = at.dataIndex;
  if (chart.kind === "heat") {
    series = Math.floor(at.dataIndex / chart.labels.length);
    index = at.dataIndex % chart.labels.length;
  }
  const each = chart.series[series];
  if (!each || index === undefined) return null;
  const label = chart.kind === "heat" ? `${chart.labels[index]} ${each.name}:00` : chart.labels[index];
  const name = chart.series.length > 1 && chart.kind !== "heat" ? ` · ${each.name}` : "";
  return { words: `${label}${name}: ${each.says[index]}`, url: each.urls[index], any: Boolean(each.values[index]) };
}

/* Where arrow keys go: every value that is drawn and is not nothing, as the drawing counts them. */
function chartPoints(chart) {
  const points = [];
  const drawn = chart.kind === "funnel" ? chart.series.slice(0, 1) : chart.series;
  drawn.forEach((each, series) => {
    each.values.forEach((value, index) => {
      if (!value) return;
      if (chart.kind === "heat") points.push({ seriesIndex: 0, dataIndex: series * chart.labels.length + index });
      else points.push({ seriesIndex: series, dataIndex: index, ...(chart.kind === "sankey" ? { dataType: "edge" } : {}) });
    });
  });
  return points;
}
