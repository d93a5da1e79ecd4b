"""Where failover ends: streams that have begun, deadlines, clients that leave, rows that keep failing."""
import json
import threading
import time
from datetime import datetime, timezone

import answers
from failover_case import BUSY, COMMENT, GOOD, ROLE, STREAM, FailoverCase, begun, limited
from waiting import paced


class StreamsFailOver(FailoverCase):
    options = {**FailoverCase.options, "stream.rescue": False}

    def test_that_die_before_anything_of_the_answer_came(self):
        for events in ([], [COMMENT], [ROLE], [COMMENT, ROLE, COMMENT]):
            for end in ("close", "reset"):
                nonce, answer = self.play([[*begun(*events), end]], STREAM, stream=True)
                self.assertEqual(self.asked(nonce)[-1], 2)
                self.assertEqual(answer.field("x-ferry-fallback"), "backup")
                self.assertNotIn(b"keep-alive", answer.body)
                self.assertIn(b"word0", answer.body)
                self.assertTrue(answer.body.endswith(answers.DONE))

    def test_that_begin_with_an_error_event(self):
        error = answers.event({"error": {"message": "no", "type": "server_error", "code": 500}})
        nonce, answer = self.play([begun(ROLE, error) + [answers.LAST_CHUNK]], STREAM, stream=True)
        self.assert_answered_by(nonce, answer, 1, [1, 1])

    def test_but_not_after_payload(self):
        nonce = self.nonce(*begun(ROLE, answers.chunk("word0 ")), "close")
        answer = self.stream(nonce)
        self.assertEqual(answer.status, 200)
        self.assertEqual(self.asked(nonce), [1])
        self.assertIn(b'"upstream_stream_interrupted"', answer.body)
        self.assertNotIn(b"[DONE]", answer.body)
        self.assertTrue(answer.body.startswith(ROLE))
        self.assert_row(nonce, model_id=1, attempts=1, end_reason="upstream_cut")

    def test_with_what_was_held_first_and_unchanged(self):
        nonce = self.nonce(*begun(COMMENT, ROLE, *answers.story()), answers.LAST_CHUNK)
        answer = self.stream(nonce, stream_options={"include_usage": True})
        self.assertEqual(answer.body, b"".join([COMMENT, ROLE, *answers.story()]))

    def test_and_an_answer_of_no_words_is_whole(self):
        events = [ROLE, answers.chunk(finish="stop"), answers.DONE]
        nonce = self.nonce(*begun(*events), answers.LAST_CHUNK)
        self.assertEqual(self.stream(nonce).body, b"".join(events))


class AStreamThatHasNoContentYet(FailoverCase):
    options = {**FailoverCase.options, "stream.keepalive": "150ms", "timeouts.first_byte": "10s"}
    SIGN = b": keep-alive\n\n"

    def waiting(self, *scripts, model="demo"):
        """A client that has the head of a stream and two signs of life, but nothing of the answer."""
        nonce, client = self.nonce(*scripts), self.client()
        client.send(self.request(self.body(nonce, model=model, stream=True), nonce=nonce))
        self.assertIn(b" 200 ", client.until(b"\r\n\r\n"))
        client.until(self.SIGN)
        client.until(self.SIGN)
        return nonce, client

    def test_shows_its_head_and_goes_on_when_its_content_comes(self):
        for held in ([], [COMMENT, ROLE]):
            go_on = threading.Event()
            nonce, client = self.waiting(*begun(*held), go_on, *map(answers.as_chunk, answers.story()),
                                         answers.LAST_CHUNK)
            go_on.set()
            rest = client.until(answers.DONE)
            self.assertTrue(all(one in rest for one in held))
            self.assertEqual(self.asked(nonce), [1])

    def test_is_still_asked_of_another_row_when_it_fails(self):
        for held, end in (([], "close"), ([COMMENT, ROLE], "reset")):
            fails = threading.Event()
            nonce, client = self.waiting(*begun(*held), fails, end)
            self.upstream.on(nonce, *STREAM)
            fails.set()
            rest = client.until(answers.DONE)
            self.assertNotIn(ROLE, rest)
            self.assertIn(b"word0", rest)
            self.assertEqual(self.asked(nonce)[-1], 2)
            self.assert_row(nonce, status=200, model_id=2, end_reason="done")

    def test_ends_in_an_error_event_when_nobody_can_answer(self):
        fails = threading.Event()
        nonce, client = self.waiting(*begun(ROLE), fails, "close", model="alone")
        self.upstream.on(nonce, "close")
        fails.set()
        client.until(b'"error"')
        self.assertNotIn(b"[DONE]", client.rest())
        self.assert_row(nonce, status=200, end_reason="upstream_cut")


