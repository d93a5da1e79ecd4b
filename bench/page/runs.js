// What the files hold, and what is computed from their histograms.

const metrics = [
  {key: "ttft", name: "Time to first token", short: "first token"},
  {key: "itl", name: "Between tokens", short: "between tokens"},
  {key: "tpot", name: "Time per output token", short: "per token"},
  {key: "e2el", name: "Whole answer", short: "whole answer"},
];
const percentiles = [
  ["mean", "mean"],
  ["p50", "p50"],
  ["p90", "p90"],
  ["p95", "p95"],
  ["p99", "p99"],
  ["p999", "p99.9"],
  ["max", "max"],
];
const files = JSON.parse(document.getElementById("runs").textContent);

function base_name(path) {
  return path
    .split("/")
    .pop()
    .replace(/\.json$/, "");
}

// Names that tell the files apart: the last part of their path, and more of it where that is the same.
function names_of_files() {
  const names = files.map((one) => base_name(one.file));
  return names.map((name, i) => (names.filter((other) => other === name).length === 1 ? name : files[i].file));
}

const file_names = names_of_files();
const results = files.map((one, i) => ({...one.result, name: file_names[i]}));

// Where an object stands in the files, "0.runs.3": cells name it, so that every number can be looked up.
const paths = new Map();
function note_paths(value, path) {
  if (value === null || typeof value !== "object") return;
  paths.set(value, path);
  for (const [key, inner] of Object.entries(value)) if (key !== "histograms") note_paths(inner, `${path}.${key}`);
}
results.forEach((one, i) => note_paths(one, String(i)));

const loads = results.filter((one) => one.kind === "load");
const sweeps = results.filter((one) => one.kind === "sweep");
const compares = results.filter((one) => one.kind === "compare");

function value_of(run, metric, which) {
  const found = run[`${which}_${metric}_ms`];
  return typeof found === "number" ? found : NaN;
}

function measured(run, metric) {
  return value_of(run, metric, "p99") > 0;
}

function asked(run) {
  return (run.completed || 0) + (run.failed || 0);
}

function failed_share(run) {
  return asked(run) ? (run.failed || 0) / asked(run) : 0;
}

// What waiting means in this run: for the first token, or where nothing streams for the whole answer.
function waiting(run) {
  return metrics.find((one) => one.key === (measured(run, "ttft") ? "ttft" : "e2el"));
}

function point_text(point) {
  const [name, value] = Object.entries(point || {})[0] || ["point", dash];
  return name === "rate" ? `${number(value)} requests/s asked` : `${name.replace(/_/g, " ")} ${value}`;
}

function point_value(point) {
  return Object.values(point || {})[0];
}

// Shares of what was measured by value, from [[upper_us, count], ...]; null where nothing was.
class distribution {
  constructor(bucket_lists) {
    const counts = new Map();
    for (const [upper, count] of bucket_lists.flat()) counts.set(upper, (counts.get(upper) || 0) + count);
    const buckets = [...counts].filter(([, count]) => count > 0).sort((a, b) => a[0] - b[0]);
    this.total = buckets.reduce((sum, [, count]) => sum + count, 0);
    this.uppers = buckets.map(([upper]) => upper / 1000);
    let sum = 0;
    this.shares = buckets.map(([, count]) => (sum += count) / this.total);
    // A bucket holds what is above the one before, and the first as much as those beside it are wide.
    const [first, second] = this.uppers;
    this.lowest = second ? Math.max(first - (second - first), first / 2) : first * 0.98;
  }

  static of(runs, metric) {
    const lists = runs.map((run) => run.histograms && run.histograms[metric] && run.histograms[metric].buckets);
    const found = new distribution(lists.filter(Boolean));
    return found.total > 0 && found.uppers[found.uppers.length - 1] > 0 ? found : null;
  }

  // The share of values up to `ms`.
  share(ms) {
    if (ms <= this.lowest) return 0;
    let low = 0,
      high = this.uppers.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.uppers[middle] < ms) low = middle + 1;
      else high = middle;
    }
    if (low === this.uppers.length) return 1;
    const [from, at] = low ? [this.uppers[low - 1], this.shares[low - 1]] : [this.lowest, 0];
    return at + ((this.shares[low] - at) * (ms - from)) / (this.uppers[low] - from);
  }

  // The value that `share` of all do not exceed.
  quantile(share) {
    const i = this.shares.findIndex((one) => one >= share);
    if (i < 0) return this.uppers[this.uppers.length - 1];
    const [from, at] = i ? [this.uppers[i - 1], this.shares[i - 1]] : [this.lowest, 0];
    return from + ((this.uppers[i] - from) * (share - at)) / (this.shares[i] - at || 1);
  }
}

// Where a chart of some distributions begins and ends: nearly all of them, so that one outlier squeezes nothing.
function range_of(distributions) {
  let low = Math.min(...distributions.map((one) => one.quantile(0.002)));
  let high = Math.max(...distributions.map((one) => one.quantile(0.998)));
  // Tokens that came in one write have no time between them: a scale of three powers of ten shows how many.
  low = Math.max(low, high / 1000, 1e-6);
  high = Math.max(high, low);
  if (high / low < 1.3) [low, high] = [low / 1.2, high * 1.2];
  const logarithmic = high / low > 8;
  const margin = logarithmic ? (high / low) ** 0.04 : (high - low) * 0.04;
  return logarithmic
    ? {low: low / margin, high: high * margin, logarithmic}
    : {low: Math.max(0, low - margin), high: high + margin, logarithmic};
}

function steps_in({low, high, logarithmic}, n) {
  return Array.from({length: n + 1}, (_, i) =>
    logarithmic ? low * (high / low) ** (i / n) : low + ((high - low) * i) / n,
  );
}
