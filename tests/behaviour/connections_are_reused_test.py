"""Keep-alive and pipelining on the client side, the pool on the upstream side, and what must never be reused."""
import json
import threading

import answers
from harness import UPSTREAM_KEY, FerryCase, eventually


class ConnectionsAreReused(FerryCase):
    options = {"server.threads": 1}

    def test_many_requests_travel_over_one_connection_on_both_sides(self):
        client, seen = self.client(), set()
        for number in range(20):
            nonce = self.nonce(answers.json_answer(answers.completion(f"answer {number}")))
            answer = self.chat(nonce, client=client, stream=False)
            self.assertEqual(answer.json["choices"][0]["message"]["content"], f"answer {number}")
            seen.add(self.upstream.wait_for(nonce).connection)
        self.assertEqual(len(seen), 1, "the pool opened more than one connection")

    def test_a_stream_leaves_both_connections_usable(self):
        client = self.client()
        for _ in range(3):
            nonce = self.nonce(*answers.chunked_stream(answers.story()))
            answer = self.chat(nonce, client=client, stream=True)
            self.assertTrue(answer.whole)
            self.assertTrue(answer.body.endswith(answers.DONE))

    def test_pipelined_requests_are_answered_in_order(self):
        slow = threading.Event()
        first = self.nonce(slow, answers.json_answer(answers.completion("first")))
        second = self.nonce(answers.json_answer(answers.completion("second")))
        client = self.client()
        client.send(self.request(self.body(first), nonce=first) + self.request(self.body(second), nonce=second)
                    + self.request(b"", path="/v1/models", method="GET"))
        self.upstream.wait_for(first)
        self.assertEqual(self.upstream.requests(second), [], "the second was begun before the first was answered")
        slow.set()
        contents = [client.response().json["choices"][0]["message"]["content"] for _ in range(2)]
        self.assertEqual(contents, ["first", "second"])
        self.assertEqual(client.response().json["object"], "list")

    def test_a_body_of_a_refused_request_is_never_read_as_a_request(self):
        smuggled = self.request(self.body("nonce-smuggled"))
        client = self.client()
        raw = self.request(smuggled, key="fk-0123456789-" + "A" * 43)
        client.send(raw)
        self.assert_error(client.response(), 401)
        self.assertEqual(client.rest(), b"")
        self.assert_nothing_upstream()

    def test_connection_close_is_honoured(self):
        nonce = self.nonce()
        client = self.client()
        answer = self.chat(nonce, "Connection: close", client=client)
        self.assertEqual(answer.status, 200)
        self.assertEqual((answer.field("connection") or "").lower(), "close")
        self.assertTrue(client.is_closed_by_server())

    def test_hop_by_hop_fields_do_not_travel_upstream(self):
        nonce = self.nonce()
        fields = ("Connection: keep-alive, authorization, x-own", "X-Own: yes", "Keep-Alive: timeout=5", "TE: trailers",
                  "Proxy-Authorization: Basic abc", "Trailer: X-T", "Cookie: a=b", "OpenAI-Organization: org",
                  "X-Forwarded-For: 1.2.3.4", "Forwarded: for=1.2.3.4")
        self.assertEqual(self.chat(nonce, *fields).status, 200)
        head = self.upstream.wait_for(nonce).head.lower()
        dropped = (b"x-own", b"keep-alive:", b"\r\nte:", b"proxy-authorization", b"trailer", b"cookie", b"organization",
                   b"forwarded")
        for name in dropped:
            self.assertNotIn(name, head)
        self.assertEqual(len(self.upstream.wait_for(nonce).fields("authorization")), 1)

    def test_what_travels_upstream_is_an_allow_list(self):
        nonce = self.nonce()
        trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        self.chat(nonce, "User-Agent: test/1", f"traceparent: {trace}", "X-Anything: 1", "Accept: application/json",
                  "OpenAI-Beta: assistants=v2")
        seen = self.upstream.wait_for(nonce)
        names = {line.split(b":")[0].lower() for line in seen.head.split(b"\r\n")[1:] if line}
        allowed = {b"host", b"authorization", b"content-type", b"content-length", b"accept", b"accept-encoding",
                   b"user-agent", b"traceparent", b"connection", b"x-request-id", b"openai-beta"}
        self.assertLessEqual(names, allowed)
        self.assertEqual(seen.fields("traceparent"), [trace])
        self.assertEqual(seen.fields("user-agent"), ["test/1"])
        self.assertEqual(seen.fields("openai-beta"), ["assistants=v2"])

    def test_upstream_fields_reach_the_client_by_an_allow_list(self):
        fields = ("Set-Cookie: a=b", "Server: secret", "Via: x", "openai-organization: o", "x-request-id: up-77",
                  "X-Internal: y", "x-ratelimit-remaining-requests: 12")
        nonce = self.nonce(answers.json_answer(answers.completion(), 200, *fields))
        answer = self.chat(nonce)
        for name in ("set-cookie", "server", "via", "openai-organization", "x-internal"):
            self.assertIsNone(answer.field(name), name)
        self.assertEqual(answer.field("x-request-id"), nonce)
        self.assertEqual(answer.field("x-ferry-upstream-request-id"), "up-77")
        self.assertEqual(answer.field("x-ratelimit-remaining-requests"), "12")
        for name in ("date", "x-ferry-request-id", "x-ferry-model-id", "x-ferry-provider", "x-ferry-attempts",
                     "x-ferry-config-version", "x-ferry-overhead-us"):
            self.assertIsNotNone(answer.field(name), name)
        self.assert_row(nonce, upstream_request_id="up-77", request_id=answer.field("x-ferry-request-id"))

    def test_a_key_that_the_upstream_repeats_in_its_fields_reaches_nobody(self):
        for fields in ((f"x-ratelimit-limit-requests: {UPSTREAM_KEY}", f"x-request-id: {UPSTREAM_KEY}"),
                       (f"x-ratelimit-limit-requests: 12 {UPSTREAM_KEY}", f"x-request-id: id-{UPSTREAM_KEY}"),
                       (f"x-ratelimit-{UPSTREAM_KEY}: 12", "x-request-id: up 77")):
            nonce = self.nonce(answers.json_answer(answers.completion(), 200, *fields))
            answer = self.chat(nonce)
            self.assertEqual(answer.status, 200)
            self.assertNotIn(b"x-ratelimit", answer.head.lower())
            self.assertIsNone(answer.field("x-ferry-upstream-request-id"))
            self.assert_row(nonce, upstream_request_id=None)

    def test_a_stale_pooled_connection_costs_the_client_nothing(self):
        warm = self.nonce(answers.json_answer(answers.completion()), "close")
        self.assertEqual(self.chat(warm).status, 200)
        self.upstream.wait_for(warm).answered.wait(5)
        nonce = self.nonce()
        self.assertEqual(self.chat(nonce).status, 200)
        self.assert_row(nonce, status=200, basis="provider")

    def test_a_pooled_connection_reset_before_any_answer_is_tried_once_more(self):
        self.assertEqual(self.chat(self.nonce()).status, 200)  # now one connection is pooled
        nonce = self.nonce(["reset"], [answers.json_answer(answers.completion("second try"))])
        answer = self.chat(nonce)
        self.assertEqual(answer.status, 200, answer.raw)
        self.assertEqual(len(self.upstream.requests(nonce)), 2)
        row = self.assert_row(nonce, status=200, prompt_tokens=7, completion_tokens=5)
        self.assertEqual(len(self.ferry.rows("SELECT * FROM usage_attempts WHERE request_id = ?", row["request_id"])),
                         row["attempts"])

    def test_bytes_after_an_answer_poison_the_connection_and_not_the_next_client(self):
        extra = answers.json_answer(answers.completion("poison"))
        first = self.nonce(answers.json_answer(answers.completion("first")) + extra)
        self.assertEqual(self.chat(first).json["choices"][0]["message"]["content"], "first")
        nonce = self.nonce(answers.json_answer(answers.completion("own")))
        self.assertEqual(self.chat(nonce).json["choices"][0]["message"]["content"], "own")
        self.assertNotEqual(self.upstream.wait_for(nonce).connection, self.upstream.wait_for(first).connection)

    def test_an_unsolicited_408_on_an_idle_connection_discards_it(self):
        late = b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        first = self.nonce(answers.json_answer(answers.completion("first")), 0.05, late, "close")
        self.assertEqual(self.chat(first).status, 200)
        self.assertTrue(self.upstream.wait_for(first).answered.wait(5))
        nonce = self.nonce(answers.json_answer(answers.completion("own")))
        self.assertEqual(self.chat(nonce).json["choices"][0]["message"]["content"], "own")

    def test_an_upstream_that_closes_after_each_answer_is_not_pooled(self):
        fields = ("Connection: close",)
        for _ in range(2):
            nonce = self.nonce(answers.json_answer(answers.completion(), 200, *fields), "close")
            self.assertEqual(self.chat(nonce).status, 200)

    def test_json_of_the_status_page_counts_what_was_served(self):
        self.assertEqual(self.chat(self.nonce()).status, 200)
        status, text = self.ferry.admin("/status")
        self.assertEqual(status, 200)
        self.assertIsInstance(json.loads(text), dict)
        eventually(lambda: self.ferry.admin("/healthz")[0] == 200)
