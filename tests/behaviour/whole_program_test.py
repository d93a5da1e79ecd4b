"""Everything that threads share, at work at once: cores that serve, the catalog that changes under them, reloads,
scrapes, the shipper, and the stop. Short enough for ThreadSanitizer, which runs it too.

Knobs: WHOLE_PROGRAM_CHANGES (default 10)."""
import json
import os
import signal
import threading
import unittest

from client import Client
from mock import FerryBeforeMock
from waiting import eventually

CHANGES = int(os.environ.get("WHOLE_PROGRAM_CHANGES", "10"))
CLIENTS = 6
REQUESTS_PER_CHANGE = 10


class WholeProgram(unittest.TestCase):
    def request(self, number):
        stream = number % 2 == 0
        marker = json.dumps({"chunks": 5, "sha256": True})
        body = json.dumps({"model": ("mock", "other")[number % 3 == 0], "stream": stream,
                           "messages": [{"role": "user", "content": f"nonce:w{number} [[mock {marker}]]"}]})
        head = (f"POST /v1/chat/completions HTTP/1.1\r\nHost: f\r\nAuthorization: Bearer {self.both.key}\r\n"
                f"x-request-id: w{number}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n")
        return head + body

    def take_number(self):
        with self.lock:
            self.sent += 1
            return self.sent

    def work(self):
        with Client(self.both.ferry.port, seconds=60) as client:
            while self.going:
                number = self.take_number()
                client.send(self.request(number).encode())
                answer = client.response()
                if answer.status != 200 or number % 2 == 0 and b"[DONE]" not in answer.body:
                    self.wrong.append(answer.raw[:500])

    def disturb(self, change):
        ferry = self.both.ferry
        ferry.sql(f"UPDATE ai_models SET display_name = 'n{change}', cost_per_1k_tokens = 0.00{change % 9 + 1};")
        ferry.create_key(f"key {change}")
        ferry.configure(**{**self.options, "timeouts.total": f"{100 + change}s"})
        before = ferry.log.count("were read again")
        ferry.process.send_signal(signal.SIGHUP)
        for path in ("/metrics", "/status", "/readyz", "/healthz"):
            self.assertEqual(ferry.admin(path)[0], 200, path)
        eventually(lambda: ferry.log.count("were read again") > before, 60, "a reload")
        wanted = self.sent + REQUESTS_PER_CHANGE
        eventually(lambda: self.sent >= wanted or self.wrong, 60, "requests between two changes")

    def test_all_of_it_at_once_answers_everybody_and_stops_cleanly(self):
        self.options = {"server.threads": 2, "server.drain_timeout": "20s"}
        self.lock, self.sent, self.wrong, self.going = threading.Lock(), 0, [], True
        with FerryBeforeMock(["mock", "other"], ferry_options=self.options) as self.both:
            ferry = self.both.ferry
            workers = [threading.Thread(target=self.work) for _ in range(CLIENTS)]
            for worker in workers:
                worker.start()
            try:
                for change in range(CHANGES):
                    self.disturb(change)
            finally:
                self.going = False
                for worker in workers:
                    worker.join()
            self.assertEqual(self.wrong, [])
            query = "SELECT count(*) AS n, count(DISTINCT client_request_id) AS names FROM usage_records"
            wanted = {"n": self.sent, "names": self.sent}
            eventually(lambda: ferry.rows(query)[0] == wanted, 60, "a row for each request")
            self.assertEqual(ferry.stop(seconds=60), 0, ferry.log[-3000:])
            self.assertEqual(ferry.complaints(), [], ferry.log[-20000:])
