// One chart: axes, colours of the theme, names beside their curves, and a card with the numbers under the pointer.

const plots = [];
const series_colors = 6;

function series_color(i) {
  return i < series_colors ? `--series-${i}` : "--muted";
}

function round_steps(low, high, logarithmic, width) {
  const room = Math.max(2, Math.floor(width / 75));
  if (!logarithmic) {
    const rough = (high - low) / room,
      power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].find((one) => one * power >= rough) * power;
    const first = Math.ceil(low / step - 1e-9);
    return Array.from({length: Math.floor(high / step + 1e-9) - first + 1}, (_, i) => (first + i) * step);
  }
  for (const digits of [[1, 2, 5], [1, 3], [1]]) {
    const found = [];
    for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); ++power) {
      found.push(...digits.map((digit) => digit * 10 ** power).filter((value) => value >= low && value <= high));
    }
    if (found.length <= room + 1 || digits.length === 1) return found;
  }
  return [];
}

function axis_of(scale, {text, side}, along) {
  return {
    scale,
    side,
    stroke: () => color("--muted"),
    grid: {stroke: () => color("--line"), width: 1},
    ticks: {show: false},
    border: {show: side === 2, stroke: () => color("--axis"), width: 1},
    font: `12px ${color("--font")}`,
    gap: 6,
    size:
      side === 2 ? 28 : side === 1 ? 50 : (u, values) => 14 + 7 * Math.max(2, ...(values || []).map((v) => v.length)),
    splits: (u, i, low, high) =>
      along.splits || round_steps(low, high, along.logarithmic, side === 2 ? u.width : u.height * 1.6),
    filter: (u, splits) => splits,
    values: (u, splits) => splits.map(text),
  };
}

// The names of the curves, each where it covers the least: beside a point of its curve.
function draw_names(u, curves) {
  const ratio = devicePixelRatio,
    ctx = u.ctx,
    box = u.bbox,
    placed = [];
  ctx.save();
  ctx.font = `600 ${12 * ratio}px ${color("--font")}`;
  ctx.textAlign = "left";
  ctx.textBaseline = "middle";
  ctx.lineJoin = "round";
  const points = curves.map((curve) => curve.points(u));
  curves.forEach((curve, index) => {
    if (!curve.name || !points[index].length) return;
    const width = ctx.measureText(curve.name).width,
      height = 15 * ratio,
      gap = 7 * ratio;
    let best = null;
    for (let k = 0; k < points[index].length; k += Math.max(1, Math.floor(points[index].length / 60))) {
      const [x, y] = points[index][k];
      for (const [left, middle] of [
        [x + gap, y - height / 2],
        [x + gap, y + height / 2],
        [x - gap - width, y - height / 2],
        [x - gap - width, y + height / 2],
        [x - width / 2, y - height],
        [x - width / 2, y + height],
      ]) {
        if (left < box.left + 2 || left + width > box.left + box.width || middle < box.top + height / 2) continue;
        if (middle > box.top + box.height - height / 2) continue;
        const covers = ([px, py]) =>
          px > left - gap / 2 && px < left + width + gap / 2 && Math.abs(py - middle) < height / 2 + 2 * ratio;
        const overlaps = (other) =>
          Math.abs(other.middle - middle) < height &&
          other.left < left + width + gap &&
          left < other.left + other.width + gap;
        // Of the free places the one that is farthest from the other curves belongs to its own most plainly.
        const away = Math.min(
          50 * ratio,
          ...points
            .filter((of) => of !== points[index])
            .flat()
            .map(([px, py]) => Math.hypot(px - Math.max(left, Math.min(px, left + width)), py - middle)),
        );
        const cost =
          100 * points.reduce((sum, of) => sum + of.filter(covers).length, 0) +
          10000 * placed.filter(overlaps).length -
          away / ratio;
        if (!best || cost < best.cost) best = {cost, left, middle, width};
      }
    }
    if (!best) return;
    placed.push(best);
    ctx.strokeStyle = color("--background");
    ctx.lineWidth = 4 * ratio;
    ctx.strokeText(curve.name, best.left, best.middle);
    ctx.fillStyle = color(curve.color);
    ctx.fillText(curve.name, best.left, best.middle);
  });
  ctx.restore();
}

