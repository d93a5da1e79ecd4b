"""Clients over TLS: what is agreed upon, what is refused, and that no handshake harms anybody else."""
import shutil
import socket
import ssl
import subprocess
import tempfile
from pathlib import Path

import answers
import bytes_are_preserved_test as plain
from client import Client
from harness import FerryCase, eventually
from own_ferry import OwnFerry
from tls_upstream_test import make_certificate

REQUEST = b"GET /v1/models HTTP/1.1\r\nHost: ferry\r\n\r\n"


def trusting(certificate):
    return ssl.create_default_context(cafile=str(certificate))


class TlsClient(Client):
    def __init__(self, port, context, session=None, **more):
        super().__init__(port, **more)
        self.socket = context.wrap_socket(self.socket, server_hostname="localhost", session=session)


class WithTlsListener(FerryCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="ferry-tls-"))
        cls.certificate, cls.private = make_certificate(cls.folder, "served")
        cls.context = trusting(cls.certificate)
        cls.options = {**cls.options, "server.tls_certificate": str(cls.certificate),
                       "server.tls_key": str(cls.private), "server.listen": ["127.0.0.1:0", f"unix:{cls.folder}/s"]}
        super().setUpClass()

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        shutil.rmtree(cls.folder)

    def client(self, port=None):
        made = TlsClient(port or self.ferry.port, self.context, record=self.received.append)
        self.addCleanup(made.close)
        return made


class BytesArePreservedToTlsClients(WithTlsListener, plain.BytesArePreserved):
    pass


class TlsListener(WithTlsListener):
    options = {"limits.header_timeout": "500ms"}

    def test_only_current_versions_and_http_1_1_are_agreed_upon(self):
        context = trusting(self.certificate)
        context.set_alpn_protocols(["h2", "http/1.1"])
        client = TlsClient(self.ferry.port, context)
        self.assertEqual((client.socket.version(), client.socket.selected_alpn_protocol()), ("TLSv1.3", "http/1.1"))
        client.close()
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        client = TlsClient(self.ferry.port, context)
        self.assertEqual(client.socket.version(), "TLSv1.2")
        client.close()
        for limit in ({"maximum_version": ssl.TLSVersion.TLSv1_1}, {"protocols": ["h2"]}):
            refused = trusting(self.certificate)
            refused.set_ciphers("ALL:@SECLEVEL=0")
            if "protocols" in limit:
                refused.set_alpn_protocols(limit["protocols"])
            else:
                refused.minimum_version = ssl.TLSVersion.TLSv1
                refused.maximum_version = limit["maximum_version"]
            with self.assertRaises(ssl.SSLError):
                TlsClient(self.ferry.port, refused)

    def test_a_session_is_resumed_by_its_ticket_on_whichever_core(self):
        session, resumed = None, []
        for _ in range(8):
            client = TlsClient(self.ferry.port, self.context, session)
            client.send(REQUEST)
            self.assertEqual(client.response().status, 401)
            resumed.append(client.socket.session_reused)
            session = client.socket.session
            client.close()
        self.assertEqual(resumed, [False] + [True] * 7)

    def test_the_end_of_a_connection_is_said_in_tls(self):
        client = self.client()
        client.send(REQUEST.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        self.assertEqual(client.response().status, 401)
        client.socket.suppress_ragged_eofs = False
        self.assertEqual(client.socket.recv(10), b"")

    def test_plain_http_is_told_so_in_plain_http(self):
        with Client(self.ferry.port) as client:
            client.send(REQUEST)
            answer = client.response()
            self.assert_error(answer, 400, "invalid_request_error")
            self.assertIn("https://", answer.error["message"])
            self.assertEqual(client.rest(), b"")

    def test_unix_sockets_and_the_admin_listener_stay_plain(self):
        with socket.socket(socket.AF_UNIX) as peer:
            peer.settimeout(10)
            peer.connect(f"{self.folder}/s")
            peer.sendall(REQUEST)
            self.assertTrue(peer.recv(1 << 16).startswith(b"HTTP/1.1 401 "))
        self.assertEqual(self.ferry.admin("/readyz")[0], 200)

    def test_handshakes_that_fail_or_never_end_cost_nobody_else_anything(self):
        open_before = len(list(Path(f"/proc/{self.ferry.process.pid}/fd").iterdir()))
        idle = [socket.create_connection(("127.0.0.1", self.ferry.port)) for _ in range(20)]
        for number in range(100):
            with socket.create_connection(("127.0.0.1", self.ferry.port)) as peer:
                peer.sendall(b"\x16\x03\x01\x00\x05hello" if number % 2 else bytes(range(256)))
        nonce = self.nonce()
        self.assertEqual(self.chat(nonce).status, 200)
        for one in idle:
            one.settimeout(5)
            self.assertEqual(one.recv(100), b"")  # header_timeout
            one.close()
        open_now = lambda: len(list(Path(f"/proc/{self.ferry.process.pid}/fd").iterdir()))
        eventually(lambda: open_now() <= open_before + 5, what="descriptors")  # the upstream's connections

    def test_a_client_that_goes_in_the_middle_of_a_stream_is_noticed(self):
        nonce = self.nonce(answers.stream_head(), *map(answers.as_chunk, answers.words()), "stall")
        client = self.client()
        client.send(self.request(self.body(nonce, stream=True), nonce=nonce))
        client.until(b"word2")
        client.close()
        self.assert_row(nonce, end_reason="client_gone")


class TlsFiles(OwnFerry):
    """Each fault is one sentence with the file's name, from `check` and from `serve`."""

    def setUp(self):
        super().setUp()
        self.folder = Path(tempfile.mkdtemp(prefix="ferry-tls-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.certificate, self.private = make_certificate(self.folder, "served")

    def refused(self, certificate, private):
        self.ferry.configure(**{"server.tls_certificate": str(certificate), "server.tls_key": str(private)})
        told = []
        for command, code in (("check", 2), ("serve", 1)):
            done = self.ferry.run(command, check=False)
            self.assertEqual(done.returncode, code, done.stderr)
            told.append(done.stderr)
        self.ferry.configure(**self.options)
        self.assertIn(told[1].strip(), told[0])
        return told[1]

    def test_files_that_cannot_be_used_are_named(self):
        missing, other = self.folder / "missing.pem", make_certificate(self.folder, "other")
        locked = self.folder / "locked.key"
        subprocess.run(["openssl", "rsa", "-aes128", "-passout", "pass:secret", "-in", self.private, "-out", locked],
                       check=True, capture_output=True)
        for files, words in (((missing, self.private), f"{missing} cannot be read: No such file"),
                             ((self.certificate, missing), f"{missing} cannot be read: No such file"),
                             ((self.certificate, other[1]), f"{other[1]} is not the key of the certificate"),
                             ((self.certificate, locked), "no password"),
                             ((self.private, self.private), f"{self.private} cannot be used"),
                             ((self.certificate, self.folder), f"{self.folder} cannot be used")):
            self.assertIn(words, self.refused(*files))

    def test_one_file_without_the_other_is_a_fault(self):
        self.ferry.configure(**{"server.tls_key": str(self.private)})
        done = self.ferry.run("check", check=False)
        self.ferry.configure(**self.options)
        self.assertEqual(done.returncode, 2)
        self.assertIn("server.tls_key: needs server.tls_certificate beside it", done.stderr)
