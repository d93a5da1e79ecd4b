// The charts. `members` are what is drawn beside each other: {name, runs}, in the order of their colours.

function figure(title, note, ...content) {
  return element(
    "figure",
    {},
    element("figcaption", {}, element("h3", {}, title), note && element("p", {}, note)),
    content,
  );
}

function distributions_of(members, metric) {
  return members
    .map((one, i) => ({name: one.name, color: series_color(i), shares: distribution.of(one.runs, metric.key)}))
    .filter((one) => one.shares);
}

function line(of, more) {
  return {stroke: () => color(of), width: 2, points: {show: false}, spanGaps: false, ...more};
}

function percentile_marks(one, foot) {
  return [0.5, 0.99].map((share) => ({x: one.shares.quantile(share), text: `p${share * 100}`, foot}));
}

function cumulative_chart(members, metric) {
  const drawn = distributions_of(members, metric);
  if (!drawn.length) return null;
  const range = range_of(drawn.map((one) => one.shares)),
    xs = steps_in(range, 240);
  return figure(
    metric.name,
    "share of what was measured that took at most so long",
    plot({
      height: 240,
      data: [xs, ...drawn.map((one) => xs.map((x) => one.shares.share(x) * 100))],
      series: drawn.map((one) => line(one.color)),
      x: {...range, text: short_span},
      y: {low: 0, high: 100, text: (value) => `${value}${narrow_space}%`},
      names: drawn.length > 1 ? drawn.map((one, i) => ({name: one.name, color: one.color, series: i + 1})) : [],
      marks: drawn.length === 1 ? percentile_marks(drawn[0], true) : [],
      rows: (i) => ({
        heading: `at most ${span(xs[i])}`,
        lines: drawn.map((one) => [one.name, percent(one.shares.share(xs[i])), one.color]),
      }),
    }),
  );
}

function density_chart(members, metric) {
  const drawn = distributions_of(members, metric);
  if (!drawn.length) return null;
  const range = range_of(drawn.map((one) => one.shares)),
    edges = steps_in(range, 56);
  const parts = drawn.map((one) =>
    edges.map((edge, i) => (i + 1 < edges.length ? one.shares.share(edges[i + 1]) - one.shares.share(edge) : 0) * 100),
  );
  const high = Math.max(...parts.flat()) * 1.12;
  return figure(
    `${metric.name}, distribution`,
    "share of what was measured, for each step",
    plot({
      height: 200,
      data: [edges, ...parts],
      series: drawn.map((one) =>
        line(one.color, {
          width: 1.5,
          paths: uPlot.paths.stepped({align: 1}),
          fill: () => color(one.color) + (drawn.length > 1 ? "1c" : "38"),
        }),
      ),
      x: {...range, text: short_span},
      y: {low: 0, high, text: (value) => `${Number(value.toPrecision(3))}${narrow_space}%`},
      names: drawn.length > 1 ? drawn.map((one, i) => ({name: one.name, color: one.color, series: i + 1})) : [],
      marks: drawn.length === 1 ? percentile_marks(drawn[0]) : [],
      rows: (i) =>
        i + 1 < edges.length
          ? {
              heading: `${span(edges[i])} to ${span(edges[i + 1])}`,
              lines: drawn.map((one, k) => [one.name, percent(parts[k][i] / 100), one.color]),
            }
          : null,
    }),
  );
}

// By percentile, on a scale on which every nine is as wide as the one before: what the worst requests waited.
function tail_chart(members, metric) {
  const drawn = distributions_of(members, metric);
  if (!drawn.length) return null;
  const nines = Math.min(5, Math.max(1, Math.log10(Math.max(...drawn.map((one) => one.shares.total)))));
  const half = Math.log10(2),
    xs = Array.from({length: 161}, (_, i) => half + (i / 160) * (nines - half));
  const at = (one, x) => (one.shares.total * 10 ** -x < 1 ? null : one.shares.quantile(1 - 10 ** -x));
  const ys = drawn.map((one) => xs.map((x) => at(one, x)));
  const all = ys.flat().filter((y) => y !== null);
  const [low, high] = [Math.min(...all), Math.max(...all)],
    logarithmic = low > 0 && high / low > 8;
  const name_of = (x) => `p${Number((100 * (1 - 10 ** -x)).toFixed(Math.max(0, Math.ceil(x - 1e-9) - 2)))}`;
  return figure(
    `${metric.name}, by percentile`,
    "what the slowest had to wait: every step to the right is a tenth of the last",
    plot({
      height: 240,
      data: [xs, ...ys],
      series: drawn.map((one) => line(one.color)),
      x: {low: half, high: nines, text: name_of, splits: [half, 1, 2, 3, 4, 5].filter((x) => x <= nines)},
      y: {low: logarithmic ? low / 1.2 : 0, high: high * 1.08, logarithmic, text: short_span},
      names: drawn.length > 1 ? drawn.map((one, i) => ({name: one.name, color: one.color, series: i + 1})) : [],
      rows: (i) => ({
        heading: name_of(xs[i]),
        lines: drawn.map((one, k) => [one.name, span(ys[k][i] ?? NaN), one.color]),
      }),
    }),
  );
}

function latency_charts(members) {
  const waits = metrics.filter((one) => one.key !== "tpot");
  const tail = waits.find((one) => distributions_of(members, one).length);
  return element(
    "div",
    {class: "charts"},
    waits.map((one) => cumulative_chart(members, one)),
    tail && tail_chart(members, tail),
    waits.filter((one) => one.key !== "e2el").map((one) => density_chart(members, one)),
  );
}
