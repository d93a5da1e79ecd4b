// The parts of the page, one for each kind of result.

function section(title, ...content) {
  return element("section", {}, element("h2", {}, title), content);
}

function bottleneck_text(late, all) {
  const why = String(late[0].bottleneck).replace(/\.$/, "");
  const [where, once] = all > 1 ? [` in ${late.length} of ${all} runs`, "once "] : ["", ""];
  return (
    `ferry-bench was the bottleneck${where}, so these numbers say as much about it as about the target: ` +
    `${once}${why}.`
  );
}

// One for all runs of a name.
function warnings(runs) {
  return [...new Set(runs.map(({name}) => name))].map((name) => {
    const all = runs.filter((one) => one.name === name).map(({run}) => run);
    const late = all.filter((run) => run.bottleneck);
    if (!late.length) return null;
    return element("p", {class: "warning"}, element("b", {}, `${name}: `), bottleneck_text(late, all.length));
  });
}

function figure_of(run, key, name, places, scale, unit) {
  return element(
    "div",
    {},
    element("dt", {}, name),
    element(
      "dd",
      {},
      element("span", source_of(run, key, scale), fixed(run[key] * scale, places)),
      unit && element("small", {}, unit),
    ),
  );
}

function key_figures(run) {
  const wait = waiting(run),
    made = [];
  const plain = (key, name) =>
    typeof run[key] === "number" &&
    made.push(figure_of(run, key, name, Number.isInteger(run[key]) ? 0 : places_for(run[key]), 1));
  const latency = (metric, which) => {
    const ms = value_of(run, metric.key, which),
      unit = unit_of(ms);
    if (ms > 0) {
      made.push(
        figure_of(
          run,
          `${which}_${metric.key}_ms`,
          `${metric.name}, ${which}`,
          places_for(ms * unit.scale),
          unit.scale,
          unit.name,
        ),
      );
    }
  };
  latency(wait, "p50");
  latency(wait, "p99");
  latency(
    metrics.find((one) => one.key === "itl"),
    "p99",
  );
  plain("request_throughput", "Requests/s");
  if (run.output_throughput) plain("output_throughput", "Output tokens/s");
  plain("failed", "Failed");
  return element("dl", {class: "figures"}, made);
}

function loads_section() {
  const members = loads.map((run) => ({name: run.name, run, runs: [run]}));
  const one = members.length === 1;
  const errors = errors_table(members);
  return [
    warnings(members),
    one && key_figures(loads[0]),
    section(one ? "Latency" : "Latency side by side", latency_table(members), latency_charts(members)),
    section(one ? "Throughput" : "Throughput side by side", totals_table(members)),
    errors && section("Errors", errors),
    members.map((member, i) => {
      const charts = timeline_charts(member.run, `time-${i}`);
      return charts && section(one ? "As it went" : `As it went: ${member.name}`, charts);
    }),
  ];
}

function sweep_sections() {
  return sweeps.map((sweep) => {
    const points = sweep.runs.map((run) => ({name: point_text(run.point), run}));
    const at_knee = sweep.runs.find((run) => sweep.knee && point_value(run.point) === point_value(sweep.knee));
    const errors = errors_table(points);
    const charts = at_knee && timeline_charts(at_knee, `time-${sweep.name}`);
    return [
      warnings(points),
      section(`Sweep: ${sweep.name}`, sweep_chart(sweep), sweep_table(sweep)),
      at_knee &&
        section(
          `At the knee: ${point_text(at_knee.point)}`,
          latency_charts([{name: point_text(at_knee.point), runs: [at_knee]}]),
          charts,
        ),
      errors && section("Errors", errors),
    ];
  });
}

const difference_names = {
  request_throughput: "Requests/s",
  output_throughput: "Output tokens/s",
  server_cpu_us_per_request: "Server CPU per request",
  server_memory_mib: "Server memory",
};
const more_is_better = new Set([
  "request_throughput",
  "output_throughput",
  "request_goodput",
  "total_token_throughput",
]);

function difference_name(row) {
  const latency = /^([a-z]+\d*)_(ttft|tpot|itl|e2el)_ms$/.exec(row.metric);
  if (!latency) return difference_names[row.metric] || row.metric.replace(/_/g, " ");
  const which = percentiles.find(([key]) => key === latency[1]);
  return `${metrics.find((one) => one.key === latency[2]).name}, ${which ? which[1] : latency[1]}`;
}

// How numbers of a row are shown: by what they are multiplied, and in which unit.
function unit_of_row(row, size) {
  if (row.unit === "ms") return unit_of(size);
  return {scale: 1, name: row.unit === "us" ? "µs" : row.unit === "MiB" ? "MiB" : ""};
}

