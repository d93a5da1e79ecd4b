"""A server that stands still now and then: who comes at a rate sees it, who asks one after another hardly."""
import subprocess
import unittest

from load_bed import LoadTest
from raw_mock import Mock, program

PAUSE_MS = 250


class Pauses(LoadTest):
    options = ("--no-record", "--pause-every-ms", "1000", "--pause-ms", str(PAUSE_MS))

    def test_an_open_loop_tells_a_pause_and_a_closed_one_is_blind_to_it(self):
        def run(*options):
            return self.load(*options, "--duration=4s", "--no-stream", "--no-probe").json
        # A quarter of those who come meet a pause, and wait half of it on the average.
        opened = run("--rate=200", "--arrival=constant")
        self.assertGreater(opened["p90_e2el_ms"], PAUSE_MS / 3)
        self.assertGreater(opened["p999_e2el_ms"], PAUSE_MS * 0.9)
        self.assertGreater(opened["mean_e2el_ms"], PAUSE_MS / 12)
        # Two clients: two slow answers in each pause, among hundreds.
        closed = run("--concurrency=2")
        self.assertGreater(closed["completed"], 1000)
        self.assertLess(closed["p99_e2el_ms"], PAUSE_MS / 3)
        self.assertGreater(closed["max_e2el_ms"], PAUSE_MS * 0.9)

    def test_several_workers_stand_still_together(self):
        mock = Mock(*self.options, "--threads", "3")
        self.addCleanup(mock.stop)
        run = self.load("--rate=200", "--arrival=constant", "--duration=3s", "--no-stream", "--no-probe",
                        url=f"http://127.0.0.1:{mock.port}/v1").json
        self.assertGreater(run["p90_e2el_ms"], PAUSE_MS / 3)

    def test_a_pause_without_an_end_is_refused(self):
        for options in (("--pause-ms", "5"), ("--pause-every-ms", "5"), ("--pause-every-ms", "5", "--pause-ms", "6")):
            done = subprocess.run([program(), "upstream", *options], capture_output=True, text=True, timeout=20)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertIn("--pause-every-ms and --pause-ms go together", done.stderr)


if __name__ == "__main__":
    unittest.main()
