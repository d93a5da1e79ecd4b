"""Providers that are reached through an HTTP proxy: the row's own, the configuration's, or the environment's."""
import base64
import json
import shutil
import socket
import tempfile
from pathlib import Path

from forward_proxy import ForwardProxy
from harness import FerryCase, eventually, insert_model, quote
from imposter import Imposter
from tls_upstream_test import make_certificate, server_context

LOGIN, WRITTEN = "team:pa ss@w0rd/canary", "team:pa%20ss%40w0rd%2Fcanary"


class ProxyCase(FerryCase):
    """`provider.invalid` is a name that only the proxy knows, on ports 80 and 443."""

    login = None

    @classmethod
    def make_upstream(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="ferry-proxy-"))
        certificate = make_certificate(cls.folder, "trusted", "DNS:provider.invalid,IP:127.0.0.1")
        plain = Imposter()
        cls.secure = Imposter(server_context(*certificate))
        cls.proxy = ForwardProxy({"provider.invalid:80": plain.port, "provider.invalid:443": cls.secure.port,
                                  f"127.0.0.1:{plain.port}": plain.port}, cls.login)
        cls.options = {"upstream.ca_file": str(certificate[0]), "timeouts.connect": "2s", "server.threads": 1,
                       **cls.more_options()}
        cls.environment = cls.more_environment()
        return plain

    @classmethod
    def more_options(cls):
        return {}

    @classmethod
    def more_environment(cls):
        # What the machine of the test has set must not matter.
        return {name: "" for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy")}

    @classmethod
    def models(cls):
        return [insert_model("demo", cls.upstream.base), insert_model("plain", "http://provider.invalid/v1"),
                insert_model("secure", "https://provider.invalid/v1"),
                insert_model("direct", "http://provider.invalid/v1", proxy="'direct'")]

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        cls.proxy.close()
        cls.secure.close()
        shutil.rmtree(cls.folder)

    def setUp(self):
        super().setUp()
        self.secrets += [WRITTEN.split(":")[1], LOGIN.split(":")[1], base64.b64encode(LOGIN.encode()).decode()]
        self.asked_before = len(self.proxy.asked)

    def asked(self):
        return self.proxy.asked[self.asked_before :]

    def serves(self, model, by=None):
        nonce = self.nonce()
        answer = self.chat(nonce, model=model)
        self.assertEqual(answer.status, 200, answer.raw[:1500])
        (by or self.upstream).wait_for(nonce)
        self.assert_row(nonce, status=200)

    def fails(self, model, *words, code="upstream_unreachable", status=502):
        answer = self.assert_error(self.chat(self.nonce(), model=model), status, code)
        request = answer.field("x-ferry-request-id")
        for word in words:
            self.assertNotIn(word, answer.error["message"])
        lines = eventually(lambda: [one for one in self.ferry.log.splitlines() if request in one and "row" in one])
        for word in words:
            self.assertIn(word, "\n".join(lines))


class ProxiesOfRows(ProxyCase):
    login = LOGIN

    @classmethod
    def models(cls):
        cls.silent = socket.create_server(("127.0.0.1", 0))  # the kernel accepts, nobody answers
        cls.addClassCleanup(cls.silent.close)

        def via(name, endpoint, login=WRITTEN):
            return insert_model(name, endpoint, proxy=quote(cls.proxy.url(login)))

        return [*super().models(), via("through", "http://provider.invalid/v1"),
                via("locked", "http://provider.invalid/v1", None),
                via("mistaken", "http://provider.invalid/v1", "team:wrong"), via("safe", "https://provider.invalid/v1"),
                via("local", cls.upstream.base), via("unknown", "http://other.invalid/v1"),
                via("metadata", "http://169.254.169.254/v1"),
                insert_model("metadata-proxy", "http://provider.invalid/v1", proxy="'http://169.254.169.254:80'"),
                insert_model("nameless-proxy", "http://provider.invalid/v1", proxy="'http://no-such-proxy.invalid:80'"),
                insert_model("silent-proxy", "http://provider.invalid/v1", connect_timeout_ms="300",
                             proxy=quote(f"http://127.0.0.1:{cls.silent.getsockname()[1]}")),
                insert_model("not-a-proxy", "http://provider.invalid/v1",
                             proxy=quote(f"http://127.0.0.1:{cls.secure.port}"))]

    def test_both_schemes_are_tunnelled_and_the_proxy_resolves_the_name(self):
        self.serves("through")
        self.serves("safe", self.secure)
        # Perhaps by a tunnel of another test.
        self.assertLessEqual({"provider.invalid:80", "provider.invalid:443"}, set(self.proxy.asked))

    def test_a_row_may_reach_this_machine_through_its_proxy(self):
        self.serves("local")
        self.assertEqual(self.asked(), [f"127.0.0.1:{self.upstream.port}"])
        self.serves("demo")
        self.assertEqual(len(self.asked()), 1, "the row without a proxy was served by a tunnel")

    def test_a_tunnel_is_used_again(self):
        client = self.client()
        seen = set()
        for _ in range(4):
            nonce = self.nonce()
            self.assertEqual(self.chat(nonce, client=client, model="through").status, 200)
            seen.add(self.upstream.wait_for(nonce).connection)
        self.assertEqual(len(seen), 1)

    def test_the_login_goes_to_the_proxy_alone(self):
        self.serves("through")
        sent = "Proxy-Authorization: Basic " + base64.b64encode(LOGIN.encode()).decode()
        self.assertTrue(any(sent in head for head in self.proxy.heads), self.proxy.heads)
        self.assertNotIn(b"roxy", self.upstream.raw)
        self.assertNotIn(b"roxy", self.secure.raw)

    def test_a_login_that_is_missing_or_wrong_is_told_apart(self):
        self.fails("locked", f"127.0.0.1:{self.proxy.port}", "wants a user and a password", "407")
        self.fails("mistaken", "does not accept the user and password", "407")

    def test_what_the_proxy_refuses_is_told_with_its_status(self):
        self.fails("unknown", "did not connect to other.invalid:80", "502 Bad Gateway")

    def test_what_is_no_proxy_is_told(self):
        self.fails("not-a-proxy", f"The proxy 127.0.0.1:{self.secure.port}")
        self.fails("nameless-proxy", "no-such-proxy.invalid", code="upstream_dns_error")

    def test_a_proxy_that_is_silent_is_told(self):
        self.fails("silent-proxy", f"The proxy 127.0.0.1:{self.silent.getsockname()[1]} did not answer in time",
                   code="upstream_connect_timeout", status=504)

    def test_denied_addresses_are_refused_with_a_proxy_too(self):
        self.fails("metadata", "169.254.169.254", "upstream.denied_networks")
        self.fails("metadata-proxy", "169.254.169.254", "upstream.denied_networks")
        self.assertEqual(self.asked(), [])

    def test_models_test_goes_the_same_way(self):
        told = json.loads(self.ferry.run("models", "test", "through", "--json").stdout)
        self.assertTrue(told["ok"], told)
        self.assertGreater(told["proxy_us"], 0)
        self.assertEqual(self.asked(), ["provider.invalid:80"])

    def test_a_proxy_that_is_none_refuses_the_row_by_name(self):
        bad = {"socks5://127.0.0.1:1": "scheme", "http://127.0.0.1:1/path": "path", "nonsense proxy": "space",
               "http://127.0.0.1:66000": "port"}
        for proxy, wrong in bad.items():
            self.ferry.sql(insert_model(f"bad-{wrong}", self.upstream.base, proxy=quote(proxy)))

        def reasons():
            refused = json.loads(self.ferry.admin("/status")[1])["catalog"]["refused"]
            return {one["name"]: one["reason"] for one in refused}

        eventually(lambda: len(reasons()) >= 4)
        for wrong in ("scheme", "path", "space", "port"):
            self.assertIn("proxy ", reasons()[f"bad-{wrong}"])
            self.assertIn(wrong, reasons()[f"bad-{wrong}"])


class ConfiguredProxy(ProxyCase):
    login = LOGIN

    @classmethod
    def more_options(cls):
        return {"upstream.proxy": cls.proxy.url(WRITTEN)}

    @classmethod
    def more_environment(cls):
        return {**super().more_environment(), "HTTPS_PROXY": "http://127.0.0.1:1", "HTTP_PROXY": "http://127.0.0.1:1",
                "NO_PROXY": "*"}

    def test_it_goes_before_the_environment(self):
        self.serves("plain")
        self.serves("secure", self.secure)
        self.assertEqual(self.proxy.asked, ["provider.invalid:80", "provider.invalid:443"])

    def test_this_machine_is_reached_directly(self):
        self.serves("demo")
        self.assertEqual(self.asked(), [])

    def test_a_row_may_go_without(self):
        self.fails("direct", "provider.invalid", code="upstream_dns_error")
        self.assertEqual(self.asked(), [])

    def test_it_is_told_at_the_start_without_its_login(self):
        self.ferry.says(f"the proxy 127.0.0.1:{self.proxy.port} (upstream.proxy)")


class ProxyOfTheEnvironment(ProxyCase):
    @classmethod
    def more_environment(cls):
        exempt = "other.invalid, .inner.invalid:80"
        return {**super().more_environment(), "https_proxy": cls.proxy.url(), "NO_PROXY": exempt}

    @classmethod
    def models(cls):
        return [*super().models(), insert_model("exempt", "https://api.other.invalid/v1")]

    def test_each_variable_is_for_its_scheme(self):
        self.serves("secure", self.secure)
        self.assertEqual(self.asked(), ["provider.invalid:443"])
        self.fails("plain", "provider.invalid", code="upstream_dns_error")

    def test_exempt_names_and_this_machine_are_reached_directly(self):
        self.fails("exempt", "api.other.invalid", code="upstream_dns_error")
        self.serves("demo")
        self.assertEqual(self.asked(), [])

    def test_a_kind_of_proxy_that_is_not_understood_is_told_and_not_used(self):
        own = dict(self.environment, https_proxy="socks5://user:secret-canary@127.0.0.1:1")
        ferry = type(self.ferry)(self.options, own)
        self.addCleanup(ferry.remove)
        checked = ferry.run("check", check=False)
        self.assertIn("HTTPS_PROXY", checked.stderr + checked.stdout)
        self.assertIn("upstream.proxy", checked.stderr + checked.stdout)
        self.assertNotIn("secret-canary", checked.stderr + checked.stdout)
