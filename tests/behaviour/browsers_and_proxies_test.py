"""Pages of other origins, and clients that come through proxies."""
import json

from harness import FerryCase, eventually

ORIGIN = "https://app.example.com"


class Browsers(FerryCase):
    options = {"server.cors_origins": [ORIGIN, "http://localhost:3000"], "server.trusted_proxies": ["127.0.0.0/8"]}
    allowed = ORIGIN

    def ask(self, method, *fields, path="/v1/chat/completions", key=None):
        client = self.client()
        client.send(self.request(b"", *fields, path=path, method=method, key=key))
        return client.response()

    def preflight(self, origin, path="/v1/chat/completions", headers="authorization,content-type,x-stainless-os"):
        client = self.client()
        fields = (f"Origin: {origin}", "Access-Control-Request-Method: POST",
                  f"Access-Control-Request-Headers: {headers}")
        client.send("\r\n".join((f"OPTIONS {path} HTTP/1.1", "Host: ferry", *fields, "", "")).encode())
        answer = client.response()
        if answer.status == 204:  # and the connection goes on
            client.send(self.request(b"", path="/v1/models", method="GET"))
            self.assertEqual(client.response().status, 200)
        return answer

    def test_a_preflight_is_answered_without_a_key(self):
        answer = self.preflight(ORIGIN)
        self.assertEqual((answer.status, answer.field("content-length")), (204, None))
        self.assertEqual(answer.field("access-control-allow-origin"), self.allowed)
        self.assertEqual(answer.field("access-control-allow-methods"), "POST")
        self.assertEqual(answer.field("access-control-allow-headers"), "authorization,content-type,x-stainless-os")
        self.assertGreater(int(answer.field("access-control-max-age")), 0)
        self.assertEqual(self.preflight(ORIGIN, "/v1/models").field("access-control-allow-methods"), "GET, HEAD")
        self.assert_nothing_upstream()

    def test_a_preflight_cannot_write_into_the_answer(self):
        self.assertNotIn("evil", self.preflight(ORIGIN, headers="a;evil").field("access-control-allow-headers"))

    def test_answers_and_errors_may_be_read(self):
        nonce = self.nonce()
        for answer in (self.chat(nonce, f"Origin: {ORIGIN}"), self.stream(self.nonce(), f"Origin: {ORIGIN}"),
                       self.ask("GET", f"Origin: {ORIGIN}", key="sk-wrong", path="/v1/models"),
                       self.ask("GET", f"Origin: {ORIGIN}", path="/v1/nothing")):
            self.assertEqual(answer.field("access-control-allow-origin"), self.allowed, answer.raw)
            self.assertIn("x-ferry-request-id", answer.field("access-control-expose-headers"))

    def test_unknown_paths_are_not_found_by_preflights_either(self):
        self.assert_error(self.preflight(ORIGIN, "/v1/nothing"), 404, "unknown_url")

    def test_the_address_a_trusted_proxy_names_is_logged_and_booked(self):
        nonce = self.nonce()
        answer = self.chat(nonce, "X-Forwarded-For: 6.6.6.6, 203.0.113.7")
        self.assert_row(nonce, client_ip="203.0.113.7")
        name = answer.field("x-ferry-request-id")
        line = eventually(lambda: [line for line in self.ferry.log.splitlines() if name in line])[0]
        self.assertEqual(json.loads(line)["client_ip"], "203.0.113.7")


class SomeOrigins(Browsers):
    def test_other_origins_get_no_leave(self):
        for origin in ("https://evil.example.com", "https://app.example.com.evil.com", "null"):
            answer = self.preflight(origin)
            self.assertIsNone(answer.field("access-control-allow-origin"), answer.raw)
            self.assertIsNone(answer.field("access-control-allow-methods"), answer.raw)
            self.assertEqual(answer.field("vary"), "Origin")
        self.assertEqual(self.ask("GET", path="/v1/models").field("vary"), "Origin")


class AnyOrigin(Browsers):
    options = {**Browsers.options, "server.cors_origins": "*"}
    allowed = "*"


class Off(FerryCase):
    def test_without_origins_nothing_is_said_to_browsers_and_nobody_is_believed(self):
        nonce = self.nonce()
        answer = self.chat(nonce, f"Origin: {ORIGIN}", "X-Forwarded-For: 203.0.113.7")
        self.assertNotIn(b"access-control", answer.raw)
        self.assertNotIn(b"vary", answer.raw)
        self.assert_row(nonce, client_ip="127.0.0.1")
        client = self.client()
        client.send(self.request(b"", f"Origin: {ORIGIN}", method="OPTIONS"))
        self.assert_error(client.response(), 405)


del Browsers  # only what its two kinds share
