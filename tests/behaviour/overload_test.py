"""A core that has more to do than it can refuses who comes, at once and in good order, and goes on with the others."""
import csv
import json
import signal
import subprocess
import unittest

from client import Client
from mock import BENCH, FerryBeforeMock
from waiting import eventually

# So little is too much for a turn of some hundred requests on any machine.
# ... and these streams keep a core busy for seconds.
RULES = [{"match": {"stream": True}, "action": {"chunks": 1500}}]
OPTIONS = {"server.threads": 1, "server.max_loop_lag": "1ms"}
BODY = json.dumps({"model": "mock", "messages": [{"role": "user", "content": "x"}]}).encode()


class Overload(unittest.TestCase):
    def load(self, both, file, *how):
        command = [BENCH, "load", "--base-url", both.url, "--api-key", both.key, "--model", "mock", "--quiet",
                   "--csv", file, "--grace", "2s", *how]
        process = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        return process

    def rows(self, process, file):
        process.wait(30)
        with open(file, newline="") as lines:
            return list(csv.DictReader(lines))

    def ask(self, both, path="/v1/chat/completions", body=BODY, method="POST"):
        with Client(both.ferry.port) as client:
            client.send(f"{method} {path} HTTP/1.1\r\nHost: f\r\nAuthorization: Bearer {both.key}\r\n"
                        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
            return client.response()

    def test_new_requests_are_refused_and_others_and_operators_served_until_it_is_over(self):
        with FerryBeforeMock(ferry_options=OPTIONS, rules=RULES) as both:
            file = both.ferry.folder / "load.csv"
            process = self.load(both, file, "--concurrency", "400", "--duration", "1s")
            eventually(lambda: both.ferry.metric("ferry_shedding") == 1, what="overload")
            self.assertEqual(both.ferry.admin("/readyz")[0], 200)
            self.assertEqual(self.ask(both, "/v1/models", b"", "GET").status, 200)
            refused = eventually(lambda: self.refused(both), what="a refusal of this client")
            self.assertEqual(refused.code, "overloaded")
            self.assertIn(refused.field("retry-after"), ("1", "2"))
            self.assertIsNone(refused.field("x-should-retry"))
            # Its body was taken for read: the connection serves the next request.
            self.assertNotEqual(refused.field("connection"), "close")
            self.assertIn("200", {row["status"] for row in self.rows(process, file)})
            eventually(lambda: both.ferry.metric("ferry_shedding") == 0, what="the end of the overload")
            self.assertEqual(self.ask(both).status, 200)
            self.assertIn("has more to do than it can", both.ferry.log)
            told = json.loads(both.ferry.admin("/status")[1])["cores"][0]
            self.assertGreater(told["refused_overload"], 0)
            self.assertEqual(told["is_shedding"], False)

    def refused(self, both):
        answer = self.ask(both)
        return answer if answer.status == 503 else None

    def test_nobody_is_refused_where_it_is_off_and_that_takes_a_signal(self):
        with FerryBeforeMock(ferry_options=OPTIONS) as both:
            both.ferry.configure(**OPTIONS | {"server.max_loop_lag": "0s"})
            both.ferry.process.send_signal(signal.SIGHUP)
            eventually(lambda: "SIGHUP: the configuration" in both.ferry.log)
            file = both.ferry.folder / "load.csv"
            rows = self.rows(self.load(both, file, "--concurrency", "300", "--duration", "1s"), file)
            self.assertEqual({row["status"] for row in rows}, {"200"})
            self.assertEqual(both.ferry.metric("ferry_overload_refusals_total"), 0)
