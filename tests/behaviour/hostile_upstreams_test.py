"""Answers that no provider should send: the files of tests/fuzz/corpus/answer_path, and changes of them, one after the
other through reader, pool, attempt and relay of the real program. Nothing ends it, nothing stalls it, every request
gets an answer or an honest end and one row, and good answers come through as before.

Knobs: HOSTILE_ANSWERS (default 300), HOSTILE_SECONDS (instead: so long), HOSTILE_SEED."""
import itertools
import os
import random
import socket
import threading
import time
import traceback
from pathlib import Path

from client import Client, Closed
from harness import FerryCase, insert_model
from imposter import Imposter, Reader
from waiting import eventually

CORPUS = Path(__file__).resolve().parents[1] / "fuzz/corpus/answer_path"
ANSWERS = int(os.environ.get("HOSTILE_ANSWERS", "300"))
SECONDS = float(os.environ.get("HOSTILE_SECONDS", "0"))
SEED = int(os.environ.get("HOSTILE_SEED", random.randrange(1 << 30)))
CLIENTS = 4
WORDS = [b"\r\n", b"\n\n", b"0\r\n\r\n", b"data: [DONE]\n\n", b"data: {", b"}", b"null", b"-1", b"1e400", b"\xff",
         b"\0", b'"usage":', b'"error":{', b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 204 \r\n", b"f" * 16,
         b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n", b"Content-Encoding: gzip\r\n",
         b"Connection: close\r\n"]


class Hostile(Imposter):
    """Answers what `made` says, in a few writes, and then closes, resets, says nothing more, or goes on."""

    def __init__(self):
        self.made = {}
        super().__init__()

    def _serve(self, peer, number):
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            reader = Reader(peer, self)
            while request := reader.request(number):
                with self._changed:
                    self.served.append(request)
                if request.nonce not in self.made:
                    peer.sendall(self.default[0])
                    continue
                pieces, ending = self.made[request.nonce]
                for piece in pieces:
                    peer.sendall(piece)
                if ending != "go on":
                    return self._play(peer, request, [ending])
        except OSError:
            pass
        finally:
            peer.close()


class HostileUpstreams(FerryCase):
    options = {"timeouts.first_byte": "300ms", "timeouts.idle": "300ms", "retry.attempts": 2, "circuit.cooldown": "0s",
               "server.threads": 1}

    @classmethod
    def make_upstream(cls):
        return Hostile()

    @classmethod
    def models(cls):
        return [insert_model(name, cls.upstream.base, provider=name) for name in ("other", "deepseek", "qwen")]

    def change(self, data, dice):
        for _ in range(dice.randrange(4)):
            at, count = dice.randrange(len(data) + 1), dice.randrange(40)
            with_ = dice.choice([b"", bytes([dice.randrange(256)]), dice.choice(WORDS), data[at : at + count]])
            data = data[:at] + with_ + data[at + dice.choice([0, 1, count]) :]
        return data

    def make_answer(self, number):
        dice = random.Random(f"{SEED}/{number}")
        files = sorted(CORPUS.iterdir())
        data = files[number % len(files)].read_bytes()
        if number >= len(files):
            data = self.change(data, dice)
        cuts = sorted(dice.randrange(len(data) + 1) for _ in range(dice.randrange(4)))
        pieces = [data[a:b] for a, b in itertools.pairwise([0, *cuts, len(data)])]
        return pieces, dice.choice(["close", "close", "go on", "go on", "reset", "stall"]), dice

    def ask(self, number):
        pieces, ending, dice = self.make_answer(number)
        nonce = self.nonce()
        self.upstream.made[nonce] = pieces, ending
        model = ("other", "deepseek", "qwen")[number % 3]
        body = self.body(nonce, model=model, stream=dice.random() < 0.6)
        with Client(self.ferry.port, seconds=60) as client:
            client.send(self.request(body, nonce=nonce))
            try:
                answer = client.response()
            except Closed:
                return nonce
            self.assertTrue(100 < answer.status < 600, answer.raw)
            is_stream = (answer.field("content-type") or "").startswith("text/event-stream")
            if is_stream and b"[DONE]" not in answer.body:  # it failed, and so its connection has ended
                self.assertTrue(answer.body.endswith(b"\n\n") and b'"error"' in answer.body, answer.raw[-2000:])
            elif answer.whole and (answer.field("connection") or "").lower() != "close":
                client.send(self.request(b"", path="/v1/models", method="GET"))
                try:
                    self.assertEqual(client.response().status, 200)
                except Closed as early:
                    raise AssertionError(f"{early} behind {answer.raw!r}, as {pieces} {ending} became") from None
        return nonce

    def work(self):
        try:
            for number in iter(self.next_number, None):
                self.nonces.append(self.ask(number))
        except Exception as wrong:
            self.wrong.append("".join(traceback.format_exception(wrong)))

    def next_number(self):
        with self.lock:
            over = time.monotonic() > self.until if SECONDS else self.begun == max(ANSWERS, len(list(CORPUS.iterdir())))
            if over or self.wrong or self.ferry.process.poll() is not None:
                return None
            self.begun += 1
            return self.begun - 1

    def test_no_answer_ends_or_stalls_the_program_or_spoils_the_next(self):
        self.assertEqual(self.chat(self.nonce(), model="other").status, 200)
        before = self.ferry.resident_kib()
        self.lock, self.begun, self.until = threading.Lock(), 0, time.monotonic() + SECONDS
        self.nonces, self.wrong = [], []
        workers = [threading.Thread(target=self.work) for _ in range(CLIENTS)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        told = f"HOSTILE_SEED={SEED}, after {self.begun} answers"
        print(told)
        self.assertIsNone(self.ferry.process.poll(), f"{told}\n{self.ferry.log[-6000:]}")
        self.assertFalse(self.wrong, told)
        for model in ("other", "deepseek", "qwen"):
            # timeouts.first_byte is short here: a busy machine may be late once.
            eventually(lambda: self.chat(self.nonce(), model=model).status == 200, 30, f"an answer of {model}")
        self.every_request_has_one_row()
        if not self.ferry.is_sanitized():
            eventually(lambda: self.ferry.resident_kib() < before + 24 * 1024, 10, "memory that is given back")

    def every_request_has_one_row(self):
        wanted = {one.nonce for one in self.upstream.served}
        query = "SELECT client_request_id AS name, count(*) AS n FROM usage_records GROUP BY 1"
        eventually(lambda: wanted <= {row["name"] for row in self.ferry.rows(query)}, 30, "a row for each request")
        self.assertEqual([row for row in self.ferry.rows(query) if row["n"] != 1], [])
        self.upstream.served.clear()  # or each would be looked up by itself once more
