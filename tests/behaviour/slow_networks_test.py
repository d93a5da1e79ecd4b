"""Large requests over networks that are slow, narrow and late: each arrives whole and is answered.

The upstream stands behind ferry-bench's bad network: segments of 1448 bytes, a receiver with a buffer of 4 KiB, what it
sends (session tickets, interim answers, the answer) a delay late, and only a window of the request under way, so that
sending is held up again and again while something else arrives.

Knobs: SLOW_REQUESTS (default 24; 1000 in the long form), SLOW_DELAY_MS (30; 150 in the long form, for each direction),
SLOW_CLIENTS (6)."""
import hashlib
import json
import os
import random
import shutil
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import answers
from client import Client
from ferry import Ferry
from harness import FerryCase, insert_model
from imposter import Imposter
from mock import Mock
from slow_way import Way
from tls_upstream_test import make_certificate
from waiting import eventually

REQUESTS = int(os.environ.get("SLOW_REQUESTS", "24"))
DELAY_MS = int(os.environ.get("SLOW_DELAY_MS", "30"))
CLIENTS = int(os.environ.get("SLOW_CLIENTS", "6"))
SMALLEST, LARGEST, HUGE = 100_000, 2_000_000, 32_000_000
HUGE_AMONG = 250  # one of so many is huge
NARROW = ["--mss", "1448", "--receive-buffer", "4096", "--send-buffer", "4096"]
LATE = ["--read-delay-ms", str(DELAY_MS), "--write-delay-ms", str(DELAY_MS),
        "--interim-after-ms", str(2 * DELAY_MS), "--window", str(max(32_768, 500_000 * DELAY_MS // 150))]


def sha256(data):
    return hashlib.sha256(data).hexdigest()


class SlowNetworks(unittest.TestCase):
    """One Ferry before three such upstreams: TLS 1.3, TLS 1.2 and plain HTTP."""

    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="ferry-slow-"))
        certificate, key = make_certificate(cls.folder, "trusted")
        tls = ["--tls-cert", certificate, "--tls-key", key]
        cls.mocks, cls.ferry = {}, Ferry({"upstream.ca_file": str(certificate)})
        try:
            for name, options in (("tls13", [*tls, "--tls-min", "1.3"]), ("tls12", [*tls, "--tls-max", "1.2"]),
                                  ("plain", [])):
                ledger = ["--ledger", cls.folder / name, "--no-record", "--sha256"]
                cls.mocks[name] = Mock([name], [*options, *ledger, *NARROW, *LATE])
            cls.ferry.run("migrate")
            cls.ferry.sql("\n".join(insert_model(name, mock.base) for name, mock in cls.mocks.items()))
            cls.key = cls.ferry.create_key()
            cls.ferry.start()
        except BaseException:
            cls.remove()
            raise

    @classmethod
    def remove(cls):
        cls.ferry.remove()
        for mock in cls.mocks.values():
            mock.close()
        shutil.rmtree(cls.folder)

    @classmethod
    def tearDownClass(cls):
        try:
            assert cls.ferry.stop() == 0, cls.ferry.log[-3000:]
            assert not cls.ferry.complaints(), cls.ferry.log[-6000:]
        finally:
            cls.remove()

    def ask(self, model, size, nonce, dice):
        """(hash of what was sent, hash of what came back)"""
        pieces = dice.randrange(1, 400)
        prompt = f"nonce:{nonce} [[mock {json.dumps({'chunks': pieces})}]]"
        filler = dice.randbytes(1 << 12).hex() * (size >> 13)
        messages = [{"role": "user", "content": prompt}]
        body = json.dumps({"model": model, "filler": filler, "messages": messages}).encode()
        head = (f"POST /v1/chat/completions HTTP/1.1\r\nHost: ferry\r\nAuthorization: Bearer {self.key}\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nx-request-id: {nonce}\r\n\r\n")
        with Client(self.ferry.port, seconds=30 + size // 50_000) as client:
            client.send(head.encode() + body)
            answer = client.response()
        self.assertEqual((answer.status, answer.whole), (200, True), answer.raw[:500])
        self.assertEqual(answer.field("x-ferry-attempts"), "1")
        return sha256(body), sha256(answer.body)

    def all_arrive(self, model, sizes):
        dice = random.Random(sum(sizes))
        jobs = [(model, size, f"{model}-{size}-{number}", random.Random(dice.random()))
                for number, size in enumerate(sizes)]
        with ThreadPoolExecutor(CLIENTS) as pool:
            hashes = dict(zip((job[2] for job in jobs), pool.map(lambda job: self.ask(*job), jobs)))
        entries = eventually(lambda: self.ledger(model, hashes), what="a line for each request")
        self.assertEqual({nonce: (one["received_sha256"], one["sha256"]) for nonce, one in entries.items()}, hashes)

    def ledger(self, model, wanted):
        lines = [json.loads(line) for line in (self.folder / model).read_text().splitlines()]
        found = {line["nonce"]: line for line in lines if line["nonce"] in wanted}
        self.assertEqual(len(found), sum(line["nonce"] in wanted for line in lines), "a request was sent twice")
        return found if len(found) == len(wanted) else None

    def sizes(self):
        dice = random.Random(REQUESTS)
        ordinary = [dice.randrange(SMALLEST, LARGEST) for _ in range(REQUESTS // 3)]
        return ordinary + [HUGE] * (REQUESTS // 3 // HUGE_AMONG + (REQUESTS >= HUGE_AMONG))

    def test_large_requests_arrive_whole_over_tls_1_3_while_tickets_come_late(self):
        self.all_arrive("tls13", self.sizes())

    def test_large_requests_arrive_whole_over_tls_1_2(self):
        self.all_arrive("tls12", self.sizes())

    def test_large_requests_arrive_whole_while_interim_answers_nobody_asked_for_come(self):
        self.all_arrive("plain", self.sizes())


class SlowAndScripted(FerryCase):
    """The same ways before the scripted upstream, whose bytes a test can choose."""

    @classmethod
    def make_upstream(cls):
        return Imposter(way=Way(mss=1448, receive_buffer=4096, read_delay=0.03, write_delay=0.03, window=16_384,
                                interim_after=0.05))

    def test_a_large_request_is_answered(self):
        nonce = self.nonce()
        answer = self.chat(nonce, filler="x" * 1_000_000)
        self.assertEqual(answer.status, 200, answer.raw)
        self.assertEqual(len(self.upstream.requests(nonce)), 1)

    def test_a_stream_comes_whole(self):
        events = answers.story(200)
        nonce = self.nonce(*answers.chunked_stream(events))
        answer = self.stream(nonce, stream_options={"include_usage": True})
        self.assertEqual(answer.body, b"".join(events))
