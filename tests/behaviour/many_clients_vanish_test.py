"""A crowd of clients vanishes in the middle of its streams: nobody upstream works on for them, each has its row, and
what they took of memory is there again.

Knob: VANISHING (default 400; 10000 in the long form)."""
import json
import os
import resource
import select
import socket
import time
import unittest
from dataclasses import dataclass

from mock import FerryBeforeMock
from waiting import eventually

VANISHING = int(os.environ.get("VANISHING", "400"))
CLOSED_WITHIN = 2.0
TRIES = 3  # a busy machine may be late once; it is not late three times
ROWS = ("SELECT status, end_reason, count(*) AS n, count(DISTINCT request_id) AS requests FROM usage_records "
        "GROUP BY 1, 2")
STORY = {"chunks": 100, "stall_at": 2000}


@dataclass
class Crowd:
    seconds: float  # until nobody upstream was left with them
    idle: int  # KiB of memory before
    peak: int
    behind: int


class ManyClientsVanish(unittest.TestCase):
    def setUp(self):
        before = resource.getrlimit(resource.RLIMIT_NOFILE)
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, before)
        wanted = 2 * VANISHING + 500  # Ferry has one for an upstream beside each client
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (max(wanted, before[1]), max(wanted, before[1])))
        except (ValueError, PermissionError):
            self.fail(f"VANISHING={VANISHING} needs {wanted} descriptors (ulimit -Hn)")

    def test_and_nothing_is_left_of_them(self):
        options = {"server.max_connections": VANISHING + 100, "usage.flush_interval": "200ms"}
        with FerryBeforeMock(ferry_options=options) as both:
            self.both = both
            crowds = [self.vanish(VANISHING)]
            while len(crowds) < 2 or min(one.seconds for one in crowds) > CLOSED_WITHIN and len(crowds) < TRIES:
                crowds.append(self.vanish(VANISHING))
            self.assertLess(min(one.seconds for one in crowds), CLOSED_WITHIN, crowds)
            # Who comes then finds the memory of those before.
            first, last = crowds[0], crowds[-1]
            if not both.ferry.is_sanitized():
                self.assertLess(last.behind - first.behind, 2000 + (first.peak - first.idle) / 4, crowds)
            everybody = VANISHING * len(crowds)
            self.assertEqual(eventually(lambda: self.rows(everybody), 30, "a row for each"),
                             [{"status": 499, "end_reason": "client_gone", "n": everybody, "requests": everybody}])
            self.assertEqual(both.ferry.stop(), 0, both.ferry.log[-3000:])
            self.assertEqual(both.ferry.complaints(), [])

    def rows(self, wanted):
        rows = self.both.ferry.rows(ROWS)
        return rows if sum(row["n"] for row in rows) >= wanted else None

    def request(self):
        body = json.dumps({"model": "mock", "stream": True, "messages": [
            {"role": "user", "content": f"[[mock {json.dumps(STORY)}]]"}]})
        return (f"POST /v1/chat/completions HTTP/1.1\r\nHost: f\r\nAuthorization: Bearer {self.both.key}\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}").encode()

    def stats(self):
        return json.loads(self.both.mock.control("stats"))

    def vanish(self, count):
        ferry = self.both.ferry
        idle = ferry.resident_kib()
        peers = self.begin(count)
        peak = ferry.resident_kib()
        began = time.monotonic()
        for peer in peers:
            peer.close()
        left = time.monotonic() - began
        eventually(lambda: self.stats()["open_connections"] == 0, 30, "connections that are closed upstream")
        took = time.monotonic() - began
        eventually(lambda: ferry.metric("ferry_open_connections") == 0, 10, "connections that are closed")
        for name in ("ferry_open_requests", "ferry_open_streams", "ferry_body_memory_bytes",
                     "ferry_answer_memory_bytes", "ferry_journal_open_requests"):
            self.assertEqual(ferry.metric(name), 0, name)
        self.assertEqual(ferry.metric("ferry_upstream_connections", state="in_use"), 0)
        crowd = Crowd(took, idle, peak, ferry.resident_kib())
        print(f"{count} clients left within {left:.2f} s: {crowd}")
        return crowd

    def begin(self, count):
        """Clients that have something of their answer."""
        request, peers, poll = self.request(), [], select.epoll()
        for _ in range(count):
            peers.append(socket.create_connection(("127.0.0.1", self.both.ferry.port), timeout=60))
            poll.register(peers[-1], select.EPOLLIN)
            peers[-1].sendall(request)
        waiting, limit = {peer.fileno(): (peer, bytearray()) for peer in peers}, time.monotonic() + 120
        while waiting:
            self.assertLess(time.monotonic(), limit, f"{len(waiting)} streams have not begun")
            for number, _ in poll.poll(1):
                peer, got = waiting[number]
                got += peer.recv(1 << 16)
                self.assertTrue(got.startswith(b"HTTP/1.1 200"[: len(got)]), bytes(got[:500]))
                if b'"content":"' in got:
                    poll.unregister(number)
                    del waiting[number]
        poll.close()
        return peers
