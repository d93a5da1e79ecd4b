"""The same bytes over TLS, and certificates that must not be trusted."""
import shutil
import ssl
import subprocess
import tempfile
from pathlib import Path

import answers
import bytes_are_preserved_test as plain
from harness import FerryCase, insert_model
from imposter import Imposter


def make_certificate(folder, name, names="IP:127.0.0.1,DNS:localhost"):
    """A self-signed certificate: (certificate file, key file)."""
    certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate,
               "-subj", f"/CN={name}", "-addext", f"subjectAltName={names}", "-days", "30"]
    subprocess.run(command, check=True, capture_output=True)
    return certificate, key


def server_context(certificate, key, version=None):
    """`version` alone is spoken, such as ssl.TLSVersion.TLSv1_2."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if version:
        context.minimum_version = context.maximum_version = version
    context.load_cert_chain(certificate, key)
    return context


class WithTrustedUpstream(FerryCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="ferry-tls-"))
        cls.trusted = make_certificate(cls.folder, "trusted")
        cls.elsewhere = make_certificate(cls.folder, "elsewhere", "DNS:elsewhere.example")
        authorities = cls.folder / "authorities.pem"
        authorities.write_text(cls.trusted[0].read_text() + cls.elsewhere[0].read_text())
        # One thread: sessions are resumed, and connections reused, per thread.
        cls.options = {**cls.options, "upstream.ca_file": str(authorities), "server.threads": 1}
        super().setUpClass()

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        shutil.rmtree(cls.folder)

    version = ssl.TLSVersion.TLSv1_3

    @classmethod
    def make_upstream(cls):
        return Imposter(server_context(*cls.trusted, cls.version))


class BytesArePreservedOverTls(WithTrustedUpstream, plain.BytesArePreserved):
    pass


class BytesArePreservedOverTls12(BytesArePreservedOverTls):
    version = ssl.TLSVersion.TLSv1_2


class TlsUpstream(WithTrustedUpstream):
    def fails(self, certificate):
        untrusted = Imposter(server_context(*certificate))
        self.addCleanup(untrusted.close)
        name = self.id().rsplit(".", 1)[-1]
        self.serve(insert_model(name, untrusted.base))
        nonce = self.nonce()
        answer = self.chat(nonce, model=name)
        self.assert_error(answer, 502, "upstream_tls_error")
        self.assertEqual(untrusted.served, [], "a request was sent to an upstream that was not verified")
        self.assert_row(nonce, status=502, prompt_tokens=None)

    def test_a_certificate_nobody_vouches_for_is_refused(self):
        self.fails(make_certificate(self.folder, "stranger"))

    def test_a_certificate_for_another_host_is_refused(self):
        self.fails(self.elsewhere)

    def test_a_connection_that_ends_without_goodbye_is_a_cut(self):
        events = answers.words()
        nonce = self.nonce(answers.head(200, "text/event-stream", "Connection: close"), *events, "cut")
        answer = self.stream(nonce)
        self.assertNotIn(b"[DONE]", answer.body)
        self.assert_row(nonce, end_reason="upstream_cut")

    def test_connections_are_reused(self):
        client, seen = self.client(), set()
        for _ in range(5):
            nonce = self.nonce()
            self.assertEqual(self.chat(nonce, client=client).status, 200)
            seen.add(self.upstream.wait_for(nonce).connection)
        self.assertEqual(len(seen), 1)

    def test_a_second_connection_resumes_the_session_of_the_first(self):
        for resumed in (False, True):
            nonce = self.nonce(answers.json_answer(answers.completion(), 200, "Connection: close"), "close")
            self.assertEqual(self.chat(nonce).status, 200)
            if resumed:
                self.assertTrue(self.upstream.wait_for(nonce).resumed)

    def test_versions_before_1_2_are_not_spoken(self):
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        old.load_cert_chain(*self.trusted)
        old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
        old.set_ciphers("ALL:@SECLEVEL=0")
        outdated = Imposter(old)
        self.addCleanup(outdated.close)
        self.serve(insert_model("outdated", outdated.base))
        answer = self.chat(self.nonce(), model="outdated")
        self.assert_error(answer, 502, "upstream_tls_error")

    def test_sni_names_the_host_of_the_endpoint(self):
        names = []
        context = server_context(*self.trusted)
        context.sni_callback = lambda _, name, __: names.append(name)
        named = Imposter(context)
        self.addCleanup(named.close)
        self.serve(insert_model("by-name", f"https://localhost:{named.port}/v1"))
        nonce = self.nonce()
        answer = self.chat(nonce, model="by-name")
        self.assertEqual((answer.status, names), (200, ["localhost"]))


class Tls12Upstream(TlsUpstream):
    version = ssl.TLSVersion.TLSv1_2
