"""ferry-bench upstream behind a bad network: small segments and buffers, delays, late tickets, interim answers."""
import json
import socket
import ssl
import tempfile
import time
import unittest
from pathlib import Path

from raw_mock import Answer, Mock, chat, make_certificate, post

FOR_EVER = "3600000"


class WithMocks(unittest.TestCase):
    def mock(self, *options):
        made = Mock(*options)
        self.addCleanup(lambda: self.assertEqual(made.stop(), 0))
        return made

    def tls_mock(self, *options):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        certificate, key = make_certificate(folder.name)
        return self.mock("--tls-cert", certificate, "--tls-key", key, *options)

    def connect(self, mock, **named):
        connection = mock.connect(**named)
        self.addCleanup(connection.close)
        return connection


class Way(WithMocks):
    def test_segments_are_as_small_as_told(self):
        usual, small = self.mock(), self.mock("--mss", "1448")
        sizes = [self.connect(mock).getsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG) for mock in (usual, small)]
        self.assertGreater(sizes[0], 1448)
        self.assertLessEqual(sizes[1], 1448)

    def test_each_direction_is_as_late_as_told(self):
        mock = self.mock("--read-delay-ms", "120", "--write-delay-ms", "80")
        connection = self.connect(mock)
        sent = time.monotonic()
        connection.sendall(post(chat("nonce:late")))
        answer = Answer(connection)
        here = time.monotonic()
        self.assertEqual(answer.status, 200)
        entry = mock.settled("late")[0]
        self.assertGreaterEqual(entry["received_us"] / 1e6, sent + 0.12)
        self.assertGreaterEqual(here, entry["first_byte_us"] / 1e6 + 0.08)

    def test_a_sender_has_no_more_under_way_than_the_window(self):
        mock = self.mock("--read-delay-ms", FOR_EVER, "--window", "8192", "--receive-buffer", "4096")
        connection = self.connect(mock)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        connection.settimeout(0.5)
        taken = 0
        with self.assertRaises(TimeoutError):
            while taken < 1_000_000:
                taken += connection.send(b"x" * 1000)
        self.assertGreater(taken, 8192)

    def test_large_requests_and_answers_come_through_whole(self):
        lines = tempfile.NamedTemporaryFile()
        self.addCleanup(lines.close)
        options = ("--mss", "1448", "--receive-buffer", "4096", "--send-buffer", "4096", "--window", "100000",
                   "--read-delay-ms", "5", "--write-delay-ms", "5", "--ledger", lines.name, "--no-record")
        for mock in (self.mock(*options), self.tls_mock(*options)):
            connection = self.connect(mock)
            connection.sendall(post(chat("x" * 300_000, {"chunks": 1, "content": "y" * 200_000})))
            answer = Answer(connection)
            self.assertEqual(answer.json["choices"][0]["message"]["content"], "y" * 200_000)
            self.assertEqual(json.loads(Path(lines.name).read_text().splitlines()[-1])["body_bytes"], len(answer.body))

    def test_a_close_travels_in_both_directions(self):
        mock = self.mock("--read-delay-ms", "20", "--write-delay-ms", "20")
        connection = self.connect(mock)
        connection.sendall(post(chat("nonce:cut", {"cut_at": 5, "framing": "close"})))
        self.assertEqual(len(Answer(connection).body), 5)
        leaving = self.connect(mock)
        leaving.sendall(post(chat("nonce:gone", {"stall_at": 5})))
        mock.ledger(nonce="gone", wait="received")
        leaving.close()
        self.assertEqual(mock.settled("gone")[0]["end"], "client_gone")

    def test_a_script_changes_the_way_for_those_who_connect_from_then_on(self):
        mock = self.mock()
        self.assertEqual(mock.control("script", {"network": {"read_delay_ms": 60, "write_delay_ms": 60}})[0], 200)
        sent = time.monotonic()
        connection = self.connect(mock)
        connection.sendall(post(chat("x")))
        self.assertEqual(Answer(connection).status, 200)
        self.assertGreaterEqual(time.monotonic(), sent + 0.12)
        status, body = mock.control("script", {"network": {"jitter": 1}})
        self.assertEqual(status, 400)
        self.assertIn("read_delay_ms", body)


class Late(WithMocks):
    def test_an_interim_answer_comes_in_the_middle_of_a_request(self):
        for expects in ("", "Expect: 100-continue\r\n"):
            connection = self.connect(self.mock("--interim-after-ms", "30"))
            began = time.monotonic()
            request = post(chat("x" * 1000), headers=expects)
            connection.sendall(request[:500])
            self.assertEqual(connection.recv(1000), b"HTTP/1.1 100 Continue\r\n\r\n")
            self.assertGreaterEqual(time.monotonic(), began + 0.03)
            connection.sendall(request[500:])
            self.assertEqual(Answer(connection).status, 200)

    def test_whoever_does_not_expect_an_interim_answer_usually_gets_none(self):
        connection = self.connect(self.mock())
        request = post(chat("x" * 1000))
        connection.sendall(request[:500])
        connection.sendall(request[500:])
        self.assertEqual(Answer(connection).status, 200)

    def test_session_tickets_come_when_told_and_not_before(self):
        mock = self.tls_mock("--tickets-after-ms", FOR_EVER)
        connection = self.connect(mock)
        connection.sendall(post(chat("x")))
        self.assertEqual(Answer(connection).status, 200)
        self.assertFalse(connection.session and connection.session.has_ticket)
        connection = self.connect(self.tls_mock("--tickets-after-ms", "30"))
        limit = time.monotonic() + 10
        while not (connection.session and connection.session.has_ticket):
            self.assertLess(time.monotonic(), limit, "no ticket came")
            connection.sendall(post(chat("x")))
            self.assertEqual(Answer(connection).status, 200)

    def test_tickets_alone_do_not_disturb_a_request_that_is_half_sent(self):
        connection = self.connect(self.tls_mock("--tickets-after-ms", "20"))
        request = post(chat("x" * 1000))
        connection.sendall(request[:500])
        connection.settimeout(0.2)
        with self.assertRaises(TimeoutError):  # tickets are all that comes
            connection.recv(1)
        connection.settimeout(10)
        connection.sendall(request[500:])
        self.assertEqual(Answer(connection).status, 200)
        self.assertTrue(connection.session.has_ticket)


class TlsVersions(WithMocks):
    def test_only_the_versions_told_are_spoken(self):
        for version in ("1.2", "1.3"):
            mock = self.tls_mock("--tls-min", version, "--tls-max", version)
            self.assertEqual(self.connect(mock).version(), "TLSv" + version)
        mock.context.maximum_version = ssl.TLSVersion.TLSv1_2
        with self.assertRaises(ssl.SSLError):
            mock.connect()


if __name__ == "__main__":
    unittest.main()
