"""What the rounds add up to, and on which machine."""
import datetime
import os
import platform
import re
import statistics
import subprocess
from pathlib import Path

from bed import EVENTS, INTERVAL_MS


def machine():
    model = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    version = subprocess.run(["nginx", "-v"], capture_output=True, text=True).stderr.strip().split("/")[-1]
    return {"cpu": model[1] if model else platform.machine(), "cores": os.cpu_count(), "kernel": platform.release(),
            "nginx": version, "date": datetime.datetime.now().astimezone().isoformat(timespec="seconds")}


def summary_of(rounds, targets):
    table = {}
    for kind in dict.fromkeys(r["kind"] for r in rounds):
        row = {}
        for target in targets:
            mine = [r for r in rounds if r["kind"] == kind and r["target"] == target]
            row[target] = {
                "us": round(statistics.median(r["us"] for r in mine), 3),
                "min_us": round(min(r["us"] for r in mine), 3),
                "max_us": round(max(r["us"] for r in mine), 3), "count": sum(r["count"] for r in mine),
                "errors": sum(r["errors"] for r in mine),
                "per_second": round(statistics.median(r["per_second"] for r in mine)),
                "p50_us": round(statistics.median(r["p50_us"] for r in mine)),
                "p99_us": round(statistics.median(r["p99_us"] for r in mine)),
                "mock_us": round(statistics.median(r["mock_us"] for r in mine), 3)}
        if {"nginx", "ferry"} <= row.keys():
            row["ratio"] = round(row["ferry"]["us"] / row["nginx"]["us"], 3)
        table[kind] = row
    return table


def show(report):
    m = report["machine"]
    print(f"\n{m['cpu']}, {m['cores']} cores, Linux {m['kernel']}, nginx {m['nginx']}, {m['date']}")
    print(f"{report['rounds']} rounds of {report['seconds']} s, {report['connections']} connections; "
          f"{report['streams']} streams of {EVENTS} events, one each {INTERVAL_MS} ms\n")
    print("CPU us per  target    median      min      max  per second   p50 us   p99 us     count  errors  (mock us)")
    for kind, row in report["summary"].items():
        for target in (t for t in row if t != "ratio"):
            r = row[target]
            print(f"{kind:<11} {target:<7} {r['us']:>8.2f} {r['min_us']:>8.2f} {r['max_us']:>8.2f} "
                  f"{r['per_second']:>11} {r['p50_us']:>8} {r['p99_us']:>8} {r['count']:>9} {r['errors']:>7} "
                  f"{r['mock_us']:>9.2f}")
        if "ratio" in row:
            print(f"{'':<11} ferry / nginx = {row['ratio']:.2f}")
