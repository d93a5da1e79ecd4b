"""ferry-bench upstream picks the action that its script, the model and the prompt ask for."""
import json
import unittest

from raw_mock import Answer, MockTest, STREAM, chat, post


class Scripts(MockTest):
    def script(self, *rules):
        self.assertEqual(self.mock.control("script", list(rules)), (200, '{"ok":true}'))

    def test_rules_match_by_path_model_prompt_and_form(self):
        self.script({"match": {"path": "*/chat/completions", "model": "m1"}, "action": {"status": 501}},
                    {"match": {"prompt_contains": 'say "\u4f60"'}, "action": {"status": 502}},
                    {"match": {"path": "/v9/chat/completions"}, "action": {"status": 503}},
                    {"match": {"stream": True}, "action": {"status": 504}})
        self.assertEqual(self.ask(model="m1").status, 501)
        self.assertEqual(self.ask(prompt='please say "\u4f60" now').status, 502)
        self.assertEqual(self.ask(path="/v9/chat/completions").status, 503)
        self.assertEqual(self.ask(**STREAM).status, 504)
        self.assertEqual(self.ask().status, 200)
        self.assertEqual([e["rule"] for e in self.mock.ledger()], [1, 2, 3, 4, 0])

    def test_rules_count(self):
        self.script({"match": {"nth": 2}, "action": {"status": 500}},
                    {"match": {"times": 1}, "action": {"status": 429}},
                    {"match": {"every": 2}, "action": {"status": 503}})
        self.assertEqual([self.ask().status for _ in range(6)], [429, 500, 200, 503, 200, 503])

    def test_the_marker_lies_over_the_rule_and_the_rule_over_the_model(self):
        source = {"models": {"slow": {"content": "model", "prompt_tokens": 1, "cached_tokens": 9}},
                  "rules": [{"match": {"model": "slow"}, "action": {"content": "rule", "prompt_tokens": 2}}]}
        self.assertEqual(self.mock.control("script", source)[0], 200)
        body = self.ask({"content": "marker"}, model="slow").json
        self.assertEqual(body["choices"][0]["message"]["content"], "marker")
        self.assertEqual(body["usage"]["prompt_tokens"], 2)
        self.assertEqual(body["usage"]["prompt_tokens_details"]["cached_tokens"], 9)

    def test_only_the_last_user_message_is_searched_for_a_marker(self):
        body = json.loads(chat("old", {"status": 500}))
        body["messages"] += [{"role": "assistant", "content": "a"},
                             {"role": "user", "content": [{"type": "text", "text": "new"}]}]
        with self.mock.connect() as connection:
            connection.sendall(post(json.dumps(body).encode()))
            self.assertEqual(Answer(connection).status, 200)
            body["messages"][-1]["content"] = [{"type": "text", "text": 'x [[mock {"status": 409}]]'},
                                               {"type": "image_url", "image_url": {"url": "data:,"}}]
            connection.sendall(post(json.dumps(body).encode()))
            self.assertEqual(Answer(connection).status, 409)

    def test_a_bad_marker_is_answered_with_its_fault(self):
        answer = self.ask({"statsu": 500})
        self.assertEqual(answer.status, 400)
        self.assertIn('"statsu"', answer.json["error"]["message"])

    def test_a_bad_script_is_refused_and_the_old_one_stays(self):
        self.script({"action": {"status": 500}})
        for bad in ([{"action": {"usage": "maybe"}}], [{"match": {"nth": 0}}], {"rulez": []}, [{"when": {}}], 7):
            status, text = self.mock.control("script", bad)
            self.assertEqual(status, 400, bad)
            self.assertIn("script refused", text)
        self.assertEqual(self.mock.control("script", b"{")[0], 400)
        self.assertEqual(self.ask().status, 500)

    def test_reset_goes_back_to_the_start(self):
        self.script({"action": {"status": 500}})
        self.ask()
        self.mock.control("reset", b"")
        self.assertEqual(self.mock.ledger(), [])
        self.assertEqual(self.mock.stats()["requests"], 0)
        self.assertEqual(self.ask().status, 200)


if __name__ == "__main__":
    unittest.main()
