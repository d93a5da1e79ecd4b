"""What the runs add up to, as Markdown, and its place in the documents."""
import re
import statistics


def median(runs, name):
    values = [run[name] for run in runs if run[name] is not None]
    return statistics.median(values) if values else None


def summary_of(runs):
    """{scenario: {target: figures}}: medians over the runs that were neither noisy nor failed."""
    found = {}
    for run in runs:
        found.setdefault(run["scenario"], {}).setdefault(run["target"], []).append(run)
    return {scenario: {target: figures_of(mine) for target, mine in row.items()} for scenario, row in found.items()}


def figures_of(runs):
    kept = [run for run in runs if not run["noisy"] and not run["problem"]]
    figures = {"kept": len(kept), "dropped": len(runs) - len(kept)}
    if not kept:
        return figures
    if kept[0]["memory_mib"] is not None:
        cost = [run["cpu_s"] / run["count"] * 1e6 for run in kept]
        figures |= {"cpu_us": statistics.median(cost), "cpu_us_min": min(cost), "cpu_us_max": max(cost),
                    "busy": median(kept, "busy"), "memory_mib": median(kept, "memory_mib")}
    figures["per_second"] = statistics.median(run["count"] / (run["duration"] + 0.5) for run in kept)
    figures["mb_per_second"] = statistics.median(run["bytes_sent"] / (run["duration"] + 0.5) / 1e6 for run in kept)
    for name in kept[0]:
        if re.match(r"p\d+_.*_ms$", name):
            figures[name] = median(kept, name)
    return figures


def number(value, digits=None):
    if value is None:
        return ""
    if digits is None:
        digits = 2 if value < 10 else 1 if value < 100 else 0
    return f"{value:,.{digits}f}"


def added(row, target, name):
    base, mine = row.get("direct", {}).get(name), row[target].get(name)
    return "" if base is None or mine is None or target == "direct" else f"{mine - base:+.3f}"


def of_nginx(row, target):
    base, mine = row.get("nginx", {}).get("cpu_us"), row[target].get("cpu_us")
    return number(mine / base, 2) if base and mine else ""


def cost(figures, per=1):
    if "cpu_us" not in figures:
        return "", ""
    low, high = figures["cpu_us_min"] / per, figures["cpu_us_max"] / per
    return number(figures["cpu_us"] / per), f"{number(low)} to {number(high)}"


def table(scenario, row):
    """Its columns are those that say something of it."""
    latency, is_bulky = scenario.latency, scenario.only is not None
    label = {"e2el": "answer", "itl": "event after event", "ttft": "first token"}[latency]
    unit, per = ("ms a request", 1000) if is_bulky else (f"us a{'n' if scenario.unit == 'event' else ''} "
                                                         f"{scenario.unit}", 1)
    head = [f"CPU {unit}", "from ... to", "of nginx's", f"{scenario.unit}s/s", "of its core", "MiB"]
    head += [] if is_bulky else [f"{label} p50 ms", "p99 ms", "added p50", "added p99"]
    lines = ["| |" + "|".join(f" {one} " for one in head) + "|", "|---|" + "---|" * len(head)]
    for target, figures in row.items():
        if not figures["kept"]:
            lines.append(f"| {target} | all {figures['dropped']} runs were noisy, or failed |" + " |" * (len(head) - 1))
            continue
        middle, span = cost(figures, per)
        busy = number(figures.get("busy") and figures["busy"] * 100, 0)
        cells = [middle, span, of_nginx(row, target), number(figures["per_second"]), busy and f"{busy} %",
                 number(figures.get("memory_mib"), 0)]
        if not is_bulky:
            names = [f"p50_{latency}_ms", f"p99_{latency}_ms"]
            cells += [number(figures[name], 3) for name in names] + [added(row, target, name) for name in names]
        lines.append(f"| {target} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def heading(report):
    m, o = report["machine"], report["options"]
    versions = ", ".join(f"{name} {version}" for name, version in report["versions"].items())
    kept = sum(not run["noisy"] for run in report["runs"])
    return (f"`{report['command']}`, {m['date'][:16].replace('T', ' ')}: {m['cpu']}, {m['cores']} cores, Linux "
            f"{m['kernel']}; {versions}.\n{kept} of {len(report['runs'])} runs kept, as in the others more than "
            f"{o['noise']:g} % of the machine went to other machines (steal) or other processes; load average "
            f"{min(run['noise']['load'] for run in report['runs']):.1f} to "
            f"{max(run['noise']['load'] for run in report['runs']):.1f}.")


def document(report, scenarios, names=None):
    summary = summary_of(report["runs"])
    parts = [heading(report)]
    for scenario in scenarios:
        if scenario.name in summary and (names is None or scenario.name in names):
            parts.append(f"**{scenario.title}**\n\n{table(scenario, summary[scenario.name])}")
    failed = [run for run in report["runs"] if run["problem"] and (names is None or run["scenario"] in names)]
    parts += [f"FAILED, round {run['round']} of {run['scenario']}, {run['target']}: {run['problem']}" for run in failed]
    return "\n\n".join(parts)


def write_between_markers(file, text):
    """A comment says where the tables stand, and of which scenarios: <!-- bench/run: many,streams -->"""
    mark = re.compile(r"(<!-- bench/run: ([a-z0-9,]+) -->\n).*?(<!-- /bench/run -->)", re.S)
    old = file.read_text()
    if not mark.search(old):
        raise SystemExit(f"bench/run: {file} has no <!-- bench/run: all --> ... <!-- /bench/run -->")

    def renewed(found):
        names = None if found[2] == "all" else found[2].split(",")
        return f"{found[1]}{text(names)}\n{found[3]}"

    file.write_text(mark.sub(renewed, old))
