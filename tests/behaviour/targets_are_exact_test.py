"""A request is routed by exact method and path; everything else is 404 or 405 in the OpenAI error shape."""
from harness import FerryCase, eventually

PATHS = {
    "double_slash": "/v1//chat/completions", "dot_dot": "/v1/x/../chat/completions",
    "encoded_dot_dot": "/v1/%2e%2e/v1/chat/completions", "encoded_slash": "/v1%2fchat/completions",
    "path_parameter": "/v1/chat/completions;x", "backslash": "/v1\\chat/completions",
    "double_encoding": "/v1/chat%252fcompletions", "encoded_letter": "/v1/chat/completion%73",
    "capital_letters": "/V1/Chat/Completions", "fragment": "/v1/chat/completions#x", "longer": "/v1/chat/completionsx",
    "shorter": "/v1/chat/completion", "two_prefixes": "/v1/v1/chat/completions", "root": "/", "unknown": "/v1/unknown",
    "encoded_nul": "/v1/chat/completions%00",
}


class TargetsAreExact(FerryCase):
    def answer(self, method="POST", path="/v1/chat/completions", body=None, *fields):
        client = self.client()
        body = self.body("unseen") if body is None else body
        client.send(self.request(body, *fields, path=path, method=method))
        answer = client.response(of_head_request=method == "HEAD")
        self.assert_nothing_upstream()
        return answer

    def test_both_prefixes_serve_chat(self):
        for path in ("/v1/chat/completions", "/api/v1/chat/completions"):
            nonce = self.nonce()
            client = self.client()
            client.send(self.request(self.body(nonce), path=path, nonce=nonce))
            self.assertEqual(client.response().status, 200)

    def test_a_key_in_the_path_or_the_query_stands_in_no_error_and_no_log(self):
        for place in ("/v1/{}", "/v1/x%2F{}", "/v1/models/{}", "/v1/chat/completions/Bearer%20{}", "/{}/v1?key={}"):
            for method in ("GET", "PUT"):
                client = self.client()
                client.send(self.request(b"", f"User-Agent: {self.key}", f"x-request-id: {self.key}",
                                         path=place.replace("{}", self.key), method=method))
                self.assertIn(client.response().status, (404, 405))
        eventually(lambda: self.ferry.log.count("/v1/***") >= 2, what="the access log")

    def test_a_query_string_does_not_change_the_operation(self):
        nonce = self.nonce()
        client = self.client()
        client.send(self.request(self.body(nonce), path="/v1/chat/completions?a=b", nonce=nonce))
        self.assertEqual(client.response().status, 200)

    def test_a_missing_prefix_is_404_and_names_the_right_url(self):
        answer = self.assert_error(self.answer(path="/chat/completions"), 404, "unknown_url")
        self.assertIn("/v1/chat/completions", answer.error["message"])

    def test_a_trailing_slash_is_404_and_names_the_right_url(self):
        answer = self.assert_error(self.answer(path="/v1/chat/completions/"), 404, "unknown_url")
        self.assertIn("/v1/chat/completions", answer.error["message"])
        self.assertNotIn("/v1/chat/completions/", answer.error["message"].lower().split("did you mean")[-1])

    def test_get_of_chat_is_405_with_allow(self):
        answer = self.assert_error(self.answer("GET", body=b""), 405)
        self.assertIn("POST", answer.field("allow"))

    def test_post_to_models_is_405_with_allow(self):
        answer = self.assert_error(self.answer(path="/v1/models"), 405)
        self.assertIn("GET", answer.field("allow"))

    def test_head_of_models_is_get_without_a_body(self):
        client = self.client()
        client.send(self.request(b"", path="/v1/models", method="HEAD"))
        answer = client.response(of_head_request=True)
        self.assertEqual(answer.status, 200)
        client.send(self.request(b"", path="/v1/models", method="GET"))
        whole = client.response()
        self.assertEqual(answer.field("content-length"), whole.field("content-length"))
        self.assertEqual(whole.json["object"], "list")

    def test_connect_is_refused(self):
        client = self.client()
        client.send(b"CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n")
        answer = client.response()
        self.assertIn(answer.status, (400, 405))
        self.assert_error(answer, answer.status)
        self.assert_nothing_upstream()

    def test_trace_is_405_and_reflects_nothing(self):
        client = self.client()
        client.send(self.request(b"", "X-Reflect: mirror", method="TRACE"))
        answer = client.response()
        self.assertIn(answer.status, (400, 405))
        self.assertNotIn(b"mirror", answer.raw)
        self.assert_nothing_upstream()

    def test_an_unknown_method_is_refused(self):
        client = self.client()
        client.send(self.request(b"", method="BREW"))
        answer = client.response()
        self.assertIn(answer.status, (405, 501))
        self.assert_error(answer, answer.status)

    def test_an_asterisk_is_no_target(self):
        client = self.client()
        client.send(self.request(b"", method="GET", path="*"))
        answer = client.response()
        self.assert_error(answer, 400, "bad_framing")

    def test_an_authority_is_no_target(self):
        client = self.client()
        client.send(self.request(b"", method="GET", path="ferry:80"))
        self.assert_error(client.response(), 400, "bad_framing")

    def test_an_upgrade_never_makes_a_tunnel(self):
        for upgrade in ("websocket", "h2c"):
            nonce = self.nonce()
            client = self.client()
            fields = (f"Upgrade: {upgrade}", "Connection: Upgrade, HTTP2-Settings", "HTTP2-Settings: AAMAAABkAAQAAP__")
            client.send(self.request(self.body(nonce), *fields, nonce=nonce))
            answer = client.response()
            self.assertIn(answer.status, (200, 426), answer.raw)
            if answer.status == 200:
                head = self.upstream.wait_for(nonce).head.lower()
                self.assertNotIn(b"upgrade", head)
                self.assertNotIn(b"http2-settings", head)


def refuses(path):
    def test(self):
        answer = self.answer(path=path)
        self.assertIn(answer.status, (400, 404), answer.raw)
        self.assert_error(answer, answer.status)

    return test


for name, path in PATHS.items():
    setattr(TargetsAreExact, f"test_path_trick_{name}", refuses(path))
