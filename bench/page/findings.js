// What the page says first, and last where its numbers come from.

function first_words(run) {
  return waiting(run).key === "ttft" ? "began" : "were whole";
}

function one_load(run) {
  if (!run.completed)
    return [`Nothing was answered: ${fixed(run.failed, 0)} of ${count_of(asked(run), "request")} failed`];
  const wait = waiting(run),
    at = (which) => span(value_of(run, wait.key, which));
  const rate =
    `${number(run.request_throughput)} requests/s` +
    (run.output_throughput ? ` and ${number(run.output_throughput)} output tokens/s` : "");
  const failed = run.failed
    ? `${fixed(run.failed, 0)} of ${count_of(asked(run), "request")} failed (${percent(failed_share(run))}).`
    : `All ${count_of(asked(run), "request")} were answered.`;
  return [
    `Half of the answers ${first_words(run)} within ${at("p50")}, 99 of 100 within ${at("p99")}`,
    `At ${rate}. ${failed}`,
  ];
}

function many_loads() {
  const answered = loads.filter((run) => run.completed);
  if (!answered.length) return ["Nothing was answered in any of these runs"];
  const wait = waiting(answered[0]).key;
  const sorted = [...answered].sort((a, b) => value_of(a, wait, "p99") - value_of(b, wait, "p99"));
  const [best, worst] = [sorted[0], sorted[sorted.length - 1]];
  const [low, high] = [value_of(best, wait, "p99"), value_of(worst, wait, "p99")];
  const note =
    "These runs were made apart from one another, so chance and the time of day are part of what differs: " +
    "ferry-bench compare tells differences with intervals.";
  const verb = first_words(best) === "began" ? "began" : "whole";
  if (high / low < 1.02)
    return [`99 of 100 answers ${first_words(best)} within ${span(high)} in all ${answered.length} runs`, note];
  return [`99 of 100 answers ${verb} within ${span(low)} in ${best.name}, within ${span(high)} in ${worst.name}`, note];
}

function one_sweep(sweep) {
  const run = sweep.runs.find((one) => sweep.knee && point_value(one.point) === point_value(sweep.knee));
  const ended = sweep.broke
    ? `It broke at ${point_text(sweep.broke.point || {})}: ${sweep.broke.why.replace(/\.$/, "")}.`
    : "";
  if (!run) {
    const best = sweep.runs.reduce((a, b) => (b.request_throughput > a.request_throughput ? b : a));
    return [`Throughput grew up to ${number(best.request_throughput)} requests/s, at ${point_text(best.point)}`, ended];
  }
  const wait = waiting(run);
  return [
    `Throughput stops paying at ${point_text(run.point)}`,
    `There it answers ${number(run.request_throughput)} requests/s, and ` +
      `99 of 100 answers ${wait.key === "ttft" ? "begin" : "are whole"} within ` +
      `${span(value_of(run, wait.key, "p99"))}. ${ended}`,
  ];
}

function one_compare(compare) {
  const rows = compare.differences;
  const main =
    ["p50_ttft_ms", "median_ttft_ms", "p50_e2el_ms"]
      .map((key) => rows.find((row) => row.metric === key && row.a))
      .find(Boolean) || rows[0];
  const told = rows.filter((row) => row.told && row !== main && row.target === main.target);
  const in_percent = (row) => `${signed((row.difference / row.a) * 100, 1)}${narrow_space}%`;
  const also = told.length
    ? `Also told: ${listed(told.map((row) => `${difference_name(row)} ${in_percent(row)}`))}.`
    : "";
  const unit = unit_of_row(main, Math.max(Math.abs(main.low), Math.abs(main.high)));
  const [low, high] = [main.low, main.high].map((value) =>
    fixed(Math.abs(value) * unit.scale, places_for(Math.max(Math.abs(main.low), Math.abs(main.high)) * unit.scale)),
  );
  const name = `${main.target} and ${main.against}`;
  if (!main.told)
    return [
      told.length
        ? `${name} begin to answer equally fast, as far as can be told`
        : `No difference can be told between ${name}`,
      also,
    ];
  const size =
    main.unit === "ms" ? span(Math.abs(main.difference)) : `${number(Math.abs(main.difference))} ${main.unit}`;
  const [a, b] = main.difference < 0 ? [high, low] : [low, high];
  const what = main.metric.includes("ttft") ? "begins to answer" : "answers";
  const text =
    main.unit === "ms"
      ? `${main.target} ${what} ${size} ${main.difference > 0 ? "later" : "sooner"} than ${main.against}`
      : `${difference_name(main)}: ${size} ${main.difference > 0 ? "more" : "less"} with ${main.target} ` +
        `than with ${main.against}`;
  return [text, `Of the medians; interval ${a} to ${b} ${unit.name}. ${also}`];
}

