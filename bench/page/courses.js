// Charts of what came one after the other: the seconds of a run, the loads of a sweep, the rounds of a comparison.

function time_text(seconds) {
  return seconds >= 120
    ? `${Number((seconds / 60).toPrecision(3))}${narrow_space}min`
    : `${Number(seconds.toPrecision(3))}${narrow_space}s`;
}

// Without the last one where the run ended within it.
function whole_points(points) {
  const last = points.length - 1,
    gap = (i) => points[i].t - points[i - 1].t;
  return gap(last) < gap(last - 1) / 2 ? points.slice(0, last) : points;
}

// Counts are those of a second, also where a point holds several; a latency of 0 is none.
function point_of(one, key, xs, i) {
  if (typeof one[key] !== "number") return null;
  if (key.endsWith("_ms")) return one[key] > 0 ? one[key] : null;
  const gap = xs.length > 1 ? xs[Math.max(1, i)] - xs[Math.max(1, i) - 1] : 1;
  return key === "in_flight" ? one[key] : one[key] / Math.max(1, Math.round(gap));
}

function timeline_chart({title, note, run, columns, text, sync}) {
  const line_of = whole_points(run.timeline),
    xs = line_of.map((one) => one.t);
  const ys = columns.map(({key}) => line_of.map((one, i) => point_of(one, key, xs, i)));
  const high = Math.max(0, ...ys.flat().filter((y) => y !== null)) * 1.15 || 1;
  if (ys.every((list) => list.every((y) => y === null))) return null;
  return figure(
    title,
    note,
    plot({
      height: 150,
      data: [xs, ...ys],
      series: columns.map((one) => line(one.color, {width: 1.5, ...one.more})),
      marks: xs[0] < 0 ? [{x: 0, text: "measured from here", foot: true}] : [],
      x: {low: Math.min(0, xs[0]), high: xs[xs.length - 1], text: time_text},
      y: {low: 0, high, text},
      names:
        columns.length > 1
          ? columns.map((one, i) => ({
              name: ys[i].some((y) => y) ? one.name : "",
              color: one.color,
              series: i + 1,
            }))
          : [],
      rows: (i) => ({
        heading: `at ${time_text(xs[i])}`,
        lines: columns.map((one, k) => [one.name, ys[k][i] === null ? dash : one.exact(ys[k][i]), one.color]),
      }),
      sync,
    }),
  );
}

function timeline_charts(run, sync) {
  if (!Array.isArray(run.timeline) || run.timeline.length < 3) return null;
  const metric = waiting(run).key === "ttft" ? "ttft" : "e2el";
  const gone = run.failed > 0;
  return element(
    "div",
    {class: "charts thin"},
    timeline_chart({
      title: "Answers a second",
      note: gone ? "completed, and failed" : "none failed",
      run,
      sync,
      text: short_number,
      columns: [
        {
          key: "completed",
          name: "completed",
          color: "--series-0",
          exact: number,
          more: {fill: () => color("--series-0") + "1c"},
        },
        ...(gone
          ? [
              {
                key: "failed",
                name: "failed",
                color: "--bad",
                exact: number,
                more: {fill: () => color("--bad"), paths: uPlot.paths.bars({size: [0.9, 12], align: 0})},
              },
            ]
          : []),
      ],
    }),
    timeline_chart({
      title: waiting(run).name,
      note: "of the requests answered in that second",
      run,
      sync,
      text: short_span,
      columns: [
        {key: `${metric}_p99_ms`, name: "p99", color: "--series-1", exact: span},
        {key: `${metric}_p50_ms`, name: "p50", color: "--series-0", exact: span},
      ],
    }),
    timeline_chart({
      title: "In flight",
      note: "requests that waited for the end of their answer",
      run,
      sync,
      text: short_number,
      columns: [{key: "in_flight", name: "in flight", color: "--series-0", exact: number}],
    }),
  );
}

