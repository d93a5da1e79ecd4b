"""What an upstream may do wrong, and the one answer each gets; a row is written for every one of them."""
import socket
import time

import answers
from harness import FerryCase, eventually, insert_model
from nobody import port_of_nobody

LF_LINES = b'HTTP/1.1 200 OK\nContent-Type: application/json\nContent-Length: 2\n\n{}'
HTML = b"<html><head><title>502</title></head><body>cloudflare</body></html>"


def html(status):
    return answers.head(status, "text/html", f"Content-Length: {len(HTML)}") + HTML


# name: (script, status for the client, code)
FAILURES = {
    "closes_before_a_head": (["close"], 502, "upstream_unreachable"),
    "resets_before_a_head": (["reset"], 502, "upstream_unreachable"),
    "closes_inside_the_head": ([b"HTTP/1.1 200 OK\r\nContent-T", "close"], 502, None),
    "redirects": ([answers.head(302, "text/plain", "Location: http://127.0.0.1:1/x", "Content-Length: 0")], 502, None),
    "answers_html": ([html(200)], 502, "upstream_invalid_response"),
    "answers_an_html_502": ([html(502)], 502, None),
    "answers_an_html_404": ([html(404)], 502, "upstream_bad_endpoint"),
    "answers_an_empty_body": ([answers.json_answer(b"")], 502, "upstream_invalid_response"),
    "answers_half_a_json": ([answers.json_answer(b'{"id":"x",')], 502, "upstream_invalid_response"),
    "answers_no_http": ([b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "close"], 502, "upstream_invalid_response"),
    "sends_both_framings": ([answers.head(200, "application/json", "Content-Length: 2", "Transfer-Encoding: chunked")
                             + b"2\r\n{}\r\n0\r\n\r\n"], 502, "upstream_invalid_response"),
    "sends_two_lengths": ([answers.head(200, "application/json", "Content-Length: 2", "Content-Length: 3") + b"{}"],
                          502, "upstream_invalid_response"),
    "sends_line_feeds": ([LF_LINES], 502, "upstream_invalid_response"),
    "sends_a_huge_head": ([answers.head(200, "application/json", *[f"X-{i}: {'x' * 1000}" for i in range(1100)],
                                        "Content-Length: 2") + b"{}"], 502, "upstream_invalid_response"),
    "floods_with_interim_answers": ([b"HTTP/1.1 103 Early Hints\r\n\r\n" * 5000 + answers.json_answer(b"{}")],
                                    502, "upstream_invalid_response"),
    "answers_204": ([b"HTTP/1.1 204 No Content\r\n\r\n"], 502, "upstream_invalid_response"),
    "answers_205": ([answers.json_answer(answers.completion(), 205)], 502, None),
    "answers_206": ([answers.json_answer(answers.completion(), 206)], 502, None),
    "answers_204_with_chunks": ([b"HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n"],
                                502, "upstream_invalid_response"),
    "answers_304_with_chunks": ([b"HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
                                502, "upstream_invalid_response"),
    "answers_204_with_a_length": ([b"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello"],
                                  502, "upstream_invalid_response"),
    "answers_304_with_a_length": ([b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"],
                                  502, "upstream_invalid_response"),
    "switches_protocols_with_chunks": ([b"HTTP/1.1 101 Switching Protocols\r\nTransfer-Encoding: chunked\r\n\r\n"],
                                       502, "upstream_invalid_response"),
    "sends_an_interim_answer_with_chunks": ([b"HTTP/1.1 103 Early Hints\r\nTransfer-Encoding: chunked\r\n\r\n",
                                             answers.error_answer(500)], 502, "upstream_error"),
    "switches_protocols": ([b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n"],
                           502, None),
    "refuses_our_key": ([answers.error_answer(401, code="invalid_api_key")], 502, "upstream_auth_error"),
    "forbids": ([answers.error_answer(403)], 502, "upstream_permission_denied"),
    "refuses_the_request": ([answers.error_answer(400, "bad temperature")], 400, None),
    "refuses_a_parameter": ([answers.error_answer(422, "bad parameter")], 422, None),
    "knows_no_such_model": ([answers.error_answer(404, code="model_not_found")], 404, "model_not_found"),
    "finds_it_too_large": ([answers.error_answer(413)], 413, None),
    "limits_the_rate": ([answers.error_answer(429, "slow down", "rate_limit_exceeded", "x", "Retry-After: 2")],
                        429, "rate_limit_exceeded"),
    "has_no_balance": ([answers.error_answer(402, "pay first")], 503, "upstream_insufficient_balance"),
    "has_no_quota": ([answers.error_answer(429, "pay", "insufficient_quota", "insufficient_quota")],
                     503, "upstream_insufficient_balance"),
    "fails_with_500": ([answers.error_answer(500)], 502, "upstream_error"),
    "fails_with_502": ([answers.error_answer(502)], 502, "upstream_error"),
    "is_overloaded": ([answers.error_answer(503)], 503, "upstream_overloaded"),
    "is_overloaded_with_529": ([answers.error_answer(529)], 503, "upstream_overloaded"),
    "says_error_under_200": ([answers.json_answer({"error": {"message": "no", "type": "server_error", "code": 500}})],
                             None, None),
}


class UpstreamFailures(FerryCase):
    options = {"timeouts.first_byte": "600ms", "timeouts.connect": "1s", "timeouts.idle": "600ms"}

    @classmethod
    def models(cls):
        closed = port_of_nobody()
        return [
            insert_model("demo", cls.upstream.base), insert_model("refused", f"http://127.0.0.1:{closed}/v1"),
            insert_model("nameless", "http://no-such-host.invalid/v1"),
            insert_model("metadata", "http://169.254.169.254/v1"),
            insert_model("plain-as-tls", cls.upstream.base.replace("http:", "https:")),
        ]

    def fails(self, script, status, code, **members):
        nonce = self.nonce(*script)
        client = self.client()
        answer = self.chat(nonce, client=client, **members)
        self.assert_error(answer, status or answer.status, code)
        self.assertGreaterEqual(answer.status, 400)
        for forbidden in (b"<html", b"127.0.0.1", b"Location"):
            self.assertNotIn(forbidden, answer.raw)
        row = self.row(nonce)
        self.assertEqual(row["status"], answer.status)
        self.assertIsNotNone(row["error_code"])
        self.assertIn(row["end_reason"], ("upstream_error", "upstream_cut", "timeout", "refused"))
        # The client's connection and the next request do not suffer.
        self.assertEqual(self.chat(self.nonce(), client=client).status, 200)
        return nonce, answer

    def test_a_refused_connection_is_502_with_a_row(self):
        nonce, answer = self.fails([], 502, "upstream_unreachable", model="refused")
        self.assertEqual(self.row(nonce)["prompt_tokens"], None)

    def test_a_name_that_does_not_resolve_is_502(self):
        self.fails([], 502, "upstream_dns_error", model="nameless")

    def test_a_denied_network_is_502_and_not_tried(self):
        began = time.monotonic()
        self.fails([], 502, None, model="metadata")
        self.assertLess(time.monotonic() - began, 2)

    def test_tls_to_an_upstream_that_speaks_none_fails(self):
        _, answer = self.fails([], None, None, model="plain-as-tls")
        self.assertIn(answer.code, ("upstream_tls_error", "upstream_connect_timeout"))

    def test_a_silent_upstream_is_504_after_the_first_byte_timeout(self):
        for stream in (False, True):
            began = time.monotonic()
            nonce, _ = self.fails(["stall"], 504, "upstream_timeout", stream=stream)
            self.assertLess(time.monotonic() - began, 4)
            self.assert_row(nonce, end_reason="timeout")
            self.assertTrue(self.upstream.wait_for(nonce).gone.wait(1))
            self.assertEqual(len(self.upstream.requests(nonce)), 1, "a silent upstream was asked twice")

    def test_a_body_shorter_than_its_length_is_not_whole(self):
        body = answers.completion()
        nonce = self.nonce(answers.head(200, "application/json", f"Content-Length: {len(body) + 10}") + body, "close")
        answer = self.chat(nonce)
        if answer.status == 200:
            self.assertFalse(answer.whole)
        else:
            self.assert_error(answer, 502, "upstream_truncated_body")
        self.assert_row(nonce, end_reason="upstream_cut")

    def test_a_chunked_body_that_is_cut_is_not_whole(self):
        body = answers.as_chunk(answers.completion()[:60])
        nonce = self.nonce(answers.head(200, "application/json", "Transfer-Encoding: chunked") + body, "close")
        answer = self.chat(nonce)
        if answer.status == 200:
            self.assertFalse(answer.whole)
        else:
            self.assert_error(answer, 502, "upstream_truncated_body")
        self.assert_row(nonce, end_reason="upstream_cut")

    def test_a_failed_connection_is_not_reused(self):
        for script in FAILURES["sends_both_framings"][0], FAILURES["answers_no_http"][0]:
            nonce, _ = self.fails(script, 502, None)
            after = self.nonce()
            self.assertEqual(self.chat(after).status, 200)
            self.assertNotEqual(self.upstream.wait_for(nonce).connection, self.upstream.wait_for(after).connection)

    def test_an_error_under_200_instead_of_a_stream_keeps_what_it_says(self):
        body = {"error": {"message": "the cause", "type": "insufficient_quota", "code": "insufficient_quota"}}
        _, answer = self.fails([answers.json_answer(body)], 503, "upstream_insufficient_balance", stream=True)
        self.assertNotIn("the cause", answer.error["message"])  # it is about our account
        eventually(lambda: "the cause" in self.ferry.log)

    def served_by_hand(self, name, serve):
        """An answer to a request of 8 MB of an upstream that does as `serve` says with its connection."""
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            self.serve(insert_model(name, f"http://127.0.0.1:{server.getsockname()[1]}/v1"))
            nonce, client = self.nonce(), self.client()
            client.send(self.request(self.body(nonce, model=name, filler="x" * 8_000_000), nonce=nonce))
            peer, _ = server.accept()
            with peer:
                serve(peer)
                answer = client.response()
        self.row(nonce)
        return answer

    def test_an_early_error_answer_before_the_body_was_read_is_passed_on(self):
        def refuse(peer):
            peer.recv(4096)
            peer.sendall(answers.error_answer(413, "too much"))  # and reads no more
        self.assert_error(self.served_by_hand("early", refuse), 413)

    def test_an_early_error_answer_that_comes_byte_by_byte_is_passed_on(self):
        def refuse(peer):
            for byte in answers.error_answer(413, "too much"):
                peer.recv(16)
                peer.sendall(bytes([byte]))
        self.assert_error(self.served_by_hand("early-slow", refuse), 413)

    def test_interim_answers_nobody_asked_for_do_not_stop_a_request(self):
        def serve(peer):
            got, interim = b"", b"HTTP/1.1 100 Continue\r\n\r\n"
            for i in range(6):
                got += peer.recv(100_000)
                half = len(interim) // 2
                peer.sendall(interim[:half] if i % 2 == 0 else interim[half:])
            head, _, body = got.partition(b"\r\n\r\n")
            length = int(next(line for line in head.split(b"\r\n") if line.startswith(b"content-length")).split()[1])
            received = len(body)
            while received < length:
                piece = peer.recv(1 << 20)
                self.assertTrue(piece, f"the request ended after {received} of {length} bytes")
                received += len(piece)
            peer.sendall(answers.json_answer(answers.completion()))
        self.assertEqual(self.served_by_hand("interim", serve).status, 200)

    def test_retry_after_is_passed_on_in_both_forms(self):
        forms = {"Retry-After: 2": 2, "Retry-After: 1.5": 2, "retry-after-ms: 250": 1,
                 "x-ratelimit-reset-requests: 6m0s": 360}
        for field, seconds in forms.items():
            with self.subTest(field=field):
                nonce = self.nonce(answers.error_answer(429, "slow", "rate_limit_exceeded", "x", field))
                answer = self.chat(nonce)
                self.assert_error(answer, 429, "rate_limit_exceeded")
                self.assertEqual(int(answer.field("retry-after")), seconds)
                self.assertIsNotNone(answer.field("retry-after-ms"))
                self.assertNotEqual(answer.field("x-should-retry"), "false")
                # It may have been about this one request: the next is asked all the same.
                self.assertEqual(self.chat(self.nonce()).status, 200)

    def test_no_balance_is_not_worth_a_retry(self):
        _, answer = self.fails(*FAILURES["has_no_balance"])
        self.assertEqual(answer.field("x-should-retry"), "false")

    def test_the_upstreams_message_is_kept_in_every_error_shape(self):
        shapes = [
            {"error": {"message": "the cause", "type": "t", "param": None, "code": "c"}},
            {"object": "error", "message": "the cause", "type": "BadRequestError", "param": None, "code": 400},
            {"error": "the cause"}, {"code": "c", "error": "the cause"}, {"detail": "the cause"},
            {"error_code": 1, "error_msg": "the cause"}, [{"error": {"code": 400, "message": "the cause"}}],
            {"error": {"message": {"detail": "the cause"}}}, {"code": "c", "message": "the cause", "request_id": "r"},
        ]
        for shape in shapes:
            with self.subTest(shape=shape):
                answer = self.assert_error(self.chat(self.nonce(answers.json_answer(shape, 400))), 400)
                self.assertIn("the cause", answer.error["message"])
                self.assertIsInstance(answer.error["message"], str)
                self.assertIsInstance(answer.error["code"], (str, type(None)))


def fails(script, status, code):
    return lambda self: self.fails(script, status, code) and None


for name, (script, status, code) in FAILURES.items():
    setattr(UpstreamFailures, f"test_an_upstream_that_{name}", fails(script, status, code))
