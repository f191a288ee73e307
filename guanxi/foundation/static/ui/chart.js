// Charts in the colours of the page; drawn again when the theme changes.
"use strict";
// So many edges beside each other is a network wide, about.
const NETWORK_EDGES = 6;
const drawn = new Map();
const lightness = matchMedia("(prefers-color-scheme: dark)");
const colour = (() => {
  const probe = document.createElement("i");
  return (token) => {
    probe.style.color = `var(${token})`;
    document.body.append(probe);
    const found = getComputedStyle(probe).color;
    probe.remove();
    return found;
  };
})();

/** Write 万 and 亿 from five digits in Chinese, K, M and B in English. */
function short(value) {
  const chinese = document.documentElement.lang.startsWith("zh");
  if (Math.abs(value) < 1e4) return value.toLocaleString("en");
  const units = chinese ? [[1e8, "亿"], [1e4, "万"]] : [[1e9, "B"], [1e6, "M"], [1e3, "K"]];
  const [scale, unit] = units.find(([size]) => Math.abs(value) >= size);
  return (value / scale).toLocaleString("en", { maximumFractionDigits: value / scale < 100 ? 1 : 0 }) + unit;
}

function palette() {
  const [ink, ink3, line, raised] = ["--ink-2", "--ink-3", "--line", "--raised"].map(colour);
  const axis = { axisLine: { lineStyle: { color: line } }, axisTick: { show: false }, axisLabel: { color: ink3 }, splitLine: { lineStyle: { color: line } } };
  return {
    color: ["--accent", "--green", "--amber", "--gray", "--red"].map(colour),
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    legend: { textStyle: { color: ink }, icon: "circle", itemWidth: 8, itemHeight: 8 },
    categoryAxis: { ...axis, splitLine: { show: false } },
    valueAxis: { ...axis, axisLine: { show: false } },
    timeAxis: axis,
    tooltip: { backgroundColor: raised, borderColor: line, textStyle: { color: ink } },
    sankey: { label: { color: ink, textBorderWidth: 0 }, lineStyle: { color: "source", opacity: .3 }, itemStyle: { borderWidth: 0 } },
    graph: { color: ["--accent", "--green", "--amber"].map(colour), label: { color: ink, textBorderWidth: 0 }, edgeLabel: { color: ink3 }, lineStyle: { color: ink3, width: 1 } },
  };
}

// The tooltip is drawn, because one of HTML would need style attributes.
const own = { animation: false, grid: { left: 4, right: 8, top: 28, bottom: 4, containLabel: true }, tooltip: { trigger: "axis", renderMode: "richText" } };

/** Draw a network closer where it is narrow: what lies outside would be cut off. */
function tighten(series, width) {
  series.filter(({ force }) => force).forEach(({ force }) => {
    const share = Math.min(1, width / (force.edgeLength * NETWORK_EDGES));
    force.repulsion *= share;
    force.edgeLength *= share;
  });
}

/** Let what is compared with stand back, and what is left over. */
function subdue(series) {
  series.data?.filter((one) => one?.look === "rest").forEach((one) => { one.itemStyle = { color: colour("--line") }; });
  if (series.look !== "before") return;
  series.itemStyle = { color: colour("--gray"), opacity: .5 };
  series.lineStyle = { color: colour("--gray"), type: "dashed", width: 1.5 };
}

const hasSize = (canvas) => canvas.clientWidth > 0 && canvas.clientHeight > 0;

function drop(canvas) {
  drawn.get(canvas)?.dispose();
  drawn.delete(canvas);
}

/** Follow a chart's box: what left the page is let go, what is hidden waits until it is shown. */
function fit(canvas) {
  if (!canvas.isConnected) {
    sizes.unobserve(canvas);
    drop(canvas);
  } else if (hasSize(canvas)) {
    const chart = drawn.get(canvas);
    if (!chart) drawChart(canvas);
    else if (chart.getWidth() !== canvas.clientWidth || chart.getHeight() !== canvas.clientHeight) chart.resize();
  }
}

// The box is watched, not the window: a network laid out in a box without size fails.
const sizes = new ResizeObserver((entries) => entries.forEach(({ target }) => fit(target)));

function drawChart(canvas) {
  drop(canvas);
  sizes.observe(canvas);
  if (!hasSize(canvas)) return;
  const option = JSON.parse(canvas.dataset.chart, (key, value) => (key === "formatter" && value === "wan" ? short : value));
  [option.series].flat().forEach(subdue);
  if (option.visualMap?.look === "heat") option.visualMap.inRange = { color: [colour("--raised"), colour("--accent")] };
  tighten([option.series].flat(), canvas.clientWidth);
  const chart = echarts.init(canvas, palette());
  chart.setOption({ ...own, ...option, grid: { ...own.grid, ...option.grid }, tooltip: { ...own.tooltip, ...option.tooltip } });
  // What stands for a page leads to it.
  chart.on("click", ({ data }) => data?.url?.startsWith("/") && location.assign(data.url));
  drawn.set(canvas, chart);
}

const redraw = () => [...drawn.keys()].filter((canvas) => canvas.isConnected).forEach(drawChart);
document.addEventListener("ui:theme", redraw);
lightness.addEventListener("change", redraw);

/** Save a chart as a picture on the paper of the page. */
document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-png]");
  if (!button) return;
  const chart = drawn.get(button.closest("section").querySelector(".ui-canvas"));
  if (!chart) return;
  const link = document.createElement("a");
  link.href = chart.getDataURL({ type: "png", pixelRatio: 2, backgroundColor: colour("--paper") });
  link.download = `${button.dataset.png}.png`;
  link.click();
});
