"""ferry-bench upstream records what it received and what it served."""
import hashlib
import unittest

from raw_mock import Answer, MockTest, STREAM, WITH_USAGE, chat, post


class Ledger(MockTest):
    def test_raw_bytes_are_recorded(self):
        body = '{"model":"mock","x":"é","n\\u0000":1e400}'.encode() + b" "
        head = b"POST /v1/chat/completions?q=%20 HTTP/1.1\r\nHost: h\r\nX-Odd:  \xff \r\nContent-Length: " + \
            str(len(body)).encode() + b"\r\n\r\n"
        with self.mock.connect() as connection:
            connection.sendall(head + body)
            self.assertEqual(Answer(connection).status, 200)
        entry = self.mock.ledger()[0]
        self.assertEqual(entry["head"].encode("latin-1"), head)
        self.assertEqual(entry["body"].encode("latin-1"), body)
        self.assertEqual((entry["method"], entry["target"]), ("POST", "/v1/chat/completions?q=%20"))
        self.assertEqual((entry["body_framing"], entry["whole"], entry["end"]), ("length", True, "completed"))

    def test_chunked_requests_are_put_together(self):
        body = chat(self.nonce)
        parts = b"".join(b"%x;ext=1\r\n%s\r\n" % (len(body[i:i + 7]), body[i:i + 7]) for i in range(0, len(body), 7))
        with self.mock.connect() as connection:
            connection.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n")
            for i in range(0, len(parts), 5):
                connection.sendall(parts[i:i + 5])
            connection.sendall(b"0\r\nTrailer: x\r\n\r\n" + post(chat("next")))
            first = Answer(connection)
            self.assertEqual(first.status, 200)
            self.assertEqual(Answer(connection, first.rest).status, 200)
        entry = self.entry()
        self.assertEqual((entry["body"].encode("latin-1"), entry["body_framing"]), (body, "chunked"))

    def test_a_connection_that_controlled_the_mock_serves_as_any_other_afterwards(self):
        with self.mock.connect() as connection:
            connection.sendall(b"GET /_control/stats HTTP/1.1\r\nHost: h\r\n\r\n")
            first = Answer(connection)
            self.assertEqual(first.status, 200)
            connection.sendall(post(chat(self.nonce)))
            self.assertEqual(Answer(connection, first.rest).status, 200)
        self.assertEqual(self.entry()["end"], "completed")

    def test_pipelined_requests_are_answered_in_order(self):
        with self.mock.connect() as connection:
            actions = [{"content": "1", "delay_ms": 50}, {"content": "2"}, {"content": "3", "framing": "chunked"}]
            connection.sendall(b"".join(post(chat("x", action)) for action in actions))
            rest, seen = b"", []
            for _ in actions:
                answer = Answer(connection, rest)
                rest = answer.rest
                seen.append(answer.json["choices"][0]["message"]["content"])
        self.assertEqual(seen, ["1", "2", "3"])
        self.assertEqual(len({e["connection"] for e in self.mock.ledger()}), 1)

    def test_large_bodies_are_taken(self):
        body = chat(self.nonce + " " + "x" * (9 << 20))
        with self.mock.connect() as connection:
            connection.sendall(post(body))
            self.assertEqual(Answer(connection).status, 200)
        self.assertEqual(len(self.entry()["body"]), len(body))

    def test_a_client_that_waits_for_100_continue_gets_it(self):
        body = chat("x")
        whole = post(body, headers="Expect: 100-continue\r\n")
        with self.mock.connect() as connection:
            connection.sendall(whole[:-len(body)])
            self.assertEqual(connection.recv(100), b"HTTP/1.1 100 Continue\r\n\r\n")
            connection.sendall(body)
            self.assertEqual(Answer(connection).status, 200)

    def test_what_breaks_off_or_is_no_http_is_recorded_too(self):
        with self.mock.connect() as connection:
            connection.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nContent-Length: 10\r\n\r\n{")
        self.mock.ledger(wait="ended")
        with self.mock.connect() as connection:
            connection.sendall(b"\x16\x03\x01nonsense\r\n\r\n")
            self.assertEqual(Answer(connection).status, 400)
        entries = self.mock.ledger(wait="ended", count=2)
        self.assertEqual([(e["whole"], e["status"]) for e in entries], [(False, 0), (False, 400)])
        self.assertTrue(entries[0]["head"].endswith("\r\n\r\n{"))
        self.assertEqual(self.mock.stats()["bad_requests"], 1)

    def test_what_was_sent_is_counted(self):
        answer = self.ask({"chunks": 5}, **WITH_USAGE)
        entry = self.entry()
        self.assertEqual((entry["bytes_sent"], entry["body_bytes"]), (len(answer.raw), len(answer.body)))
        self.assertEqual(entry["events"], len(answer.events))
        self.assertTrue(entry["received_us"] <= entry["first_byte_us"] <= entry["ended_us"])

    def test_a_usage_object_counts_only_once_it_was_sent(self):
        whole = self.ask({"chunks": 5, "usage": "finish_chunk"}, **STREAM)
        self.assertTrue(self.entry()["usage_sent"])
        self.ask({"chunks": 5, "usage": "finish_chunk", "cut_at": len(whole.body) - 60}, **STREAM)
        entry = self.entry(2)
        self.assertFalse(entry["usage_sent"])
        self.assertIsNone(entry["completion_tokens_sent"])

    def test_a_body_is_hashed_when_asked(self):
        answer = self.ask({"sha256": True}, **STREAM)
        self.assertEqual(self.entry()["sha256"], hashlib.sha256(answer.body).hexdigest())

    def test_since_and_nonce_choose_entries(self):
        self.ask()
        first = self.mock.ledger()[-1]["seq"]
        self.nonce = "nonce:other"
        self.ask()
        self.assertEqual([e["nonce"] for e in self.mock.ledger(since=first)], ["other"])
        self.assertEqual(len(self.mock.ledger(nonce="other")), 1)

    def test_the_last_nonce_of_a_history_counts(self):
        self.ask(prompt="and then nonce:second_one.")
        self.assertEqual(self.mock.ledger()[-1]["nonce"], "second_one")

    def test_control_requests_leave_no_trace(self):
        self.mock.stats()
        self.assertEqual(self.mock.ledger(), [])
        stats = self.mock.stats()
        self.assertEqual((stats["requests"], stats["open_connections"]), (0, 0))


class NoRecord(MockTest):
    options = ("--no-record", "--threads", "2")

    def test_counters_count_and_the_ledger_says_why_it_is_not_there(self):
        for _ in range(5):
            self.assertEqual(self.ask().status, 200)
        stats = self.mock.stats("?wait=idle")
        self.assertEqual((stats["requests"], stats["completed"], stats["connections_accepted"]), (5, 5, 5))
        status, text = self.mock.control("ledger")
        self.assertEqual(status, 409)
        self.assertIn("--no-record", text)


if __name__ == "__main__":
    unittest.main()
