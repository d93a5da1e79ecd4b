"""Results as ferry-bench load, its sweeps and compare write them, made up: the same ones each time."""
import math
import random

MACHINE = {"cpu": "AMD EPYC 7B13", "cores": 2, "memory_gib": 8, "kernel": "6.1.0-18-amd64"}
PERCENTILES = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99, "p999": 0.999}


def statistics(values, metric):
    """The members of a metric, of values in microseconds."""
    ordered = sorted(values)
    mean = sum(ordered) / len(ordered)
    found = {f"{name}_{metric}_ms": ordered[min(len(ordered) - 1, int(share * len(ordered)))] / 1000
             for name, share in PERCENTILES.items()}
    found[f"mean_{metric}_ms"] = mean / 1000
    found[f"median_{metric}_ms"] = found[f"p50_{metric}_ms"]
    found[f"std_{metric}_ms"] = math.sqrt(sum((v - mean) ** 2 for v in ordered) / len(ordered)) / 1000
    found[f"max_{metric}_ms"] = ordered[-1] / 1000
    return found


def histogram(values):
    """Buckets that are 3 % wide, as an HDR histogram of few digits has them."""
    counts = {}
    for value in values:
        upper = round(1.03 ** math.ceil(math.log(value, 1.03)), 1)
        counts[upper] = counts.get(upper, 0) + 1
    return {"unit": "us", "buckets": [[upper, counts[upper]] for upper in sorted(counts)]}


def load(seed=1, requests=2400, seconds=60, ttft_ms=180.0, itl_ms=11.0, failing=0.0, **members):
    """One run: answers of 60 tokens or so, log-normal latencies, of which a few percent are much slower."""
    draw = random.Random(seed)
    answered = requests - round(requests * failing)
    tokens = [draw.randint(40, 80) for _ in range(answered)]

    def spread(typical_ms, sigma, slow_share, slower):
        return 1000 * typical_ms * draw.lognormvariate(0, sigma) * (slower if draw.random() < slow_share else 1)

    first = [spread(ttft_ms, 0.28, 0.03, 3) for _ in range(answered)]
    # All gaps would be a hundred thousand numbers: a dozen of each answer have the same distribution.
    gaps = [spread(itl_ms, 0.2, 0.02, 2.2) for _ in range(12 * answered)]
    per_token = [sum(gaps[12 * i : 12 * i + 12]) / 12 for i in range(answered)]
    whole = [first[i] + per_token[i] * (tokens[i] - 1) for i in range(answered)]
    measured = {"ttft": first, "itl": gaps, "tpot": per_token, "e2el": whole}
    made = {
        "tool": "ferry-bench", "version": "0.1.0", "schema": "ferry-bench/1", "kind": "load",
        "date": "2026-11-28T02:00:00Z", "machine": MACHINE, "target": "http://10.0.0.7:8000/v1",
        "options": {"model": "llama-3.1-8b", "operation": "chat", "stream": True, "rate": requests / seconds,
                    "arrival": "poisson", "duration": seconds, "warmup": 2, "input_tokens": "200..400", "seed": seed},
        "duration": float(seconds), "completed": answered, "failed": requests - answered, "errors": {},
        "total_input_tokens": 300 * answered, "total_output_tokens": sum(tokens),
        "request_throughput": answered / seconds, "request_goodput": 0.97 * answered / seconds,
        "output_throughput": sum(tokens) / seconds, "total_token_throughput": (300 * answered + sum(tokens)) / seconds,
        "slo": {"ttft": 500, "itl": 50}, "goodput_fraction": 0.97, "bottleneck": None, "tokens_counted_by": "usage",
        "connections": {"opened": 41, "reused": requests - 41}, "bytes": {"sent": 3_600_000, "received": 51_000_000},
        "generator_lag_ms": {"p50": 0.008, "p99": 0.024, "max": 0.31},
    }
    if failing:
        made["errors"] = {"status_503": {"count": requests - answered, "example": "503: no worker is free"}}
    for metric, values in measured.items():
        made.update(statistics(values, metric))
    made["histograms"] = {name: histogram(values) for name, values in measured.items()}
    made["timeline"] = timeline(draw, seconds, answered / seconds, (requests - answered) / 5, ttft_ms, itl_ms)
    made.update(members)
    return made


