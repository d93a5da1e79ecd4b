"""Clients that read a byte a second of a large stream: each costs its own buffer, and nobody else notices.

Knobs: SLOW_READERS (default 200; 1000 in the long form)."""
import os
import resource
import select
import socket
import threading
import time
import unittest

from client import Client
from mock import FerryBeforeMock
from waiting import eventually, stays

READERS = int(os.environ.get("SLOW_READERS", "200"))
# Of Ferry's own memory for each, and of that the text that is kept so that others may go on with the stream: as much as
# the kernel took, which is little. docs/overload.md states both.
MOST_KIB, MOST_KEPT_KIB = 192, 128
ASKS = 50
RULES = [{"match": {"stream": True}, "action": {"chunks": 5_000, "chunk_bytes": 100}}]  # 1.5 MB each
BODY = b'{"model":"mock","stream":true,"messages":[{"role":"user","content":"tell me everything"}]}'


class SlowReaders(unittest.TestCase):
    def setUp(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        self.stop = threading.Event()
        self.crowd = []

    def sip(self):
        """A byte a second of each."""
        while not self.stop.wait(1):
            for peer in self.crowd:
                if select.select([peer], [], [], 0)[0]:
                    peer.recv(1)

    def open_readers(self, both):
        request = (b"POST /v1/chat/completions HTTP/1.1\r\nHost: f\r\nContent-Type: application/json\r\n"
                   b"Authorization: Bearer %s\r\nContent-Length: %d\r\n\r\n" % (both.key.encode(), len(BODY)) + BODY)
        for _ in range(READERS):
            peer = socket.socket()
            self.addCleanup(peer.close)
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            peer.connect(("127.0.0.1", both.ferry.port))
            peer.sendall(request)
            self.crowd.append(peer)
        eventually(lambda: both.ferry.metric("ferry_open_streams") == READERS, 30, "streams that are being relayed")
        # Whoever reads nothing gets nothing more: what Ferry holds of the streams stays as it is.
        eventually(lambda: self.is_full(both), 30, "streams that stand still")

    def is_full(self, both):
        before = both.ferry.resident_kib()
        try:
            stays(lambda: abs(both.ferry.resident_kib() - before) < 256, 0.3)
        except AssertionError:
            return False
        return True

    def ask(self, both, client):
        """How long it took, in milliseconds."""
        body = b'{"model":"mock","max_tokens":5,"messages":[{"role":"user","content":"quick"}]}'
        began = time.monotonic()
        client.send(b"POST /v1/chat/completions HTTP/1.1\r\nHost: f\r\nContent-Type: application/json\r\n"
                    b"Authorization: Bearer %s\r\nContent-Length: %d\r\n\r\n" % (both.key.encode(), len(body)) + body)
        self.assertEqual(client.response().status, 200)
        return (time.monotonic() - began) * 1e3

    def asks(self, both, client):
        took = sorted(self.ask(both, client) for _ in range(ASKS))
        return f"p50 {took[ASKS // 2]:.1f} ms, p99 {took[ASKS * 99 // 100]:.1f} ms"

    def test_each_costs_its_own_buffer_and_others_are_served(self):
        with FerryBeforeMock(ferry_options={"limits.write_timeout": "600s"}, rules=RULES) as both:
            with Client(both.ferry.port) as healthy:
                alone = self.asks(both, healthy)
                idle = both.ferry.resident_kib()
                self.open_readers(both)
                sipping = threading.Thread(target=self.sip)
                sipping.start()
                try:
                    beside = self.asks(both, healthy)
                    each = (both.ferry.resident_kib() - idle) / READERS
                    kept = both.ferry.metric("ferry_answer_memory_bytes") / 1024 / READERS
                    print(f"{READERS} slow readers: {each:.1f} KiB of Ferry each, {kept:.1f} KiB of it text that"
                          f" is kept; others alone {alone}, beside them {beside}")
                    if not both.ferry.is_sanitized():  # whose memory says nothing
                        self.assertLess(each, MOST_KIB)
                    self.assertLess(kept, MOST_KEPT_KIB)
                    self.assertEqual(both.ferry.metric("ferry_open_streams"), READERS)
                finally:
                    self.stop.set()
                    sipping.join()
            for peer in self.crowd:
                peer.close()
            eventually(lambda: both.ferry.metric("ferry_open_streams") == 0, 30, "streams whose client has gone")
