"""How connections to providers come about: which address of a name, how many, and with whose certificate."""
import json
import shutil
import signal
import socket
import ssl
import tempfile
import threading
import time
from pathlib import Path

import answers
from harness import FerryCase, insert_model
from imposter import Imposter
from tls_upstream_test import make_certificate, server_context
from waiting import eventually, stays


class Swallowing:
    """A port on 127.0.0.1 that takes no connection and refuses none: its backlog is full."""

    def __init__(self, port):
        self.listener = socket.socket()
        self.listener.bind(("127.0.0.1", port))
        self.listener.listen(0)
        self.fillers = [socket.socket() for _ in range(8)]
        for one in self.fillers:
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))

    def close(self):
        for one in [self.listener, *self.fillers]:
            one.close()


class AddressesRace(FerryCase):
    """`localhost` is 127.0.0.1 and ::1."""

    options = {"server.threads": 1}

    @classmethod
    def make_upstream(cls):
        return Imposter(host="::1")

    @classmethod
    def models(cls):
        return [insert_model("demo", f"http://localhost:{cls.upstream.port}/v1")]

    def test_an_address_that_swallows_packets_delays_one_request_by_a_moment(self):
        silent = Swallowing(self.upstream.port)
        self.addCleanup(silent.close)
        waits = []
        for _ in range(2):
            nonce = self.nonce(answers.json_answer(answers.completion(), 200, "Connection: close"), "close")
            began = time.monotonic()
            answer = self.chat(nonce)
            waits.append(time.monotonic() - began)
            self.assertEqual((answer.status, answer.field("x-ferry-attempts")), (200, "1"), answer.raw)
        self.assertEqual(self.upstream.connections, 2)
        self.assertGreater(waits[0], 0.25, "nobody swallowed anything")
        self.assertLess(waits[0], 2, "an even share of timeouts.connect would be 2.5 s")
        self.assertLess(waits[1], 0.25, "the address that worked is not remembered")


class ConnectionsAreLimited(FerryCase):
    """One connection to the upstream for both cores, whoever asks. `backed` has another row to go to."""

    options = {"server.threads": 2, "upstream.max_connections_per_endpoint": 1}

    @classmethod
    def make_upstream(cls):
        cls.backup = Imposter()
        return Imposter()

    @classmethod
    def models(cls):
        base = cls.upstream.base
        return [insert_model("demo", base), insert_model("hasty", base, connect_timeout_ms="100"),
                insert_model("backed", base, fallback_model="'backup'"), insert_model("backup", cls.backup.base)]

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        cls.backup.close()

    def figure(self, name):
        shown = json.loads(self.ferry.admin("/status")[1])["upstreams"]
        return sum(one[name] for one in shown if one["endpoint"].endswith(f":{self.upstream.port}"))

    def occupy(self):
        """Sends a request that is not answered before the event that is returned; and its client."""
        answered = threading.Event()
        self.addCleanup(answered.set)
        nonce, client = self.nonce(answered, answers.json_answer(answers.completion("first"))), self.client()
        client.send(self.request(self.body(nonce), nonce=nonce))
        self.upstream.wait_for(nonce)
        return answered, client

    def test_others_wait_for_their_turn_on_whatever_core(self):
        answered, first = self.occupy()
        waited, others = self.figure("waited"), [(self.nonce(), self.client()) for _ in range(6)]
        for nonce, client in others:
            client.send(self.request(self.body(nonce), nonce=nonce))
        eventually(lambda: self.figure("waited") == waited + 6)
        self.assertEqual([self.upstream.requests(nonce) for nonce, _ in others], [[]] * 6)
        self.assertEqual(self.figure("in_use"), 1)
        answered.set()
        self.assertEqual([client.response().status for client in [first, *(client for _, client in others)]], [200] * 7)
        self.assertEqual(self.ferry.metric("ferry_upstream_connection_waits_total"), self.figure("waited"))

    def test_who_waits_too_long_hears_it_and_another_row_is_asked_at_once(self):
        answered, first = self.occupy()
        refused, waited = self.figure("refused"), self.figure("waited")
        answer = self.assert_error(self.chat(self.nonce(), model="hasty"), 503, "overloaded")
        self.assertEqual(answer.field("retry-after"), "1")
        self.ferry.says("upstream.max_connections_per_endpoint = 1")
        answer = self.chat(self.nonce(), model="backed")
        self.assertEqual((answer.status, answer.field("x-ferry-fallback")), (200, "backup"))
        self.assertEqual((self.figure("refused"), self.figure("waited")), (refused + 2, waited + 1))
        self.assertEqual(self.ferry.metric("ferry_upstream_connection_refusals_total"), self.figure("refused"))
        answered.set()
        self.assertEqual(first.response().status, 200)


