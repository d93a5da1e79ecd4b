"""Stopping, restarting and dying: requests in flight end as they should, and no row is lost or doubled."""
import json
import signal
import sqlite3
import threading
import time

import answers
from client import Client, Closed
from ferry import Ferry
from harness import FerryCase, eventually


class Lifecycle(FerryCase):
    """Each test stops or kills the process, so each has its own."""

    options = {"server.drain_timeout": "3s"}

    def own(self, **options):
        ferry = Ferry({**self.options, **options})
        self.addCleanup(ferry.remove)
        self.key = self.prepare(ferry)
        self.secrets.append(self.key)
        ferry.start()
        self.ferry = ferry
        return ferry

    def tearDown(self):
        if self.ferry.process.poll() is not None:
            self.ferry.start()
        super().tearDown()
        if self.ferry is not type(self).ferry:
            self.assertEqual(self.ferry.stop(), 0, self.ferry.log[-3000:])
            self.assertEqual(self.ferry.complaints(), [], self.ferry.log[-6000:])

    def begin_stream(self, *rest):
        nonce = self.nonce(answers.stream_head(), *map(answers.as_chunk, answers.words()), *rest)
        client = self.client(self.ferry.port)
        client.send(self.request(self.body(nonce, stream=True), nonce=nonce))
        client.until(b"word2")
        return nonce, client

    def test_one_line_says_that_it_is_ready_and_where(self):
        ferry = self.own()
        self.assertRegex(ferry.output, r"^ferry ready: http://127\.0\.0\.1:\d+/v1 \(admin http://127\.0\.0\.1:\d+\)\n$")

    def test_sigterm_and_sigint_end_an_idle_ferry_at_once_with_0(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            ferry = self.own()
            idle = self.client(ferry.port)
            began = time.monotonic()
            self.assertEqual(ferry.stop(number), 0)
            self.assertLess(time.monotonic() - began, 2.5)
            self.assertEqual(idle.rest(), b"")

    def test_sigterm_lets_a_stream_finish(self):
        ferry, go = self.own(), threading.Event()
        nonce, client = self.begin_stream(go, *map(answers.as_chunk, answers.story()), answers.LAST_CHUNK)
        ferry.process.send_signal(signal.SIGTERM)
        time.sleep(0.2)  # the drain has begun; the stream must outlive it
        self.assertIsNone(ferry.process.poll())
        go.set()
        client.rest()
        self.assertEqual(client.received.count(b"[DONE]"), 1)
        self.assertEqual(ferry.stop(), 0)
        ferry.start()
        self.assert_row(nonce, end_reason="done", prompt_tokens=7, completion_tokens=5)

    def test_a_stream_that_outlives_the_drain_ends_in_an_error_event(self):
        ferry = self.own(**{"server.drain_timeout": "500ms"})
        nonce, client = self.begin_stream("stall")
        ferry.process.send_signal(signal.SIGTERM)
        rest = client.rest()
        self.assertNotIn(b"[DONE]", rest)
        self.assertIn(b'"error"', rest)
        self.assertIn(b"shutting_down", rest)
        self.assertEqual(ferry.stop(), 0)
        ferry.start()
        self.assert_row(nonce, end_reason="shutdown")

    def test_during_the_grace_new_requests_are_served_and_readiness_is_false(self):
        ferry = self.own(**{"server.drain_grace": "1s"})
        self.assertEqual(ferry.admin("/readyz")[0], 200)
        ferry.process.send_signal(signal.SIGTERM)
        eventually(lambda: ferry.admin("/readyz")[0] == 503, seconds=0.8)
        nonce = self.nonce()
        self.assertEqual(self.chat(nonce, client=self.client(ferry.port)).status, 200)
        self.assertEqual(ferry.stop(), 0)

    def test_a_second_sigterm_hastens(self):
        ferry = self.own(**{"server.drain_timeout": "20s"})
        self.begin_stream("stall")
        ferry.process.send_signal(signal.SIGTERM)
        time.sleep(0.2)  # two signals at once would be one
        began = time.monotonic()
        ferry.process.send_signal(signal.SIGTERM)
        ferry.process.wait(10)
        self.assertLess(time.monotonic() - began, 3)

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
                    time.sleep(0.01)
                with lock:
                    nonces.append(nonce)

        workers = [threading.Thread(target=work) for _ in range(8)]
        for worker in workers:
            worker.start()
        for _ in range(3):
            time.sleep(0.4)
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
