"""Builds by preset, once each. The compiler's progress is shown where somebody looks at it."""
import os
import subprocess
import sys
import time
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
JOBS = os.environ.get("JOBS") or str(os.cpu_count() or 2)


@cache
def build(preset, *targets):
    """Returns whether build/<preset> is up to date now. Targets are names or their ends; without any: everything."""
    began = time.monotonic()
    print(f"-- building {preset} {' '.join(targets)}", flush=True)
    folder = ROOT / "build" / preset
    if not configured(preset):
        return False
    command = ["cmake", "--build", str(folder), "-j", JOBS]
    if targets:
        known = [*test_programs_of(folder), "ferry", "ferry-bench"]
        wanted = [name for name in known if name.endswith(targets)]
        if not wanted:
            print(f"-- {preset}: CMake knows no target that ends in {' or '.join(targets)}", flush=True)
            return False
        command += ["--target", *wanted]
    if not sys.stdout.isatty():
        command += ["--", "--quiet"]
    done = subprocess.run(command, cwd=ROOT).returncode == 0
    state = "built" if done else "NOT BUILT: the compiler's message is above"
    print(f"-- {preset}: {state} ({time.monotonic() - began:.0f} s)", flush=True)
    return done


def configured(preset):
    if (ROOT / "build" / preset / "build.ninja").exists():
        return True
    return subprocess.run(["cmake", "--preset", preset], cwd=ROOT, stdout=subprocess.DEVNULL).returncode == 0


def test_programs_of(folder):
    """Names of the targets that are test programs, built or not."""
    listed = subprocess.run(["ninja", "-C", str(folder), "-t", "targets", "all"], capture_output=True, text=True)
    names = {line.split(":")[0] for line in listed.stdout.splitlines()}
    return sorted(name for name in names if "/" not in name and name.endswith(("_tests", "_fuzz")))


def programs(preset, suffix):
    """Test programs that build/<preset> holds and CMake still knows."""
    folder = ROOT / "build" / preset
    known = [name for name in test_programs_of(folder) if name.endswith(suffix)]
    places = [folder / "tests" / below / name for name in known for below in ("", "fuzz")]
    return [place for place in places if place.exists()]
