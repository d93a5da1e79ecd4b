"""ferry-bench upstream paces its answers as a model server under load does, limits rates and fails now and then."""
import json
import re
import subprocess
import unittest

from raw_mock import Answer, MockTest, ROOT, STREAM, WITH_USAGE, chat, elapsed_ms, post, program


def contents(answer):
    return [c for chunk in answer.chunks for c in chunk["choices"] if c["delta"].get("content")]


class Pace(MockTest):
    def begin(self, engine, **members):
        """A connection on which a stream was asked for; close it."""
        connection = self.mock.connect()
        self.addCleanup(connection.close)
        connection.sendall(post(chat(self.nonce, {"engine": engine}, stream=True, **members)))
        return connection

    def await_token(self, connection):
        got = b""
        while b'content":"Lorem' not in got:
            got += connection.recv(65536)

    def test_a_stream_waits_for_its_first_token_and_between_tokens(self):
        engine = {"ttft_ms": 120, "itl_ms": 15}
        answer, ms = elapsed_ms(lambda: self.ask({"engine": engine}, max_tokens=10, **STREAM))
        self.assertEqual(len(contents(answer)), 10)
        self.assertGreaterEqual(ms, 120 + 9 * 15)
        quick, quick_ms = elapsed_ms(lambda: self.ask({"engine": {"ttft_ms": 120}}, max_tokens=10, **STREAM))
        self.assertEqual(len(contents(quick)), 10)
        self.assertGreaterEqual(quick_ms, 120)

    def test_a_whole_answer_takes_as_long_as_its_tokens(self):
        engine = {"ttft_ms": 50, "itl_ms": 10}
        answer, ms = elapsed_ms(lambda: self.ask({"engine": engine}, max_tokens=20))
        self.assertEqual(answer.json["usage"]["completion_tokens"], 20)
        self.assertGreaterEqual(ms, 50 + 19 * 10)

    def test_an_answer_is_as_long_as_was_asked_for(self):
        answer = self.ask({"engine": {}}, max_tokens=37, **WITH_USAGE)
        self.assertEqual(len(contents(answer)), 37)
        self.assertEqual(answer.chunks[-1]["usage"]["completion_tokens"], 37)
        self.assertEqual(answer.chunks[-2]["choices"][0]["finish_reason"], "length")
        self.assertEqual(len(contents(self.ask({"engine": {}}, **STREAM))), 200)
        self.assertEqual(len(contents(self.ask({"engine": {}, "chunks": 3}, **STREAM))), 3)

    def test_completions_and_responses_are_paced_too(self):
        marker = self.text({"engine": {"ttft_ms": 40, "itl_ms": 10}})
        for path, prompt, limit in (("/completions", "prompt", "max_tokens"),
                                    ("/responses", "input", "max_output_tokens")):
            body = {"model": "mock", prompt: marker, limit: 11, "stream": True}
            answer, ms = elapsed_ms(lambda body=body, path=path: self.call("POST", path, body))
            self.assertEqual(answer.status, 200, path)
            self.assertGreaterEqual(ms, 40 + 10 * 10, path)

    def test_the_more_are_answered_the_slower_each(self):
        engine = {"itl_ms": [[1, 50], [4, 200]], "name": self.nonce}
        for _ in range(3):
            self.await_token(self.begin(engine, max_tokens=10_000))
        answer, ms = elapsed_ms(lambda: self.ask({"engine": engine}, max_tokens=4, **STREAM))
        self.assertEqual(len(contents(answer)), 4)
        self.assertGreaterEqual(ms, 3 * 200)

    def test_requests_wait_for_a_place(self):
        engine = {"ttft_ms": 30, "itl_ms": 10, "most_running": 1, "name": self.nonce}

        def three():
            return [Answer(one) for one in [self.begin(engine, max_tokens=8) for _ in range(3)]]

        answers, ms = elapsed_ms(three)
        self.assertEqual([len(contents(answer)) for answer in answers], [8] * 3)
        self.assertGreaterEqual(ms, 3 * (30 + 7 * 10))

    def test_who_leaves_frees_the_place(self):
        slow = {"itl_ms": 600_000, "most_running": 1, "name": self.nonce}
        first = self.begin(slow, max_tokens=5)
        self.await_token(first)
        second, third = self.begin(slow, max_tokens=5), self.begin(slow, max_tokens=1)
        self.mock.ledger(nonce=self.nonce[6:], wait="received", count=3)
        second.close()
        first.close()
        self.assertEqual(len(contents(Answer(third))), 1)

    def test_a_bad_engine_is_named(self):
        for bad in ({"ttft": 1}, {"itl_ms": [[2, 1], [1, 1]]}, {"itl_ms": []}, {"ttft_spread": -1}, 7):
            answer = self.ask({"engine": bad})
            self.assertEqual(answer.status, 400, bad)
            self.assertIn('"engine"', answer.json["error"]["message"])


class Failures(MockTest):
    def statuses(self, count=400):
        script = [{"action": {"sometimes": [{"ratio": 0.25, "action": {"status": 503}},
                                            {"ratio": 0.05, "action": {"status": 429, "retry_after": 1}}]}}]
        self.assertEqual(self.mock.control("script", script)[0], 200)
        with self.mock.connect() as connection:
            found = []
            for _ in range(count):
                connection.sendall(post(chat(self.nonce)))
                found.append(Answer(connection).status)
        return found

    def test_some_requests_fail_and_the_same_ones_again(self):
        first = self.statuses()
        self.assertTrue(65 <= first.count(503) <= 135, first.count(503))
        self.assertTrue(5 <= first.count(429) <= 40, first.count(429))
        self.assertEqual(first.count(200), 400 - first.count(503) - first.count(429))
        self.mock.control("reset", b"")
        self.assertEqual(self.statuses(), first)

    def test_ratios_come_to_one_at_most(self):
        for bad in ([{"ratio": 0.7, "action": {}}, {"ratio": 0.4, "action": {}}], [{"ratio": 0.1}], {},
                    [{"ratio": 0.1, "action": {"statsu": 1}}]):
            self.assertEqual(self.ask({"sometimes": bad}).status, 400, bad)