// Latency over throughput, a point for each load: the curve may bend back where the target is overloaded.
function sweep_chart(sweep) {
  const runs = sweep.runs,
    metric = waiting(runs[0]);
  const curves = [
    ["p99", "--series-1"],
    ["p50", "--series-0"],
  ].map(([which, of]) => ({
    name: which,
    color: of,
    ys: runs.map((run) => value_of(run, metric.key, which)),
  }));
  const rates = runs.map((run) => run.request_throughput),
    order = rates.map((_, i) => i).sort((a, b) => rates[a] - rates[b]);
  const all = curves.flatMap((one) => one.ys).filter((y) => y > 0);
  const [low, high] = [Math.min(...all), Math.max(...all)],
    logarithmic = high / low > 8;
  const at = (u, curve, i) => [u.valToPos(rates[i], "x", true), u.valToPos(curve.ys[i], "y", true)];
  const knee = runs.findIndex((run) => sweep.knee && point_value(run.point) === point_value(sweep.knee));
  const draw = (u) => {
    curves.forEach((curve) =>
      draw_path(
        u,
        runs.map((_, i) => at(u, curve, i)),
        curve.color,
        knee,
      ),
    );
    label_loads(
      u,
      runs.map((run, i) => [...at(u, curves[1], i), String(point_value(run.point))]),
    );
  };
  return figure(
    `${metric.name} against throughput`,
    "a point for each load; up is slower, right is more",
    plot({
      height: 340,
      data: [order.map((i) => rates[i]), ...curves.map((one) => order.map((i) => one.ys[i]))],
      series: curves.map((one) => line(one.color, {paths: () => null})),
      x: {low: 0, high: Math.max(...rates) * 1.08, text: (value) => `${short_number(value)}/s`},
      y: {low: logarithmic ? low / 1.4 : 0, high: high * 1.15, logarithmic, text: short_span},
      marks: knee < 0 ? [] : [{x: rates[knee], text: `knee: ${point_text(sweep.knee)}`, foot: true}],
      draw,
      names: curves.map((one) => ({
        name: one.name,
        color: one.color,
        points: (u) => runs.map((_, i) => at(u, one, i)),
      })),
      rows: (k) => ({
        heading: point_text(runs[order[k]].point),
        lines: [
          ["requests/s", number(rates[order[k]]), "--muted"],
          ...curves.map((one) => [one.name, span(one.ys[order[k]]), one.color]),
        ],
      }),
    }),
  );
}

// The load beside its point, where there is room.
function label_loads(u, labels) {
  const ctx = u.ctx,
    ratio = devicePixelRatio;
  ctx.save();
  ctx.font = `${11 * ratio}px ${color("--font")}`;
  ctx.textAlign = "left";
  ctx.textBaseline = "top";
  ctx.fillStyle = color("--muted");
  let last = null;
  for (const [x, y, text] of labels) {
    if (last && Math.hypot(x - last[0], y - last[1]) < 18 * ratio) continue;
    ctx.fillText(text, x + 5 * ratio, y + 5 * ratio);
    last = [x, y];
  }
  ctx.restore();
}

function draw_path(u, points, of, ringed) {
  const ctx = u.ctx,
    ratio = devicePixelRatio;
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = color(of);
  ctx.lineWidth = 2 * ratio;
  ctx.lineJoin = "round";
  ctx.beginPath();
  points.forEach(([x, y], i) => (i ? ctx.lineTo(x, y) : ctx.moveTo(x, y)));
  ctx.stroke();
  points.forEach(([x, y], i) => {
    ctx.beginPath();
    ctx.arc(x, y, (i === ringed ? 5.5 : 3) * ratio, 0, 2 * Math.PI);
    ctx.fillStyle = color(i === ringed ? "--background" : of);
    ctx.fill();
    if (i === ringed) ctx.stroke();
  });
  ctx.restore();
}

// A point for each round and target: what changed while it ran changed for all.
function rounds_chart(members) {
  const metric = waiting(members[0].runs[0]),
    rounds = Math.max(...members.map((one) => one.runs.length));
  const ys = members.map((one) =>
    Array.from({length: rounds}, (_, i) => (one.runs[i] ? value_of(one.runs[i], metric.key, "p50") : null)),
  );
  if (rounds < 2) return null;
  const all = ys.flat().filter((y) => y > 0),
    room = (Math.max(...all) - Math.min(...all)) * 0.25 || Math.max(...all) * 0.1;
  return figure(
    `${metric.name}, run by run`,
    "the median of each run: what changes for all of them at once is not the target's doing",
    plot({
      height: 240,
      data: [Array.from({length: rounds}, (_, i) => i + 1), ...ys],
      series: members.map((_, i) =>
        line(series_color(i), {
          width: 1.5,
          points: {show: true, size: 6, fill: () => color(series_color(i)), stroke: () => color(series_color(i))},
        }),
      ),
      x: {low: 0.5, high: rounds + 0.5, text: (x) => (Number.isInteger(x) ? String(x) : "")},
      y: {low: Math.max(0, Math.min(...all) - room), high: Math.max(...all) + room, text: short_span},
      names: members.map((one, i) => ({name: one.name, color: series_color(i), series: i + 1})),
      rows: (i) => ({
        heading: `run ${i + 1}`,
        lines: members.map((one, k) => [one.name, span(ys[k][i] ?? NaN), series_color(k)]),
      }),
    }),
  );
}
