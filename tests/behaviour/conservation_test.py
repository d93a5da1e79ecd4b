"""Every request that reached the upstream has exactly one usage row, through failures, aborts, a restart, and a store
that stops, freezes and crashes.

The checker joins the store, not read through Ferry, with the upstream's own ledger on a nonce in each prompt; token
counts are random for each request. Knobs: CONSERVATION_REQUESTS (default 10000), CONSERVATION_CLIENTS (32),
STORE_AWAY_SECONDS (how long the store is away each time at least, default 1)."""
import json
import os
import random
import signal
import threading
import time
import unittest
from collections import Counter

from client import Client, Closed
from ferry import Ferry
from mock import FerryBeforeMock
from postgres import Cluster
from postgres_case import PostgresFerry
from waiting import eventually, play

REQUESTS = int(os.environ.get("CONSERVATION_REQUESTS", "10000"))
CLIENTS = int(os.environ.get("CONSERVATION_CLIENTS", "32"))
AWAY_SECONDS = float(os.environ.get("STORE_AWAY_SECONDS", "1"))
FAILURES = [{"status": 500}, {"status": 503}, {"status": 429}, {"status": 400}, {"cut_at": 40}, {"reset_at": 60},
            {"cut_head_at": 10}, {"error_after": 3}]
PRICE = 2_000_000


class Plan:
    """One request: what the client asks, what the upstream does, when the client leaves."""

    def __init__(self, number, dice):
        self.number = number
        self.nonce = f"c{number}x{dice.randrange(1 << 40):x}"
        self.stream = dice.random() < 0.5
        self.prompt, self.completion = dice.randrange(1, 5000), dice.randrange(1, 5000)
        self.action = {"prompt_tokens": self.prompt, "completion_tokens": self.completion,
                       "chunks": dice.randrange(1, 20), "interval_ms": dice.choice([0, 0, 1, 3]),
                       "delay_ms": dice.choice([0, 0, 0, 20])}
        if self.stream and dice.random() < 0.3:
            self.action["usage"] = dice.choice(["finish_chunk", "every_chunk", "choices", "x_groq", "after_done"])
        self.fails = dice.random() < 0.05
        if self.fails:
            self.action.update(dice.choice(FAILURES))
        self.leaves_after = dice.uniform(0, 0.06) if dice.random() < 0.05 else None
        if self.leaves_after is not None:
            self.action.update({"chunks": 15, "interval_ms": 5} if self.stream else {"delay_ms": 60})
        self.outcome = None  # answered, refused, failed, left, cut, unsent

    def request(self, key):
        content = f"nonce:{self.nonce} [[mock {json.dumps(self.action)}]]"
        body = {"model": "mock", "messages": [{"role": "user", "content": content}], "stream": self.stream}
        if self.stream and self.prompt % 2:
            body["stream_options"] = {"include_usage": True}
        data = json.dumps(body).encode()
        head = (f"POST /v1/chat/completions HTTP/1.1\r\nHost: f\r\nAuthorization: Bearer {key}\r\n"
                f"x-request-id: {self.nonce}\r\nContent-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n")
        return head.encode() + data


class Worker(threading.Thread):
    """A client that keeps its connection, as an SDK does."""

    def __init__(self, test, plans):
        super().__init__(daemon=True)
        self.test, self.plans, self.connection = test, plans, None

    def run(self):
        for plan in iter(self.test.next_plan, None):
            while plan.outcome is None:
                self.one(plan)

    def one(self, plan):
        if self.connection is None:
            try:
                self.connection = Client(self.test.both.ferry.port, seconds=60)
            except OSError:
                return play(0.01)  # between stop and start: nothing was sent, so it is tried again
        client, kept = self.connection, False
        try:
            client.send(plan.request(self.test.both.key))
            if plan.leaves_after is not None:
                play(plan.leaves_after)
                plan.outcome = "left"
                client.reset() if plan.prompt % 2 else client.close()
                return
            answer = self.response(client, plan)
            finished = not plan.stream or b"[DONE]" in answer.body
            if answer.status != 200:
                plan.outcome = "failed"
            else:
                plan.outcome = "answered" if answer.whole and finished else "cut"
            kept = answer.whole and (answer.field("connection") or "").lower() != "close"
        except Closed as early:
            # A kept connection that the server closed while idle: the request was not read.
            plan.outcome = "cut" if early.so_far else "unsent"
        except OSError:
            plan.outcome = "unsent"
        finally:
            if not kept:
                client.close()
                self.connection = None

    def response(self, client, plan):
        return client.response()


