// The page at /: asks this service for /metrics and /status every two seconds and draws what it says. Nothing here, nor in
// the page's policy, lets it ask another host. What is drawn is kept by the page alone: it begins when the page is opened.
"use strict";

const EVERY_MS = 2000;
const POINTS = 300; // ten minutes
const DASHES = [[], [8, 4], [2, 3]]; // lines differ without colour
const MARKS = ["solid", "dashed", "dotted"]; // the same in legends

const CHARTS = [
  { title: "Answers a second", lines: [["good", "success"], ["mistakes", "clients’ mistakes"], ["faults", "faults, or full"]] },
  { title: "Time to answer, ms (at most)", lines: [["half", "half"], ["most", "99 of 100"]] },
  { title: "Ballots encrypted a second", lines: [["ballots", "cast ballots"]] },
  { title: "Work", lines: [["busy", "threads busy"], ["waiting", "units waiting"], ["requests", "requests in flight"]] },
  { title: "Memory, MiB", lines: [["resident", "all processes"], ["inFlight", "requests in flight"]] },
];

const byId = (id) => document.getElementById(id);
const times = [];
const points = [];
let before = null; // {samples, at}
let plots = [];

function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className !== undefined) made.className = className;
  return made;
}

// ---- charts

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function axis(size) {
  const grid = { stroke: colour("--grid"), width: 1 };
  return { stroke: colour("--text"), grid, ticks: grid, size };
}

function width() {
  const box = byId("charts").firstElementChild;
  return Math.max(260, box === null ? 0 : box.clientWidth - 24);
}

function options(chart) {
  const lines = chart.lines.map(([, label], i) => ({
    label, stroke: colour(`--line-${i + 1}`), width: 2, dash: DASHES[i], spanGaps: false, points: { show: false },
    value: (plot, value) => spokenNumber(value),
  }));
  return {
    width: width(), height: 180, legend: { markers: { width: 3, fill: "transparent", dash: (plot, i) => MARKS[i - 1] } }, cursor: { drag: { x: false, y: false } },
    scales: { y: { range: (plot, low, high) => [0, high === null || high <= 0 ? 1 : high * 1.1] } },
    axes: [axis(28), axis(56)],
    series: [{ label: "time" }, ...lines],
  };
}

function columns(chart) {
  return [times, ...chart.lines.map(([key]) => points.map((point) => point[key]))];
}

function drawAnew() {
  const place = byId("charts");
  plots.forEach((plot) => plot.destroy());
  place.replaceChildren();
  const boxes = CHARTS.map((chart) => {
    const box = element("figure");
    box.append(element("figcaption", chart.title));
    place.append(box);
    return box;
  });
  plots = CHARTS.map((chart, i) => new uPlot(options(chart), columns(chart), boxes[i]));
}

// Where nobody points at a moment, the legend tells the last one.
function showLatest(plot) {
  if (plot.cursor.idx === null || plot.cursor.idx === undefined) plot.setLegend({ idx: times.length - 1 });
}

function addPoint(at, point) {
  times.push(at / 1000);
  points.push(point);
  if (times.length > POINTS) {
    times.shift();
    points.shift();
  }
  plots.forEach((plot, i) => {
    plot.setData(columns(CHARTS[i]));
    showLatest(plot);
  });
}

// ---- words and tables

function tile(name, value, note, bad) {
  const box = element("div", undefined, bad ? "tile bad" : "tile");
  box.append(element("span", name), element("strong", bad ? `! ${value}` : value), element("small", note));
  return box;
}