class RateLimits(MockTest):
    def limit(self, **of):
        self.assertEqual(self.mock.control("script", [{"action": {"rate_limit": of}}])[0], 200)

    def chat(self, key="one", model="m", **members):
        return self.call("POST", "/chat/completions", json.loads(chat(self.nonce, model=model, **members)), key)

    def test_requests_are_limited_by_key_and_model_with_openais_headers(self):
        self.limit(requests_per_minute=2)
        first, second, third = self.chat(), self.chat(), self.chat()
        self.assertEqual([a.status for a in (first, second, third)], [200, 200, 429])
        self.assertEqual([a.header("x-ratelimit-limit-requests") for a in (first, third)], ["2", "2"])
        self.assertEqual([a.header("x-ratelimit-remaining-requests") for a in (first, second, third)], ["1", "0", "0"])
        self.assertRegex(first.header("x-ratelimit-reset-requests"), r"^(30|29\.?\d*)s$")
        self.assertIsNone(first.header("x-ratelimit-limit-tokens"))
        error = third.json["error"]
        self.assertEqual((error["type"], error["code"], error["param"]), ("requests", "rate_limit_exceeded", None))
        self.assertRegex(error["message"], r"^Rate limit reached for m in organization org-mock on requests per min "
                                           r"\(RPM\): Limit 2, Used [12], Requested 1\. "
                                           r"Please try again in [\d.]+m?s\.$")
        self.assertTrue(0 < int(third.header("retry-after")) <= 30)
        self.assertTrue(0 < int(third.header("retry-after-ms")) <= 30_000)
        self.assertEqual(self.chat(key="two").status, 200)
        self.assertEqual(self.chat(model="other").status, 200)
        self.assertEqual(self.call("GET", "/models").status, 200)
        self.mock.control("reset", b"")
        self.limit(requests_per_minute=2)
        self.assertEqual(self.chat().status, 200)

    def test_places_come_back_with_time(self):
        self.limit(requests_per_minute=600)
        with self.mock.connect() as connection:
            body = post(chat(self.nonce))
            for _ in range(600):
                connection.sendall(body)
                self.assertEqual(Answer(connection).status, 200)
            refused = None
            while refused is None or refused.status == 200:
                connection.sendall(body)
                refused = Answer(connection)
            self.assertLessEqual(int(refused.header("retry-after-ms")), 100)
            while refused.status == 429:
                connection.sendall(body)
                refused = Answer(connection)
            self.assertEqual(refused.status, 200)

    def test_tokens_are_limited_by_what_a_request_allows(self):
        self.limit(tokens_per_minute=1000)
        first, second = self.chat(max_tokens=900), self.chat(max_tokens=900)
        self.assertEqual((first.status, second.status), (200, 429))
        self.assertLess(int(first.header("x-ratelimit-remaining-tokens")), 100)
        self.assertEqual(second.json["error"]["type"], "tokens")
        self.assertIn("tokens per min (TPM): Limit 1000, Used 9", second.json["error"]["message"])
        large = self.chat(key="two", max_tokens=2000)
        self.assertEqual(large.status, 429)
        self.assertIn("Request too large for m", large.json["error"]["message"])
        self.assertIsNone(large.header("retry-after"))

    def test_a_bad_limit_is_named(self):
        for bad in ({}, {"requests_per_minute": 0}, {"rpm": 3}, 5):
            answer = self.ask({"rate_limit": bad})
            self.assertEqual(answer.status, 400, bad)
            self.assertIn('"rate_limit"', answer.json["error"]["message"])


class Presets(MockTest):
    options = ("--preset", "openai-tier-1")

    def test_the_preset_holds_for_all_models(self):
        answer = self.ask(model="whatever")
        self.assertEqual(answer.header("x-ratelimit-limit-requests"), "500")
        self.assertEqual(answer.header("x-ratelimit-limit-tokens"), "30000")

    def test_a_model_has_the_preset_of_its_name(self):
        answer, ms = elapsed_ms(lambda: self.ask(model="bedrock-llama-2-70b", max_tokens=3, **STREAM))
        self.assertEqual(len(contents(answer)), 3)
        self.assertGreaterEqual(ms, 150)

    def test_a_script_builds_upon_a_preset(self):
        answer = self.ask({"preset": "groq-free", "content": "short"}, model="m2")
        self.assertEqual(answer.header("x-ratelimit-limit-requests"), "30")
        self.assertEqual(answer.json["choices"][0]["message"]["content"], "short")
        wrong = self.ask({"preset": "nobody"})
        self.assertEqual(wrong.status, 400)
        self.assertIn("groq-free", wrong.json["error"]["message"])

    def test_an_unknown_preset_is_refused_and_all_are_described(self):
        ended = subprocess.run([program(), "upstream", "--preset", "nobody"], capture_output=True, text=True)
        self.assertEqual(ended.returncode, 2)
        names = re.search(r"must be one of (.*)", ended.stderr)[1].split(", ")
        self.assertIn("nim-llama-3.1-8b", names)
        described = set(re.findall(r"^\| `([^`]+)` \|", (ROOT / "bench/README.md").read_text(), re.M))
        self.assertEqual([name for name in names if name not in described], [])
        for name in names:
            self.assertEqual(self.ask({"preset": name, "engine": {}, "chunks": 1}, model=name).status, 200, name)


if __name__ == "__main__":
    unittest.main()
