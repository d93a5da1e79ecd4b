"""When the client goes, the upstream request is cancelled, and the row says so and what is paid for. Each phase that
it may leave in stands in client_gone_everywhere_test.py and client_gone_waiting_test.py."""
import socket
import threading
import time

import answers
from harness import FerryCase
from waiting import stays

CLOSED_WITHIN = 0.1
TRIES = 3  # a busy machine may be late once; it is not late three times


class ClientGone(FerryCase):
    def leave(self, client, how):
        if how == "reset":
            client.reset()
        elif how == "half close":
            client.socket.shutdown(socket.SHUT_WR)
        else:
            client.close()
        return time.monotonic()

    def gone_within(self, begin, how, has_answer=False):
        """`begin()` returns (client, nonce) in the phase of interest. The best of three tries counts. `has_answer`:
        what had come of an answer is estimated."""
        took = []
        for _ in range(TRIES):
            client, nonce = begin()
            left = self.leave(client, how)
            seen = self.upstream.wait_for(nonce)
            self.assertTrue(seen.gone.wait(5), "the upstream request was never cancelled")
            took.append(seen.gone_at - left)
            row = self.assert_row(nonce, status=499, end_reason="client_gone")
            self.assertEqual(row["basis"], "estimated" if has_answer else "none")
            self.assertEqual((row["prompt_tokens"] or 0) > 0, has_answer)
            self.assertEqual(row["cost_pico"] > 0, has_answer)
            if min(took) < CLOSED_WITHIN:
                return nonce
        self.fail(f"the upstream was closed after {took} s")

    def waiting_for_head(self):
        nonce = self.nonce("stall")
        client = self.client()
        client.send(self.request(self.body(nonce), nonce=nonce))
        self.upstream.wait_for(nonce)
        return client, nonce

    def in_mid_stream(self):
        nonce = self.nonce(answers.stream_head(), *map(answers.as_chunk, answers.words()), "stall")
        client = self.client()
        client.send(self.request(self.body(nonce, stream=True), nonce=nonce))
        client.until(b"word2")
        return client, nonce

    def test_while_waiting_for_the_head(self):
        for how in ("close", "reset", "half close"):
            with self.subTest(how=how):
                nonce = self.gone_within(self.waiting_for_head, how)
                self.assertEqual(self.row(nonce)["basis"], "none")

    def test_in_mid_stream(self):
        for how in ("close", "reset", "half close"):
            with self.subTest(how=how):
                self.gone_within(self.in_mid_stream, how, has_answer=True)

    def test_behind_the_last_finish_reason_usage_that_follows_is_booked(self):
        left = threading.Event()
        nonce = self.nonce(answers.stream_head(), answers.as_chunk(answers.words()[0]),
                           answers.as_chunk(answers.chunk(finish="stop")),
                           left, answers.as_chunk(answers.usage_chunk(7, 5)),
                           answers.as_chunk(answers.DONE), answers.LAST_CHUNK)
        client = self.client()
        client.send(self.request(self.body(nonce, stream=True), nonce=nonce))
        client.until(b'"stop"')
        client.close()
        seen = self.upstream.wait_for(nonce)
        # Ferry has noticed: it closes for good only after what it waits for.
        self.assertFalse(seen.gone.wait(0.3), "the upstream was closed though its usage was under way")
        left.set()
        self.assert_row(nonce, status=499, end_reason="client_gone", basis="provider", prompt_tokens=7,
                        completion_tokens=5)

    def test_behind_the_last_finish_reason_usage_that_never_comes_is_waited_for_two_seconds(self):
        nonce = self.nonce(answers.stream_head(), answers.as_chunk(answers.words()[0]),
                           answers.as_chunk(answers.chunk(finish="stop")),
                           "stall")
        client = self.client()
        client.send(self.request(self.body(nonce, stream=True), nonce=nonce))
        client.until(b'"stop"')
        client.close()
        self.assertTrue(self.upstream.wait_for(nonce).gone.wait(10), "the upstream request was never cancelled")
        self.assert_row(nonce, status=499, end_reason="client_gone", basis="estimated")

    def test_behind_a_pipelined_request(self):
        def begin():
            client, nonce = self.waiting_for_head()
            client.send(self.request(self.body("nonce-never")))
            return client, nonce

        self.gone_within(begin, "close")
        self.assertEqual(self.upstream.requests("nonce-never"), [])

    def test_while_its_body_arrives_nothing_reaches_the_upstream(self):
        client = self.client()
        client.send(self.request(self.body(self.nonce()))[:-10])
        self.leave(client, "close")
        self.assertEqual(self.chat(self.nonce()).status, 200)
        self.assertEqual(len(self.upstream.served) - self.first_served, 1)

    def test_usage_that_was_reported_before_the_client_left_is_kept(self):
        events = [answers.chunk("word0", usage=answers.usage(7, 1)), answers.chunk("word1", usage=answers.usage(7, 2))]
        nonce = self.nonce(answers.stream_head(), *map(answers.as_chunk, events), "stall")
        client = self.client()
        client.send(self.request(self.body(nonce, stream=True), nonce=nonce))
        client.until(b"word1")
        self.leave(client, "close")
        self.assert_row(nonce, status=499, end_reason="client_gone", prompt_tokens=7, completion_tokens=2)

    def test_a_cancelled_connection_is_not_pooled(self):
        client, nonce = self.in_mid_stream()
        self.leave(client, "close")
        self.assertTrue(self.upstream.wait_for(nonce).gone.wait(5))
        after = self.nonce()
        self.assertEqual(self.chat(after).status, 200)
        self.assertNotEqual(self.upstream.wait_for(after).connection, self.upstream.wait_for(nonce).connection)

    def test_a_client_that_does_not_read_pauses_the_upstream(self):
        many = [answers.as_chunk(answers.chunk("x" * 60_000))] * 400  # 24 MB
        end = [*map(answers.as_chunk, answers.story()), answers.LAST_CHUNK]
        nonce = self.nonce(answers.stream_head(), *many, *end)
        client = self.client()
        client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
        before = self.ferry.resident_kib()
        client.send(self.request(self.body(nonce, stream=True), nonce=nonce))
        seen = self.upstream.wait_for(nonce)
        self.assertFalse(seen.answered.wait(0.7), "24 MB went into a client that reads nothing")
        self.assertLess(self.ferry.resident_kib() - before, 12_000, "the answer piled up in memory")
        answer = client.response()
        self.assertTrue(answer.whole)
        self.assertGreater(len(answer.body), 24_000_000)
        self.assert_row(nonce, end_reason="done")


class HalfCloseServed(FerryCase):
    options = {"stream.half_close": "answer"}

    def test_a_client_that_closed_only_its_sending_side_gets_its_answer(self):
        go = threading.Event()
        nonce = self.nonce(go, answers.json_answer(answers.completion("late")))
        client = self.client()
        client.send(self.request(self.body(nonce), nonce=nonce))
        self.upstream.wait_for(nonce)
        client.socket.shutdown(socket.SHUT_WR)
        stays(lambda: self.ferry.metric("ferry_open_requests") == 1, 0.15, "a request under way")
        go.set()
        self.assertEqual(client.response().json["choices"][0]["message"]["content"], "late")
        self.assert_row(nonce, status=200, end_reason="done")
