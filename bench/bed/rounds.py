"""Runs of `ferry-bench load`, by turns, with what the machine and the server did meanwhile."""
import json
import os
import subprocess
import time

from machine import Span, cpu_seconds, family, memory_mib
from servers import Failure

WARMUP = 0.5
REST = 0.4  # what a server does later (shipping usage rows) belongs to the run too


def command_of(bed, scenario, target, seconds, file):
    headers = [part for header in target.headers for part in ("--header", header)]
    return [str(part) for part in (
        bed.options.ferry_bench, "load", "--base-url", target.base_url, "--api-key", target.key, *headers,
        *scenario.ask, "--warmup", f"{WARMUP}s", "--duration", f"{seconds}s", "--json", file, "--quiet")]


def measure(bed, scenario, name, seconds, file):
    target, mock = bed.targets[name], bed.processes["mock"].pid
    server = family(target.pid) if target.pid else []
    before, spent, mock_spent, machine = bed.stats(), cpu_seconds(server), cpu_seconds([mock]), Span()
    child = os.times()
    began = time.monotonic()
    done = subprocess.run(command_of(bed, scenario, target, seconds, file), capture_output=True, text=True,
                          preexec_fn=lambda: os.sched_setaffinity(0, bed.load_cpus))
    wall = time.monotonic() - began
    after = bed.stats()
    time.sleep(REST)
    spent, mock_spent = cpu_seconds(server) - spent, cpu_seconds([mock]) - mock_spent
    now = os.times()
    generator = now.children_user - child.children_user + now.children_system - child.children_system
    noise = machine.end(spent + mock_spent + generator)
    if not (file.exists() and file.stat().st_size):
        raise Failure(f"ferry-bench load against {name}: {done.stderr or done.stdout}")
    return told(json.loads(file.read_text()), scenario, name, after, before) | {
        "cpu_s": round(spent, 4), "busy": round(spent / wall, 3), "mock_cpu_s": round(mock_spent, 4),
        "generator_cpu_s": round(generator, 4), "memory_mib": round(memory_mib(server), 1) if server else None,
        "noise": noise, "noisy": max(noise["steal"], noise["others"]) > bed.options.noise, "file": file.name}


def told(load, scenario, name, after, before):
    """What the load saw, and the mock. The mock counts the warm-up too, as the CPU time does."""
    delta = {what: after[what] - before[what] for what in ("requests", "events", "completed", "bytes_sent")}
    problem = None
    if load["failed"] or load["warmup_errors"]:
        problem = f"errors: {json.dumps(load['errors'] or load['warmup_errors'])[:300]}"
    elif delta["requests"] < load["completed"]:
        problem = f"{load['completed']} answers, but the mock saw {delta['requests']} requests"
    elif not load["completed"]:
        problem = "no answer"
    found = {"scenario": scenario.name, "target": name, "problem": problem, "count": delta[f"{scenario.unit}s"],
             "requests_per_second": load["request_throughput"], "events": delta["events"],
             "bytes_sent": delta["bytes_sent"], "duration": load["duration"], "bottleneck": load["bottleneck"]}
    for metric in {scenario.latency, "ttft"}:
        for at in ("p50", "p99"):
            found[f"{at}_{metric}_ms"] = load.get(f"{at}_{metric}_ms")
    return found


def show(number, run, scenario):
    each = f"{run['cpu_s'] / max(1, run['count']) * 1e6:9.2f} us" if run["memory_mib"] is not None else " " * 12
    noise, latency = run["noise"], run[f"p50_{scenario.latency}_ms"]
    seen = "" if latency is None else f"{scenario.latency} p50 {latency:.3f} ms, "
    end = "  NOISY: dropped" if run["noisy"] else ""
    print(f"  round {number} {run['target']:<14} {each} a {scenario.unit}, {run['requests_per_second']:8.0f}/s, {seen}"
          f"steal {noise['steal']:.1f} %, others {noise['others']:.1f} %, load {noise['load']:.1f}{end}",
          flush=True)
    if run["problem"]:
        print(f"  FAILED: {run['problem']}", flush=True)


def play(bed, scenario, folder):
    """All its rounds, A B C and C B A by turns. A noisy run is dropped and, while there is time for it, asked again."""
    options = bed.options
    names = [name for name in bed.targets if not scenario.only or name in scenario.only or name in bed.peers]
    seconds = 1 if options.quick else scenario.seconds
    limit = time.monotonic() + 1.35 * options.rounds * len(names) * (seconds + WARMUP + REST + 0.3)
    runs, kept, number = [], dict.fromkeys(names, 0), 0
    print(f"{scenario.title}", flush=True)
    while number < options.rounds or (min(kept.values()) < options.rounds and time.monotonic() < limit):
        number += 1
        for name in names if number % 2 else reversed(names):
            if number > options.rounds and kept[name] >= options.rounds:
                continue
            file = folder / f"{scenario.name}-{name.replace(', ', '-')}-{number}.json"
            run = measure(bed, scenario, name, seconds, file)
            show(number, run, scenario)
            kept[name] += not (run["noisy"] or run["problem"])
            runs.append(run | {"round": number})
    return runs
