"""One service on every address it is told to listen on, and limits that hold for all of them together."""
import grp
import os
import shutil
import socket
import stat
import tempfile
from pathlib import Path

from harness import FerryCase
from own_ferry import OwnFerry
from waiting import eventually


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


class SocketFiles(OwnFerry):
    """Who may connect to a Unix socket is what the configuration says, whatever the umask is."""

    def start_with(self, **options):
        self.path = f"{tempfile.mkdtemp(prefix='ferry-listen-')}/ferry.sock"
        self.addCleanup(shutil.rmtree, os.path.dirname(self.path))
        before = os.umask(0o077)
        try:
            self.own(**{"server.listen": ["127.0.0.1:0", f"unix:{self.path}"], **options})
        finally:
            os.umask(before)
        return os.stat(self.path)

    def test_the_group_may_connect_by_default(self):
        self.assertEqual(stat.S_IMODE(self.start_with().st_mode), 0o660)

    def test_mode_and_group_are_as_configured(self):
        groups = [one for one in [*os.getgroups(), os.getgid()] if os.getuid() != 0] or [1]
        wanted = grp.getgrgid(groups[0])
        told = self.start_with(**{"server.unix_socket_mode": "0606", "server.unix_socket_group": wanted.gr_name})
        self.assertEqual((stat.S_IMODE(told.st_mode), told.st_gid), (0o606, wanted.gr_gid))

    def test_an_unknown_group_and_a_wrong_mode_are_one_clear_message(self):
        ferry = self.own()
        ferry.stop()
        path = str(ferry.folder / "own.sock")
        more = ["--set", f"server.listen=unix:{path}"]
        unknown = ferry.run("serve", *more, "--set", "server.unix_socket_group=nobody-has-it", check=False)
        self.assertEqual(unknown.returncode, 1)
        self.assertIn("no group 'nobody-has-it'", unknown.stderr)
        self.assertFalse(os.path.exists(path))
        wrong = ferry.run("serve", *more, "--set", "server.unix_socket_mode=0999", check=False)
        self.assertEqual(wrong.returncode, 2)
        self.assertIn('"0660"', wrong.stderr)
