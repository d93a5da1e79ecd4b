"""The tests run where signals are ignored, as under nohup or in the background of a script."""
import json
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

RUNNER = Path(__file__).resolve().parents[1] / "support/run_unittests.py"
# A shell cannot trap what it was started to ignore.
INNER = """
import subprocess, unittest

class Inner(unittest.TestCase):
    def test_a_program_is_ended_by_ctrl_c(self):
        for name in ("INT", "QUIT", "HUP"):
            done = subprocess.run(["bash", "-c", f"trap 'exit 7' {name}; kill -{name} $$; exit 1"])
            self.assertEqual(done.returncode, 7, name)
"""


class IgnoredSignals(unittest.TestCase):
    def test_programs_under_test_heed_signals_that_whoever_started_the_tests_ignores(self):
        with tempfile.TemporaryDirectory() as folder:
            file, report = Path(folder) / "inner_test.py", Path(folder) / "report.json"
            file.write_text(INNER)
            done = subprocess.run([sys.executable, "-B", RUNNER, report, file], preexec_fn=self.ignore,
                                  capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertEqual(json.loads(report.read_text())["passed"], 1)

    @staticmethod
    def ignore():
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