function points_of_series(u, index, [x_scale, y_scale]) {
  const found = [],
    xs = u.data[0],
    ys = u.data[index];
  for (let i = 0; i < xs.length; ++i) {
    if (ys[i] === null || ys[i] === undefined) continue;
    const y = u.valToPos(ys[i], y_scale, true);
    const last = found[found.length - 1];
    const x = u.valToPos(xs[i], x_scale, true);
    // Steep curves are filled up: a name must not stand across one.
    const fill = last ? Math.min(40, Math.floor(Math.abs(y - last[1]) / 8)) : 0;
    for (let k = 1; k <= fill; ++k) {
      found.push([last[0] + ((x - last[0]) * k) / (fill + 1), last[1] + ((y - last[1]) * k) / (fill + 1)]);
    }
    found.push([x, y]);
  }
  return found;
}

// Lines with a text at their foot or head, whichever the curves leave free.
function dotted_marks(u, marks) {
  const ratio = devicePixelRatio,
    ctx = u.ctx,
    box = u.bbox;
  ctx.save();
  ctx.font = `${12 * ratio}px ${color("--font")}`;
  ctx.textAlign = "left";
  ctx.textBaseline = "alphabetic";
  let free = -Infinity;
  for (const {x, text, foot} of marks) {
    const at = u.valToPos(x, "x", true);
    if (at < box.left || at > box.left + box.width) continue;
    ctx.strokeStyle = color("--muted");
    ctx.lineWidth = ratio;
    ctx.setLineDash([2 * ratio, 3 * ratio]);
    ctx.beginPath();
    ctx.moveTo(at, box.top);
    ctx.lineTo(at, box.top + box.height);
    ctx.stroke();
    const width = ctx.measureText(text).width,
      right = at + 5 * ratio + width < box.left + box.width;
    const left = right ? at + 5 * ratio : at - 5 * ratio - width;
    if (left < free) continue;
    free = left + width + 8 * ratio;
    ctx.fillStyle = color("--muted");
    ctx.fillText(text, left, foot ? box.top + box.height - 6 * ratio : box.top + 12 * ratio);
  }
  ctx.restore();
}

// The numbers under the pointer. `rows(index)` gives the heading and [name, value, colour] of each line.
function card(rows) {
  let box = null;
  const update = (u) => {
    const {idx, left} = u.cursor;
    const shown = idx === null || idx === undefined || left < 0 ? null : rows(idx);
    box.hidden = !shown;
    if (!shown) return;
    box.replaceChildren(
      element("b", {}, shown.heading),
      ...shown.lines.map(([name, value, of]) =>
        element(
          "div",
          {},
          element("i", {style: `background:var(${of})`}),
          element("span", {}, name),
          element("em", {}, value),
        ),
      ),
    );
    const right = left > u.over.clientWidth / 2;
    box.style.left = right ? "auto" : `${left + 12}px`;
    box.style.right = right ? `${u.over.clientWidth - left + 12}px` : "auto";
  };
  return {
    hooks: {
      init: (u) => u.over.append((box = element("div", {class: "card", hidden: ""}))),
      setCursor: update,
    },
  };
}

// plot({height, data, series, x, y, y2, draw, names, marks, rows, sync}) -> the element that holds it.
function plot(given) {
  const holder = element("div", {class: "plot"});
  plots.push({holder, make: () => make_plot(holder, given), chart: null});
  return holder;
}

function make_plot(holder, given) {
  const axes = [axis_of("x", {...given.x, side: 2}, given.x), axis_of("y", {...given.y, side: 3}, given.y)];
  const scale = (along) => ({time: false, distr: along.logarithmic ? 3 : 1, range: [along.low, along.high]});
  const curves = (given.names || []).map((one) => ({
    ...one,
    points: one.points || ((u) => points_of_series(u, one.series, ["x", "y"])),
  }));
  const options = {
    width: holder.clientWidth,
    height: given.height,
    pxAlign: 0,
    legend: {show: false},
    padding: [8, 22, 0, 0],
    scales: {x: scale(given.x), y: scale(given.y)},
    axes,
    series: [{}, ...given.series],
    cursor: {y: false, drag: {x: false, y: false}, points: {size: 7}, ...(given.sync ? {sync: {key: given.sync}} : {})},
    plugins: given.rows ? [card(given.rows)] : [],
    hooks: {
      draw: [
        (u) => {
          if (given.marks) dotted_marks(u, given.marks);
          if (given.draw) given.draw(u);
          draw_names(u, curves);
        },
      ],
    },
  };
  return new uPlot(options, given.data, holder);
}
