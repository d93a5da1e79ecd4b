"""One round: wrk drives one proxy, and the proxy's CPU time is divided by what it did."""
import json
import os
import re
import subprocess
import time
from pathlib import Path

from bed import fail

TICKS = os.sysconf("SC_CLK_TCK")

LUA = r"""
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer %s"
wrk.body = [[%s]]
done = function(summary, latency)
  local e = summary.errors
  io.write(string.format("\nRESULT %%d %%d %%d %%d\n", summary.requests,
    e.connect + e.read + e.write + e.timeout + e.status, latency:percentile(50), latency:percentile(99)))
end
"""

def family(pid):
    children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True).stdout.split()
    return [pid, *(int(child) for child in children)]


def cpu_seconds(pid):
    total = 0
    for member in family(pid):
        fields = Path(f"/proc/{member}/stat").read_text().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


# What is asked where, and by how many at once; requests and events as the options say.
VECTORS = 2048
PATHS = {"request": "chat/completions", "event": "chat/completions", "vectors": "embeddings", "base64": "embeddings"}


def connections_of(options, kind):
    return {"request": options.connections, "event": options.streams}.get(kind, 2)


def body_of(kind):
    if PATHS[kind] == "embeddings":  # 13 MB of digits, or 17 MB
        form = {"vectors": ("float", 512), "base64": ("base64", 1536)}[kind]
        return json.dumps({"model": "mock", "encoding_format": form[0], "dimensions": form[1],
                           "input": [f"text {i}" for i in range(VECTORS)]})
    prompt = "Tell me about the harbours of the Baltic Sea, their ferries and their weather, in a few sentences. " * 4
    members = {"stream": True} if kind == "event" else {"temperature": 0.7}
    return json.dumps({"model": "mock", **members, "messages": [{"role": "user", "content": prompt}]})


def measure(bed, target, kind, seconds):
    """One round. Returns what it cost per request or event, and how many errors there were."""
    lua = bed.folder / f"{target}-{kind}.lua"
    lua.write_text(LUA % (bed.keys[target], body_of(kind)))
    connections = connections_of(bed.options, kind)
    url = f"http://127.0.0.1:{bed.ports[target]}/v1/{PATHS[kind]}"
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", str(lua), url]
    pid, mock = bed.processes[target].pid, bed.processes["mock"].pid
    before, cpu, mock_cpu = bed.stats(), cpu_seconds(pid), cpu_seconds(mock)
    done = subprocess.run(command, capture_output=True, text=True,
                          preexec_fn=lambda: os.sched_setaffinity(0, bed.load_cpus))
    after = bed.stats()
    time.sleep(0.5)  # what the proxy does later (shipping usage rows) belongs to the round too
    cpu, mock_cpu = cpu_seconds(pid) - cpu, cpu_seconds(mock) - mock_cpu
    result = re.search(r"RESULT (\d+) (\d+) (\d+) (\d+)", done.stdout)
    if not result:
        fail(f"wrk failed: {done.stderr or done.stdout}")
    requests, errors, p50, p99 = map(int, result.groups())
    delta = {name: after[name] - before[name] for name in ("requests", "events", "completed")}
    # The mock saw every request answered, and no more than those that were under way at the end.
    if not requests <= delta["requests"] <= requests + connections:
        errors += abs(delta["requests"] - requests)
    count = delta["events"] if kind == "event" else requests
    if count == 0:
        fail(f"{target} answered nothing; --keep keeps its log\n{done.stdout}")
    return {"target": target, "kind": kind, "us": cpu * 1e6 / count, "count": count, "errors": errors,
            "per_second": count / seconds, "p50_us": p50, "p99_us": p99, "mock_us": mock_cpu * 1e6 / count}
