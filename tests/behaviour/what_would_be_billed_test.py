"""A dry run and `ferry explain`: what would be billed for which part, and which limit or budget would refuse."""
import json
import unittest

import answers
from harness import FerryCase, insert_model
from waiting import eventually

PRICES = json.dumps({
    "cache_write": "0.003", "request": "0.5", "images": "0.04",
    "tiers": [{"above": 2000, "input": "0.01", "output": "0.02"}],
})


class WhatWouldBeBilled(FerryCase):
    @classmethod
    def models(cls):
        return [insert_model("tiered", cls.upstream.base, input_cost_per_1k="0.002", output_cost_per_1k="0.008",
                             cached_input_cost_per_1k="0.001", unit_prices=f"'{PRICES}'"),
                insert_model("free", cls.upstream.base, input_cost_per_1k="0", output_cost_per_1k="0"),
                insert_model("unpriced", cls.upstream.base, input_cost_per_1k="NULL", output_cost_per_1k="NULL",
                             cost_per_1k_tokens="0")]

    def ask(self, key, model):
        nonce = self.nonce(answers.json_answer(answers.completion()))
        client = self.client()
        client.send(self.request(self.body(nonce, model=model), nonce=nonce, key=key))
        self.assertEqual(client.response().status, 200)

    def dry_run(self, key=None, **members):
        client = self.client()
        client.send(self.request(self.body("nobody hears this", **members), "x-ferry-dry-run: true", key=key))
        answer = client.response()
        self.assertEqual(answer.status, 200, answer.raw)
        return answer.json

    def explain(self, *words, code=0):
        done = self.ferry.run("explain", *words, "--json", check=False)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return json.loads(done.stdout), self.ferry.run("explain", *words, check=False).stdout

    def parts(self, row):
        return {line["part"]: (line["count"], line["price"], line["cost"]) for line in row["expected_bill"]}

    def test_each_part_of_the_expected_bill_has_its_price(self):
        row, = self.dry_run(model="tiered")["candidates"]
        self.assertEqual(row["prices"], {"input": "0.002", "cached_input": "0.001", "output": "0.008",
                                         "cache_write": "0.003", "request": "0.5"})
        self.assertEqual((row["tier_above"], row["unit_prices"]), (None, {"images": "0.04"}))
        parts = self.parts(row)
        self.assertEqual(parts["output"], (500, "0.008", "0.004"))
        self.assertEqual(parts["request"], (1, "0.5", "0.5"))
        self.assertEqual(set(parts), {"input", "output", "request"})

    def test_a_long_prompt_falls_into_its_tier(self):
        told = self.dry_run(model="tiered", messages=[{"role": "user", "content": "word " * 4000}])
        row, = told["candidates"]
        self.assertEqual((row["tier_above"], row["prices"]["input"]), (2000, "0.01"))
        self.assertEqual(self.parts(row)["output"], (500, "0.02", "0.01"))
        self.assertEqual([(tier["above"], tier["cache_write"]) for tier in row["tiers"]], [(2000, "0.003")])

    def test_free_is_told_from_unknown(self):
        self.assertEqual(self.dry_run(model="free")["candidates"][0]["expected_cost"], "0")
        row = self.dry_run(model="unpriced")["candidates"][0]
        self.assertEqual((row["expected_cost"], row["expected_bill"]), (None, None))

    def test_explain_says_the_same_in_json_and_in_words(self):
        told, text = self.explain("--model", "tiered")
        row, = told["candidates"]
        self.assertEqual(row["prices"]["request"], "0.5")
        self.assertEqual(self.parts(row)["output"], (500, "0.008", "0.004"))
        for words in ("further   cache_write 0.003, request 0.5", "units     images 0.04, each",
                      "above 2000 prompt tokens: input 0.01", "500 output at 0.008, 1 request at 0.5"):
            self.assertIn(words, text)
        self.assertNotIn("(holds for this request)", text)
        long = self.ferry.folder / "long.json"
        long.write_text(json.dumps({"model": "tiered", "messages": [{"role": "user", "content": "word " * 4000}]}))
        told, text = self.explain("--body", str(long))
        self.assertEqual(told["candidates"][0]["tier_above"], 2000)
        self.assertIn("(holds for this request)", text)

    # Limits and budgets

    def test_a_dry_run_tells_what_is_left_and_takes_nothing(self):
        key = self.create_key("narrow", "--rpm", "2", "--tpd", "100000")
        for _ in range(3):
            told = self.dry_run(key, model="free")
            self.assertIsNone(told["refused"])
            self.assertEqual([(one["whose"], one["limit"], one["value"], one["used"], one["refuses"])
                              for one in told["limits"]],
                             [("key", "rpm", 2, 0, False), ("key", "tpd", 100000, 0, False)])
            self.assertGreater(told["counted_tokens"], 0)
        for _ in range(2):
            self.ask(key, "free")
        told = self.dry_run(key, model="free")
        self.assertEqual((told["refused"]["status"], told["refused"]["code"]), (429, "rate_limit_exceeded"))
        self.assertIn("2 requests in any minute", told["refused"]["message"])
        limits = {one["limit"]: one for one in told["limits"]}
        self.assertEqual((limits["rpm"]["left"], limits["rpm"]["refuses"], limits["tpd"]["refuses"]), (0, True, False))
        self.assertGreater(limits["tpd"]["used"], 0)

    def test_explain_tells_of_limits_what_processes_told(self):
        # An answer is taken for 500 tokens, so a second one has no room beside the first.
        self.ask(self.create_key("worn", "--tpd", "520", "--rpd", "100"), "free")
        asked = ("explain", "--model", "free", "--key", "worn")
        eventually(lambda: self.ferry.run(*asked, check=False).returncode, 20, "what was used in the store")
        told, text = self.explain(*asked[1:], code=1)
        self.assertEqual((told["allowed"], told["error"]["code"]), (False, "rate_limit_exceeded"))
        limits = {one["limit"]: one for one in told["limits"]}
        self.assertEqual((limits["tpd"]["refuses"], limits["rpd"]["refuses"]), (True, False))
        self.assertLess(limits["tpd"]["left"], told["counted_tokens"])
        self.assertRegex(text, r"limit: tpd 520 of the key: \d+ used, \d+ left; this request counts \d+: it refuses")
        self.assertRegex(text, r"limit: rpd 100 of the key: \d used, \d+ left\n")
        self.assertIn("refused: 429", text)

    def test_a_budget_tells_what_is_spent_and_when_it_begins_anew(self):
        self.ferry.run("users", "add", "alice", "--budget", "0.6", "--budget-period", "day")
        key = self.create_key("spender", "--user", "alice")
        budget, = self.dry_run(key, model="tiered")["budgets"]
        self.assertEqual([budget[name] for name in ("whose", "period", "mode", "budget", "spent", "left", "refuses")],
                         ["user", "day", "hard", "0.6", "0", "0.6", False])
        self.assertRegex(budget["begins_anew"], r"\d{4}-\d\d-\d\d 00:00")
        self.ask(key, "tiered")
        told = eventually(lambda: self.told_refused(key), 10, "a refusal")
        budget, = told["budgets"]
        self.assertEqual((told["refused"]["status"], budget["refuses"]), (429, True))
        self.assertGreater(float(budget["spent"]), 0.5)
        eventually(lambda: self.ferry.run("explain", "--model", "tiered", "--key", "spender", check=False).returncode,
                   10, "what was spent in the store")
        told, text = self.explain("--model", "tiered", "--key", "spender", code=1)
        self.assertTrue(told["budgets"][0]["refuses"])
        self.assertRegex(text, r"budget: 0.6 a day of the user: 0\.5\d* spent, 0\.0\d* left: it refuses")
        self.assertEqual(told["error"]["code"], "budget_exceeded")
        # What costs nothing is let in.
        self.assertIsNone(self.dry_run(key, model="free")["refused"])
        self.assertTrue(self.explain("--model", "free", "--key", "spender")[0]["allowed"])

    def told_refused(self, key):
        told = self.dry_run(key, model="tiered")
        return told if told["refused"] else None


if __name__ == "__main__":
    unittest.main()