class ASilentRow(FailoverCase):
    options = {**FailoverCase.options, "stream.keepalive": "100ms", "timeouts.first_byte": "1s",
               "timeouts.idle": "1s"}

    def test_whose_stream_showed_signs_of_life_is_given_up_for_another_when_first_byte_has_passed(self):
        for held in ([], begun(), begun(COMMENT, ROLE)):
            nonce, answer = self.play([[*held, "stall"]], STREAM, stream=True)
            self.assertEqual(self.asked(nonce)[-1], 2)
            self.assertEqual(b": keep-alive" in answer.body, held != [])
            self.assertNotIn(ROLE, answer.body)
            self.assertTrue(answer.body.endswith(answers.DONE))
            self.assert_row(nonce, status=200, model_id=2, end_reason="done")


class DeadlinesBeginWhenTheRequestIsHere(FailoverCase):
    options = {**FailoverCase.options, "timeouts.total": "1s"}

    def test_and_not_while_its_client_sends_it_slowly(self):
        nonce, client = self.nonce(GOOD), self.client()
        message = self.request(self.body(nonce), nonce=nonce)
        for piece in paced((message[:-9], message[-9:]), 1.3):
            client.send(piece)
        self.assertEqual(client.response().status, 200)


class WaitsEnd(FailoverCase):
    options = {**FailoverCase.options, "retry.retry_after_max": "60s", "retry.hold_max": "60s",
               "server.drain_timeout": "100ms", "timeouts.total": "3s"}

    def setUp(self):
        super().setUp()
        # No limit of a test before is waited for.
        self.assertEqual(self.chat(self.nonce(), model="alone").status, 200)

    def test_no_wait_goes_beyond_the_deadline(self):
        nonce, began = self.nonce(*limited(20_000)), time.monotonic()
        answer = self.assert_error(self.chat(nonce, model="alone"), 429)
        self.assertLess(time.monotonic() - began, 2)
        self.assertEqual(answer.field("retry-after"), "20")

    def wait_between_tries(self):
        nonce, client = self.nonce(*limited(2500)), self.client()
        client.send(self.request(self.body(nonce, model="alone"), nonce=nonce))
        self.assertTrue(self.upstream.wait_for(nonce).answered.wait(5))
        return nonce, client

    def test_when_the_client_leaves(self):
        nonce, client = self.wait_between_tries()
        left = time.time()
        client.close()
        row = self.assert_row(nonce, status=499, end_reason="client_gone", attempts=1, error_code="client_gone")
        self.assertLess(row_ended(row) - left, 0.1)
        self.assertEqual(self.asked(nonce), [3])

    def test_when_the_process_stops(self):
        nonce, client = self.wait_between_tries()
        began = time.monotonic()
        self.ferry.process.terminate()
        self.assert_error(client.response(), 503, "shutting_down")
        self.assertLess(time.monotonic() - began, 1)
        client.close()
        self.assertEqual(self.ferry.stop(), 0)
        self.ferry.start()
        self.assert_row(nonce, status=503, end_reason="shutdown", attempts=1)


class WaitsAreTheClients(FailoverCase):
    options = {**FailoverCase.options, "retry.retry_after_max": "60s"}

    def test_where_nobody_else_can_be_asked_for_longer_than_two_seconds(self):
        nonce = self.nonce(*limited(2_500))
        answer = self.assert_error(self.chat(nonce, model="alone"), 429, "rate_limit_exceeded")
        self.assertEqual((answer.field("retry-after"), answer.field("retry-after-ms")), ("3", "2500"))
        self.assertIsNone(answer.field("x-should-retry"))
        self.assertEqual(self.asked(nonce), [3])


class WaitsAreNotFerrysTime(FailoverCase):
    options = {**FailoverCase.options, "retry.backoff_base": "1s", "retry.backoff_max": "1s"}

    def test_between_connections_that_fail(self):
        answer = self.chat(self.nonce(), model="dead")
        self.assertEqual((answer.status, answer.field("x-ferry-model-id")), (200, "2"))
        self.assertLess(int(answer.field("x-ferry-overhead-us")), 400_000)


def row_ended(row):
    return datetime.fromisoformat(row["ended_at"].replace("Z", "+00:00")).replace(tzinfo=timezone.utc).timestamp()
