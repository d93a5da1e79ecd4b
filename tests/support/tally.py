"""Counts of test cases, and the readers of what the different test programs report."""
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field


NO_XML = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")


@dataclass
class Tally:
    passed: int = 0
    failures: list = field(default_factory=list)  # names
    skips: list = field(default_factory=list)  # "name: reason"

    def add(self, other):
        self.passed += other.passed
        self.failures += other.failures
        self.skips += other.skips

    def line(self):
        return f"{self.passed} passed, {len(self.failures)} failed, {len(self.skips)} skipped"


def failed(name):
    return Tally(failures=[name])


def read_junit(path, program, returncode):
    """Boost.Test's JUnit log. A program that ends badly without naming a failed case has crashed: that is a failure."""
    tally = Tally()
    try:
        # Messages hold whatever bytes a test compared; XML does not.
        text = NO_XML.sub("?", open(path, encoding="utf-8", errors="replace").read())
        cases = list(ElementTree.fromstring(text).iter("testcase"))
    except (OSError, ElementTree.ParseError):
        return failed(f"{program} (crashed: it wrote no complete report)")
    for case in cases:
        name = f"{program}: {case.get('classname', '')}/{case.get('name')}"
        if case.find("failure") is not None or case.find("error") is not None:
            tally.failures.append(name)
        elif case.find("skipped") is not None:
            tally.failures.append(f"{name} (skipped: only an unreachable registry may be)")
        else:
            tally.passed += 1
    if returncode != 0 and not tally.failures:
        tally.failures.append(f"{program} (ended with code {returncode} after its last case)")
    if not cases:
        tally.failures.append(f"{program} (has no test case)")
    return tally


def read_tap(text, program, returncode):
    """node:test's TAP: its closing comments count the cases, its `not ok` lines name them."""
    counts = {key: int(value) for key, value in re.findall(r"^# (\w+) (\d+)$", text, re.MULTILINE)}
    if "tests" not in counts:
        return failed(f"{program} (crashed: it wrote no complete report)")
    names = [f"{program}: {name}" for name in re.findall(r"^not ok \d+ - (.*)$", text, re.MULTILINE)]
    unwanted = counts.get("skipped", 0) + counts.get("todo", 0)
    missing = counts.get("fail", 0) + counts.get("cancelled", 0) - len(names)
    names += [f"{program}: a case that failed without a name"] * max(0, missing)
    names += [f"{program}: a case was skipped (only an unreachable registry may be)"] * unwanted
    if returncode != 0 and not names:
        names.append(f"{program} (ended with code {returncode})")
    return Tally(passed=counts.get("pass", 0), failures=names)
