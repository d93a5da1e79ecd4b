"""One service on every address it is told to listen on, and limits that hold for all of them together."""
import os
import socket
import stat
import tempfile
from pathlib import Path

from client import unread
from harness import FerryCase
from waiting import eventually, stays


def has_ipv6():
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


class Listening(FerryCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="ferry-listen-"))
        cls.socket_path = cls.folder / "ferry.sock"
        cls.options = {"server.listen": ["127.0.0.1:0", f"unix:{cls.socket_path}"]}
        super().setUpClass()

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        assert not cls.socket_path.exists(), "the socket's file was left behind"
        cls.folder.rmdir()

    def test_a_unix_socket_serves_the_same(self):
        nonce = self.nonce()
        with socket.socket(socket.AF_UNIX) as peer:
            peer.settimeout(10)
            peer.connect(str(self.socket_path))
            peer.sendall(self.request(self.body(nonce), nonce=nonce))
            self.assertTrue(peer.recv(1 << 16).startswith(b"HTTP/1.1 200 "))
        self.row(nonce)
        self.assertTrue(stat.S_ISSOCK(os.stat(self.socket_path).st_mode))

    def test_the_admin_listener_serves_no_model_and_the_other_no_state(self):
        self.assertEqual(self.ferry.admin("/v1/models")[0], 404)
        for path in ("/healthz", "/readyz", "/status", "/metrics"):
            client = self.client()
            client.send(self.request(b"", path=path, method="GET"))
            self.assert_error(client.response(), 404, "unknown_url")

    def test_health_and_readiness(self):
        self.assertEqual(self.ferry.admin("/healthz")[0], 200)
        self.assertEqual(self.ferry.admin("/readyz")[0], 200)
        self.assertEqual(self.ferry.admin("/nowhere")[0], 404)


class ListeningOnIpv6(FerryCase):
    options = {"server.listen": ["127.0.0.1:0", "[::1]:0"]} if has_ipv6() else {}

    def test_both_families_are_served(self):
        for _ in range(4):
            nonce = self.nonce()
            self.assertEqual(self.chat(nonce).status, 200)


class MemoryForBodies(FerryCase):
    options = {"limits.body_memory": "256KiB", "limits.json_body_bytes": "200KiB", "server.threads": 1}

    def test_past_the_memory_for_all_bodies_new_ones_get_503_until_some_are_done(self):
        nonce, waiting = self.nonce(), self.client()
        raw = self.request(self.body(nonce, filler="x" * 190_000), nonce=nonce)
        waiting.send(raw[:-10])
        eventually(lambda: self.ferry.metric("ferry_body_memory_bytes") >= 190_000)
        other = self.nonce()
        answer = self.chat(other, filler="x" * 190_000)
        self.assert_error(answer, 503, "overloaded")
        self.assertEqual(self.upstream.requests(other), [])
        waiting.send(raw[-10:])
        self.assertEqual(waiting.response().status, 200)
        eventually(lambda: self.chat(self.nonce(), filler="x" * 190_000).status == 200)


class ManyConnections(FerryCase):
    options = {"server.max_connections": 20}
    most = 20 + 10  # each thread may have accepted some before it looked

    def asking(self, count):
        clients = [self.client() for _ in range(count)]
        for client in clients:
            client.send(self.request(b"", path="/v1/models", method="GET"))
        return clients

    @staticmethod
    def served(clients):
        return [client for client in clients if unread(client.socket)]

    def test_connections_past_the_limit_wait_and_are_served_later(self):
        clients = self.asking(40)
        first = eventually(lambda: len(served := self.served(clients)) >= 20 and served, what="20 served")
        waiting = [client for client in clients if client not in first]
        for client in first:
            self.assertEqual(client.response().status, 200)
            client.close()
        for client in self.served(waiting) + waiting[:10]:
            self.assertEqual(client.response().status, 200)

    def test_a_burst_is_not_accepted_whole(self):
        clients = self.asking(100)
        eventually(lambda: len(self.served(clients)) >= 20, what="20 served")
        stays(lambda: len(self.served(clients)) <= self.most, 0.5, f"at most {self.most} of 100 served")
        for client in clients:
            client.close()
