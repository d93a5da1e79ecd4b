"""run_unittests.py REPORT FILE: runs one unittest file and writes {passed, failures, skips} as JSON to REPORT."""
import importlib.util
import json
import os
import signal
import sys
import time
import unittest
from pathlib import Path

from signals import heed_signals


class Report(unittest.TextTestResult):
    def __init__(self, *args, **named):
        super().__init__(*args, **named)
        self.passed = []
        self.seconds = {}

    def startTest(self, test):
        super().startTest(test)
        self.seconds[test.id()] = -time.monotonic()

    def stopTest(self, test):
        self.seconds[test.id()] += time.monotonic()
        super().stopTest(test)

    def addSuccess(self, test):
        super().addSuccess(test)
        self.passed.append(test.id())


def matching(suite, wanted):
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from matching(item, wanted)
        elif wanted in item.id():
            yield item


def main():
    # A script that starts this in the background has SIGINT ignored, nohup SIGHUP. Programs under test would inherit
    # that, and tests end them by these signals; a handler, which does nothing, is not inherited.
    for number in (signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, lambda *_: None)
    report_path, file = sys.argv[1], Path(sys.argv[2])
    sys.path[:0] = [str(file.parent), str(Path(__file__).resolve().parent)]
    spec = importlib.util.spec_from_file_location(file.stem, file)
    module = importlib.util.module_from_spec(spec)
    sys.modules[file.stem] = module
    spec.loader.exec_module(module)
    loaded = unittest.defaultTestLoader.loadTestsFromModule(module)
    suite = unittest.TestSuite(matching(loaded, os.environ.get("TEST_MATCH", "")))
    verbose = 2 if os.environ.get("TEST_MATCH") else 1
    result = unittest.TextTestRunner(stream=sys.stdout, resultclass=Report, verbosity=verbose).run(suite)
    names = {str(test.id()) for test, _ in result.failures + result.errors}
    names |= {test.id() + " (unexpected success)" for test in result.unexpectedSuccesses}
    names |= {f"{test.id()} (skipped: {reason})" for test, reason in result.skipped}
    for name, seconds in sorted(result.seconds.items(), key=lambda item: -item[1])[:3]:
        if seconds > 5:
            print(f"slow: {seconds:.1f} s {name}")
    Path(report_path).write_text(json.dumps({"passed": len(set(result.passed) - names), "failures": sorted(names)}))
    sys.exit(bool(names))


if __name__ == "__main__":
    heed_signals()
    main()
