"""Who may ask what, how large, and in which form: decided before the body is read and before 100 Continue."""
import time

import answers
from harness import FerryCase, insert_model
from waiting import eventually, paced


class Admission(FerryCase):
    options = {"limits.header_bytes": "8KiB", "limits.json_body_bytes": "64KiB", "limits.header_timeout": "400ms",
               "limits.body_timeout": "600ms", "limits.keepalive_timeout": "500ms", "limits.write_timeout": "500ms"}

    @classmethod
    def models(cls):
        return [
            insert_model("demo", cls.upstream.base), insert_model("other", cls.upstream.base),
            insert_model("off", cls.upstream.base, is_enabled="0"), insert_model("org/model", cls.upstream.base),
        ]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.narrow_key = cls.ferry.create_key("narrow", "--models", "other")

    def setUp(self):
        super().setUp()
        self.secrets.append(self.narrow_key)

    def ask(self, raw):
        client = self.client()
        client.send(raw)
        answer = client.response()
        return client, answer

    def refused(self, raw, status, code=None):
        client, answer = self.ask(raw)
        self.assert_error(answer, status, code)
        self.assert_nothing_upstream()
        return client, answer

    def with_fields(self, *fields, body=None, kind="application/json"):
        body = self.body("unseen") if body is None else body
        lines = ["POST /v1/chat/completions HTTP/1.1", "Host: ferry", f"Content-Type: {kind}",
                 f"Content-Length: {len(body)}", *fields, "", ""]
        return "\r\n".join(lines).encode() + body

    # Keys

    def test_no_key_is_401(self):
        self.refused(self.with_fields(), 401, "invalid_api_key")

    def test_every_kind_of_wrong_key_gets_the_same_answer(self):
        one_letter_off = self.key[:-1] + ("A" if self.key[-1] != "A" else "B")
        wrong = ["fk-0123456789-" + "A" * 43, one_letter_off, "nonsense", "fk-", ""]
        bodies = {self.refused(self.with_fields(f"Authorization: Bearer {key}"), 401, "invalid_api_key")[1].body
                  for key in wrong}
        self.assertEqual(len(bodies), 1, bodies)
        self.assertIn(b"'fk-' + 10 characters + '-' + 43 characters", *bodies)

    def test_a_scheme_other_than_bearer_is_401(self):
        self.refused(self.with_fields(f"Authorization: Basic {self.key}"), 401, "invalid_api_key")

    def test_the_scheme_is_not_case_sensitive(self):
        self.assertEqual(self.ask(self.with_fields(f"authorization: bearer {self.key}"))[1].status, 200)

    def test_api_key_and_x_api_key_headers_are_accepted(self):
        for name in ("api-key", "x-api-key"):
            self.assertEqual(self.ask(self.with_fields(f"{name}: {self.key}"))[1].status, 200)

    def test_two_equal_keys_are_one(self):
        fields = (f"Authorization: Bearer {self.key}", f"api-key: {self.key}")
        self.assertEqual(self.ask(self.with_fields(*fields))[1].status, 200)

    def test_two_keys_that_differ_are_401(self):
        fields = (f"Authorization: Bearer {self.key}", f"api-key: {self.narrow_key}")
        self.refused(self.with_fields(*fields), 401, "invalid_api_key")

    def test_an_unknown_path_without_a_key_says_so_in_the_error_shape(self):
        raw = self.with_fields().replace(b"/v1/chat/completions", b"/v1/nowhere", 1)
        answer = self.ask(raw)[1]
        self.assertIn(answer.status, (401, 404))
        self.assert_error(answer, answer.status)

    def test_a_key_for_other_models_is_403(self):
        self.refused(self.request(self.body("unseen"), key=self.narrow_key), 403, "model_not_allowed")

    def test_a_key_for_one_model_serves_that_model_and_lists_it_alone(self):
        nonce = self.nonce()
        client = self.client()
        client.send(self.request(self.body(nonce, model="other"), key=self.narrow_key, nonce=nonce))
        self.assertEqual(client.response().status, 200)
        client.send(self.request(b"", path="/v1/models", method="GET", key=self.narrow_key))
        self.assertEqual([one["id"] for one in client.response().json["data"]], ["other"])

    def test_a_key_works_within_a_second_of_its_creation_and_fails_within_a_second_of_its_revocation(self):
        key = self.ferry.create_key("late")
        self.secrets.append(key)
        self.until_status(key, 200)
        public = key.split("-")[1]
        listed = self.ferry.rows("SELECT id, public_id FROM api_keys WHERE public_id = ?", public)
        self.ferry.sql(f"UPDATE api_keys SET is_enabled = 0 WHERE id = {listed[0]['id']};")
        self.until_status(key, 401)

    def until_status(self, key, status):
        asking = self.with_fields(f"Authorization: Bearer {key}")
        eventually(lambda: self.ask(asking)[1].status == status, 1.0, f"an answer {status}")

    # Models

    def test_an_unknown_model_is_404(self):
        self.refused(self.request(self.body("unseen", model="nobody")), 404, "model_not_found")

    def test_a_disabled_model_is_404(self):
        self.refused(self.request(self.body("unseen", model="off")), 404, "model_not_found")

    def test_a_model_name_is_compared_as_bytes(self):
        for name in ("Demo", "demo ", "dem\u043e", "de\u0301mo", "demo\u0000"):
            self.refused(self.request(self.body("unseen", model=name)), 404, "model_not_found")

    def test_no_model_is_400(self):
        answer = self.ask(self.request(self.body("unseen", model=...)))[1]
        self.assert_error(answer, 400)
        self.assertEqual(answer.error["param"], "model")
        self.assert_nothing_upstream()

    def test_models_are_listed_and_found_by_name(self):
        client = self.client()
        client.send(self.request(b"", path="/v1/models", method="GET"))
        listed = client.response().json
        self.assertEqual(sorted(one["id"] for one in listed["data"]), ["demo", "org/model", "other"])
        for name in ("demo", "org/model", "org%2Fmodel"):
            client.send(self.request(b"", path=f"/api/v1/models/{name}", method="GET"))
            got = client.response()
            self.assertEqual((got.status, got.json["object"]), (200, "model"), got.raw)
        client.send(self.request(b"", path="/v1/models/org%252Fmodel", method="GET"))
        self.assert_error(client.response(), 404, "model_not_found")

    # Sizes and forms

    def test_a_declared_body_over_the_limit_is_413_before_it_is_sent(self):
        raw = self.request(b"").replace(b"Content-Length: 0", b"Content-Length: 10000000")
        client, answer = self.refused(raw, 413)
        self.assertTrue(client.is_closed_by_server())

    def test_a_chunked_body_over_the_limit_is_413(self):
        head = self.request(b"").replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
        client = self.client()
        client.send(head, answers.as_chunk(b'{"model":"demo","x":"' + b"x" * 70_000))
        self.assert_error(client.response(), 413)
        self.assert_nothing_upstream()

    def test_a_body_just_under_the_limit_is_served(self):
        nonce = self.nonce()
        body = self.body(nonce)
        body += b" " * (65536 - len(body))
        self.assertEqual(self.ask(self.request(body, nonce=nonce))[1].status, 200)

    def test_a_wrong_content_type_is_415(self):
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/json"):
            self.refused(self.with_fields(f"Authorization: Bearer {self.key}", kind=kind), 415)

    def test_json_with_a_charset_is_json(self):
        raw = self.with_fields(f"Authorization: Bearer {self.key}", kind="application/json; charset=utf-8")
        self.assertEqual(self.ask(raw)[1].status, 200)

    def test_a_body_in_an_unknown_coding_is_415(self):
        for coding in ("compress", "snappy", "gzip, snappy"):
            self.refused(self.with_fields(f"Authorization: Bearer {self.key}", f"Content-Encoding: {coding}"), 415)

    def test_a_head_over_the_limit_is_431(self):
        client, answer = self.refused(self.request(b"", *[f"X-{i}: {'x' * 500}" for i in range(30)]), 431)
        self.assertTrue(client.is_closed_by_server())

    def test_a_long_target_is_refused(self):
        answer = self.ask(self.request(b"", path="/v1/" + "x" * 20_000, method="GET"))[1]
        self.assertIn(answer.status, (414, 431))
        self.assert_error(answer, answer.status)

    # Expect: 100-continue

    def test_100_continue_is_sent_after_admission(self):
        nonce = self.nonce()
        raw = self.request(self.body(nonce), "Expect: 100-continue", nonce=nonce)
        head, body = raw.split(b"\r\n\r\n", 1)
        client = self.client()
        client.send(head + b"\r\n\r\n")
        self.assertEqual(client.until(b"\r\n\r\n"), b"HTTP/1.1 100 Continue\r\n\r\n")
        self.assert_nothing_upstream()
        client.send(body)
        self.assertEqual(client.response().status, 200)
        self.assertEqual(self.upstream.wait_for(nonce).fields("expect"), [])

    def test_no_100_continue_for_a_request_that_is_refused(self):
        for fields, status in (((), 401), ((f"Authorization: Bearer {self.key}", "X-Large: yes"), 413)):
            raw = self.with_fields("Expect: 100-continue", *fields, body=b"")
            length = 10_000_000 if status == 413 else 100
            client = self.client()
            client.send(raw.replace(b"Content-Length: 0", f"Content-Length: {length}".encode()))
            first = client.until(b"\r\n\r\n")
            self.assertTrue(first.startswith(f"HTTP/1.1 {status} ".encode()), first)

    def test_http_1_0_never_gets_100_continue(self):
        nonce = self.nonce()
        raw = self.request(self.body(nonce), "Expect: 100-continue", nonce=nonce).replace(b"HTTP/1.1", b"HTTP/1.0", 1)
        client = self.client()
        client.send(raw)
        self.assertTrue(client.rest().startswith(b"HTTP/1.1 200 "))

    def test_another_expectation_is_417(self):
        self.refused(self.with_fields(f"Authorization: Bearer {self.key}", "Expect: 200-ok"), 417)

    # Time

    def test_a_head_that_trickles_is_408_after_the_time_for_a_whole_head(self):
        client = self.client()
        began = time.monotonic()
        try:
            for byte in paced(b"POST /v1/chat/completions HTTP/1.1\r\nX-Slow: " + b"x" * 100, 0.03):
                client.send(bytes([byte]))
        except OSError:
            pass
        self.assertLess(time.monotonic() - began, 2.5)
        got = client.rest()
        self.assertTrue(got == b"" or got.startswith(b"HTTP/1.1 408 "), got)

    def test_a_body_that_does_not_come_is_408(self):
        client = self.client()
        client.send(self.request(self.body("unseen"))[:-10])
        began = time.monotonic()
        self.assert_error(client.response(), 408)
        self.assertLess(time.monotonic() - began, 2.5)
        self.assert_nothing_upstream()

    def test_a_client_that_asks_and_never_reads_does_not_hold_its_connection(self):
        for key in (self.key, "nonsense"):
            client = self.client()
            many = self.request(b"", path="/v1/models", method="GET", key=key) * 200
            began = time.monotonic()
            with self.assertRaises((ConnectionError, TimeoutError)):
                while True:
                    client.send(many)
            self.assertLess(time.monotonic() - began, 10)

    def test_an_idle_connection_is_closed_without_a_word(self):
        client = self.client()
        began = time.monotonic()
        self.assertEqual(client.rest(), b"")
        self.assertLess(time.monotonic() - began, 2.5)
