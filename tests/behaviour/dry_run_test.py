"""x-ferry-dry-run: who would be asked, why, and for how much; and routes by cost and by speed."""
import json
import unittest

import answers
from harness import FerryCase, insert_model
from waiting import eventually

ROUTES = """INSERT INTO model_routes (name, strategy, members) VALUES
    ('thrifty', 'cheapest', '["long", "short"]'), ('quick', 'fastest', '["slow", "swift"]');"""


class DryRun(FerryCase):
    @classmethod
    def models(cls):
        row = lambda name, given, got: insert_model(name, cls.upstream.base, upstream_model=f"'up-{name}'",
                                                    input_cost_per_1k=given, output_cost_per_1k=got)
        return [row("long", "1", "8"), row("short", "4", "2"), insert_model("slow", cls.upstream.base),
                insert_model("swift", cls.upstream.base), ROUTES]

    def dry_run(self, **members):
        client = self.client()
        client.send(self.request(self.body("nobody hears this", **members), "x-ferry-dry-run: true"))
        answer = client.response()
        self.assertEqual(answer.status, 200, answer.raw)
        return answer.json

    def test_nobody_is_asked_and_nothing_is_booked(self):
        before = len(self.upstream.served), len(self.ferry.rows("SELECT 1 AS n FROM usage_records"))
        told = self.dry_run(model="long")
        self.assertEqual(told["object"], "ferry.dry_run")
        self.assertEqual([one["model"] for one in told["candidates"]], ["long"])
        self.assertEqual((len(self.upstream.served), len(self.ferry.rows("SELECT 1 AS n FROM usage_records"))), before)
        self.assertNotIn(self.upstream.base, json.dumps(told))

    def test_a_refusal_is_told_as_ever(self):
        client = self.client()
        client.send(self.request(self.body("x", model="none"), "x-ferry-dry-run: true"))
        self.assert_error(client.response(), 404, "model_not_found")

    def test_the_cheapest_depends_on_what_is_asked(self):
        # A short question and a long answer; then the other way round.
        told = self.dry_run(model="thrifty")
        self.assertEqual([one["model"] for one in told["candidates"]], ["short", "long"])
        self.assertEqual(told["expected_completion_tokens"], 500)
        costs = [float(one["expected_cost"]) for one in told["candidates"]]
        self.assertLess(*costs)
        told = self.dry_run(model="thrifty", messages=[{"role": "user", "content": "word " * 4000}], max_tokens=10)
        self.assertEqual([one["model"] for one in told["candidates"]], ["long", "short"])
        self.assertEqual(told["expected_completion_tokens"], 10)

    def test_explain_says_the_same(self):
        told = json.loads(self.ferry.run("explain", "--model", "thrifty", "--json").stdout)
        self.assertEqual([one["model_name"] for one in told["candidates"]], ["short", "long"])
        self.assertLess(*[float(one["expected_cost"]) for one in told["candidates"]])

    def test_the_fastest_of_late_is_asked_first(self):
        for name, wait in (("slow", 0.15), ("swift", 0)):
            nonce = self.nonce([wait, answers.json_answer(answers.completion())])
            self.assertEqual(self.chat(nonce, model=name).status, 200)
            # One is measured, and the other is not: that one is tried.
            told = self.dry_run(model="quick")["candidates"]
            if name == "slow":
                self.assertEqual([one["model"] for one in told], ["swift", "slow"])
                self.assertIsNone(told[0]["ttft_ms"])
                self.assertGreater(told[1]["ttft_ms"], 100)
        told = eventually(lambda: self.both_are_known(), what="both speeds")
        self.assertEqual([one["model"] for one in told], ["swift", "slow"])

    def both_are_known(self):
        told = self.dry_run(model="quick")["candidates"]
        return told if all(one["ttft_ms"] is not None for one in told) else None


if __name__ == "__main__":
    unittest.main()