function findings() {
  const made = [...compares.map(one_compare), ...sweeps.map(one_sweep)];
  if (loads.length) made.push(loads.length === 1 ? one_load(loads[0]) : many_loads());
  const [[title, ...notes], ...more] = made;
  document.title = title;
  const dates = [...new Set(results.map((one) => String(one.date || "").slice(0, 10)).filter(Boolean))].sort();
  return element(
    "header",
    {},
    element(
      "p",
      {class: "eyebrow"},
      element("b", {}, "ferry-bench"),
      " ",
      dates.length > 1 ? `${dates[0]} to ${dates[dates.length - 1]}` : dates,
    ),
    element("h1", {}, title),
    notes.filter(Boolean).map((text) => element("p", {class: "deck"}, text)),
    more.map((parts) =>
      element(
        "p",
        {class: "deck"},
        parts.filter(Boolean).map((text, i) => (i ? ` ${text}` : `${text}.`)),
      ),
    ),
  );
}

function plain_value(value) {
  if (Array.isArray(value)) return value.map(plain_value).join(", ");
  if (value && typeof value === "object")
    return Object.entries(value)
      .map(([key, one]) => `${key} ${plain_value(one)}`)
      .join(", ");
  return typeof value === "number" ? number(value) : String(value);
}

// What is 0 or empty was not asked for; what only means something beside a rate is told beside one.
function asked_for(options) {
  const of_rates = ["arrival", "burstiness", "max_concurrency"];
  return Object.entries(options)
    .filter(
      ([key, value]) =>
        value &&
        key !== "base_url" &&
        !(value === 1 && /^(burstiness|trace_speed)$/.test(key)) &&
        (options.rate || !of_rates.includes(key)),
    )
    .map(([key, value]) => {
      const names = Array.isArray(value) && value.every((one) => one && one.name);
      const text = !names
        ? plain_value(value)
        : value.map((one) => (value.length > 1 ? `${one.name} (${one.weight})` : one.name)).join(", ");
      return value === true ? key.replace(/_/g, " ") : `${key.replace(/_/g, " ")} ${text}`;
    })
    .join(" · ");
}

function facts_of(name, run, more) {
  const machine = run.machine || {},
    lag = value_of({p99_lag_ms: (run.generator_lag_ms || {}).p99 ?? run.p99_generator_lag_ms}, "lag", "p99");
  const target = run.target && typeof run.target === "object" ? plain_value(run.target) : run.target;
  const facts = [
    ["target", more.base_url || target],
    ["asked", asked_for(run.options || {})],
    ["when", run.date],
    [
      "from",
      [
        machine.cpu,
        machine.cores && count_of(machine.cores, "core"),
        machine.memory_gib && `${number(machine.memory_gib)} GiB`,
        machine.kernel,
      ]
        .filter(Boolean)
        .join(", "),
    ],
    [
      "tokens counted by",
      {
        usage: "the usage in the answers",
        chunks: "events, as the answers told no usage",
        mixed: "the usage where answers told it, else events",
      }[run.tokens_counted_by],
    ],
    [
      "connections",
      run.connections &&
        `${fixed(run.connections.opened || 0, 0)} opened, ${fixed(run.connections.reused || 0, 0)} times reused`,
    ],
    ["bytes", run.bytes && `${fixed(run.bytes.sent || 0, 0)} sent, ${fixed(run.bytes.received || 0, 0)} received`],
    ["generator late by", Number.isFinite(lag) && `${span(lag)} at p99`],
    ["by", run.version && `ferry-bench ${run.version}`],
    ["file", more.file],
  ];
  return element(
    "div",
    {class: "facts"},
    element("h3", {}, name),
    element(
      "dl",
      {},
      facts.filter(([, value]) => value).map(([key, value]) => [element("dt", {}, key), element("dd", {}, value)]),
    ),
  );
}

function what_was_run() {
  const made = results.flatMap((one, i) => {
    const file = files[i].file;
    if (one.kind === "load") return [facts_of(one.name, one, {file})];
    if (one.kind === "sweep") return [facts_of(one.name, {...one.runs[0], ...one}, {file})];
    return one.targets.map((of) =>
      facts_of(
        of.name,
        {...(of.runs || [])[0], date: one.date, machine: one.machine, version: one.version},
        {base_url: of.base_url, file},
      ),
    );
  });
  return section("What was run, and where", element("div", {class: "runs"}, made));
}