def timeline(draw, seconds, rate, failing, ttft_ms, itl_ms):
    """What fails, fails within five seconds, in which the rest is slower."""
    rows = []
    for t in range(seconds):
        slow = bool(failing) and 0.6 * seconds <= t < 0.6 * seconds + 5
        wait = ttft_ms * (2.2 if slow else 1) * draw.lognormvariate(0, 0.06)
        rows.append({
            "t": t, "completed": max(0, round(draw.gauss(rate, rate**0.5) - (failing if slow else 0))),
            "failed": round(failing) if slow else 0,
            "in_flight": round(rate * 0.9 * (1.8 if slow else draw.uniform(0.85, 1.15))),
            "output_tokens": round(rate * 60), "ttft_p50_ms": wait, "ttft_p99_ms": wait * draw.uniform(2.2, 2.9),
            "itl_p50_ms": itl_ms, "itl_p99_ms": itl_ms * 1.7,
        })
    return rows


def sweep():
    """A server with room for 24 at once: throughput grows up to there, and waiting from there on."""
    runs = []
    for concurrency in (1, 2, 4, 8, 16, 32, 64, 128):
        busy = min(concurrency, 24)
        whole_ms = 600 + 14 * busy
        rate = busy / whole_ms * 1000 * (1 if concurrency <= 64 else 0.9)
        waiting = 60 * (1 + busy / 30) + max(0, concurrency - 24) / rate * 1000
        runs.append(load(concurrency, max(60, round(rate * 20)), 20, waiting, 9 + busy * 0.2,
                         failing=0.08 if concurrency == 128 else 0.0, point={"concurrency": concurrency}))
    return {"tool": "ferry-bench", "version": "0.1.0", "schema": "ferry-bench/1", "kind": "sweep",
            "date": "2026-11-28T02:00:00Z", "machine": MACHINE, "target": "http://10.0.0.7:8000/v1",
            "options": {"model": "llama-3.1-8b", "sweep": "concurrency=1..256"}, "runs": runs,
            "knee": {"concurrency": 32}, "broke": {"point": {"concurrency": 128}, "why": "8 % of the requests failed"}}


def difference(metric, unit, a, b, half, told=True):
    return {"metric": metric, "unit": unit, "against": "direct", "target": "ferry", "a": a, "b": b, "difference": b - a,
            "low": b - a - half, "high": b - a + half, "told": told}


def compare(equal=False):
    """A gateway that costs 90 us of 20 ms, or two targets that cannot be told apart."""
    targets = []
    for name, port, more in (("direct", 8000, 0.0), ("ferry", 4000, 0.0 if equal else 0.09)):
        runs = [load(10 * i + port, 300, 5, 20 + more + 0.3 * (i % 3), 9.8, timeline=[]) for i in range(8)]
        targets.append({"name": name, "base_url": f"http://127.0.0.1:{port}/v1", "runs": runs})
    if equal:
        rows = [difference("p50_ttft_ms", "ms", 20.0, 20.01, 0.04, False),
                difference("request_throughput", "requests/s", 60.0, 59.9, 0.5, False)]
    else:
        rows = [difference("p50_ttft_ms", "ms", 20.0, 20.09, 0.012),
                difference("p99_ttft_ms", "ms", 61.0, 61.4, 0.9, False),
                difference("p50_itl_ms", "ms", 9.8, 9.803, 0.02, False),
                difference("p50_e2el_ms", "ms", 640.0, 641.1, 2.2, False),
                difference("request_throughput", "requests/s", 60.0, 58.9, 0.4),
                difference("server_cpu_us_per_request", "us", 310.0, 318.0, 5.0),
                difference("server_memory_mib", "MiB", 412.0, 411.0, 3.0, False)]
    return {"tool": "ferry-bench", "version": "0.1.0", "schema": "ferry-bench/1", "kind": "compare",
            "date": "2026-11-28T02:00:00Z", "machine": MACHINE, "options": {"rounds": 8, "concurrency": 16},
            "confidence": 0.98, "targets": targets, "differences": rows}