class WithTls(FerryCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="ferry-tls-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        cls.trusted = make_certificate(cls.folder, "trusted")
        cls.options = {**cls.options, "server.threads": 1, "upstream.ca_file": str(cls.trusted[0])}
        super().setUpClass()

    def reload(self, seen="were read again", **options):
        before = self.ferry.log.count(seen)
        self.ferry.configure(**{**self.options, **options})
        self.ferry.process.send_signal(signal.SIGHUP)
        eventually(lambda: self.ferry.log.count(seen) > before, what=seen)


class CertificatesAreShown(WithTls):
    """The upstream wants a certificate of the client."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="ferry-tls-")
        cls.addClassCleanup(folder.cleanup)
        cls.own = make_certificate(Path(folder.name), "ferry")
        cls.options = {"upstream.client_certificate": str(cls.own[0]), "upstream.client_key": str(cls.own[1])}
        super().setUpClass()

    @classmethod
    def make_upstream(cls):
        context = server_context(*cls.trusted)
        context.load_verify_locations(cls.own[0])
        context.verify_mode = ssl.CERT_REQUIRED
        return Imposter(context)

    def status(self):
        return self.chat(self.nonce()).status

    def test_who_has_it_is_let_in_and_a_reload_changes_it(self):
        self.assertEqual(self.status(), 200)
        none = {"upstream.client_certificate": "", "upstream.client_key": ""}
        self.reload(**none)
        self.assertEqual(self.status(), 502)
        self.reload()
        self.assertEqual(self.status(), 200)
        kept = [shutil.copy(file, file.with_name(file.name + ".kept")) for file in self.own]
        shutil.copy(self.trusted[0], self.own[0])
        self.reload("is not the key of the certificate in")
        self.assertEqual(self.status(), 200)
        shutil.copy(self.trusted[1], self.own[1])
        self.reload()
        self.assertEqual(self.status(), 502)
        for file, before in zip(self.own, kept):
            shutil.copy(before, file)
        self.reload()
        self.assertEqual(self.status(), 200)

    def test_files_of_no_use_are_named_before_the_start(self):
        missing = str(self.folder / "missing.key")
        for given, why in (((f"upstream.client_key={missing}",), f"upstream.client_key: {missing} cannot be read"),
                           (("upstream.client_key=",), "needs upstream.client_key beside it"),
                           ((f"upstream.client_key={self.trusted[1]}",), "is not the key of the certificate in"),
                           ((f"upstream.client_certificate={self.own[1]}",), f"{self.own[1]} cannot be used")):
            options = [part for one in given for part in ("--set", one)]
            done = self.ferry.run("check", *options, check=False)
            self.assertEqual((done.returncode, why in done.stderr), (2, True), done.stderr)
            self.assertIn(why, done.stderr)


class ConnectionsAreKeptReady(WithTls):
    options = {"upstream.warm_connections": 1, "log.level": "debug"}

    @classmethod
    def make_upstream(cls):
        return Imposter(server_context(*cls.trusted))

    def figure(self, name):
        return json.loads(self.ferry.admin("/status")[1])["upstreams"][0][name]

    def test_one_is_ready_for_the_next_request_as_long_as_the_endpoint_is_in_use(self):
        go = threading.Event()
        self.addCleanup(go.set)
        first, second = (self.nonce(go, answers.json_answer(answers.completion())) for _ in range(2))
        clients = []
        for nonce, ready in ((first, 2), (second, 3)):
            clients.append(self.client())
            clients[-1].send(self.request(self.body(nonce), nonce=nonce))
            self.upstream.wait_for(nonce)
            # The next one is made meanwhile.
            eventually(lambda: self.figure("idle") == 1 and self.upstream.connections == ready)
        self.assertEqual([self.upstream.wait_for(nonce).connection for nonce in (first, second)], [1, 2])
        self.assertEqual((self.figure("opened"), self.figure("reused")), (3, 1))
        go.set()
        self.assertEqual([client.response().status for client in clients], [200, 200])
        # One that the provider closes is replaced, for the endpoint is in use.
        eventually(lambda: self.figure("idle") == 3)
        for number in (1, 2, 3):
            self.upstream.hang_up(number)
        eventually(lambda: self.figure("idle") == 1 and self.upstream.connections == 4)
        self.assertEqual(self.upstream.wait_for(second).connection, 2)
        # Nobody asks any more: it ends, and nothing follows.
        self.reload(**{"upstream.idle_timeout": "100ms"})
        eventually(lambda: not self.upstream.open)
        stays(lambda: self.upstream.connections == 4 and self.figure("idle") == 0, 1.2)
