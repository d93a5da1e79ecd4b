"""Restarts, crashes and a store that is away: no row is lost, none is doubled."""
import json
import signal
import sqlite3
import threading

import answers
from client import Client, Closed
from own_ferry import OwnFerry
from waiting import eventually, play


class Restarts(OwnFerry):
    def test_kill_9_leaves_one_interrupted_row_and_keeps_the_settled_ones(self):
        ferry = self.own(**{"usage.flush_interval": "5s"})
        settled = self.nonce()
        self.assertEqual(self.chat(settled, client=self.client(ferry.port)).status, 200)
        interrupted, client = self.begin_stream("stall")
        ferry.process.kill()
        ferry.process.wait()
        client.close()
        ferry.configure(**self.options)
        ferry.start()
        self.assert_row(settled, status=200, basis="provider", prompt_tokens=7, completion_tokens=5)
        self.assert_row(interrupted, basis="interrupted", end_reason="crash", prompt_tokens=None)

    def test_restarts_while_streams_run_lose_and_double_nothing(self):
        ferry, nonces, stop = self.own(), [], threading.Event()
        lock = threading.Lock()

        def work():
            while not stop.is_set():
                events = [step for one in answers.story(4) for step in (answers.as_chunk(one), 0.005)]
                nonce = self.nonce(answers.stream_head(), *events, answers.LAST_CHUNK)
                try:
                    with Client(ferry.port, record=self.received.append) as client:
                        client.send(self.request(self.body(nonce, stream=True), nonce=nonce))
                        client.response()
                except (OSError, Closed):
                    play(0.01)
                with lock:
                    nonces.append(nonce)

        workers = [threading.Thread(target=work) for _ in range(8)]
        for worker in workers:
            worker.start()
        for _ in range(3):
            asked = len(self.upstream.served)
            eventually(lambda: len(self.upstream.served) > asked + 20, 60, "requests between two stops")
            self.assertEqual(ferry.stop(), 0)
            ferry.start()
        stop.set()
        for worker in workers:
            worker.join()
        seen = {one.nonce for one in self.upstream.served} & set(nonces)
        self.assertGreater(len(seen), 20)
        for nonce in seen:
            self.row(nonce)

    def test_rows_wait_in_the_journal_while_the_store_is_away(self):
        ferry = self.own()
        with sqlite3.connect(ferry.database, timeout=5, isolation_level=None) as store:
            store.execute("BEGIN EXCLUSIVE")
            nonces = [self.nonce() for _ in range(10)]
            for nonce in nonces:
                self.assertEqual(self.chat(nonce, client=self.client(ferry.port)).status, 200)
            store.execute("ROLLBACK")
        for nonce in nonces:
            self.assert_row(nonce, status=200, prompt_tokens=7)

    def test_rows_survive_a_stop_while_the_store_is_away(self):
        ferry = self.own()
        nonce = self.nonce()
        with sqlite3.connect(ferry.database, timeout=5, isolation_level=None) as store:
            store.execute("BEGIN EXCLUSIVE")
            self.assertEqual(self.chat(nonce, client=self.client(ferry.port)).status, 200)
            ferry.process.send_signal(signal.SIGTERM)
            ferry.process.wait(20)
            store.execute("ROLLBACK")
        ferry.start()
        self.assert_row(nonce, status=200, prompt_tokens=7)

    def test_a_damaged_journal_does_not_keep_ferry_from_starting(self):
        ferry = self.own(**{"usage.flush_interval": "5s"})
        self.assertEqual(self.chat(self.nonce(), client=self.client(ferry.port)).status, 200)
        ferry.process.kill()
        ferry.process.wait()
        for file in ferry.journal.iterdir():
            if file.is_file() and file.stat().st_size > 64:
                with open(file, "r+b") as segment:
                    segment.seek(40)
                    segment.write(b"\xff" * 8)
        self.upstream.served.clear()  # what the damaged segment held is gone
        ferry.configure(**self.options)
        ferry.start()
        nonce = self.nonce()
        self.assertEqual(self.chat(nonce, client=self.client(ferry.port)).status, 200)
        self.row(nonce)

    def test_the_access_log_has_one_line_for_each_request(self):
        ferry = self.own()
        answer = self.chat(self.nonce(), client=self.client(ferry.port))
        name = answer.field("x-ferry-request-id")
        lines = eventually(lambda: [line for line in ferry.log.splitlines() if name in line])
        self.assertEqual(len(lines), 1, lines)
        told = json.loads(lines[0])
        self.assertEqual((told["status"], told["model"], told["prompt_tokens"]), (200, "demo", 7))
