"""Bodies in content codings: answers that come in one unasked, and requests that are sent in one."""
import json
import random
import string
import threading

import answers
import codings
from failover_case import FailoverCase
from harness import FerryCase

CODINGS = ["gzip", "deflate", "raw-deflate", "br", "zstd", "gzip, br"]


def name_of(coding):
    return coding.replace("raw-", "")


def coded_document(body, coding):
    return [answers.json_answer(codings.encode(coding, body), 200, f"Content-Encoding: {name_of(coding)}")]


def noise(size):
    """Text that shrinks little."""
    return "".join(random.Random(7).choices(string.ascii_letters, k=size))


class AnswersInCodings(FailoverCase):
    def test_every_flushed_event_leaves_at_once(self):
        events = answers.story(4)
        for coding in CODINGS:
            with self.subTest(coding=coding):
                encoder, read = codings.encoder(coding), [threading.Event() for _ in events]
                steps = [answers.stream_head(f"Content-Encoding: {name_of(coding)}")]
                for event, was_read in zip(events, read):
                    # The next one is not sent before the client has this one.
                    steps += [answers.as_chunk(encoder.add(event)), was_read]
                steps += [answers.as_chunk(encoder.end()), answers.LAST_CHUNK]
                nonce = self.nonce(*steps)
                client = self.client()
                client.send(self.request(self.body(nonce, stream=True), nonce=nonce))
                for event, was_read in zip(events[:4], read):
                    client.until(event.strip())
                    was_read.set()
                for was_read in read:
                    was_read.set()
                client.until(b"data: [DONE]")
                self.assert_row(nonce, prompt_tokens=7, completion_tokens=5, end_reason="done")

    def test_a_large_document_is_expanded_while_it_passes(self):
        body = answers.completion(noise(3 << 20))
        for coding in CODINGS:
            with self.subTest(coding=coding):
                nonce = self.nonce(*coded_document(body, coding))
                answer = self.chat(nonce)
                self.assertTrue(answer.whole)
                self.assertEqual(answer.body, body)
                self.assertIsNone(answer.field("content-encoding"))
                self.assertIsNone(answer.field("content-length"))
                self.assert_row(nonce, prompt_tokens=7, completion_tokens=5)

    def test_a_document_that_expands_hundredfold_arrives_whole(self):
        body = answers.completion("again and " * 200_000)
        for coding in ("gzip", "br", "zstd"):
            with self.subTest(coding=coding):
                nonce = self.nonce(*coded_document(body, coding))
                self.assertEqual(self.chat(nonce).body, body)

    def test_the_connection_serves_the_next_request(self):
        before = self.upstream.connections
        client = self.client()
        for coding in CODINGS:
            nonce = self.nonce(*coded_document(answers.completion(), coding))
            self.assertEqual(self.chat(nonce, client=client).body, answers.completion())
        self.assertLessEqual(self.upstream.connections - before, 1)

    def test_a_document_that_cannot_be_undone_is_asked_of_the_next_row(self):
        body = answers.completion()
        broken = {
            "an unknown coding": [answers.json_answer(body, 200, "Content-Encoding: snappy")],
            "no such coding": [answers.json_answer(body, 200, "Content-Encoding: gzip")],
            "cut": [answers.json_answer(codings.encode("zstd", body)[:-3], 200, "Content-Encoding: zstd")],
            "more": [answers.json_answer(codings.encode("br", body) + b"x", 200, "Content-Encoding: br")],
            "an end with the connection": [answers.head(200, "application/json", "Content-Encoding: gzip"),
                                           codings.encode("gzip", body)[:-1], "close"],
        }
        for what, script in broken.items():
            for stream in (False, True):
                with self.subTest(what, stream=stream):
                    if stream:
                        script = [script[0].replace(b"application/json", b"text/event-stream"), *script[1:]]
                    good = answers.chunked_stream(answers.story()) if stream else [answers.json_answer(body)]
                    nonce, answer = self.play([script], good, stream=stream)
                    self.assertEqual(answer.field("x-ferry-fallback"), "backup")
                    code = "upstream_truncated_body" if "connection" in what else "upstream_invalid_response"
                    self.assertEqual([told for _, _, told in self.tries(nonce)], [code, None])

    def test_a_stream_that_breaks_behind_its_beginning_ends_honestly(self):
        for coding in ("gzip", "br", "zstd"):
            with self.subTest(coding=coding):
                encoder, first = codings.encoder(coding), answers.chunk("Hello")
                nonce = self.nonce(answers.stream_head(f"Content-Encoding: {coding}"),
                                   answers.as_chunk(encoder.add(first)), 0.05, answers.as_chunk(b"\xff" * 64),
                                   answers.LAST_CHUNK)
                answer = self.stream(nonce)
                self.assertTrue(answer.body.startswith(first), answer.body)
                error = json.loads(answer.body[len(first):].removeprefix(b"data: "))["error"]
                self.assertEqual(error["code"], "upstream_invalid_response")
                self.assertNotIn(b"[DONE]", answer.body)
                self.assert_row(nonce, end_reason="upstream_error")

    def test_what_expands_without_bound_is_cut_and_takes_no_memory(self):
        # 64 MiB of blanks inside a string: gzip makes a thousandth of it.
        bomb = codings.encode("gzip", b'{"id":"c","choices":[{"message":{"content":"' + b" " * (64 << 20))
        before = self.ferry.resident_kib()
        nonce = self.nonce(answers.json_answer(bomb, 200, "Content-Encoding: gzip"))
        client = self.client()
        client.send(self.request(self.body(nonce), nonce=nonce))
        answer = client.response()
        self.assertFalse(answer.whole and answer.status == 200)
        self.assertLess(len(answer.body), 32 << 20)
        self.assertLess(self.ferry.resident_kib() - before, 24 << 10)
        self.row(nonce)

    def test_an_error_is_read_before_it_is_judged(self):
        error = answers.compact({"error": {"message": "context length exceeded", "type": "invalid_request_error",
                                           "param": "messages", "code": "context_length_exceeded"}})
        for coding in CODINGS:
            nonce = self.nonce(answers.json_answer(codings.encode(coding, error), 400,
                                                   f"Content-Encoding: {name_of(coding)}"))
            answer = self.assert_error(self.chat(nonce, model="alone"), 400, "context_length_exceeded")
            self.assertIn("context length exceeded", answer.error["message"])


