"""`ferry models test`: one tiny request to a row, with no server running, and what became of it in words."""
import json
import shutil
import socket
import tempfile
import unittest
from pathlib import Path

import answers
import codings
from ferry import Ferry
from harness import UPSTREAM_KEY, insert_model
from imposter import Imposter
from tls_upstream_test import make_certificate, server_context


class ModelsTest(unittest.TestCase):
    def setUp(self):
        self.ferry = Ferry({})
        self.addCleanup(self.ferry.remove)
        self.ferry.run("migrate")

    def upstream(self, *script, tls=None):
        made = Imposter(tls)
        self.addCleanup(made.close)
        if script:
            made.default = list(script)
        return made

    def add(self, upstream, name="demo", **columns):
        self.ferry.sql(insert_model(name, upstream.base, upstream_model="'up-1'", **columns))

    def ask(self, *words, code=0, name="demo"):
        done = self.ferry.run("models", "test", name, "--json", *words, check=False)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        self.assertNotIn(UPSTREAM_KEY, done.stdout + done.stderr)
        return json.loads(done.stdout)

    def fails(self, code, *words, **named):
        told = self.ask(*words, code=1, **named)
        self.assertEqual((told["ok"], told["error"]["code"]), (False, code))
        self.assertTrue(told["error"]["message"])
        return told

    def test_a_row_that_works_is_asked_for_one_token_and_timed(self):
        upstream = self.upstream()
        self.add(upstream)
        told = self.ask()
        self.assertEqual((told["ok"], told["status"], told["model"]), (True, 200, "up-1"))
        self.assertEqual(told["usage"], {"prompt_tokens": 7, "completion_tokens": 5, "total_tokens": 12})
        self.assertGreater(told["total_us"], told["connect_us"] + told["first_byte_us"])
        sent = upstream.served[0]
        self.assertEqual(json.loads(sent.body)["model"], "up-1")
        self.assertEqual(json.loads(sent.body)["max_tokens"], 1)
        self.assertEqual(sent.fields("authorization"), [f"Bearer {UPSTREAM_KEY}"])
        text = self.ferry.run("models", "test", "--id", "1").stdout
        self.assertIn("first byte", text)
        self.assertEqual(self.ferry.rows(), [], "nothing is booked")

    def test_a_stream_is_read_to_its_end(self):
        upstream = self.upstream(answers.stream_head(), *map(answers.as_chunk, answers.story()), answers.LAST_CHUNK)
        self.add(upstream)
        told = self.ask("--stream")
        self.assertEqual((told["finish_reason"], told["usage"]["completion_tokens"]), ("stop", 5))
        self.assertIs(json.loads(upstream.served[0].body)["stream"], True)

    def test_a_stream_that_is_cut_is_a_failure(self):
        upstream = self.upstream(answers.stream_head(), answers.as_chunk(answers.chunk("word")), "cut")
        self.add(upstream)
        self.fails("upstream_stream_interrupted", "--stream")

    def test_an_answer_in_a_content_coding_is_undone(self):
        coded = codings.encode("zstd", answers.completion())
        upstream = self.upstream(answers.json_answer(coded, 200, "Content-Encoding: zstd"))
        self.add(upstream)
        self.assertEqual(self.ask()["usage"]["completion_tokens"], 5)
        encoder = codings.encoder("gzip")
        events = [answers.as_chunk(encoder.add(one)) for one in answers.story()]
        upstream.default = [answers.stream_head("Content-Encoding: gzip"), *events, answers.as_chunk(encoder.end()),
                            answers.LAST_CHUNK]
        self.assertEqual(self.ask("--stream")["usage"]["completion_tokens"], 5)

    def test_an_answer_that_cannot_be_undone_is_a_failure(self):
        upstream = self.upstream(answers.json_answer(answers.completion(), 200, "Content-Encoding: snappy"))
        self.add(upstream)
        self.fails("upstream_invalid_response")

    def test_errors_are_classified_with_what_to_do(self):
        cases = [
            (answers.error_answer(401, f"bad key {UPSTREAM_KEY}", "invalid_api_key"), "upstream_auth_error", "api_key"),
            (answers.head(200, "text/html", "Content-Length: 6") + b"<html>", "upstream_invalid_response",
             "api_endpoint"),
            (answers.json_answer(b""), "upstream_invalid_response", "api_endpoint"),
            (answers.error_answer(404, "no such model", "model_not_found"), "model_not_found",
             "upstream_model"),
        ]
        for number, (answer, code, word) in enumerate(cases):
            self.add(self.upstream(answer), f"row{number}")
            self.assertIn(word, self.fails(code, name=f"row{number}")["error"]["advice"])

    def test_an_upstream_that_is_not_there_or_silent_is_told_apart(self):
        with socket.socket() as nobody:
            nobody.bind(("127.0.0.1", 0))
            self.ferry.sql(insert_model("refusing", f"http://127.0.0.1:{nobody.getsockname()[1]}/v1"))
            self.fails("upstream_unreachable", name="refusing")
        self.ferry.sql(insert_model("nameless", "http://no-such-host.invalid/v1"))
        self.fails("upstream_dns_error", name="nameless")
        self.add(self.upstream("stall"), "silent", first_byte_timeout_ms="200")
        self.fails("upstream_timeout", name="silent")

    def test_a_malformed_answer_is_told_at_once_though_the_upstream_keeps_the_connection(self):
        heads = {
            "framed twice": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
            "no status": b"HTTP/1.1 hello\r\n\r\n",
            "no chunk": answers.head(200, "application/json", "Transfer-Encoding: chunked") + b"zz\r\n",
        }
        for name, head in heads.items():
            with self.subTest(name):
                self.add(self.upstream(head, "stall"), name)
                self.fails("upstream_invalid_response", "--timeout", "40s", name=name)  # whoever waits sees a timeout

    def test_a_test_does_not_wait_as_long_as_a_request_may(self):
        self.add(self.upstream("stall"), "silent")  # timeouts.first_byte is two minutes
        told = self.fails("upstream_timeout", "--timeout", "1s", name="silent")
        self.assertIn("1000 ms", told["error"]["message"])
        self.assertIn("--timeout", told["error"]["advice"])
        self.add(self.upstream(answers.head(200, "application/json", "Content-Length: 90") + b"{", "stall"), "half")
        told = self.fails("upstream_timeout", "--timeout", "1s", name="half")
        self.assertIn("not complete", told["error"]["message"])
        done = self.ferry.run("models", "test", "half", "--timeout", "soon", check=False)
        self.assertEqual((done.returncode, done.stdout), (2, ""))

    def test_phases_that_were_not_reached_have_no_time(self):
        self.ferry.sql(insert_model("nameless", "https://no-such-host.invalid/v1"))
        told = self.fails("upstream_dns_error", name="nameless")
        self.assertFalse({"connect_us", "tls_us", "first_byte_us"} & set(told), told)
        text = self.ferry.run("models", "test", "nameless", check=False).stdout
        self.assertNotIn("connect", text)
        self.assertNotIn("TLS", text)

    def test_a_member_that_the_model_refuses_is_left_out_as_in_a_real_request(self):
        refusal = answers.error_answer(
            400, "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' "
            "instead.", "unsupported_parameter", "invalid_request_error")
        upstream = self.upstream([refusal], [answers.json_answer(answers.completion())])
        self.add(upstream)
        self.assertEqual(self.ask()["adjusted"], "max_tokens")
        self.assertEqual(json.loads(upstream.served[1].body)["max_completion_tokens"], 1)

    def test_tls_is_timed_and_verified(self):
        folder = Path(tempfile.mkdtemp(prefix="ferry-tls-"))
        self.addCleanup(shutil.rmtree, folder)
        certificate, key = make_certificate(folder, "trusted")
        self.add(self.upstream(tls=server_context(certificate, key)))
        self.fails("upstream_tls_error")
        self.assertGreater(self.ask("--set", f"upstream.ca_file={certificate}")["tls_us"], 0)

    def test_a_row_that_is_not_there_disabled_or_refused_is_named(self):
        self.add(self.upstream(), "off", is_enabled="0")
        self.ferry.sql(insert_model("broken", "ftp://nowhere/v1"))
        for name, why in (("nobody", "nobody"), ("off", "no enabled model"), ("broken", "cannot be used")):
            done = self.ferry.run("models", "test", name, check=False)
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertIn(why, done.stderr)
