// Numbers as they are read, and elements of the page.

const narrow_space = "\u202f";
const dash = "–";

function fixed(value, places) {
  return value.toLocaleString("en-US", {minimumFractionDigits: places, maximumFractionDigits: places});
}

// So many decimals that the number has three digits that say something.
function places_for(value) {
  const size = Math.abs(value);
  if (size === 0 || size >= 100) return 0;
  return size >= 10 ? 1 : size >= 0.1 ? 2 : 3;
}

function number(value) {
  if (!Number.isFinite(value)) return dash;
  return fixed(value, Number.isInteger(value) ? 0 : places_for(value));
}

// The unit in which `ms` reads well: what a millisecond is multiplied by, and its name.
function unit_of(ms) {
  const size = Math.abs(ms);
  if (size < 1) return {scale: 1000, name: "µs"};
  return size < 10000 ? {scale: 1, name: "ms"} : {scale: 0.001, name: "s"};
}

function span(ms) {
  if (!Number.isFinite(ms)) return dash;
  if (ms === 0) return "0 ms";
  const unit = Math.abs(ms) >= 1000 ? {scale: 0.001, name: "s"} : unit_of(ms);
  return number(ms * unit.scale) + narrow_space + unit.name;
}

// For the marks of an axis: no decimals that are zeros.
function short_span(ms) {
  if (ms === 0) return "0";
  const [value, name] = Math.abs(ms) >= 1000 ? [ms / 1000, "s"] : Math.abs(ms) < 1 ? [ms * 1000, "µs"] : [ms, "ms"];
  return Number(value.toPrecision(4)).toLocaleString("en-US") + narrow_space + name;
}

function short_number(value) {
  if (Math.abs(value) >= 1e6) return Number((value / 1e6).toPrecision(3)) + "M";
  return Math.abs(value) >= 1e4 ? Number((value / 1e3).toPrecision(3)) + "k" : Number(value.toPrecision(4)).toString();
}

function percent(fraction) {
  const value = fraction * 100;
  const edge = value !== 0 && value !== 100 && (value < 1 || value > 99);
  return fixed(value, Number.isInteger(value) ? 0 : edge ? 2 : 1) + narrow_space + "%";
}

function count_of(n, noun) {
  return `${fixed(n, 0)} ${noun}${n === 1 ? "" : "s"}`;
}

function listed(names) {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names[names.length - 1]}`;
}

// element("p", {class: "note"}, "text", child, ...): text is never read as HTML.
function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value !== undefined && value !== null && value !== false) made.setAttribute(key, value);
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

function color(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