function signed(value, places) {
  const text = fixed(Math.abs(value), places);
  return (/[1-9]/.test(text) ? (value < 0 ? "−" : "+") : "") + text;
}

function verdict(row) {
  if (!row.told) return "none";
  return row.difference > 0 === more_is_better.has(row.metric) ? "better" : "worse";
}

function difference_row(row, limit) {
  const unit = unit_of_row(row, Math.max(Math.abs(row.a), Math.abs(row.b)));
  // The difference shows in the numbers themselves.
  const shown = row.told ? Math.min(3, Math.ceil(-Math.log10(Math.abs(row.difference) * unit.scale))) : 0;
  const places = Math.max(places_for(Math.min(Math.abs(row.a), Math.abs(row.b)) * unit.scale), shown);
  const own = unit_of_row(row, Math.max(Math.abs(row.low), Math.abs(row.high)));
  const digits = places_for(Math.max(Math.abs(row.low), Math.abs(row.high)) * own.scale);
  const cell = (key) => element("span", source_of(row, key, unit.scale), fixed(row[key] * unit.scale, places));
  const bound = (key) => element("span", source_of(row, key, own.scale), signed(row[key] * own.scale, digits));
  const place = (value) => `${(Math.min(1, Math.max(-1, value / row.a / limit)) + 1) * 50}%`;
  const [from, to] = row.a < 0 ? [row.high, row.low] : [row.low, row.high];
  return element(
    "tr",
    {class: verdict(row)},
    element("th", {scope: "row"}, difference_name(row), element("small", {}, ` ${unit.name}`)),
    element("td", {}, cell("a")),
    element("td", {}, cell("b")),
    element(
      "td",
      {class: "told"},
      row.told
        ? [
            element("b", {}, bound("difference"), ` ${own.name}`),
            row.a ? ` (${signed((row.difference / row.a) * 100, 1)}${narrow_space}%)` : "",
          ]
        : "no difference can be told",
      element("small", {}, bound("low"), " to ", bound("high"), ` ${own.name}`),
    ),
    element(
      "td",
      {class: "bar"},
      row.a
        ? element(
            "div",
            {class: "interval"},
            element("i", {class: "zero"}),
            element("i", {class: "reach", style: `left:${place(from)};right:calc(100% - ${place(to)})`}),
            element("i", {class: "middle", style: `left:${place(row.difference)}`}),
          )
        : "",
    ),
  );
}

function differences_table(rows) {
  const reach = rows
    .filter((row) => row.a)
    .map((row) => Math.max(Math.abs(row.low), Math.abs(row.high)) / Math.abs(row.a));
  const limit = Math.min(1, Math.max(0.01, ...reach) * 1.05);
  const edge = `${Number((limit * 100).toPrecision(2))}${narrow_space}%`;
  return scrolled(
    element(
      "table",
      {class: "numbers differences"},
      element(
        "thead",
        {},
        element(
          "tr",
          {},
          element("th", {scope: "col"}, ""),
          element("th", {scope: "col"}, rows[0].against),
          element("th", {scope: "col"}, rows[0].target),
          element("th", {scope: "col", class: "told"}, "Difference and interval"),
          element(
            "th",
            {scope: "col", class: "bar"},
            element(
              "div",
              {class: "ends"},
              element("span", {}, `−${edge}`),
              element("span", {}, "same"),
              element("span", {}, `+${edge}`),
            ),
          ),
        ),
      ),
      element(
        "tbody",
        {},
        rows.map((row) => difference_row(row, limit)),
      ),
    ),
  );
}

function compare_sections() {
  return compares.map((compare) => {
    const members = compare.targets.map((one) => ({name: one.name, runs: one.runs || []}));
    const errors = errors_table(members.flatMap((one) => one.runs.map((run) => ({name: one.name, run}))));
    const pairs = [...new Set(compare.differences.map((row) => `${row.target}\n${row.against}`))];
    return [
      warnings(members.flatMap((one) => one.runs.map((run) => ({name: one.name, run})))),
      pairs.map((pair) => {
        const rows = compare.differences.filter((row) => `${row.target}\n${row.against}` === pair);
        return section(
          `${rows[0].target} against ${rows[0].against}`,
          differences_table(rows),
          element(
            "p",
            {class: "note"},
            "Differences of rounds, in each of which all targets ran. All intervals together hold with " +
              `${percent(compare.confidence)}; where one holds 0, no difference can be told.`,
          ),
        );
      }),
      section(
        "Latency side by side",
        element("div", {class: "charts"}, rounds_chart(members)),
        latency_charts(members),
      ),
      errors && section("Errors", errors),
    ];
  });
}
