"""run_groups.py LABEL...: runs groups of tests one after the other; tests/run calls it. The last line is the sum."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import sdk_runner
from builds import ROOT, build, programs
from postgres import Cluster
from signals import heed_signals
from tally import Tally, failed, read_junit

PROGRAM_SECONDS = int(os.environ.get("PROGRAM_SECONDS", "600"))  # one test program, or one file of tests
SCRATCH = Path(tempfile.mkdtemp(prefix="ferry-tests-"))
TESTS = ROOT / "tests"
# Threads share the journal, the store threads and the catalog that is handed to the cores; the rest is one core's own.
SHARED_BY_THREADS = (
    "base_tests", "usage_tests", "store_tests", "store_postgres_tests", "catalog_tests", "access_tests",
)
SANITIZERS = {
    "ASAN_OPTIONS": "detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=0",
    "UBSAN_OPTIONS": "print_stacktrace=1",
    "LSAN_OPTIONS": f"suppressions={ROOT}/tests/support/lsan.supp:print_suppressions=0",
    "TSAN_OPTIONS": f"suppressions={ROOT}/tests/support/tsan.supp:second_deadlock_stack=1",
}


def show(name, tally, seconds, log=""):
    bad = bool(tally.failures)
    print(f"   {'FAIL' if bad else 'ok'}  {name}: {tally.line()} ({seconds:.1f} s)", flush=True)
    if bad:
        print("\n".join("      | " + line for line in log.splitlines()[-150:]), flush=True)
    return tally


def run(command, environment=None, at_most=PROGRAM_SECONDS):
    """(code, everything it wrote, seconds). Killed after `at_most` seconds, which counts as a failure."""
    began = time.monotonic()
    try:
        done = subprocess.run(
            [str(part) for part in command], cwd=ROOT, env=dict(os.environ, **SANITIZERS, **(environment or {})),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=at_most,
        )
        code, output = done.returncode, done.stdout
    except subprocess.TimeoutExpired as slow:
        code, output = 124, (slow.stdout or b"") + f"\nkilled after {at_most} s\n".encode()
    return code, output.decode(errors="replace"), time.monotonic() - began


@cache
def postgres_server():
    """One for all groups, from the first that asks to the end."""
    return Cluster().start()


def boost_programs(preset, prefix=(), only=None):
    tally, wanted = Tally(), [p for p in programs(preset, "_tests") if only is None or p.name in only]
    if not wanted:
        return failed(f"{preset}: no test program was built")
    for program in wanted:
        report = SCRATCH / f"{preset}-{program.name}.xml"
        options = ["--logger=HRF,error,stdout", f"--logger=JUNIT,error,{report}", "--report_level=short"]
        code, output, seconds = run([*prefix, program, *options], {"FERRY_TEST_POSTGRES": postgres_server().url()})
        tally.add(show(program.name, read_junit(report, program.name, code), seconds, output))
    return tally


def python_file(file, environment=None, python=sys.executable):
    report = SCRATCH / f"{file.stem}-{time.monotonic_ns()}.json"
    code, output, seconds = run([python, "-B", TESTS / "support/run_unittests.py", report, file], environment)
    if report.exists():
        got = json.loads(report.read_text())
        tally = Tally(got["passed"], [f"{file.stem}: {name}" for name in got["failures"]])
    else:
        tally = failed(f"{file.stem} (ended with code {code} before its report)")
    if "slow: " in output and not tally.failures:
        print("\n".join("      " + line for line in output.splitlines() if line.startswith("slow: ")))
    if not os.environ.get("TEST_MATCH") or tally.passed or tally.failures:
        show(file.stem, tally, seconds, output)
    return tally


def python_files(folder, environment=None, at_once=1, leaves_out=()):
    files = sorted(file for file in (TESTS / folder).glob("*_test.py") if file.stem not in leaves_out)
    if not files:
        return failed(f"tests/{folder} has no test file")
    tally = Tally()
    with ThreadPoolExecutor(at_once) as pool:
        for one in pool.map(lambda file: python_file(file, environment), files):
            tally.add(one)
    return tally


def binaries(preset):
    return {"FERRY_BUILD": str(ROOT / "build" / preset)}


def with_sanitizer(preset):
    return {**binaries(preset), "FERRY_BENCH_BIN": str(ROOT / "build/release/ferry-bench")}


def lint():
    return python_files("lint")


# What is deployed is what these test: the release build. The mock provider is built there and nowhere else.
SHIPPED = ("release", "ferry", "ferry-bench")


def unit():
    return boost_programs("dev") if build("dev", "_tests") else failed("build dev")


def golden():
    return python_files("golden", binaries("release")) if build(*SHIPPED) else failed("build release")


def behaviour():
    if not build(*SHIPPED):
        return failed("build release")
    tally = python_files("bench", binaries("release"))  # first what the others rely on: the mock provider
    tally.add(python_files("behaviour", binaries("release"), at_once=2))
    return tally


def instructions():
    if not build(*SHIPPED):
        return failed("build release")
    code, output, seconds = run([sys.executable, "-B", ROOT / "bench/instructions"], binaries("release"))
    tally = Tally(passed=1) if code == 0 else failed(f"bench/instructions (code {code})")
    return show("bench/instructions", tally, seconds, output)


def sdk():
    if not build(*SHIPPED):
        return failed("build release")
    return sdk_runner.run_all(run, show, python_file, binaries("release"))


def fuzz():
    # Under the sanitizers, or a fuzz target finds only what crashes by itself.
    if not build("asan", "_fuzz"):
        return failed("build asan")
    tally = Tally()
    longer = int(os.environ.get("FUZZ_SECONDS", "0"))
    for program in programs("asan", "_fuzz"):
        corpus = TESTS / "fuzz/corpus" / program.name.removesuffix("_fuzz")
        code, output, seconds = run([program, corpus], at_most=PROGRAM_SECONDS + longer)
        print("\n".join("      " + line for line in output.splitlines() if longer and line.endswith(" files")))
        inputs = sum(file.is_file() for file in corpus.rglob("*"))
        one = Tally(passed=inputs) if code == 0 else failed(f"{program.name} (code {code})")
        tally.add(show(program.name, one, seconds, output))
    return tally if tally.passed or tally.failures else failed("fuzz: no target was built")


def asan(with_sdks=False):
    if not build("asan", "ferry", "_tests", "_fuzz") or not build("release", "ferry-bench"):
        return failed("build asan")
    tally = boost_programs("asan")
    # The mock provider is not what is tested here, and this is slower by some factor.
    smaller = {"CONSERVATION_REQUESTS": "2000", "STREAMS": "100", "STREAM_SECONDS": "3", "CONNECTIONS": "300",
               "HANDOVERS": "5", "HANDOVER_STREAMS": "50", "SLOW_REQUESTS": "9", "RESCUE_EVERY": "89"}
    environment = {**smaller, **with_sanitizer("asan")}
    tally.add(python_files("golden", environment))
    # How often who is asked within some seconds is a matter of time alone, and here all takes longer.
    tally.add(python_files("behaviour", environment, at_once=2, leaves_out={"outages_test"}))
    if with_sdks:
        sanitized = {**with_sanitizer("asan"), **SANITIZERS}
        tally.add(sdk_runner.run_all(run, show, python_file, sanitized, is_short=True))
    return tally


def tsan():
    if not build("tsan", *SHARED_BY_THREADS, "ferry"):
        return failed("build tsan")
    # ThreadSanitizer needs the address layout that it knows; newer kernels randomise more than it expects.
    fixed = ["setarch", os.uname().machine, "-R"]
    allowed = subprocess.run([*fixed, "true"], capture_output=True).returncode == 0
    prefix = fixed if allowed else []
    tally = boost_programs("tsan", prefix=prefix, only=SHARED_BY_THREADS)
    if not build("release", "ferry-bench"):
        return failed("build release")
    environment = {**with_sanitizer("tsan"), "FERRY_PREFIX": " ".join(prefix)}
    tally.add(python_file(TESTS / "behaviour/whole_program_test.py", environment))
    return tally


GROUPS = {group.__name__: group for group in (lint, unit, golden, behaviour, instructions, sdk, fuzz, asan, tsan)}


def without_repetition(labels):
    """The unit tests under the sanitizers are the same programs without optimisation: one build of them is enough."""
    if {"unit", "asan"} <= set(labels):
        print("-- the unit tests run in the group asan", flush=True)
        return [label for label in labels if label != "unit"]
    return labels


def main(labels):
    total = Tally()
    for label in without_repetition(labels):
        print(f"\n== {label}", flush=True)
        began = time.monotonic()
        # Where the SDKs are wanted at all, they are run once more.
        tally = asan("sdk" in labels) if label == "asan" else GROUPS[label]()
        print(f"== {label}: {tally.line()} ({time.monotonic() - began:.0f} s)", flush=True)
        total.add(tally)
    if total.failures or total.skips:
        print("\n" + "\n".join([*(f"failed: {x}" for x in total.failures), *(f"skipped: {x}" for x in total.skips)]))
    print(f"\n{total.line()}", flush=True)
    return bool(total.failures)


if __name__ == "__main__":
    heed_signals()
    try:
        code = main(sys.argv[1:])
    finally:
        if postgres_server.cache_info().currsize:
            postgres_server().remove()
        shutil.rmtree(SCRATCH, ignore_errors=True)
    sys.exit(code)
