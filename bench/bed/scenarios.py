"""What is asked, and what of it is told."""
import json

VECTORS = 2048


class Scenario:
    """`ask` are the options of `ferry-bench load`; `unit` is what CPU time is divided by: request or event."""

    def __init__(self, name, title, ask, unit="request", seconds=3, latency="e2el", only=None, in_quick=True):
        self.name, self.title, self.ask, self.unit, self.seconds = name, title, ask, unit, seconds
        self.latency, self.only, self.in_quick = latency, only, in_quick


def vectors(folder, form, dimensions):
    """An answer of 2,048 embeddings: 13 MB of digits, or 17 MB."""
    body = {"encoding_format": form, "dimensions": dimensions, "input": [f"text {i}" for i in range(VECTORS)]}
    file = folder / f"ask-{form}.jsonl"
    file.write_text(json.dumps(body) + "\n")
    return ["--operation", "embeddings", "--model", "mock", "--concurrency", "2", "--prompts", file]


def all_of(options, folder):
    whole = ["--model", "mock", "--no-stream", "--input-tokens", "128", "--output-tokens", "64", "--concurrency"]
    bulky = ("relay", "nginx", "haproxy", "ferry")
    rate = options.rate
    return [one for one in (
        Scenario("one", "Small requests, one at a time", [*whole, "1"], in_quick=False),
        Scenario("many", "Small requests, 64 at a time", [*whole, "64"]),
        Scenario("streams", "100 streams at a time, 200 events each, one every 5 ms",
                 ["--model", "paced", "--stream", "--output-tokens", "256", "--concurrency", "100"], unit="event",
                 latency="itl"),
        Scenario("open", f"{rate:g} streams of 35 events begun a second, whatever is answered (open loop)",
                 ["--model", "reply", "--stream", "--output-tokens", "64", "--rate", f"{rate:g}"], seconds=4,
                 latency="ttft"),
        Scenario("upload", "Requests of 1 MB, 4 at a time",
                 ["--model", "mock", "--no-stream", "--prefix-tokens", "180000", "--output-tokens", "64",
                  "--concurrency", "4"], only=bulky, in_quick=False),
        Scenario("vectors", "Answers of 13 MB, vectors in decimal digits, 2 at a time", vectors(folder, "float", 512),
                 only=bulky, in_quick=False),
        Scenario("base64", "Answers of 17 MB, vectors in base64, 2 at a time", vectors(folder, "base64", 1536),
                 only=bulky, in_quick=False),
    ) if one.in_quick or not options.quick]
