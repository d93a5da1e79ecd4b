// The tables.

// What says where a number comes from, and by what it was multiplied.
function source_of(run, key, scale = 1) {
  return {"data-run": paths.get(run), "data-key": key, "data-scale": scale};
}

function number_cell(run, key, places, scale = 1) {
  const known = typeof run[key] === "number";
  return element("td", known ? source_of(run, key, scale) : {}, known ? fixed(run[key] * scale, places) : dash);
}

function swatch(i) {
  return element("i", {class: "swatch", style: `background:var(${series_color(i)})`});
}

function scrolled(table) {
  return element("div", {class: "scroll", tabindex: "0"}, table);
}

// Percentiles of every metric; under each metric a line for each member.
function latency_table(members) {
  const body = [];
  for (const metric of metrics) {
    const there = members.filter((one) => measured(one.run, metric.key));
    if (!there.length) continue;
    const typical = Math.min(...there.map((one) => value_of(one.run, metric.key, "p50")));
    const unit = unit_of(typical),
      places = places_for(typical * unit.scale);
    const title = [metric.name, element("small", {}, ` ${unit.name}`)];
    const cells = (one) =>
      percentiles.map(([which]) => number_cell(one.run, `${which}_${metric.key}_ms`, places, unit.scale));
    if (members.length === 1) {
      body.push(element("tr", {}, element("th", {scope: "row"}, title), cells(there[0])));
      continue;
    }
    body.push(
      element("tr", {class: "part"}, element("th", {scope: "rowgroup", colspan: percentiles.length + 1}, title)),
    );
    for (const one of there) {
      const name = element("th", {scope: "row", class: "member"}, swatch(members.indexOf(one)), one.name);
      body.push(element("tr", {}, name, cells(one)));
    }
  }
  const head = element(
    "tr",
    {},
    element("th", {scope: "col"}),
    percentiles.map(([, name]) => element("th", {scope: "col"}, name)),
  );
  return scrolled(element("table", {class: "numbers"}, element("thead", {}, head), element("tbody", {}, body)));
}

// "ttft 500 ms and itl 50 ms", or nothing.
function slo_text(run) {
  return listed(
    Object.entries(run.slo || {}).map(
      ([key, value]) => `${key.replace(/_ms$/, "")} ${typeof value === "number" ? span(value) : value}`,
    ),
  );
}

const totals = [
  {key: "request_throughput", name: "Requests/s"},
  {key: "request_goodput", name: "Goodput, requests/s", needs: slo_text},
  {key: "goodput_fraction", name: "Kept to", needs: slo_text, scale: 100},
  {key: "output_throughput", name: "Output tokens/s"},
  {key: "total_token_throughput", name: "All tokens/s"},
  {key: "completed", name: "Completed"},
  {key: "failed", name: "Failed"},
  {key: "duration", name: "Duration, s"},
  {key: "total_input_tokens", name: "Input tokens"},
  {key: "total_output_tokens", name: "Output tokens"},
];

function places_of(values) {
  return values.every(Number.isInteger) ? 0 : Math.max(...values.map((one) => Math.min(2, places_for(one))));
}

function totals_table(members) {
  const runs = members.map((one) => one.run);
  const rows = totals.filter((one) =>
    runs.some((run) => typeof run[one.key] === "number" && (!one.needs || one.needs(run))),
  );
  const several = members.length > 1;
  return scrolled(
    element(
      "table",
      {class: "numbers side"},
      several &&
        element(
          "thead",
          {},
          element(
            "tr",
            {},
            element("th", {scope: "col"}),
            members.map((one, i) => element("th", {scope: "col"}, swatch(i), one.name)),
          ),
        ),
      element(
        "tbody",
        {},
        rows.map((one) => {
          const scale = one.scale || 1;
          const places = places_of(runs.map((run) => run[one.key] * scale).filter(Number.isFinite));
          const name = one.scale ? `${one.name} ${slo_text(runs.find(slo_text))}, %` : one.name;
          return element(
            "tr",
            {},
            element("th", {scope: "row"}, name),
            runs.map((run) => number_cell(run, one.key, places, scale)),
          );
        }),
      ),
    ),
  );
}

function errors_table(members) {
  const rows = members.flatMap((one, i) =>
    Object.entries(one.run.errors || {}).map(([kind, what]) => ({one, i, kind, what})),
  );
  if (!rows.length) return null;
  rows.sort((a, b) => b.what.count - a.what.count);
  return scrolled(
    element(
      "table",
      {class: "errors"},
      element(
        "thead",
        {},
        element(
          "tr",
          {},
          members.length > 1 && element("th", {scope: "col"}, "Run"),
          ["Error", "Count", "One of them"].map((name) => element("th", {scope: "col"}, name)),
        ),
      ),
      element(
        "tbody",
        {},
        rows.map(({one, i, kind, what}) =>
          element(
            "tr",
            {},
            members.length > 1 && element("td", {}, swatch(i), one.name),
            element("td", {}, kind),
            element("td", {class: "count"}, fixed(what.count, 0)),
            element("td", {class: "example"}, what.example || dash),
          ),
        ),
      ),
    ),
  );
}

function sweep_table(sweep) {
  const metric = waiting(sweep.runs[0]);
  const unit = unit_of(value_of(sweep.runs[0], metric.key, "p50"));
  const latency = (key) => ({key, scale: unit.scale});
  const columns = [
    {key: "request_throughput", name: "requests/s"},
    {key: "output_throughput", name: "tokens/s"},
    {...latency(`p50_${metric.key}_ms`), name: `${metric.short} p50, ${unit.name}`},
    {...latency(`p99_${metric.key}_ms`), name: `p99, ${unit.name}`},
    ...(measured(sweep.runs[0], "itl")
      ? [
          {key: "p50_itl_ms", name: "between tokens p50, ms"},
          {key: "p99_itl_ms", name: "p99, ms"},
        ]
      : []),
    {key: "failed", name: "failed"},
  ];
  for (const one of columns) {
    const values = sweep.runs.map((run) => run[one.key]).filter((value) => typeof value === "number");
    one.places = values.length
      ? Math.min(
          places_of(values.map((value) => value * (one.scale || 1))),
          places_for(Math.min(...values.filter((value) => value > 0)) * (one.scale || 1)),
        )
      : 0;
  }
  const is_at = (run, point) => point && point_value(run.point) === point_value(point);
  const broke = sweep.broke && (sweep.broke.point || sweep.broke);
  return scrolled(
    element(
      "table",
      {class: "numbers"},
      element(
        "thead",
        {},
        element(
          "tr",
          {},
          element("th", {scope: "col"}, Object.keys(sweep.runs[0].point || {})[0] || "load"),
          columns.map((one) => element("th", {scope: "col"}, one.name)),
        ),
      ),
      element(
        "tbody",
        {},
        sweep.runs.map((run) =>
          element(
            "tr",
            {class: is_at(run, sweep.knee) && "marked"},
            element(
              "th",
              {scope: "row"},
              String(point_value(run.point)),
              is_at(run, sweep.knee) && element("b", {class: "tag"}, "knee"),
              is_at(run, broke) && element("b", {class: "tag bad"}, "broke"),
            ),
            columns.map((one) => number_cell(run, one.key, one.places, one.scale)),
          ),
        ),
      ),
    ),
  );
}
