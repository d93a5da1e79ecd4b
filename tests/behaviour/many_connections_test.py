"""Many clients that are connected and mostly idle: each is served, as often as it asks, and so is whoever comes next.

Knobs: CONNECTIONS (default 1000; 10000 in the long form)."""
import os
import resource
import select
import socket
import time
import unittest

from client import Client
from mock import FerryBeforeMock
from waiting import eventually

CONNECTIONS = int(os.environ.get("CONNECTIONS", "1000"))
ROUNDS = 3


class ManyConnections(unittest.TestCase):
    def setUp(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        # Ferry keeps one for an upstream beside each client.
        wanted = 2 * CONNECTIONS + 500
        self.assertGreaterEqual(hard, wanted, f"CONNECTIONS={CONNECTIONS} needs {wanted} descriptors (ulimit -Hn)")

    def test_all_of_them_are_served_again_and_again(self):
        # Descriptors and memory are what idle connections cost; both are there again when they have gone.
        options = {"server.max_connections": CONNECTIONS + 100, "limits.keepalive_timeout": "600s"}
        with FerryBeforeMock(ferry_options=options) as both:
            idle = both.ferry.resident_kib()
            self.request = (f"GET /v1/models HTTP/1.1\r\nHost: f\r\nAuthorization: Bearer {both.key}\r\n\r\n").encode()
            peers = [socket.create_connection(("127.0.0.1", both.ferry.port), timeout=60) for _ in range(CONNECTIONS)]
            try:
                for _ in range(ROUNDS):
                    self.ask_all(peers)
                with Client(both.ferry.port) as late:
                    late.send(self.request)
                    self.assertEqual(late.response().status, 200)
                open_now = both.ferry.metric("ferry_open_connections")
                self.assertGreaterEqual(open_now, CONNECTIONS)
                print(f"{CONNECTIONS} connections: {(both.ferry.resident_kib() - idle) / CONNECTIONS:.1f} KiB each")
            finally:
                for peer in peers:
                    peer.close()
            eventually(lambda: both.ferry.metric("ferry_open_connections") < 10, 30, "connections that have closed")
            self.assertEqual(both.ferry.stop(), 0, both.ferry.log[-3000:])
            self.assertEqual(both.ferry.complaints(), [])

    def ask_all(self, peers):
        waiting = {peer.fileno(): (peer, bytearray()) for peer in peers}
        poll = select.epoll()
        for peer in peers:
            poll.register(peer, select.EPOLLIN)
            peer.sendall(self.request)
        limit = time.monotonic() + 120
        while waiting:
            for number, _ in poll.poll(1):
                peer, got = waiting[number]
                got += peer.recv(1 << 16) or b"closed"
                head, mark, body = bytes(got).partition(b"\r\n\r\n")
                if mark and body.endswith(b"}") or got.endswith(b"closed"):
                    self.assertTrue(got.startswith(b"HTTP/1.1 200 "), bytes(got[:500]))
                    self.assertNotIn(b"connection: close", head.lower())
                    poll.unregister(peer)
                    del waiting[number]
            self.assertLess(time.monotonic(), limit, f"{len(waiting)} of {len(peers)} have no answer")
        poll.close()