class RequestsInCodings(FerryCase):
    options = {"limits.json_body_bytes": "64KiB", "limits.body_memory": "6MiB"}

    def coded(self, coding, body, *fields, nonce=None):
        return self.request(codings.encode(coding, body), f"Content-Encoding: {name_of(coding)}", *fields, nonce=nonce)

    def ask(self, raw, client=None):
        client = client or self.client()
        client.send(raw)
        return client.response()

    def test_J7_a_compressed_request_goes_on_as_it_was_before(self):
        client = self.client()
        for coding in CODINGS:
            with self.subTest(coding=coding):
                nonce = self.nonce()
                body = self.body(nonce)
                self.assertEqual(self.ask(self.coded(coding, body, nonce=nonce), client).status, 200)
                seen = self.upstream.wait_for(nonce)
                self.assertEqual(seen.body, body.replace(b'"demo"', b'"up-1"'))
                self.assertEqual(seen.fields("content-encoding"), [])
                self.assertEqual(seen.fields("content-length"), [str(len(seen.body))])

    def test_J7_in_chunks_and_in_single_bytes_too(self):
        for coding in CODINGS:
            with self.subTest(coding=coding):
                nonce = self.nonce()
                body = self.body(nonce)
                coded = codings.encode(coding, body)
                head = self.request(b"", f"Content-Encoding: {name_of(coding)}", nonce=nonce).replace(
                    b"Content-Length: 0", b"Transfer-Encoding: chunked")
                raw = head + b"".join(answers.as_chunk(coded[i : i + 3]) for i in range(0, len(coded), 3))
                raw += answers.LAST_CHUNK
                client = self.client()
                client.send(*[raw[i : i + 1] for i in range(len(raw))])
                self.assertEqual(client.response().status, 200)
                self.assertEqual(self.upstream.wait_for(nonce).body, body.replace(b'"demo"', b'"up-1"'))

    def test_J7_what_is_pipelined_behind_a_compressed_request_is_the_next_one(self):
        first, second = self.nonce(), self.nonce()
        client = self.client()
        client.send(self.coded("gzip", self.body(first), nonce=first) + self.request(self.body(second), nonce=second))
        self.assertEqual([client.response().status, client.response().status], [200, 200])

    def test_J7_the_rules_for_a_body_hold_for_what_it_expands_to(self):
        twice = b'{"model":"demo","model":"demo","messages":[]}'
        self.assert_error(self.ask(self.coded("gzip", twice)), 400, "duplicate_field")
        self.assert_error(self.ask(self.coded("zstd", b"{")), 400, "invalid_json")
        self.assert_error(self.ask(self.coded("br", b"")), 400, "invalid_json")
        self.assert_nothing_upstream()

    def test_J7_the_limit_on_a_body_holds_for_what_it_expands_to(self):
        for coding in CODINGS:
            with self.subTest(coding=coding):
                nonce = self.nonce()
                body = self.body(nonce)
                fits = body + b" " * (65536 - len(body))
                self.assertEqual(self.ask(self.coded(coding, fits, nonce=nonce)).status, 200)
                self.upstream.wait_for(nonce)
                self.upstream.served.clear()
                self.raw_before = len(self.upstream.raw)
                answer = self.ask(self.coded(coding, fits + b" "))
                self.assert_error(answer, 413)
                self.assertEqual(answer.field("connection"), "close")
                self.assert_nothing_upstream()

    def test_J7_a_bomb_is_given_up_early(self):
        for coding in ("gzip", "br", "zstd", "gzip, gzip"):
            with self.subTest(coding=coding):
                before = self.ferry.resident_kib()
                bomb = codings.encode(coding, self.body("unseen")[:-1] + b" " * (16 << 20))
                self.assert_error(self.ask(self.request(bomb, f"Content-Encoding: {coding}")), 413)
                self.assertLess(self.ferry.resident_kib() - before, 16 << 10)
        self.assert_nothing_upstream()

    def test_J7_a_body_that_is_not_in_its_coding_is_400(self):
        body = self.body("unseen")
        for coding in ("gzip", "deflate", "br", "zstd"):
            coded = codings.encode(coding, body)
            for broken in (body, coded[:-1], coded + b"x"):
                with self.subTest(coding=coding, size=len(broken)):
                    answer = self.ask(self.request(broken, f"Content-Encoding: {coding}"))
                    self.assert_error(answer, 400)
                    self.assertIn("Content-Encoding", answer.error["message"])
        self.assert_nothing_upstream()

    def test_J7_an_unknown_coding_is_415_and_names_those_that_are_known(self):
        for coding in ("snappy", "compress", "gzip;q=1", "gzip, snappy", "gzip, gzip, gzip, gzip"):
            with self.subTest(coding=coding):
                answer = self.ask(self.request(self.body("unseen"), f"Content-Encoding: {coding}"))
                self.assert_error(answer, 415)
                self.assertIn("gzip, deflate, br, zstd", answer.error["message"])
        self.assert_nothing_upstream()

    def test_J7_no_coding_under_any_name_is_none(self):
        for coding in ("", "identity", "identity, identity"):
            nonce = self.nonce()
            raw = self.request(self.body(nonce), f"Content-Encoding: {coding}", nonce=nonce)
            self.assertEqual(self.ask(raw).status, 200)

    def test_J7_what_a_coding_remembers_counts_as_memory_of_bodies(self):
        # A window of 8 MiB for a body of a few bytes: more than limits.body_memory.
        frame = b"\x28\xb5\x2f\xfd\x00" + bytes([13 << 3]) + b"\x01\x00\x00"
        self.assert_error(self.ask(self.request(frame, "Content-Encoding: zstd")), 503, "overloaded")
        nonce = self.nonce()
        self.assertEqual(self.ask(self.coded("zstd", self.body(nonce), nonce=nonce)).status, 200)

    def test_J7_100_continue_comes_before_a_compressed_body(self):
        nonce = self.nonce()
        head, body = self.coded("gzip", self.body(nonce), "Expect: 100-continue", nonce=nonce).split(b"\r\n\r\n", 1)
        client = self.client()
        client.send(head + b"\r\n\r\n")
        self.assertIn(b"100 Continue", client.until(b"\r\n\r\n"))
        client.send(body)
        self.assertEqual(client.response().status, 200)
