"""What the machine and its processes say of themselves in /proc."""
import datetime
import os
import platform
import re
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def describe():
    model = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    memory = int(re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())[1])
    return {"cpu": model[1] if model else platform.machine(), "cores": os.cpu_count(),
            "memory_gib": round(memory / 2**20, 1), "kernel": platform.release(),
            "date": datetime.datetime.now().astimezone().isoformat(timespec="seconds")}


def family(pid):
    """It and all that descend from it."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except OSError:
                pass  # it ended meanwhile
    found = [pid]
    for member in found:
        found += [child for child, parent in parents.items() if parent == member]
    return found


def cpu_seconds(pids):
    """Of all their threads, to the nanosecond: ticks are too coarse for short runs."""
    total = 0
    for pid in pids:
        for task in Path(f"/proc/{pid}/task").iterdir():
            total += int((task / "schedstat").read_text().split()[0])
    return total / 1e9


def memory_mib(pids):
    """What they hold, with what several share counted once in all (Pss)."""
    total = 0
    for pid in pids:
        total += int(re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.M)[1])
    return total / 1024


class Span:
    """What the whole machine did from here to `end`."""

    def __init__(self):
        self.began = self.now()

    @staticmethod
    def now():
        user, nice, system, idle, wait, irq, soft, steal = map(
            int, Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9])
        return {"all": user + nice + system + idle + wait + irq + soft + steal,
                "busy": user + nice + system + irq + soft, "steal": steal}

    def end(self, own_seconds):
        """Percent of all processors' time: `steal` by other machines, `others` by processes that are not ours."""
        delta = {name: value - self.began[name] for name, value in self.now().items()}
        share = 100 / max(1, delta["all"])
        return {"steal": round(delta["steal"] * share, 2),
                "others": round(max(0.0, delta["busy"] - own_seconds * TICKS) * share, 2),
                "load": os.getloadavg()[0]}
