"""The ground for tests of budgets: a model of which a token of the answer costs a cent."""
import json

import answers
from harness import FerryCase, insert_model

CENT = 10**10  # pico


class Budgeted(FerryCase):
    rows_for_every_request = False

    @classmethod
    def models(cls):
        # A token of the prompt is free, one of the answer costs a cent.
        return [insert_model("demo", cls.upstream.base, input_cost_per_1k="0", output_cost_per_1k="0"),
                insert_model("dear", cls.upstream.base, input_cost_per_1k="0", output_cost_per_1k="10")]

    def made(self, name, *more):
        key = json.loads(self.ferry.run("keys", "create", "--name", name, "--json", *more).stdout)["key"]
        self.secrets.append(key)
        self.serve("SELECT 1;")
        return key

    def ask(self, key, tokens=5, client=None, steps=(), **members):
        nonce = self.nonce(*steps, answers.json_answer(answers.completion(tokens=(7, tokens))))
        client = client or self.client()
        client.send(self.request(self.body(nonce, **{"model": "dear", **members}), nonce=nonce, key=key))
        return client.response()

    def is_used_up(self, response):
        self.assert_error(response, 429, "budget_exceeded")
        self.assertEqual(response.error["type"], "insufficient_quota")
        self.assertEqual(response.field("x-should-retry"), "false")
        self.assertIsNone(response.field("retry-after"))
        return response.error["message"]

    def spent(self):
        return sum(one["cost_pico"] for one in self.ferry.rows("SELECT cost_pico FROM usage_records"))
