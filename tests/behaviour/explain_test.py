"""`ferry explain`: what would become of a request, said without sending anything and without a secret."""
import json
import unittest

from ferry import Ferry
from harness import UPSTREAM_KEY, insert_model


class Explain(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.ferry = Ferry({})
        cls.ferry.run("migrate")
        cls.ferry.sql(insert_model("demo", "https://api.example.com/v1?key=querysecret", upstream_model="'up-1'",
                                   priority="1", fallback_model="'backup'", idle_timeout_ms="1234"))
        cls.ferry.sql(insert_model("demo", "https://first.example.com/v1"))
        cls.ferry.sql(insert_model("backup", "https://backup.example.com/v1"))
        cls.key = cls.ferry.create_key("narrow", "--models", "backup")

    @classmethod
    def tearDownClass(cls):
        cls.ferry.remove()

    def explain(self, *words, code=0, stdin=None):
        done = self.ferry.run("explain", *words, "--json", check=False, stdin=stdin)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        for secret in (UPSTREAM_KEY, self.key, "querysecret"):
            self.assertNotIn(secret, done.stdout + done.stderr)
        return json.loads(done.stdout)

    def test_rows_come_in_order_with_price_timeouts_and_reason(self):
        told = self.explain("--model", "demo")
        self.assertEqual([one["id"] for one in told["candidates"]], [2, 1, 3])
        second, third = told["candidates"][1:]
        self.assertEqual((second["input_cost_per_1k"], second["timeouts"]["idle_ms"]), ("0.002", 1234))
        self.assertEqual(second["url"], "https://api.example.com/v1/chat/completions?key=***")
        self.assertIn("authorization: ***", second["head"])
        self.assertIn("fallback", third["why"])
        text = self.ferry.run("explain", "--model", "demo").stdout
        self.assertNotIn(UPSTREAM_KEY, text)
        self.assertIn("1. row 2 demo", text)

    def test_the_edits_of_a_body_are_those_that_would_be_made(self):
        body = '{"id": 1, "conversationId": 5, "model": "x", "messages": [], "stream": true}'
        told = self.explain("--body", "-", stdin=body)["candidates"][0]
        made, at = "", 0
        for edit in told["edits"]:
            self.assertEqual(body[edit["offset"]:edit["offset"] + len(edit["removed"])], edit["removed"])
            made += body[at:edit["offset"]] + edit["inserted"]
            at = edit["offset"] + len(edit["removed"])
        made += body[at:]
        self.assertEqual(json.loads(made), {"model": "up-1", "messages": [], "stream": True,
                                            "stream_options": {"include_usage": True}})
        self.assertEqual(len(made), told["body_bytes"])

    def test_a_key_is_known_by_name_or_by_itself_and_may_be_refused(self):
        for key in ("narrow", "1", self.key):
            self.assertEqual(self.explain("--model", "demo", "--key", key, code=1)["error"]["code"],
                             "model_not_allowed")
            self.assertTrue(self.explain("--model", "backup", "--key", key)["allowed"])
        self.assertEqual(self.explain("--model", "demo", "--key", "nobody", code=1)["error"]["status"], 401)

    def test_what_a_client_would_be_refused_is_told_as_such(self):
        self.assertEqual(self.explain("--id", "77", code=1)["error"]["status"], 404)
        self.assertEqual(self.explain("--body", "-", stdin="{", code=1)["error"]["code"], "invalid_json")
        self.assertEqual(self.ferry.run("explain", check=False).returncode, 2)
