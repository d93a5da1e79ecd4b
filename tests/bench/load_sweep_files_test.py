"""The files of a sweep: each point has its own."""
import csv
import io
import json
import signal
import subprocess
import tempfile
import unittest
from pathlib import Path

from load_bed import LoadTest
from raw_mock import program


class Files(LoadTest):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def start(self, *options):
        return subprocess.Popen(
            [program(), "load", "--base-url", self.url, "--model=mock", "--quiet", "--no-probe", *options],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def swept(self, *options):
        process = self.start(*options)
        said, complaint = process.communicate(timeout=60)
        return process.returncode, said, complaint

    def rows(self, name):
        return list(csv.DictReader(io.StringIO((self.folder / name).read_text())))

    def test_every_point_has_its_requests_and_its_histograms(self):
        code, _, complaint = self.swept("--sweep=concurrency=1..4:1", "--requests=30",
                                        f"--csv={self.folder}/run.csv", f"--hdr-log={self.folder}/run.hlog",
                                        f"--json={self.folder}/run.json")
        self.assertEqual(code, 0, complaint)
        points = [one["point"]["concurrency"] for one in json.loads((self.folder / "run.json").read_text())["runs"]]
        names = {f"run-concurrency-{point}.{end}" for point in points for end in ("csv", "hlog")}
        self.assertEqual({path.name for path in self.folder.iterdir()}, names | {"run.json"})
        for point in points:
            rows = self.rows(f"run-concurrency-{point}.csv")
            self.assertEqual(len(rows), 30)
            self.assertLess(float(rows[0]["due_s"]), 1)
            log = (self.folder / f"run-concurrency-{point}.hlog").read_text()
            self.assertEqual((log.count("#[StartTime"), log.count("StartTimestamp")), (1, 1))
            self.assertIn("Tag=e2el", log)

    def test_rates_are_in_the_names_and_a_dot_in_the_folder_is_none_of_them(self):
        folder = self.folder / "v1.2"
        folder.mkdir()
        code, _, complaint = self.swept("--sweep=rate=50.5..101", "--duration=300ms", f"--csv={folder}/all")
        self.assertEqual(code, 0, complaint)
        self.assertEqual({path.name for path in folder.iterdir()}, {"all-rate-50.5", "all-rate-101"})

    def test_what_cannot_be_written_or_meant_is_said_before_any_load(self):
        for options, wanted in ((("--csv=/none/x.csv",), "--csv: cannot write /none/x-concurrency-1.csv"),
                                (("--hdr-log=/none/x",), "--hdr-log: cannot write /none/x-concurrency-1"),
                                (("--assert=p99_ttft_ms<1",), "--assert is of one load")):
            with self.subTest(options=options):
                code, said, complaint = self.swept("--sweep=concurrency=1..4", "--requests=5", *options)
                self.assertEqual((code, said), (2, ""))
                self.assertIn(wanted, complaint)
        self.assertEqual(self.mock.stats()["requests"], 0)

    def test_an_interrupted_sweep_keeps_what_it_had(self):
        self.mock.control("script", [{"match": {"nth": 8}, "action": {"stall_at": 0}}])
        process = self.start("--sweep=concurrency=1..64", "--requests=5", f"--csv={self.folder}/run.csv",
                             f"--json={self.folder}/run.json")
        self.mock.ledger(wait="received", count=8)
        process.send_signal(signal.SIGINT)
        said, complaint = process.communicate(timeout=20)
        self.assertEqual(process.returncode, 0, complaint)
        self.assertIn("concurrency", said)
        self.assertEqual(len(self.rows("run-concurrency-1.csv")), 5)
        self.assertLess(len(self.rows("run-concurrency-2.csv")), 5)
        runs = json.loads((self.folder / "run.json").read_text())["runs"]
        self.assertEqual([run["ended_early"] for run in runs], [None, "interrupted"])


if __name__ == "__main__":
    unittest.main()