function showTiles(samples, point) {
  const of = (name, fits) => total(samples, name, fits);
  const limit = of("memory_limit_bytes");
  const faults = of("requests_total", (l) => l.status === "500");
  const serving = of("workers", (l) => l.state === "serving");
  const wanted = of("workers_wanted");
  byId("tiles").replaceChildren(
    tile("answers a second", point === null ? "…" : spokenNumber(point.good + point.mistakes + point.faults), "without looks like this one"),
    tile("ballots a second", point === null ? "…" : spokenNumber(point.ballots), `${spokenNumber(of("cast_ballots_total"))} in all`),
    tile("in flight", spokenNumber(of("requests_in_flight")), `of ${spokenNumber(of("requests_in_flight_max"))}`),
    tile("threads busy", spokenNumber(of("threads_busy")), `of ${spokenNumber(of("threads"))}; ${spokenNumber(of("units_waiting"))} units wait`),
    tile("memory", spokenBytes(of("memory_resident_bytes")), limit === 0 ? "no limit for requests" : `requests ${spokenBytes(of("memory_in_flight_bytes"))} of ${spokenBytes(limit)}`),
    tile("workers", spokenNumber(serving), `of ${spokenNumber(wanted)}`, serving < wanted),
    tile("stuck", spokenNumber(of("requests_stuck")), "in work for over a minute", of("requests_stuck") > 0),
    tile("refused", spokenNumber(of("refused_total")), "503 for want of room"),
    tile("out of time", spokenNumber(of("deadlines_total")), "past their deadline"),
    tile("faults", spokenNumber(faults), "answered 500: see the log", faults > 0),
    tile("lost", spokenNumber(of("lost_requests_total")), "with workers that died", of("lost_requests_total") > 0),
  );
}

function fill(table, heads, rows, nothing) {
  const head = element("tr");
  heads.forEach((text) => head.append(element("th", text)));
  const lines = rows.map((cells) => {
    const line = element("tr");
    cells.forEach((text) => line.append(element("td", String(text))));
    return line;
  });
  if (lines.length === 0) {
    const cell = element("td", nothing);
    cell.colSpan = heads.length;
    lines.push(element("tr"));
    lines[0].append(cell);
  }
  table.replaceChildren(head, ...lines);
}

function showStatus(status, samples) {
  const state = byId("state");
  state.textContent = status.status;
  state.className = status.status === "ready" ? "good" : "bad";
  byId("about").textContent =
    `version ${status.version} · up ${spokenTime(status.uptime_seconds)} · kernel ${status.kernel} · ` +
    `${status.processors} processors${status.processor === "" ? "" : ` (${status.processor})`}`;
  const causes = samples.filter((s) => s.name === "worker_restarts_total" && s.value > 0);
  byId("restarts").textContent = causes.length === 0 ? "None was replaced."
    : `Replaced: ${causes.map((s) => `${spokenNumber(s.value)} ${s.labels.cause}`).join(", ")}.`;
  fill(byId("workers"),
    ["process", "state", "up", "served", "in flight", "connections", "threads busy", "units waiting", "memory"],
    status.workers.map((w) => [
      w.pid, w.silent_seconds > 5 ? `${w.state}, silent for ${w.silent_seconds} s` : w.state, spokenTime(w.uptime_seconds),
      spokenNumber(w.served), w.requests_in_flight, w.connections, `${w.threads_busy} of ${w.threads}`, w.units_waiting,
      spokenBytes(w.memory_resident_bytes),
    ]), "none");
  fill(byId("requests"), ["request", "endpoint", "for", "process"],
    status.oldest_requests.map((r) => [
      r.request_id, r.endpoint, r.stuck ? `${spokenTime(r.elapsed_seconds)}, stuck` : spokenTime(r.elapsed_seconds), r.pid,
    ]), "nothing is in work");
}

// ---- the round

async function ask(path) {
  const answer = await fetch(path, { cache: "no-store", signal: AbortSignal.timeout(10000) });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
  return answer;
}

function show(samples, status) {
  const at = Date.now();
  const point = before === null ? null : pointOf(before.samples, samples, Math.max((at - before.at) / 1000, 0.001));
  before = { samples, at };
  if (point !== null) addPoint(at, point);
  showTiles(samples, point);
  showStatus(status, samples);
  byId("trouble").hidden = true;
}

function showTrouble(error) {
  const words = byId("trouble");
  words.textContent = `The service does not answer (${error.message}). Asking again.`;
  words.hidden = false;
  byId("state").textContent = "silent";
  byId("state").className = "bad";
}

async function round() {
  try {
    const [metrics, status] = await Promise.all([ask("metrics"), ask("status")]);
    show(readMetrics(await metrics.text()), await status.json());
  } catch (error) {
    showTrouble(error);
  }
  setTimeout(round, EVERY_MS);
}

drawAnew();
let resized;
addEventListener("resize", () => {
  clearTimeout(resized);
  resized = setTimeout(drawAnew, 150);
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAnew);
round();