class Conservation(unittest.TestCase):
    make_ferry = Ferry
    make_worker = Worker

    def next_plan(self):
        with self.lock:
            if self.begun == len(self.plans):
                return None
            self.begun += 1
            return self.plans[self.begun - 1]

    def test_rows_equal_what_the_upstream_saw(self):
        seed = int(os.environ.get("CONSERVATION_SEED", random.randrange(1 << 30)))
        print(f"seed {seed}, {REQUESTS} requests, {CLIENTS} clients")
        dice = random.Random(seed)
        self.lock, self.begun = threading.Lock(), 0
        self.plans = [Plan(number, dice) for number in range(REQUESTS)]
        with FerryBeforeMock(ferry_options={"server.drain_timeout": "200ms", "usage.flush_interval": "100ms"},
                             make_ferry=self.make_ferry) as both:
            self.both = both
            workers = [self.make_worker(self, self.plans) for _ in range(CLIENTS)]
            for worker in workers:
                worker.start()
            self.disturb()
            for worker in workers:
                worker.join(300)
            self.assertTrue(all(plan.outcome for plan in self.plans), "some requests never ended")
            self.check()
            self.assertEqual(both.ferry.stop(), 0, both.ferry.log[-3000:])
            self.assertEqual(both.ferry.complaints(), [], both.ferry.log[-6000:])

    def wait_for_share(self, share):
        eventually(lambda: self.begun >= REQUESTS * share, 600, "enough requests")

    def disturb(self):
        self.wait_for_share(0.5)
        self.assertEqual(self.both.ferry.stop(), 0, self.both.ferry.log[-3000:])
        self.both.ferry.start()

    def check(self):
        ledger = {}
        for entry in self.both.mock.ledger("?wait=ended&timeout_ms=2000&count=1"):
            ledger.setdefault(entry["nonce"], []).append(entry)
        sent = set(ledger)
        query = "SELECT * FROM usage_records"
        eventually(lambda: sent <= {row["client_request_id"] for row in self.both.ferry.rows(query)}, 30, "all rows")
        rows = self.both.ferry.rows(query)
        counts = Counter(row["client_request_id"] for row in rows)
        self.assertEqual([one for one in counts.items() if one[1] > 1], [], "more than one row for a request")
        attempts = self.both.ferry.rows("SELECT DISTINCT request_id FROM usage_attempts WHERE was_sent = 1")
        with_attempt = {one["request_id"] for one in attempts}
        claimed = {row["client_request_id"] for row in rows if row["request_id"] in with_attempt}
        print(Counter(plan.outcome for plan in self.plans), Counter((row["basis"], row["end_reason"]) for row in rows))
        self.assertEqual(sent - claimed, set(), "the upstream saw requests that no row says were sent")
        self.assertLessEqual(len(claimed - sent), sum(plan.outcome in ("left", "cut") for plan in self.plans))
        by_nonce = {row["client_request_id"]: row for row in rows}
        for plan in self.plans:
            if plan.nonce in ledger:
                self.check_row(plan, by_nonce[plan.nonce], ledger[plan.nonce][-1])
            else:
                self.assertNotEqual(plan.outcome, "answered")

    def check_row(self, plan, row, entry):
        told = f"{plan.outcome} {plan.action}\nrow {row}\nledger { {k: v for k, v in entry.items() if k != 'body'} }"
        got = (row["prompt_tokens"], row["completion_tokens"])
        if plan.outcome == "answered" and not plan.fails:
            self.assertEqual((row["status"], row["basis"], row["end_reason"]), (200, "provider", "done"), told)
            self.assertEqual(got, (plan.prompt, plan.completion), told)
            self.assertEqual(row["cost_pico"], (plan.prompt + plan.completion) * PRICE, told)
        elif row["basis"] == "provider":
            # The provider reported before the end: then its own numbers, or a running count of them.
            self.assertTrue(entry["usage_sent"], told)
            self.assertEqual(got[0], plan.prompt, told)
            self.assertLessEqual(got[1], plan.completion, told)
        else:
            self.assertIn(row["basis"], ("partial", "estimated", "mixed", "none", "interrupted"), told)
            if row["basis"] == "partial" and got != (None, None):
                self.assertTrue(entry["usage_sent"], told)
                self.assertEqual(got[0], plan.prompt, told)


class ConservationOnPostgres(Conservation):
    def setUp(self):
        self.cluster = Cluster().start()
        self.addCleanup(self.cluster.remove)

    def make_ferry(self, options):
        return PostgresFerry(self.cluster, self.cluster.new_database(), options)

    def disturb(self):
        """The store is away for three parts of the time, each in another way."""
        for begin, end, go, come_back in (
            (0.1, 0.3, self.cluster.stop, self.cluster.start),
            (0.4, 0.6, self.cluster.freeze, self.cluster.thaw),
            (0.7, 0.8, lambda: self.cluster.stop(signal.SIGQUIT), self.cluster.start),
        ):
            self.wait_for_share(begin)
            went = time.monotonic()
            go()
            self.wait_for_share(end)
            play(went + AWAY_SECONDS - time.monotonic())
            come_back()

    def check(self):
        super().check()
        # (Unsent: the connection was closed after the answer before it.)
        outcomes = {plan.outcome for plan in self.plans if not plan.fails and plan.leaves_after is None}
        self.assertLessEqual(outcomes, {"answered", "unsent"}, "clients noticed that the store was away")
