"""Each rule is tried three ways: it must catch its own sample, let samples/fine.cpp pass, and find the tree clean.

A sample is samples/<rule>.cpp; its first line says as which file of the project it is judged: `// as: proxy/...`.
"""
import re
import subprocess
import types
import unittest
from pathlib import Path

import coroutine_rules
import rules
from source import Source

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = Path(__file__).resolve().parent / "samples"
SCRIPTS = {"tests/run", ".ci/run", "deploy/quickstart", "bench/run", "bench/instructions", "bench/measure-outages",
           "bench/measure-catalog", "bench/measure-scrape", "bench/measure-estimator", "bench/measure-history",
           "bench/check-compare", "bench/check-load", "bench/check-provider-outage", "bench/micro/run",
           "bench/measure-catch-up", "bench/measure-limits", "bench/measure-limits-cost", "bench/measure-reports"}
HELPERS = {"is_proxy", "is_cpp", "awaited_expressions"}
RULES = {
    name: rule
    for module in (rules, coroutine_rules)
    for name, rule in vars(module).items()
    if isinstance(rule, types.FunctionType) and name not in HELPERS
}


class Project:
    def __init__(self):
        listed = re.search(r"set\(folders ([^)]*)\)", (ROOT / "proxy/CMakeLists.txt").read_text())
        self.folders = listed[1].split()
        listed = re.search(r"set\(rooms ([^)]*)\)", (ROOT / "proxy/relay/CMakeLists.txt").read_text())
        self.rooms = listed[1].split()


PROJECT = Project()


def names_of_files():
    """What git would commit; without git, what lies in the folders of the project."""
    # Whoever owns the clone: a build machine often runs as somebody else.
    command = ["git", "-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if listed.returncode == 0:
        return set(listed.stdout.split("\n"))
    folders = ("proxy", "bench", "tests", "deploy", ".ci")
    return {str(path.relative_to(ROOT)) for folder in folders for path in (ROOT / folder).rglob("*")}


def tracked_files():
    """The code of the project."""
    for name in sorted(names_of_files()):
        path = ROOT / name
        if not name or not path.is_file() or path.is_symlink() or name.startswith("tests/lint/samples/"):
            continue
        if name.endswith((".cpp", ".hpp", ".py", ".sh", ".mjs")) or name in SCRIPTS:
            yield Source(name, path.read_text())


def read_sample(name):
    text = (SAMPLES / f"{name}.cpp").read_text()
    return Source(re.match(r"// as: (\S+)", text)[1], text)


def findings(rule, source):
    return [f"{source.path}:{line}: {what}" for line, what in rule(source, PROJECT)]


class EveryRule(unittest.TestCase):
    """Filled below: one test for each rule and way."""


def add(name, body):
    setattr(EveryRule, name, body)


def catches_its_sample(rule):
    def body(self):
        source = read_sample(rule.__name__)
        # Lines that must be found end in `// bad`; a sample without any is wrong as a whole.
        wanted = {number for number, line in enumerate(source.lines, 1) if line.endswith("// bad")}
        found = {line for line, _ in rule(source, PROJECT)}
        self.assertTrue(found, f"{rule.__name__} does not see what is wrong in its sample")
        if wanted:
            self.assertEqual(found, wanted, f"{rule.__name__} in its sample: found lines differ from those marked bad")

    return body


def lets_fine_code_pass(rule):
    return lambda self: self.assertEqual(findings(rule, read_sample("fine")), [])


def holds_in_the_tree(rule):
    def body(self):
        found = [line for source in TREE if is_subject(rule, source) for line in findings(rule, source)]
        self.assertEqual(found, [], f"\n{rule.__name__} is broken:\n  " + "\n  ".join(found))

    return body


def is_subject(rule, source):
    return rules.is_cpp(source) or rule in (
        rules.lines_are_short, rules.files_are_short, rules.tests_wait_for_states)


TREE = list(tracked_files())
for rule_name, checked in RULES.items():
    add(f"test_{rule_name}__catches_its_sample", catches_its_sample(checked))
    add(f"test_{rule_name}__lets_fine_code_pass", lets_fine_code_pass(checked))
    add(f"test_{rule_name}__holds_in_the_tree", holds_in_the_tree(checked))


class TheTree(unittest.TestCase):
    def test_is_not_empty(self):
        self.assertGreater(len([s for s in TREE if s.folder]), 20)


if __name__ == "__main__":
    unittest.main()
