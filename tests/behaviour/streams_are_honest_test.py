"""A stream that was cut or failed never looks complete: an error event, and no [DONE]."""
import json
import socket
import threading
import time

import answers
from harness import FerryCase
from waiting import paced, play


class StreamsAreHonest(FerryCase):
    options = {"timeouts.idle": "500ms", "timeouts.first_byte": "2s"}

    def streamed(self, *script, **members):
        nonce = self.nonce(*script)
        return nonce, self.stream(nonce, **members)

    def broken_off(self, *end, head=answers.stream_head(), events=None, framed=answers.as_chunk):
        """(nonce, whole answer) of a stream that the client has begun to read when the upstream does what `end` says.

        Before the client has anything a failure is an HTTP error, so the order matters."""
        events, begun = events or answers.words(), threading.Event()
        nonce = self.nonce(head, *map(framed, events), begun, *end)
        client = self.client()
        client.send(self.request(self.body(nonce, stream=True), nonce=nonce))
        client.peek_until(events[-1])
        begun.set()
        return nonce, client.response()

    def assert_failed(self, answer, *codes):
        """The stream's last event is an error in the OpenAI shape, and [DONE] does not follow."""
        self.assertEqual(answer.status, 200)
        self.assertNotIn(b"[DONE]", answer.body)
        self.assertTrue(answer.body.endswith(b"\n\n"), answer.body[-200:])
        last = answer.body.rstrip().split(b"\n\n")[-1]
        error = json.loads(last.removeprefix(b"data: "))["error"]
        self.assertLessEqual({"message", "type", "param", "code"}, set(error))
        if codes:
            self.assertIn(error["code"], codes)

    def test_a_stream_that_ends_before_a_finish_reason_was_cut(self):
        closing = {"head": answers.head(200, "text/event-stream", "Connection: close"), "framed": bytes}
        for end, how in (([answers.LAST_CHUNK], {}), (["close"], closing), (["close"], {}), (["reset"], {}),
                         ([b"5\r\nda", "close"], {}), ([b"zz\r\nno chunk\r\n"], {}), ([b"3\r\nlonger\r\n"], {})):
            with self.subTest(end=end, how=how):
                nonce, answer = self.broken_off(*end, **how)
                self.assertTrue(answer.body.startswith(b"".join(answers.words())))
                self.assert_failed(answer, "upstream_stream_interrupted", "upstream_invalid_response")
                row = self.assert_row(nonce, basis="estimated")
                self.assertIn(row["end_reason"], ("upstream_cut", "upstream_error"))
                self.assertGreater(row["completion_tokens"], 0)

    def test_a_stream_that_fails_before_its_first_event_is_an_http_error(self):
        nonce, answer = self.streamed(answers.stream_head(), "close")
        self.assert_error(answer, 502)
        self.row(nonce)

    def test_half_an_event_at_the_end_is_not_passed_as_an_event(self):
        nonce, answer = self.broken_off(answers.as_chunk(b'data: {"cho'), "close")
        self.assert_failed(answer, "upstream_stream_interrupted")

    def test_an_error_inside_a_stream_ends_it_without_done(self):
        failure = answers.event({"error": {"message": "engine died", "type": "server_error", "code": 500}})
        nonce, answer = self.broken_off(*map(answers.as_chunk, [failure, answers.DONE]), answers.LAST_CHUNK)
        self.assert_failed(answer)
        self.assertIn(b"engine died", answer.body)
        self.assertEqual(self.row(nonce)["end_reason"], "upstream_error")

    def test_an_error_beside_a_choice_ends_the_stream_without_done(self):
        failure = answers.chunk("", finish="error", error={"code": 502, "message": "provider disconnected"})
        nonce, answer = self.broken_off(*map(answers.as_chunk, [failure, answers.DONE]), answers.LAST_CHUNK)
        self.assert_failed(answer)
        self.assertEqual(self.row(nonce)["end_reason"], "upstream_error")

    def test_usage_that_came_before_the_cut_is_kept(self):
        events = [answers.chunk(f"w{i}", usage=answers.usage(7, i + 1)) for i in range(3)]
        nonce, answer = self.broken_off("close", events=events)
        self.assert_failed(answer)
        self.assert_row(nonce, prompt_tokens=7, completion_tokens=3, end_reason="upstream_cut")

    def test_a_silent_upstream_in_mid_stream_is_a_failure(self):
        began = time.monotonic()
        nonce, answer = self.streamed(answers.stream_head(), *map(answers.as_chunk, answers.words()), "stall")
        self.assert_failed(answer, "upstream_stream_timeout")
        self.assertLess(time.monotonic() - began, 3)
        self.assert_row(nonce, end_reason="timeout")
        self.assertTrue(self.upstream.wait_for(nonce).gone.wait(1))

    def test_a_missing_done_after_a_finish_reason_is_added(self):
        closing = answers.head(200, "text/event-stream", "Connection: close")
        for script in (answers.chunked_stream(answers.story(done=False)),
                       [closing, *answers.story(done=False), "close"]):
            nonce, answer = self.streamed(*script)
            self.assertEqual(answer.body, b"".join(answers.story(tokens=None)))
            self.assert_row(nonce, end_reason="done", prompt_tokens=7, completion_tokens=5)

    def test_a_missing_last_blank_line_is_completed(self):
        events = b"".join(answers.story(tokens=None))
        for cut in (1, 2):
            nonce, answer = self.streamed(*answers.chunked_stream([events[:-cut]]))
            self.assertEqual(answer.body, events)
            self.row(nonce)

    def test_a_missing_blank_line_after_the_finish_reason_is_completed(self):
        events = b"".join(answers.story(tokens=None, done=False))
        _, answer = self.streamed(*answers.chunked_stream([events[:-1]]))
        self.assertEqual(answer.body, events + answers.DONE)

    def test_done_is_sent_once(self):
        events = [*answers.story(tokens=None), answers.DONE, answers.DONE]
        _, answer = self.streamed(*answers.chunked_stream(events))
        self.assertEqual(answer.body.count(b"[DONE]"), 1)

    def test_content_that_says_done_is_content(self):
        events = [answers.chunk("[DONE]"), answers.chunk("data: [DONE]\n\n"), *answers.story(tokens=None)]
        _, answer = self.streamed(*answers.chunked_stream(events))
        self.assertEqual(answer.body, b"".join(events))

    def test_a_line_that_is_not_json_is_skipped(self):
        events = [answers.chunk("a"), b"data: not-json\n\n", *answers.story(tokens=None)]
        _, answer = self.streamed(*answers.chunked_stream(events))
        self.assertEqual(answer.body, b"".join([events[0], *events[2:]]))

    def test_done_does_not_wait_for_an_upstream_that_does_not_end(self):
        nonce = self.nonce(answers.stream_head(), *map(answers.as_chunk, answers.story()), "stall")
        began = time.monotonic()
        answer = self.stream(nonce)
        self.assertTrue(answer.whole)
        self.assertTrue(answer.body.endswith(answers.DONE))
        self.assertLess(time.monotonic() - began, 1.5)
        self.assert_row(nonce, end_reason="done", prompt_tokens=7, completion_tokens=5)

    def test_the_time_between_events_does_not_run_before_the_first(self):
        for script, members in (([0.9, *answers.chunked_stream(answers.story())], {"stream": True}),
                                ([0.9, answers.json_answer(answers.completion())], {})):
            answer = self.chat(self.nonce(*script), **members)
            self.assertEqual((answer.status, answer.whole), (200, True), answer.raw)

    def test_each_event_is_passed_on_when_it_comes(self):
        gates = [threading.Event() for _ in range(4)]
        steps = [answers.stream_head()]
        for gate, one in zip(gates, answers.words(4)):
            steps += [gate, answers.as_chunk(one)]
        steps += [*map(answers.as_chunk, answers.story(1)), answers.LAST_CHUNK]
        nonce = self.nonce(*steps)
        client = self.client()
        client.send(self.request(self.body(nonce, stream=True), nonce=nonce))
        for gate, one in zip(gates, answers.words(4)):
            gate.set()
            client.until(one)
        client.until(b"[DONE]")

    def test_stream_headers_forbid_buffering(self):
        _, answer = self.streamed(*answers.chunked_stream(answers.story()))
        self.assertEqual(answer.field("content-type").split(";")[0], "text/event-stream")
        self.assertEqual(answer.field("cache-control"), "no-cache")
        self.assertEqual(answer.field("x-accel-buffering"), "no")

    def test_a_json_error_instead_of_a_stream_is_an_http_error(self):
        for body in ({"code": "c", "error": "e"}, {"error": {"message": "no", "code": "c"}}):
            nonce, answer = self.streamed(answers.json_answer(body))
            self.assertGreaterEqual(answer.status, 400, answer.raw)
            self.assert_error(answer, answer.status)
            self.row(nonce)


class SlowReaders(FerryCase):
    def test_a_client_that_is_slow_to_read_the_end_gets_all_of_it(self):
        # The last events and [DONE] wait in full socket buffers for longer than [DONE] may be held back.
        events = [*[answers.chunk("x" * 50_000)] * 200, *answers.story(tokens=None)]
        nonce = self.nonce(answers.stream_head(), b"".join(map(answers.as_chunk, events)), answers.LAST_CHUNK)
        client = self.client()
        client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 14)
        client.send(self.request(self.body(nonce, stream=True), nonce=nonce))
        play(0.4)
        for _ in paced(range(20), 0.02):  # and now and then some bytes, until the end is in flight
            client.more()
        answer = client.response()
        self.assertTrue(answer.whole)
        self.assertEqual(len(answer.body), sum(map(len, events)))
        self.assert_row(nonce, status=200, end_reason="done")
