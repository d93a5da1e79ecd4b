"""ferry-bench upstream puts exactly the bytes on the wire that its script asks for."""
import json
import unittest

from raw_mock import MockTest, STREAM, base64_of, chat, post


class Bytes(MockTest):
    def test_status_body_headers_and_type(self):
        answer = self.ask({"status": 418, "body": {"odd": 1}, "content_type": "text/odd", "retry_after": 3,
                           "headers": {"X-One": "1", "Set-Cookie": ["a=1", "b=2"]}})
        self.assertEqual((answer.status, answer.json), (418, {"odd": 1}))
        self.assertEqual(answer.header("content-type"), "text/odd")
        self.assertEqual(answer.header("retry-after"), "3")
        self.assertEqual([v for k, v in answer.headers if k == "Set-Cookie"], ["a=1", "b=2"])

    def test_an_error_status_has_an_error_body_by_itself(self):
        for status, code in ((401, "invalid_api_key"), (404, "model_not_found"), (429, "rate_limit_exceeded"),
                             (500, "server_error")):
            answer = self.ask({"status": status}, **STREAM)
            self.assertEqual((answer.status, answer.json["error"]["code"]), (status, code))
            self.assertEqual(set(answer.json["error"]), {"message", "type", "param", "code"})

    def test_the_three_framings_carry_the_same_bytes(self):
        for members in ({}, STREAM):
            for framing in ("length", "chunked", "close"):
                answer = self.ask({"framing": framing, "content": "same"}, **members)
                self.assertEqual(answer.header("content-length") is not None, framing == "length")
                self.assertEqual(answer.header("transfer-encoding") is not None, framing == "chunked")
                self.assertEqual(answer.header("connection") == "close", framing == "close")
                self.assertIn(b"same", answer.body)
                self.assertIsNone(answer.error)

    def test_scripted_events_are_sent_as_they_are(self):
        answer = self.ask({"events": ["data:{}\r\n\r\n", {"a": 1}, ": c\n\n"], "interval_ms": 1}, **STREAM)
        self.assertEqual(answer.body, b'data:{}\r\n\r\ndata: {"a":1}\n\n: c\n\n')
        self.assertEqual(self.entry()["events"], 3)

    def test_an_error_may_come_in_mid_stream(self):
        answer = self.ask({"error_after": 2}, **STREAM)
        self.assertEqual(len(answer.events), 4)
        self.assertIn("error", json.loads(answer.events[-1]))

    def test_done_and_the_last_blank_line_may_be_missing(self):
        self.assertNotIn("[DONE]", self.ask({"no_done": True}, **STREAM).events)
        answer = self.ask({"no_last_blank_line": True}, **STREAM)
        self.assertTrue(answer.body.endswith(b"data: [DONE]\n") and not answer.body.endswith(b"\n\n"))

    def test_raw_bytes_replace_the_whole_answer(self):
        raw = b"HTTP/1.1 200 OK\r\nX: \xff\x00\r\nContent-Length: 2\r\n\r\n{}"
        answer = self.ask({"raw": base64_of(raw)})
        self.assertEqual(answer.raw, raw)
        with self.mock.connect() as connection:
            connection.sendall(post(chat("x", {"raw": "no HTTP at all", "close_after": True})))
            self.assertEqual(b"".join(iter(lambda: connection.recv(100), b"")), b"no HTTP at all")

    def test_every_byte_may_travel_alone(self):
        answer = self.ask({"content": "tiny", "split": 1, "split_pause_ms": 0.2})
        self.assertEqual(answer.json["choices"][0]["message"]["content"], "tiny")
        self.assertGreater(len(answer.reads), len(answer.raw) // 2)

    def test_the_head_may_be_split(self):
        answer = self.ask({"head_split": [5, 20], "split_pause_ms": 20})
        self.assertEqual([len(part) for part in answer.reads[:2]], [5, 15])
        self.assertIsNone(answer.error)

    def test_blank_lines_and_comments_may_lead(self):
        answer = self.ask({"leading_blank_lines": 3, "framing": "length"})
        self.assertTrue(answer.body.startswith(b"\n\n\n{"))
        answer = self.ask({"first_delay_ms": 100, "keepalive_ms": 30}, **STREAM)
        self.assertTrue(answer.body.startswith(b": keep-alive\n\n" * 3 + b"data: "))

    def test_unsolicited_bytes_follow_the_answer(self):
        answer = self.ask({"unsolicited": "HTTP/1.1 408 Request Timeout\r\n\r\n", "split": [100000]})
        self.assertEqual(answer.rest, b"HTTP/1.1 408 Request Timeout\r\n\r\n")


if __name__ == "__main__":
    unittest.main()
