// What the status page makes of two answers of /metrics: rates, and ends of buckets that hold a share of the requests.
// Nothing here touches the page.
"use strict";

const WATCHING = new Set(["/health", "/api/health", "/ready", "/metrics", "/status", "/"]);

// Prometheus' text: [{name, labels, value}].
function readMetrics(text) {
  const samples = [];
  for (const line of text.split("\n")) {
    const found = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/.exec(line);
    if (found === null || line.startsWith("#")) continue;
    const labels = {};
    for (const [, name, value] of (found[2] ?? "").matchAll(/([a-z_]+)="([^"]*)"/g)) labels[name] = value;
    samples.push({ name: found[1].replace(/^egserve_/, ""), labels, value: Number(found[3]) });
  }
  return samples;
}

// The sum of a metric's samples whose labels fit.
function total(samples, name, fits = () => true) {
  let sum = 0;
  for (const sample of samples) {
    if (sample.name === name && fits(sample.labels)) sum += sample.value;
  }
  return sum;
}

// Those that somebody else's looking at the service does not make.
function isWork(labels) {
  return !WATCHING.has(labels.endpoint);
}

// How much a sum has grown; a service that was started anew counts from zero.
function growth(before, now, name, fits) {
  const grown = total(now, name, fits) - total(before, name, fits);
  return grown < 0 ? total(now, name, fits) : grown;
}

// The upper bound in seconds within which the share of the requests between two looks was answered; null without any.
function boundOfShare(before, now, share) {
  const bounds = new Set();
  for (const sample of now) {
    if (sample.name === "request_duration_seconds_bucket") bounds.add(sample.labels.le);
  }
  const number = (bound) => (bound === "+Inf" ? Infinity : Number(bound));
  const within = (bound) =>
    growth(before, now, "request_duration_seconds_bucket", (l) => l.le === bound && isWork(l));
  const all = within("+Inf");
  if (all === 0) return null;
  for (const bound of [...bounds].sort((a, b) => number(a) - number(b))) {
    if (within(bound) >= share * all) return number(bound);
  }
  return null;
}

// One point of every chart.
function pointOf(before, now, seconds) {
  const rate = (name, fits) => growth(before, now, name, fits) / seconds;
  const answered = (digit) => rate("requests_total", (l) => isWork(l) && l.status.startsWith(digit));
  const half = boundOfShare(before, now, 0.5);
  const most = boundOfShare(before, now, 0.99);
  const finite = (bound) => (bound === null || bound === Infinity ? null : bound * 1000);
  const MiB = 1024 * 1024;
  return {
    good: answered("2"),
    mistakes: answered("4"),
    faults: answered("5"),
    half: finite(half),
    most: finite(most),
    ballots: rate("cast_ballots_total"),
    busy: total(now, "threads_busy"),
    waiting: total(now, "units_waiting"),
    requests: total(now, "requests_in_flight"),
    resident: total(now, "memory_resident_bytes") / MiB,
    inFlight: total(now, "memory_in_flight_bytes") / MiB,
  };
}

// 1.2 s, 35 min, 2 h 5 min, 3 d 4 h
function spokenTime(seconds) {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

// Counts are whole; of rates and sizes below ten one decimal counts.
function spokenNumber(value) {
  if (value === null || value === undefined) return "–";
  const digits = Number.isInteger(value) || value >= 10 ? 0 : 1;
  return value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function spokenBytes(bytes) {
  return `${spokenNumber(bytes / (1024 * 1024))} MiB`;
}
