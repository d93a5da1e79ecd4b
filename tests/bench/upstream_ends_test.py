"""ferry-bench upstream ends answers as told, and notices at once when the peer goes."""
import socket
import struct
import unittest

from raw_mock import Answer, MockTest, STREAM, chat, elapsed_ms, post


class Ends(MockTest):
    def test_a_cut_ends_after_the_given_body_byte(self):
        for members in ({}, STREAM):
            for at in (0, 1, 100):
                answer = self.ask({"cut_at": at}, **members)
                self.assertIsInstance(answer.error, EOFError)
                self.assertEqual(answer.status, 200)
                tail = answer.raw.split(b"\r\n\r\n", 1)[1]
                if members and at:
                    tail = tail.split(b"\r\n", 1)[1]
                self.assertEqual(len(tail), at)
        entry = self.entry(6)
        self.assertEqual((entry["end"], entry["body_bytes"], entry["usage_sent"]), ("cut", 100, False))

    def test_the_head_may_be_cut(self):
        for at in (0, 7):
            answer = self.ask({"cut_head_at": at})
            self.assertIsInstance(answer.error, EOFError)
            self.assertEqual(len(answer.raw), at)

    def test_a_reset_ends_after_the_given_body_byte(self):
        for at, expected in ((0, 0), (10, 10)):
            answer = self.ask({"reset_at": at})
            self.assertIsInstance(answer.error, ConnectionResetError)
            self.assertEqual(len(answer.raw.split(b"\r\n\r\n", 1)[-1]), expected)
        self.assertEqual(self.entry(2)["end"], "reset")

    def test_a_stall_keeps_the_connection_open_and_sends_no_more(self):
        with self.mock.connect() as connection:
            connection.sendall(post(chat(self.nonce, {"stall_at": 10})))
            connection.settimeout(0.3)
            with self.assertRaises(TimeoutError):
                Answer(connection)
            self.assertEqual(self.mock.stats()["in_flight"], 1)
        entry = self.entry()
        self.assertEqual((entry["end"], entry["body_bytes"]), ("client_gone", 10))

    def test_connections_are_kept_unless_told_otherwise(self):
        for action, kept in (({}, True), ({"close_after": True}, False), ({"close_silently": True}, False),
                             ({"idle_close_ms": 50}, False)):
            with self.mock.connect() as connection:
                connection.sendall(post(chat("x", action)))
                answer = Answer(connection)
                self.assertIsNone(answer.error)
                self.assertEqual(answer.header("connection"), "close" if "close_after" in action else None)
                if kept:
                    connection.sendall(post(chat("y")))
                    self.assertEqual(Answer(connection).status, 200)
                else:
                    self.assertEqual(connection.recv(1), b"")

    def test_delays_are_kept(self):
        answer, took = elapsed_ms(lambda: self.ask({"delay_ms": 120}))
        self.assertGreaterEqual(took, 120)
        answer, took = elapsed_ms(lambda: self.ask({"chunks": 4, "interval_ms": 30}, **STREAM))
        self.assertGreaterEqual(took, 5 * 30)
        self.assertGreaterEqual(len(answer.reads), 5)

    def test_a_peer_that_goes_is_noticed_at_once_in_every_wait(self):
        waits = {"head": {"delay_ms": 60000}, "first": {"first_delay_ms": 60000}, "event": {"interval_ms": 60000},
                 "stall": {"stall_at": 3}}
        for name, action in waits.items():
            connection = self.mock.connect()
            nonce = f"gone-{name}"
            connection.sendall(post(chat(f"nonce:{nonce}", action, **STREAM)))
            self.mock.ledger(nonce=nonce, wait="received")
            before = self.mock.stats()["monotonic_us"]
            connection.close()
            entry = self.mock.settled(nonce)[-1]
            self.assertEqual(entry["end"], "client_gone", name)
            self.assertLess(entry["peer_closed_us"] - before, 50_000, name)

    def test_the_ledger_tells_a_reset_from_a_close(self):
        for nonce, linger in (("closed", None), ("reset", struct.pack("ii", 1, 0))):
            connection = self.mock.connect()
            connection.sendall(post(chat(f"nonce:{nonce}", {"delay_ms": 60000})))
            self.mock.ledger(nonce=nonce, wait="received")
            if linger:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            connection.close()
            self.assertEqual(self.mock.settled(nonce)[0]["peer_reset"], nonce == "reset")

    def test_a_peer_that_goes_is_noticed_while_the_socket_is_full(self):
        ten, twenty = (len(self.ask({"chunks": n, "chunk_bytes": 1000}, **STREAM).raw) for n in (10, 20))
        event_bytes = (twenty - ten) // 10
        self.nonce += "-full"
        connection = self.mock.connect()
        connection.sendall(post(chat(self.nonce, {"chunks": 200_000, "chunk_bytes": 1000}, **STREAM)))
        self.mock.ledger(nonce=self.nonce[6:], wait="received", events=100)
        connection.close()
        entry = self.entry()
        self.assertEqual(entry["end"], "client_gone")
        self.assertLess(entry["events"], 200_000)
        self.assertLessEqual((entry["events"] - 1) * event_bytes, entry["bytes_sent"])  # not those still waiting here

    def test_the_first_requests_of_a_nonce_may_fail(self):
        action = {"fail_times": {"count": 2, "status": 503, "retry_after": 1}, "content": "at last"}
        answers = [self.ask(action) for _ in range(4)]
        self.assertEqual([answer.status for answer in answers], [503, 503, 200, 200])
        self.assertEqual(answers[0].header("retry-after"), "1")
        self.assertEqual(answers[2].json["choices"][0]["message"]["content"], "at last")
        self.nonce = "nonce:another"
        self.assertEqual(self.ask(action).status, 503)
        self.nonce = "nonce:a-third"
        answer = self.ask({"fail_times": {"count": 1, "action": {"reset_at": 0}}})
        self.assertIsInstance(answer.error, ConnectionResetError)


if __name__ == "__main__":
    unittest.main()
