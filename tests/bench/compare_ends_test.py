"""How ferry-bench compare ends before its end, and what it asks before it begins."""
import json
import os
import pty
import signal
import subprocess
import tempfile
import unittest
from pathlib import Path

from raw_mock import Mock, program

ROUNDS, REQUESTS = 20, 4
LOAD = ("--concurrency=1", f"--requests={REQUESTS}", "--model=mock", "--input-tokens=8", "--quiet")
# A probe and a run that is not counted, then forth and back.
OF_ROUND = 2 * REQUESTS


def asked(rounds):
    return 1 + REQUESTS + OF_ROUND * rounds


class CompareEnds(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.json_file = Path(folder.name) / "compare.json"
        self.first, self.second = Mock(), Mock()
        self.addCleanup(self.first.stop)

    def stop_second(self):
        if self.second.process.returncode is None:
            self.second.stop()

    def start(self, *options, rounds=ROUNDS, hosts=("127.0.0.1", "127.0.0.1"), **named):
        self.addCleanup(self.stop_second)
        targets = [f"--target={name}=http://{host}:{mock.port}/v1"
                   for name, host, mock in zip(("one", "other"), hosts, (self.first, self.second))]
        process = subprocess.Popen(
            [program(), "compare", *targets, *LOAD, f"--rounds={rounds}", f"--json={self.json_file}", *options],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **named)
        for end in (process.stdout, process.stderr):
            self.addCleanup(end.close)
        return process

    def wait_in(self, mock, rounds):
        """Until the mock is asked in the round behind so many, and holds that answer back."""
        number = asked(rounds) + 2
        mock.control("script", [{"match": {"nth": number}, "action": {"stall_at": 0}}])
        return lambda: mock.ledger(wait="received", count=number, timeout_ms=20000)

    def ended(self, process):
        said, complaint = process.communicate(timeout=60)
        made = json.loads(self.json_file.read_text()) if self.json_file.stat().st_size else None
        return process.returncode, said, complaint, made

    def test_a_target_that_dies_ends_it_and_the_whole_rounds_are_told(self):
        arrived = self.wait_in(self.second, rounds=7)
        process = self.start()
        arrived()
        self.second.process.kill()
        self.second.process.wait(10)
        code, said, complaint, made = self.ended(process)
        self.second.process.stdout.close()
        self.assertEqual(code, 1, complaint)
        self.assertIn("Ended early: other: the target died", said)
        self.assertIn("7 rounds, in each of which every target ran twice", said)
        self.assertIn("other: the target died", made["ended_early"])
        for target in made["targets"]:
            self.assertEqual(sorted(run["round"] for run in target["runs"]), sorted([*range(1, 8)] * 2))
            self.assertEqual({run["failed"] for run in target["runs"]}, {0})

    def test_an_interrupt_reports_the_whole_rounds(self):
        arrived = self.wait_in(self.second, rounds=6)
        process = self.start()
        arrived()
        process.send_signal(signal.SIGINT)
        code, said, complaint, made = self.ended(process)
        self.assertEqual(code, 0, complaint)
        self.assertIn("Ended early: other: interrupted", said)
        self.assertEqual(made["options"]["rounds"], 6)
        self.assertTrue(made["differences"])

    def test_an_interrupt_between_two_runs_does_not_end_it_unheard(self):
        process = self.start()
        # One round ends with the first target, and the next begins with it.
        self.first.ledger(wait="ended", count=asked(6), timeout_ms=20000)
        process.send_signal(signal.SIGINT)
        code, said, complaint, made = self.ended(process)
        self.assertEqual(code, 0, complaint)
        self.assertIn(": interrupted", said)
        self.assertIn(made["options"]["rounds"], (5, 6, 7))

    def test_an_interrupt_before_five_rounds_says_that_nothing_can_be_told(self):
        arrived = self.wait_in(self.second, rounds=4)
        process = self.start()
        arrived()
        process.send_signal(signal.SIGINT)
        code, said, complaint, made = self.ended(process)
        self.assertEqual((code, made), (2, None))
        self.assertIn("Ended early: other: interrupted", said)
        self.assertIn("only 4 rounds are whole, and 5 are needed", complaint)

    def test_another_machine_is_not_asked_without_a_yes(self):
        process = self.start(hosts=("127.0.0.1", "192.0.2.1"), stdin=subprocess.DEVNULL)
        code, said, complaint, _ = self.ended(process)
        self.assertEqual((code, said), (2, ""))
        # Each round is two runs, and one is not counted.
        self.assertIn(f"about {(2 * ROUNDS + 1) * REQUESTS} requests", complaint)
        self.assertIn(f"{(2 * ROUNDS + 1) * REQUESTS * 8:,} tokens in", complaint)
        self.assertIn("--yes", complaint)

    def test_the_answer_on_a_terminal_decides(self):
        # An address that is this machine's, and not known as such.
        for answer, code in ((b"n\n", 2), (b"\n", 2), (b"y\n", 0)):
            with self.subTest(answer=answer):
                ours, theirs = pty.openpty()
                process = self.start(rounds=5, hosts=("127.0.0.1", "0.0.0.0"), stdin=theirs)
                os.close(theirs)
                os.write(ours, answer)
                said, complaint = process.communicate(timeout=60)
                os.close(ours)
                self.assertEqual(process.returncode, code, complaint)
                self.assertIn("Begin? [y/N]", complaint)
                self.assertEqual("5 rounds" in said, code == 0)
                self.assertEqual(self.second.stats()["requests"] > 0, code == 0)

    def test_yes_is_said_beforehand(self):
        process = self.start("--yes", rounds=5, hosts=("127.0.0.1", "0.0.0.0"), stdin=subprocess.DEVNULL)
        code, _, complaint, made = self.ended(process)
        self.assertEqual((code, complaint), (0, ""))
        self.assertEqual(made["options"]["rounds"], 5)


if __name__ == "__main__":
    unittest.main()
