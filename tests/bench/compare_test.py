"""ferry-bench compare: two targets in turns, what is told of them, and the report about it."""
import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

import report_page_test
from raw_mock import Mock, program

SHORT = ("--concurrency", "4", "--requests", "12", "--rounds", "10", "--input-tokens", "16")


class Compare(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.json_file = Path(folder.name) / "compare.json"

    def mock(self, first_delay_ms=0):
        mock = Mock("--no-record")
        self.addCleanup(mock.stop)
        mock.control("script", {"models": {"paced": {"first_delay_ms": first_delay_ms, "chunks": 4}}})
        return mock

    def run_compare(self, *options):
        return subprocess.run([program(), "compare", *options], capture_output=True, text=True, timeout=120)

    def target(self, name, mock):
        return "--target", f"{name}=http://127.0.0.1:{mock.port}/v1"

    def compared(self, *options):
        done = self.run_compare(*options, "--model", "paced", *SHORT, "--json", str(self.json_file))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return json.loads(self.json_file.read_text()), done.stdout

    def test_a_slower_target_is_told_in_milliseconds(self):
        fast, slow = self.mock(20), self.mock(60)
        result, text = self.compared(*self.target("fast", fast), *self.target("slow", slow))
        rows = {row["metric"]: row for row in result["differences"]}
        first = rows["p50_ttft_ms"]
        self.assertTrue(first["told"])
        self.assertEqual((first["against"], first["target"], first["unit"]), ("fast", "slow", "ms"))
        self.assertLess(abs(first["difference"] - 40), 20)
        self.assertLess(first["low"], first["difference"])
        self.assertLess(rows["request_throughput"]["high"], 0)
        self.assertNotIn("failed_percent", rows)
        self.assertRegex(text, r"TTFT p50, ms +[\d.]+ +[\d.]+  \+[\d.]+ \(\+")
        # Every round ran both of them twice.
        for target in result["targets"]:
            self.assertEqual(sorted(run["round"] for run in target["runs"]), sorted([*range(1, 11)] * 2))
            self.assertEqual({run["completed"] for run in target["runs"]}, {12})

    def test_the_report_is_made_of_it(self):
        self.compared(*self.target("a", self.mock(5)), *self.target("b", self.mock(30)))
        page = report_page_test.Page()
        report_page_test.Page.setUpClass()
        self.addCleanup(report_page_test.Page.tearDownClass)
        self.addCleanup(page.doCleanups)
        loaded = page.check_everywhere("real-compare", {"compare.json": json.loads(self.json_file.read_text())})
        page.check_numbers(loaded)
        self.assertRegex(page.title(), "b begins to answer .* later than a")

    def test_cpu_time_and_memory_of_servers_are_told(self):
        mocks = self.mock(1), self.mock(1)
        pids = [option for name, mock in zip("ab", mocks) for option in ("--pid", f"{name}={mock.process.pid}")]
        result, _ = self.compared(*self.target("a", mocks[0]), *self.target("b", mocks[1]), *pids)
        for target in result["targets"]:
            for run in target["runs"]:
                self.assertGreater(run["server"]["memory_mib"], 0.5)
                self.assertGreaterEqual(run["server"]["cpu_us_per_request"], 0)
        rows = {row["metric"]: row for row in result["differences"]}
        resident = int(Path(f"/proc/{mocks[0].process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")
        self.assertLess(rows["server_memory_mib"]["a"], 1.2 * resident / 2**20)

    def test_a_target_that_fails_is_told(self):
        good, bad = self.mock(), self.mock()
        bad.control("script", {"models": {"paced": {}}, "rules": [{"match": {"every": 3}, "action": {"status": 500}}]})
        result, _ = self.compared(*self.target("good", good), *self.target("bad", bad), "--no-probe")
        rows = {row["metric"]: row for row in result["differences"]}
        self.assertTrue(rows["failed_percent"]["told"])
        self.assertAlmostEqual(rows["failed_percent"]["b"], 100 / 3, delta=1)

    def test_what_cannot_begin_says_why(self):
        mock = self.mock()
        one, other = self.target("a", mock), self.target("b", mock)
        load = ("--concurrency", "1", "--model", "paced")
        for options, wanted in (
            ((*one, *load), "give --target NAME=URL twice"),
            ((*one, *one, *load), "two are named a"),
            (("--target", "http://x", *one, *load), "give NAME=..."),
            ((*one, *other, "--model", "paced"), "one of --concurrency N and --rate R"),
            ((*one, *other, "--concurrency", "1"), "give --model NAME, or --model-of a=NAME"),
            ((*one, *other, *load, "--rounds", "4"), "--rounds: give 5 or more"),
            ((*one, *other, *load, "--duration", "1ms"), "give 100ms or more"),
            ((*one, *other, *load, "--pid", "c=1"), "no --target is named c"),
            ((*one, *other, *load, "--pid", "a=x"), "x is no process number"),
            ((*one, *other, *load, "--pid", "a=999999999"), "there is no process 999999999"),
            ((*one, *other, *load, "--json", "/nowhere/x"), "--json: cannot write /nowhere/x"),
            ((*one, "--target", "b=http://127.0.0.1:1/v1", *load), "is it running"),
        ):
            done = self.run_compare(*options)
            self.assertEqual(done.returncode, 2, (options, done.stdout))
            self.assertIn(wanted, done.stderr)


if __name__ == "__main__":
    unittest.main()
