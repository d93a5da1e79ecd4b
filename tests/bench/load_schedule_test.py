"""When requests are sent: closed and open loops, ramps, traces, limits, sweeps; and what is good enough."""
import csv
import io
import json
import select
import signal
import statistics
import subprocess
import tempfile
import unittest

from load_bed import LoadTest
from raw_mock import program


class Schedules(LoadTest):
    def dues(self, *options):
        run = self.load(*options, "--no-probe", files=("json", "csv"))
        return run, [float(row["due_s"]) for row in csv.DictReader(io.StringIO(run.text["csv"]))]

    def test_an_open_loop_sees_a_pause_that_a_closed_one_does_not(self):
        # Every 20th answer takes 400 ms, and while one client waits for it, nobody asks.
        pause = [{"match": {"nth": 20}, "action": {"delay_ms": 400}}]
        self.mock.control("script", pause)
        closed = self.load("--concurrency=1", "--requests=100", "--no-probe").json
        self.assertLess(closed["p90_e2el_ms"], 100)
        self.mock.control("reset", b"")
        self.mock.control("script", pause)
        # One connection, as that client: 200 a second were due meanwhile.
        opened = self.load("--rate=200", "--arrival=constant", "--requests=100", "--max-concurrency=1",
                           "--no-probe").json
        self.assertGreater(opened["p90_e2el_ms"], 200)
        self.assertGreater(opened["max_e2el_ms"], 380)
        self.assertGreater(opened["waited_for_max_concurrency"], 20)

    def test_arrivals_wait_for_no_answers(self):
        self.script({"delay_ms": 500})
        run, _ = self.dues("--rate=100", "--arrival=constant", "--requests=30")
        self.assertEqual(run.json["connections"]["opened"], 30)

    def test_constant_arrivals_are_evenly_due(self):
        _, dues = self.dues("--rate=200", "--arrival=constant", "--requests=40")
        for i, due in enumerate(sorted(dues)):
            self.assertAlmostEqual(due, i / 200, 5)

    def test_bursts_are_less_even_than_poisson_and_the_same_by_seed(self):
        def spread(*options):
            dues = sorted(self.dues("--rate=2000", "--requests=800", *options)[1])
            gaps = [b - a for a, b in zip(dues, dues[1:])]
            return statistics.stdev(gaps) / statistics.mean(gaps), dues
        poisson, dues = spread()
        self.assertTrue(0.85 < poisson < 1.15, poisson)
        self.assertEqual(spread()[1], dues)
        self.assertGreater(spread("--burstiness=0.2")[0], 1.6)
        self.assertLess(spread("--burstiness=10")[0], 0.45)

    def test_a_ramp_grows_in_a_straight_line(self):
        _, dues = self.dues("--rate=200", "--arrival=constant", "--ramp-up=1s", "--requests=120")
        self.assertEqual(sum(due < 0.5 for due in dues), 25)
        self.assertEqual(sum(0.5 <= due < 1 for due in dues), 75)

    def test_clients_come_one_by_one_in_a_ramp_and_think(self):
        self.script({"delay_ms": 1})
        _, dues = self.dues("--concurrency=5", "--ramp-up=500ms", "--think-time=10s", "--requests=5")
        self.assertEqual([round(due, 1) for due in sorted(dues)], [0, 0.1, 0.2, 0.3, 0.4])

    def test_a_duration_ends_what_begins_and_waits_for_what_began(self):
        self.script({"delay_ms": 300})
        run = self.load("--concurrency=3", "--duration=400ms", "--no-probe").json
        self.assertEqual((run["completed"], run["failed"]), (6, 0))
        self.assertGreater(run["duration"], 0.6)

    def test_what_is_not_answered_within_the_grace_has_failed(self):
        self.mock.control("script", [{"match": {"nth": 2}, "action": {"stall_at": 0}}])
        run = self.load("--concurrency=1", "--duration=300ms", "--grace=200ms", "--no-probe")
        self.assertEqual((run.json["completed"], run.errors), (1, {"unfinished": 1}))

    def test_a_slo_is_kept_or_not(self):
        self.mock.control("script", [{"match": {"every": 2}, "action": {"first_delay_ms": 300}}])
        run = self.load("--concurrency=1", "--requests=6", "--no-probe", "--slo=ttft=200ms,itl=200ms").json
        self.assertEqual(run["goodput_fraction"], 0.5)
        self.assertAlmostEqual(run["request_goodput"], run["request_throughput"] / 2, 6)

    def test_a_sweep_goes_on_until_the_target_breaks(self):
        failing = [{"match": {"nth": n}, "action": {"status": 503}} for n in range(61, 81)]
        self.mock.control("script", [*failing, {"action": {"delay_ms": 20}}])
        run = self.load("--sweep=concurrency=1..64", "--requests=20", "--no-probe").json
        self.assertEqual(run["kind"], "sweep")
        points = [one["point"]["concurrency"] for one in run["runs"]]
        self.assertEqual(points, [1, 2, 4, 8][:len(points)])
        self.assertIn("failed", run["broke"]["why"])
        self.assertEqual(run["broke"]["point"], {"concurrency": points[-1]})
        self.assertIn(run["knee"]["concurrency"], points[:-1])

    def test_a_trace_is_replayed_at_its_times(self):
        times = [0, 100, 150, 400]
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as trace:
            for time in times:
                row = {"timestamp": time, "input_length": 30, "output_length": 4, "hash_ids": []}
                trace.write(json.dumps(row) + "\n")
            trace.flush()
            _, dues = self.dues(f"--trace={trace.name}", "--trace-speed=2")
        self.assertEqual([round(due * 2000) for due in sorted(dues)], times)

    def test_a_second_without_answers_has_no_latencies(self):
        self.script({"delay_ms": 1300, "chunks": 3, "interval_ms": 1})
        first, *_, last = self.load("--concurrency=1", "--requests=1", "--no-probe").json["timeline"]
        self.assertEqual([first[name] for name in ("ttft_p50_ms", "ttft_p99_ms", "itl_p50_ms", "itl_p99_ms")],
                         [None] * 4)
        self.assertGreater(last["ttft_p50_ms"], 1300)

    def test_a_count_that_ends_a_run_before_its_duration_ends_what_is_measured(self):
        run = self.load("--concurrency=1", "--requests=5", "--duration=20s", "--no-probe").json
        self.assertEqual(run["completed"], 5)
        self.assertLess(run["duration"], 10)

    def test_the_rate_of_a_closed_loop_is_right_however_long_its_answers_are(self):
        # 8 clients that wait 0.5 s each are answered 16 times a second, also when a run is only three answers long.
        self.script({"delay_ms": 500})
        run = self.load("--concurrency=8", "--ramp-up=400ms", "--warmup=1s", "--duration=1500ms", "--no-probe").json
        self.assertAlmostEqual(run["request_throughput"], 16, delta=2.5)
        self.assertEqual(run["duration"], 1.5)

    def test_a_rate_that_piles_up_breaks_a_sweep(self):
        # One answer takes 20 ms, of which one client gets 50 in a second.
        self.script({"delay_ms": 20})
        run = self.load("--sweep=rate=20..160", "--max-concurrency=1", "--duration=2s", "--arrival=constant",
                        "--no-probe").json
        self.assertEqual([one["point"]["rate"] for one in run["runs"]], [20, 40, 80])
        self.assertEqual(run["broke"]["point"], {"rate": 80})
        self.assertIn("fell behind", run["broke"]["why"])

    def test_a_generator_that_was_late_says_so(self):
        # Stopped for a third of its arrivals, it sends them late.
        process = subprocess.Popen(
            [program(), "load", "--base-url", self.url, "--model=mock", "--rate=100", "--arrival=constant", "--quiet",
             "--requests=90", "--no-probe", "--strict"], stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.stdout.close)
        self.mock.ledger(wait="ended", count=10)
        process.send_signal(signal.SIGSTOP)
        select.select([], [], [], 0.3)
        process.send_signal(signal.SIGCONT)
        said, _ = process.communicate(timeout=30)
        self.assertTrue(said.startswith("THE GENERATOR WAS THE BOTTLENECK"), said[:200])
        self.assertEqual(process.returncode, 1)


if __name__ == "__main__":
    unittest.main()
