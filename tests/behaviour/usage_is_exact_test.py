"""Each way a provider reports tokens ends in the same exact row; what nobody reported is estimated, and said to be."""
import answers
from harness import FerryCase, eventually, insert_model

PRICE = 2_000_000  # pico-units per token: 0.002 per 1,000 tokens


class UsageIsExact(FerryCase):
    @classmethod
    def models(cls):
        return [
            insert_model("demo", cls.upstream.base),
            insert_model("priced", cls.upstream.base, input_cost_per_1k="0.0000028", output_cost_per_1k="0.6",
                         cached_input_cost_per_1k="0.000000003", currency="'CNY'"),
            insert_model("free", cls.upstream.base, cost_per_1k_tokens="0.03", input_cost_per_1k="0"),
        ]

    def streamed(self, events, **members):
        nonce = self.nonce(*answers.chunked_stream(events))
        answer = self.stream(nonce, **members)
        self.assertTrue(answer.whole)
        return nonce, answer.body

    def whole(self, usage, model="demo", **more):
        told = {} if usage is None else {"usage": usage}
        nonce = self.nonce(answers.json_answer(answers.completion(tokens=None, **told, **more)))
        self.assertEqual(self.chat(nonce, model=model).status, 200)
        return nonce

    def assert_tokens(self, nonce, prompt=7, completion=5, **more):
        total = prompt + completion
        wanted = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": total,
                  "basis": "provider", "cost_pico": total * PRICE, "status": 200, "end_reason": "done", **more}
        return self.assert_row(nonce, **wanted)

    def assert_nothing_reported(self, nonce):
        row = self.assert_row(nonce, basis="estimated", status=200, end_reason="done")
        self.assertIn('"estimator:', row["tags"])
        self.assertGreater(row["prompt_tokens"], 0)
        self.assertEqual(row["cost_pico"], (row["prompt_tokens"] + row["completion_tokens"]) * PRICE)
        return row

    # Streams: the six forms

    def test_usage_in_a_chunk_of_its_own_that_the_client_asked_for(self):
        events = answers.story()
        nonce, body = self.streamed(events, stream_options={"include_usage": True})
        self.assertEqual(body, b"".join(events))
        self.assert_tokens(nonce, is_stream=1, finish_reason="stop")

    def test_usage_in_a_chunk_of_its_own_that_nobody_asked_for_is_hidden(self):
        for asked in ({}, {"stream_options": {"include_usage": False}}, {"stream_options": None}):
            nonce, body = self.streamed(answers.story(), **asked)
            self.assertEqual(body, b"".join(answers.story(tokens=None)))
            self.assert_tokens(nonce)

    def test_usage_inside_the_last_content_chunk_passes(self):
        events = [*answers.words(), answers.chunk(finish="stop", usage=answers.usage(7, 5)), answers.DONE]
        nonce, body = self.streamed(events)
        self.assertEqual(body, b"".join(events))
        self.assert_tokens(nonce, finish_reason="stop")

    def test_usage_in_every_chunk_counts_once_with_its_last_value(self):
        events = [answers.chunk(f"w{i}", usage=answers.usage(7, i)) for i in range(6)]
        events += [answers.chunk(finish="stop", usage=answers.usage(7, 5)), answers.usage_chunk(7, 5), answers.DONE]
        nonce, _ = self.streamed(events)
        self.assert_tokens(nonce)

    def test_usage_of_zeros_in_every_chunk_is_no_usage(self):
        events = [answers.chunk(f"w{i}", usage=answers.usage(0, 0)) for i in range(3)]
        events += [answers.chunk(finish="stop", usage=answers.usage(0, 0)), answers.DONE]
        nonce, body = self.streamed(events)
        self.assertEqual(body, b"".join(events))
        self.assert_nothing_reported(nonce)

    def test_zeros_after_real_usage_do_not_erase_it(self):
        events = [*answers.words(), answers.chunk(finish="stop", usage=answers.usage(7, 5)),
                  answers.usage_chunk(0, 0), answers.DONE]
        self.assert_tokens(self.streamed(events)[0])

    def test_usage_inside_the_choice(self):
        choice = {"index": 0, "delta": {}, "finish_reason": "stop", "usage": answers.usage(7, 5)}
        events = [*answers.words(), answers.event({"id": "c", "object": "chat.completion.chunk", "choices": [choice]}),
                  answers.DONE]
        nonce, body = self.streamed(events)
        self.assertEqual(body, b"".join(events))
        self.assert_tokens(nonce)

    def test_no_usage_at_all(self):
        nonce, body = self.streamed(answers.story(tokens=None))
        self.assertEqual(body, b"".join(answers.story(tokens=None)))
        self.assert_nothing_reported(nonce)

    def test_usage_of_null_in_every_chunk_before_the_real_one(self):
        events = [answers.chunk(f"w{i}", usage=None) for i in range(3)]
        events += [answers.chunk(finish="stop", usage=None), answers.usage_chunk(7, 5), answers.DONE]
        self.assert_tokens(self.streamed(events)[0])

    def test_usage_after_done_is_counted_and_not_shown(self):
        events = [*answers.story(tokens=None), answers.usage_chunk(7, 5)]
        nonce, body = self.streamed(events)
        self.assertEqual(body, b"".join(answers.story(tokens=None)))
        self.assert_tokens(nonce)

    # Whole answers

    def test_a_whole_answer(self):
        self.assert_tokens(self.whole(answers.usage(7, 5)), is_stream=0, finish_reason="stop")

    def test_a_whole_answer_without_usage(self):
        self.assert_nothing_reported(self.whole(None))

    def test_two_choices(self):
        message = {"role": "assistant", "content": "x"}
        choices = [{"index": i, "message": message, "finish_reason": "stop"} for i in (0, 1)]
        self.assert_tokens(self.whole(answers.usage(7, 10), choices=choices), 7, 10)

    def test_cached_and_reasoning_tokens(self):
        detailed = answers.usage(320, 205, prompt_tokens_details={"cached_tokens": 256, "audio_tokens": 3},
                                 completion_tokens_details={"reasoning_tokens": 200})
        row = self.assert_tokens(self.whole(detailed), 320, 205, cached_tokens=256, reasoning_tokens=200)
        self.assertEqual(row["total_tokens"], 525)

    def test_cached_tokens_in_the_other_places(self):
        for more in ({"prompt_cache_hit_tokens": 4, "prompt_cache_miss_tokens": 3}, {"cached_tokens": 4},
                     {"num_cached_tokens": 4}, {"prompt_token_details": {"cached_tokens": 4}}):
            with self.subTest(form=more):
                self.assert_tokens(self.whole(answers.usage(7, 5, **more)), cached_tokens=4)

    def test_cached_tokens_beside_the_usage(self):
        nonce = self.whole(answers.usage(70, 5), timings={"cache_n": 50})
        self.assert_tokens(nonce, 70, 5, cached_tokens=50)

    def test_reasoning_that_stands_outside_completion_is_folded_in(self):
        told = {"prompt_tokens": 12, "completion_tokens": 1, "total_tokens": 303,
                "completion_tokens_details": {"reasoning_tokens": 290}}
        self.assert_tokens(self.whole(told), 12, 291, reasoning_tokens=290)

    def test_nonsense_is_not_usage(self):
        for told in ({"prompt_tokens": -1, "completion_tokens": "many"}, {"prompt_tokens": [7]}, [], "many", 12):
            with self.subTest(usage=told):
                self.assert_nothing_reported(self.whole(told))

    def test_one_odd_count_does_not_void_the_others_and_is_marked(self):
        for prompt, tag in ((-1, "usage_odd"), ("seven", "usage_odd"), (1e300, "usage_implausible"),
                            (2**63, "usage_implausible"), (100_000_001, "usage_implausible")):
            with self.subTest(prompt=prompt):
                row = self.row(self.whole({"prompt_tokens": prompt, "completion_tokens": 5}))
                self.assertEqual((row["basis"], row["completion_tokens"]), ("mixed", 5))
                self.assertGreater(row["prompt_tokens"], 0)
                self.assertEqual(row["cost_pico"], (row["prompt_tokens"] + 5) * PRICE)
                self.assertTrue(row["tags"].startswith(f'["{tag}",'), row["tags"])

    def test_counts_are_read_however_they_are_spelled(self):
        for prompt in (7, 7.0, "7", 6.5):
            with self.subTest(prompt=prompt):
                row = self.assert_tokens(self.whole({"prompt_tokens": prompt, "completion_tokens": 5}))
                self.assertIsNone(row["tags"])

    def test_implausible_counts_alone_are_no_usage_but_marked(self):
        row = self.assert_nothing_reported(self.whole({"prompt_tokens": 1e12, "completion_tokens": 1e12}))
        self.assertTrue(row["tags"].startswith('["usage_implausible",'), row["tags"])

    # Money

    def test_prices_by_kind_of_token_are_exact(self):
        told = answers.usage(1000, 10, prompt_tokens_details={"cached_tokens": 400})
        nonce = self.whole(told, model="priced")
        cost = 600 * 2800 + 400 * 3 + 10 * 600_000_000
        self.assert_row(nonce, cost_pico=cost, currency="CNY", input_price_pico=2800, cached_price_pico=3,
                        output_price_pico=600_000_000)

    def test_a_price_of_zero_is_free_and_null_inherits(self):
        nonce = self.whole(answers.usage(1000, 10), model="free")
        self.assert_row(nonce, cost_pico=10 * 30_000_000, input_price_pico=0, output_price_pico=30_000_000)

    def test_the_usage_command_sums_exactly(self):
        before = self.sums()
        for _ in range(3):
            self.row(self.whole(answers.usage(1_000_001, 2)))
        after = self.sums()
        self.assertEqual(after["requests"] - before["requests"], 3)
        self.assertEqual(after["tokens"] - before["tokens"], 3 * 1_000_003)

    def sums(self):
        rows = self.ferry.rows("SELECT count(*) AS requests, coalesce(sum(total_tokens), 0) AS tokens "
                               "FROM usage_records WHERE model_name = 'demo'")
        told = self.ferry.run("usage", "--by", "model", "--json").stdout
        self.assertIn(str(rows[0]["tokens"]), told)
        return rows[0]

    # What else a row says

    def test_a_row_says_who_what_and_how_long(self):
        nonce = self.nonce(0.05, *answers.chunked_stream(answers.story()))
        self.stream(nonce, "User-Agent: row/1", user="end-user-7")
        key = self.ferry.rows("SELECT id FROM api_keys LIMIT 1")[0]["id"]
        row = self.assert_tokens(nonce, model_name="demo", operation="chat.completions", provider="other", key_id=key,
                                 is_stream=1, attempts=1, user_agent="row/1", client_ip="127.0.0.1")
        self.assertGreaterEqual(row["ttft_us"], 40_000)
        self.assertGreaterEqual(row["duration_us"], row["ttft_us"])
        self.assertLess(row["overhead_us"], row["duration_us"])
        self.assertLessEqual(row["started_at"], row["ended_at"])
        attempts = self.ferry.rows("SELECT * FROM usage_attempts WHERE request_id = ?", row["request_id"])
        self.assertEqual([(one["attempt"], one["status"], one["was_sent"]) for one in attempts], [(1, 200, 1)])

    def test_overhead_is_the_time_in_ferry_and_not_the_waiting(self):
        body = answers.completion()
        nonce = self.nonce(answers.head(200, "application/json", f"Content-Length: {len(body)}"), 0.4, body)
        raw = self.request(self.body(nonce), nonce=nonce)
        client = self.client()
        client.send(raw[:-20], raw[-20:], pause=0.4)
        told = int(client.response().field("x-ferry-overhead-us"))
        self.assertLess(told, 200_000)
        self.assertLess(self.row(nonce)["overhead_us"], 200_000)

    def test_a_refusal_before_a_model_is_known_has_no_row(self):
        nonce = self.nonce()
        self.assertEqual(self.chat(nonce, model="nobody").status, 404)
        self.row(self.whole(answers.usage(7, 5)))
        self.assertEqual(self.ferry.rows("SELECT * FROM usage_records WHERE client_request_id = ?", nonce), [])

    def test_a_name_the_client_repeats_does_not_merge_two_rows(self):
        nonce = self.nonce()
        self.chat(nonce)
        self.row(nonce)
        other = self.nonce()
        client = self.client()
        client.send(self.request(self.body(other), nonce=nonce))
        self.assertEqual(client.response().status, 200)
        query = "SELECT * FROM usage_records WHERE client_request_id = ?"
        eventually(lambda: len(self.ferry.rows(query, nonce)) == 2, what="a row for each")
        self.upstream.served[:] = [one for one in self.upstream.served if one.nonce not in (nonce, other)]
