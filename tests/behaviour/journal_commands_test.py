"""`ferry journal`: what it tells of a folder, beside a running process and after one, and what it ships."""
import json
import signal
import threading

import answers
from ferry import Ferry
from harness import eventually
from own_ferry import OwnFerry

SLOW = {"usage.flush_interval": "1h"}  # rows stay in the journal


class JournalCommands(OwnFerry):
    def journal(self, word, code=0):
        done = self.ferry.run("journal", word, "--json", check=False)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return json.loads(done.stdout)

    def killed_with_one_row_and_one_open_request(self):
        ferry = self.own(**SLOW)
        settled = self.nonce()
        self.assertEqual(self.chat(settled, client=self.client(ferry.port)).status, 200)
        interrupted, client = self.begin_stream("stall")
        ferry.process.kill()
        ferry.process.wait()
        client.close()
        return settled, interrupted

    def test_status_tells_of_a_running_process(self):
        self.own()
        self.chat(self.nonce(), client=self.client(self.ferry.port))
        told = eventually(lambda: (got := self.journal("status")) and got["waiting_rows"] == 0 and got)
        self.assertEqual([(one["is_alive"], one["damaged"]) for one in told["processes"]], [(True, 0)])
        self.assertEqual(told["segments"], 4)  # two for each core
        self.assertIn("running", self.ferry.run("journal", "status").stdout)

    def test_what_a_killed_process_left_is_counted_and_shipped_once(self):
        settled, interrupted = self.killed_with_one_row_and_one_open_request()
        told = self.journal("status")
        self.assertEqual((told["waiting_rows"], told["processes"][0]["open_requests"]), (1, 1))
        self.assertFalse(told["processes"][0]["is_alive"])
        self.assertFalse(self.journal("verify")["is_damaged"])
        shipped = self.journal("replay")
        self.assertEqual((shipped["rows"], shipped["new_rows"], shipped["interrupted"]), (2, 2, 1))
        self.assert_row(settled, status=200, basis="provider")
        self.assert_row(interrupted, basis="interrupted", end_reason="crash")
        self.assertEqual(self.journal("status")["segments"], 0)
        self.assertEqual(self.journal("replay")["rows"], 0)

    def test_damage_is_found_named_and_set_aside(self):
        settled, _ = self.killed_with_one_row_and_one_open_request()
        damaged = max(self.ferry.journal.glob("*.seg"), key=lambda file: file.read_bytes().count(settled.encode()))
        bytes_there = bytearray(damaged.read_bytes())
        bytes_there[4096 + 40] ^= 0xFF  # in the first record
        damaged.write_bytes(bytes_there)
        told = self.journal("verify", code=1)
        self.assertEqual([one["segment"] for one in told["segments"] if one["damage"]], [damaged.name])
        self.assertIn(damaged.name, self.ferry.run("journal", "verify", check=False).stdout)
        shipped = self.journal("replay")
        self.assertEqual((shipped["quarantined"], shipped["dead_letters"]), (1, 1))  # an end without its begin
        self.rows_for_every_request = False
        self.assertEqual(self.journal("status")["quarantined"], [damaged.name])

    def test_replay_leaves_the_folder_to_a_process_that_runs(self):
        running = self.own()
        self.assertEqual(self.journal("replay")["rows"], 0)
        running.process.send_signal(signal.SIGSTOP)
        try:
            other = Ferry({"usage.journal_dir": str(running.journal), "store.url": f"sqlite:{running.database}"})
            self.addCleanup(other.remove)
            other.start()
            other.process.kill()
            other.process.wait()
            done = running.run("journal", "replay", check=False)
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertIn("running", done.stderr)
        finally:
            running.process.send_signal(signal.SIGCONT)
        eventually(lambda: len(self.journal("status")["processes"]) == 1, what="the dead process's segments gone")

    def test_a_journal_being_written_is_never_called_damaged(self):
        self.own()
        stop = threading.Event()

        def work():
            while not stop.is_set():
                nonce = self.nonce(answers.json_answer(answers.completion()))
                self.chat(nonce, client=self.client(self.ferry.port))

        workers = [threading.Thread(target=work) for _ in range(3)]
        for worker in workers:
            worker.start()
        try:
            for _ in range(8):
                self.assertFalse(self.journal("verify")["is_damaged"])
        finally:
            stop.set()
            for worker in workers:
                worker.join()

    def test_a_folder_nobody_made_yet_is_empty(self):
        ferry = Ferry({})
        self.addCleanup(ferry.remove)
        for word in ("status", "verify"):
            self.assertEqual(json.loads(ferry.run("journal", word, "--json").stdout)["segments"] or 0, 0)
