// Puts the page together, and draws its charts anew when its width, its colours or the paper change.

const report = document.getElementById("report");
report.replaceChildren(
  ...[
    findings(),
    compare_sections(),
    sweep_sections(),
    loads.length ? loads_section() : [],
    what_was_run(),
    element(
      "footer",
      {},
      element(
        "p",
        {},
        "Open loop: times count from when a request was due; closed loop: from when it " +
          "was sent. Percentiles are those of the requests that were answered. Between tokens: the time from one " +
          "event with content to the next.",
      ),
    ),
  ]
    .flat(Infinity)
    .filter(Boolean),
);

function fit(one) {
  const width = one.holder.clientWidth;
  if (one.chart && width && width !== one.chart.width) one.chart.setSize({width, height: one.chart.height});
}

for (const one of plots) one.chart = one.make();

const watch = new ResizeObserver(() => plots.forEach(fit));
watch.observe(report);

function redraw() {
  plots.forEach((one) => one.chart.redraw(false, true));
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);

// Paper is light, and as wide as it is whatever the window was.
addEventListener("beforeprint", () => {
  document.documentElement.classList.add("paper");
  plots.forEach(fit);
  redraw();
});
addEventListener("afterprint", () => {
  document.documentElement.classList.remove("paper");
  plots.forEach(fit);
  redraw();
});
