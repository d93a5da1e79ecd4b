"""Every part of a request at its own price, and each bill computed again from its row alone."""
import json

import answers
from harness import FerryCase, eventually, insert_model, quote
from postgres_case import PostgresCase

FURTHER = {"cache_write": "0.00375", "reasoning": "0.02", "audio_input": "0.04", "audio_output": "0.08",
           "request": "0.005",
           "tiers": [{"above": 128000, "input": "0.006", "output": "0.0225", "cache_write": "0.0075"},
                     {"above": 500000, "input": "1"}]}
IN, OUT, CACHED, WRITE, REASON = 3_000_000, 15_000_000, 300_000, 3_750_000, 20_000_000
REQUEST = 5_000_000_000


def details(prompt, completion, cached=0, written=0, reasoning=0, heard=0, spoken=0):
    return answers.usage(prompt, completion,
                         prompt_tokens_details={"cached_tokens": cached, "cache_write_tokens": written,
                                                "audio_tokens": heard},
                         completion_tokens_details={"reasoning_tokens": reasoning, "audio_tokens": spoken})


class UsageBills(FerryCase):
    @classmethod
    def models(cls):
        prices = {"input_cost_per_1k": "0.003", "output_cost_per_1k": "0.015", "cached_input_cost_per_1k": "0.0003"}
        return [
            insert_model("plain", cls.upstream.base),
            insert_model("parts", cls.upstream.base, **prices, unit_prices=quote(json.dumps(FURTHER))),
            insert_model("pictures", cls.upstream.base, **prices, unit_prices=quote('{"images": "0.04"}')),
            insert_model("dear", cls.upstream.base, input_cost_per_1k="9000000000", output_cost_per_1k="9000000000"),
            insert_model("unpriced", cls.upstream.base, cost_per_1k_tokens="0"),
        ]

    def asked(self, usage, model="parts"):
        nonce = self.nonce(answers.json_answer(answers.completion(tokens=None, usage=usage)))
        self.assertEqual(self.chat(nonce, model=model).status, 200)
        return self.row(nonce)

    def recomputed(self, row, code=0):
        done = self.ferry.run("usage", "recompute", "--request", row["request_id"], "--json", check=False)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return json.loads(done.stdout)

    def prices_of(self, row):
        return row["prices"] and json.loads(row["prices"])

    def test_each_part_of_prompt_and_completion_has_its_own_price(self):
        row = self.asked(details(1000, 300, cached=200, written=100, reasoning=250))
        cost = 700 * IN + 200 * CACHED + 100 * WRITE + 50 * OUT + 250 * REASON + REQUEST
        self.assertEqual(row["cost_pico"], cost)
        self.assertEqual(self.prices_of(row), {"cache_write": WRITE, "reasoning": REASON, "request": REQUEST})
        self.assertEqual((row["input_price_pico"], row["output_price_pico"]), (IN, OUT))
        lines = {one["part"]: one["count"] for one in self.recomputed(row)["lines"]}
        self.assertEqual(lines, {"input": 700, "cached_input": 200, "cache_write": 100, "output": 50,
                                 "reasoning": 250, "request": 1})

    def test_audio_is_told_apart_by_where_it_stands(self):
        row = self.asked(details(100, 50, heard=60, spoken=40))
        self.assertEqual(row["cost_pico"], 40 * IN + 60 * 40_000_000 + 10 * OUT + 40 * 80_000_000 + REQUEST)
        self.assertEqual((row["audio_tokens"], self.prices_of(row)["audio_output_tokens"]), (100, 40))
        self.recomputed(row)

    def test_a_long_prompt_is_billed_by_its_tier_and_the_row_says_its_prices(self):
        at, above = self.asked(answers.usage(128_000, 10)), self.asked(details(128_001, 10, written=1))
        self.assertEqual(at["cost_pico"], 128_000 * IN + 10 * OUT + REQUEST)
        self.assertEqual(above["cost_pico"], 128_000 * 2 * IN + 7_500_000 + 10 * 22_500_000 + REQUEST)
        self.assertEqual((above["input_price_pico"], above["cached_price_pico"]), (2 * IN, CACHED))
        highest = self.asked(answers.usage(500_001, 1))
        self.assertEqual(highest["cost_pico"], 500_001 * 1_000_000_000 + OUT + REQUEST)

    def test_a_request_that_nobody_answered_costs_nothing(self):
        nonce = self.nonce(answers.json_answer(b'{"error": {"message": "no"}}', status=400))
        self.assertEqual(self.chat(nonce, model="parts").status, 400)
        row = self.row(nonce)
        self.assertEqual((row["cost_pico"], row["prices"]), (0, None))
        self.recomputed(row)

    def test_every_bill_of_a_mixed_set_is_computed_again_from_its_row(self):
        rows = [self.asked(answers.usage(7, 5), "plain"), self.asked(answers.usage(9, 1), "unpriced"),
                self.asked(details(90, 80, 30, 20, 10, 5, 6), "plain"), self.asked(details(90, 80, 30, 20, 10, 5, 6)),
                self.asked(details(600_000, 80, 30, 20, 10)), self.asked(answers.usage(9_000_000, 3), "dear"),
                self.asked({"prompt_tokens": 5, "completion_tokens": 1, "prompt_tokens_details": {"cached_tokens": 9}}),
                self.asked(details(10, 10, cached=8, written=8, heard=8, reasoning=8, spoken=8))]
        nonce = self.nonce(answers.json_answer(b'{"created":1,"data":[{"url":"x"},{"url":"y"}]}'))
        client = self.client()
        client.send(self.request(json.dumps({"model": "pictures", "prompt": nonce}).encode(), nonce=nonce,
                                 path="/v1/images/generations"))
        self.assertEqual(client.response().status, 200)
        rows.append(self.row(nonce))
        nonce = self.nonce(*answers.chunked_stream(answers.story()))
        self.stream(nonce, model="parts")
        rows.append(self.row(nonce))
        for row in rows:
            with self.subTest(row=row):
                told = self.recomputed(row)
                self.assertEqual((told["cost_pico"], told["equal"]), (row["cost_pico"], True))
        self.assertEqual([row["request_id"] for row in rows if "cost_saturated" in str(row["tags"])],
                         [rows[5]["request_id"]])
        self.assertTrue(self.recomputed(rows[5])["saturated"])
        self.assertEqual([bool(row["prices"]) for row in rows],
                         [False, False, False, True, True, False, True, True, False, True])

    def test_a_bill_that_is_not_the_row_s_is_told(self):
        row = self.asked(answers.usage(7, 5), "plain")
        told = self.ferry.run("usage", "recompute", "--request", row["request_id"]).stdout
        self.assertIn("The row says the same.", told)
        self.assertRegex(told, r"input +7 +0\.002 per 1,000 +0\.000014\n")
        self.ferry.sql(f"UPDATE usage_records SET cost_pico = 1 WHERE request_id = '{row['request_id']}'")
        self.assertFalse(self.recomputed(row, code=1)["equal"])
        done = self.ferry.run("usage", "recompute", "--request", row["request_id"], check=False)
        self.assertIn("The row says 0.000000000001: it differs.", done.stdout)
        self.ferry.sql(f"DELETE FROM usage_records WHERE request_id = '{row['request_id']}'")
        done = self.ferry.run("usage", "recompute", "--request", row["request_id"], check=False)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("x-ferry-request-id", done.stderr)
        self.upstream.served.clear()

    def test_prices_that_cannot_be_are_refused_by_name(self):
        for wrong, why in (('{"cache_write": "-1"}', "the price of 'cache_write'"),
                           ('{"tokens": "1"}', "'tokens' is no unit"),
                           ('{"tiers": {}}', "'tiers' is no list"), ('{"tiers": [{"input": "1"}]}', "lacks 'above'"),
                           ('{"tiers": [{"above": 0}]}', "'above' of a tier"),
                           ('{"tiers": [{"above": 5, "images": "1"}]}', "'images' is no price of a tier"),
                           ('{"tiers": [{"above": 5}, {"above": 5}]}', "two tiers are above 5"),
                           ('{"reasoning": "0.0000000001"}', "at most 9 places")):
            with self.subTest(wrong):
                done = self.ferry.run("models", "set", "plain", "--unit-prices", wrong, check=False)
                self.assertNotEqual(done.returncode, 0)
                self.assertIn(why, done.stdout + done.stderr)


class UsageBillsOnPostgres(PostgresCase, UsageBills):
    pass
