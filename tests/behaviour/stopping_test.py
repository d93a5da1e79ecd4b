"""A stop lets requests in flight end as they should, and tells everybody else at once."""
import re
import signal
import socket
import threading
import time

import answers
from client import unread
from own_ferry import OwnFerry
from waiting import eventually, stays


class Stopping(OwnFerry):
    def test_one_line_says_that_it_is_ready_and_where(self):
        ferry = self.own()
        self.assertRegex(ferry.output, r"^ferry ready: http://127\.0\.0\.1:\d+/v1 \(admin http://127\.0\.0\.1:\d+\)\n$")

    def test_sigterm_and_sigint_end_an_idle_ferry_at_once_with_0(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            ferry = self.own()
            idle = self.client(ferry.port)
            began = time.monotonic()
            self.assertEqual(ferry.stop(number), 0)
            self.assertLess(time.monotonic() - began, 2.5)
            self.assertEqual(idle.rest(), b"")

    def test_sigterm_lets_a_stream_finish(self):
        ferry, go = self.own(), threading.Event()
        nonce, client = self.begin_stream(go, *map(answers.as_chunk, answers.story()), answers.LAST_CHUNK)
        ferry.process.send_signal(signal.SIGTERM)
        eventually(self.refuses_connections)  # the drain has begun; the stream must outlive it
        stays(lambda: ferry.process.poll() is None, 0.2)
        go.set()
        client.rest()
        self.assertEqual(client.received.count(b"[DONE]"), 1)
        self.assertEqual(ferry.stop(), 0)
        ferry.start()
        self.assert_row(nonce, end_reason="done", prompt_tokens=7, completion_tokens=5)

    def test_a_stream_that_outlives_the_drain_ends_in_an_error_event(self):
        ferry = self.own(**{"server.drain_timeout": "500ms"})
        nonce, client = self.begin_stream("stall")
        ferry.process.send_signal(signal.SIGTERM)
        rest = client.rest()
        self.assertNotIn(b"[DONE]", rest)
        self.assertIn(b'"error"', rest)
        self.assertIn(b"shutting_down", rest)
        self.assertEqual(ferry.stop(), 0)
        ferry.start()
        self.assert_row(nonce, end_reason="shutdown")

    def test_during_the_grace_new_requests_are_served_and_readiness_is_false(self):
        ferry = self.own(**{"server.drain_grace": "1s"})
        self.assertEqual(ferry.admin("/readyz")[0], 200)
        ferry.process.send_signal(signal.SIGTERM)
        eventually(lambda: ferry.admin("/readyz")[0] == 503, seconds=0.8)
        nonce = self.nonce()
        self.assertEqual(self.chat(nonce, client=self.client(ferry.port)).status, 200)
        self.assertEqual(ferry.stop(), 0)

    def test_a_second_sigterm_hastens(self):
        ferry = self.own(**{"server.drain_timeout": "20s"})
        self.begin_stream("stall")
        ferry.process.send_signal(signal.SIGTERM)
        eventually(self.refuses_connections)  # it was heard: two signals at once would be one
        began = time.monotonic()
        ferry.process.send_signal(signal.SIGTERM)
        ferry.process.wait(10)
        self.assertLess(time.monotonic() - began, 3)

    def refuses_connections(self):
        try:
            self.client(self.ferry.port).close()
            return False
        except ConnectionRefusedError:
            return True
        except ConnectionResetError:
            return False  # it met the port in the very moment of its closing: ask again

    def test_after_the_grace_new_connections_are_refused_at_once(self):
        ferry, go = self.own(), threading.Event()
        _, client = self.begin_stream(go, *map(answers.as_chunk, answers.story()), answers.LAST_CHUNK)
        ferry.process.send_signal(signal.SIGTERM)
        eventually(self.refuses_connections, seconds=1)
        go.set()
        client.rest()
        self.assertEqual(client.received.count(b"[DONE]"), 1)
        self.assertEqual(ferry.stop(), 0)

    def test_a_request_whose_body_is_on_its_way_is_answered_and_the_connection_announced_to_close(self):
        ferry, nonce = self.own(), self.nonce()
        raw = self.request(self.body(nonce), nonce=nonce)
        client = self.client(ferry.port)
        client.send(raw[:-10])
        eventually(lambda: ferry.metric("ferry_request_heads_total") == 1)
        ferry.process.send_signal(signal.SIGTERM)
        eventually(self.refuses_connections, seconds=1)
        client.send(raw[-10:])
        answer = client.response()
        self.assertEqual((answer.status, (answer.field("connection") or "").lower()), (200, "close"))
        self.assertEqual(ferry.stop(), 0)

    def test_a_request_that_outlives_the_drain_without_an_answer_gets_503(self):
        ferry, nonce = self.own(**{"server.drain_timeout": "400ms"}), self.nonce("stall")
        client = self.client(ferry.port)
        client.send(self.request(self.body(nonce), nonce=nonce))
        self.upstream.wait_for(nonce)
        ferry.process.send_signal(signal.SIGTERM)
        self.assert_error(client.response(), 503, "shutting_down")
        self.assertEqual(ferry.stop(), 0)
        ferry.start()
        self.assert_row(nonce, status=503, end_reason="shutdown")

    def test_a_stream_to_a_client_that_does_not_read_is_not_made_to_look_complete(self):
        ferry = self.own(**{"server.drain_timeout": "400ms"})
        nonce = self.nonce(answers.stream_head(), *[answers.as_chunk(answers.chunk("x" * 60_000))] * 400, "stall")
        client = self.client(ferry.port)
        client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 14)
        client.send(self.request(self.body(nonce, stream=True), nonce=nonce))
        eventually(lambda: unread(client.socket) > 0)
        ferry.process.send_signal(signal.SIGTERM)
        self.assertEqual(ferry.stop(), 0)
        client.rest()
        ending = bytes(client.received[-400:])
        self.assertNotIn(b"[DONE]", ending)
        if ending.endswith(b"\r\n0\r\n\r\n"):
            self.assertTrue(re.search(rb'data: \{"error"', ending), ending)
        self.upstream.served.clear()
