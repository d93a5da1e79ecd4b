"""What no provider reports is estimated, said to be so, and paid; what is reported teaches the estimates."""
import json

import answers
from harness import FerryCase, insert_model
from own_ferry import OwnFerry
from waiting import eventually

PRICE = 2_000_000  # pico-units per token: 0.002 per 1,000 tokens
SENTENCE = "The quick brown fox jumps over the lazy dog. "  # 10 tokens in the vocabularies of OpenAI
TEXT = SENTENCE * 20
TRUTH = 200
WORDS = [SENTENCE[i : i + 5] for i in range(0, len(SENTENCE), 5)] * 20
PERCENT = 25  # so far off an estimate of a text this short may be


def said(text, tokens=None):
    return answers.json_answer(answers.completion(text, tokens))


def told(words, *rest):
    return answers.chunked_stream([*map(answers.chunk, words), answers.chunk(finish="stop"), *rest, answers.DONE])


def tags(row):
    return json.loads(row["tags"] or "[]")


class Estimated(FerryCase):
    @classmethod
    def models(cls):
        return [insert_model("demo", cls.upstream.base, upstream_model="'gpt-4o'"),
                insert_model("taught", cls.upstream.base, upstream_model="'own-1'")]

    def assert_about(self, count, truth, percent=PERCENT):
        self.assertLess(abs(count - truth) * 100, truth * percent, f"{count} is not about {truth}")

    def assert_estimated(self, nonce, completion=TRUTH, **wanted):
        row = self.assert_row(nonce, **{"basis": "estimated", **wanted})
        self.assert_about(row["completion_tokens"], completion)
        self.assertEqual(row["total_tokens"], row["prompt_tokens"] + row["completion_tokens"])
        self.assertEqual(row["cost_pico"], row["total_tokens"] * PRICE)
        self.assertIn("estimator:2", tags(row))
        self.assertTrue(any(tag.startswith("estimate_error_permille:") for tag in tags(row)), row["tags"])
        return row

    def asked(self, nonce, **members):
        return {"messages": [{"role": "user", "content": f"{nonce} {TEXT}"}], **members}

    def test_a_stream_without_usage(self):
        nonce = self.nonce(*told(WORDS))
        before = self.ferry.metric("ferry_estimated_answers_total", side="completion")
        self.assertTrue(self.stream(nonce, **self.asked(nonce)).whole)
        row = self.assert_estimated(nonce, status=200, end_reason="done", is_stream=1)
        # The nonce is some 20 tokens, the frame 6.
        self.assert_about(row["prompt_tokens"], TRUTH + 26)
        self.assertEqual(self.ferry.metric("ferry_estimated_answers_total", side="completion"), before + 1)

    def test_a_whole_answer_is_worth_what_the_same_stream_is(self):
        streamed, whole = self.nonce(*told(WORDS)), self.nonce(said(TEXT))
        self.stream(streamed)
        self.chat(whole)
        self.assertEqual(self.assert_estimated(whole, is_stream=0)["completion_tokens"],
                         self.row(streamed)["completion_tokens"])

    def test_a_large_whole_answer_that_is_passed_on_as_it_comes(self):
        nonce = self.nonce(said(TEXT * 400))
        self.assertEqual(self.chat(nonce).status, 200)
        self.assert_estimated(nonce, TRUTH * 400)

    def test_a_side_that_is_missing_is_estimated_beside_the_other(self):
        nonce = self.nonce(answers.json_answer(answers.completion(TEXT, None, usage={"prompt_tokens": 7})))
        self.chat(nonce)
        self.assert_estimated(nonce, basis="mixed", prompt_tokens=7)

    def test_of_a_total_alone_the_answer_has_what_the_prompt_leaves(self):
        nonce = self.nonce(answers.json_answer(answers.completion(TEXT, None, usage={"total_tokens": 1000})))
        self.chat(nonce, **self.asked(nonce))
        row = self.assert_row(nonce, basis="mixed", total_tokens=1000)
        self.assert_about(row["prompt_tokens"], TRUTH + 26)
        self.assertEqual(row["completion_tokens"], 1000 - row["prompt_tokens"])

    def test_images_and_tools_count(self):
        picture = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}
        tool = {"type": "function", "function": {"name": "look", "parameters": {"type": "object", "properties": {}}}}
        plain, more = self.nonce(said("Hi")), self.nonce(said("Hi"))
        self.chat(plain)
        self.chat(more, messages=[{"role": "user", "content": [{"type": "text", "text": more}, picture]}], tools=[tool])
        added = self.row(more)["prompt_tokens"] - self.row(plain)["prompt_tokens"]
        self.assertGreater(added, 765 + 8)  # four tiles of 170 and 85
        self.assertLess(added, 765 + 60)

    def test_embeddings_have_a_prompt_alone(self):
        nonce = self.nonce(answers.json_answer({"object": "list", "data": [{"embedding": [0.5]}], "model": "m"}))
        body = json.dumps({"model": "demo", "input": [f"{nonce} {TEXT}"]}).encode()
        client = self.client()
        client.send(self.request(body, path="/v1/embeddings", nonce=nonce))
        self.assertEqual(client.response().status, 200)
        row = self.assert_row(nonce, basis="estimated", completion_tokens=None)
        self.assert_about(row["prompt_tokens"], TRUTH + 20)

    def test_an_error_costs_nothing(self):
        nonce = self.nonce(answers.error_answer(400))
        self.chat(nonce)
        self.assert_row(nonce, basis="none", prompt_tokens=None, cost_pico=0)

    # A client that leaves

    def leave_behind(self, text, *script, **members):
        nonce = self.nonce(*script)
        client = self.client()
        client.send(self.request(self.body(nonce, **members), nonce=nonce))
        if text:
            client.until(text)
        else:
            eventually(lambda: self.ferry.metric("ferry_answer_memory_bytes") > 100_000, what="most of the answer")
        client.close()
        return nonce

    def test_who_leaves_in_the_middle_of_a_stream_pays_for_what_was_said(self):
        chunks = [answers.as_chunk(answers.chunk(word)) for word in [*WORDS, "the end"]]
        nonce = self.leave_behind(b"the end", answers.stream_head(), *chunks, "stall", stream=True)
        self.assert_estimated(nonce, status=499, end_reason="client_gone")

    def test_who_leaves_in_the_middle_of_a_whole_answer_pays_for_the_prompt_at_least(self):
        for body, unseen in ((answers.completion(TEXT * 200, None), False),
                             (answers.completion(TEXT, None, id="x" * 180_000), True)):
            with self.subTest(unseen=unseen):
                head = answers.head(200, "application/json", f"Content-Length: {len(body)}")
                nonce = self.leave_behind(None, head + body[:170_000], "stall")
                row = self.assert_row(nonce, status=499, end_reason="client_gone", basis="estimated")
                self.assertGreater(row["prompt_tokens"], 0)
                self.assertEqual("answer_unseen" in tags(row), unseen)
                if unseen:
                    self.assertEqual(row["completion_tokens"], 0)
                else:
                    self.assert_about(row["completion_tokens"], 170_000 * TRUTH / len(TEXT))

    def test_a_stream_that_breaks_off_is_paid_as_far_as_it_came(self):
        nonce = self.nonce(answers.stream_head(), *[answers.as_chunk(answers.chunk(word)) for word in WORDS], "close")
        self.stream(nonce)
        self.assert_estimated(nonce, status=200, end_reason="upstream_cut")

    # Learning

    def test_what_is_reported_teaches(self):
        for i in range(40):
            nonce = self.nonce(*told(WORDS + [str(i)], answers.usage_chunk(300, TRUTH * 3 // 2)))
            self.stream(nonce, model="taught")
        nonce = self.nonce(*told(WORDS))
        self.stream(nonce, model="taught")
        self.assert_about(self.row(nonce)["completion_tokens"], TRUTH * 3 // 2, 5)
        self.assertGreaterEqual(self.ferry.metric("ferry_estimate_error_ratio_count", side="completion"), 40)


class NothingEstimated(FerryCase):
    options = {"usage.estimate": False}

    def test_what_nobody_reported_is_not_known(self):
        whole, streamed = self.nonce(said(TEXT)), self.nonce(*told(WORDS))
        self.chat(whole)
        self.stream(streamed)
        for nonce in (whole, streamed):
            self.assert_row(nonce, basis="none", prompt_tokens=None, completion_tokens=None, cost_pico=0, tags=None)


class Kept(OwnFerry):
    def test_what_was_learnt_is_known_after_a_restart(self):
        ferry = self.own()
        for i in range(40):
            nonce = self.nonce(*told(WORDS + [str(i)], answers.usage_chunk(300, TRUTH * 3 // 2)))
            self.stream_of(nonce, ferry)
            self.assert_row(nonce, basis="provider")
        self.assertEqual(ferry.stop(), 0)
        kept = ferry.rows("SELECT model, direction, text FROM token_calibrations ORDER BY direction")
        self.assertEqual([(one["model"], one["direction"]) for one in kept],
                         [("up-1", "completion"), ("up-1", "prompt")])
        ferry.start()

        def about_right():
            nonce = self.nonce(*told(WORDS))
            self.stream_of(nonce, ferry)
            return abs(self.row(nonce)["completion_tokens"] - TRUTH * 3 // 2) < TRUTH // 10

        eventually(about_right, what="what was learnt")

    def stream_of(self, nonce, ferry):
        client = self.client(ferry.port)
        messages = [{"role": "user", "content": f"{nonce} {TEXT}"}]
        client.send(self.request(self.body(nonce, stream=True, messages=messages), nonce=nonce))
        return client.response()
