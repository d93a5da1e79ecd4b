"""POST /compare: one prompt to several models at once, each with its own checks, events and usage row."""
import json
import unittest

import answers
from harness import FerryCase, insert_model
from waiting import eventually


def events_of(body):
    return [one.removeprefix("data: ") for one in body.decode().split("\n\n") if one]


class Compare(FerryCase):
    options = {"retry.attempts": 1, "stream.rescue": False}

    @classmethod
    def models(cls):
        return [
            insert_model(name, cls.upstream.base, upstream_model=f"'up-{name}'", input_cost_per_1k="1",
                         output_cost_per_1k="2")
            for name in ("a", "b", "c", "d", "e", "f", "g", "h")
        ]

    def compare(self, nonce, *models, client=None, key=None, **members):
        body = json.dumps({"models": models, "messages": [{"role": "user", "content": nonce}], **members}).encode()
        client = client or self.client()
        client.send(self.request(body, path="/v1/compare", nonce=nonce, key=key))
        return client.response()

    def rows(self, nonce, count):
        query = "SELECT * FROM usage_records WHERE client_request_id = ? ORDER BY model_name"

        def all_there():
            found = self.ferry.rows(query, nonce)
            return found if len(found) >= count else None

        found = eventually(all_there, what=f"{count} usage rows for {nonce}")
        self.assertEqual(len(found), count)
        return found

    def row(self, nonce):
        return self.rows(nonce, len(self.upstream.requests(nonce)))[0]

    def test_each_model_streams_under_its_own_name(self):
        nonce = self.nonce()
        self.upstream.on(nonce, answers.chunked_stream(answers.story(3, tokens=(7, 5))))
        answer = self.compare(nonce, "a", "b")
        self.assertEqual(answer.status, 200, answer.raw)
        self.assertEqual(answer.field("content-type"), "text/event-stream")
        told = events_of(answer.body)
        self.assertEqual(told[-1], "[DONE]")
        told = [json.loads(one) for one in told[:-1]]
        for index, name in enumerate(("a", "b")):
            own = [one for one in told if one["index"] == index]
            self.assertEqual({one["model"] for one in own}, {name})
            self.assertEqual({one["object"] for one in own[:-1]}, {"compare.chunk"})
            # Nobody asked for a chunk of usage.
            self.assertTrue(all(one["chunk"]["choices"] for one in own[:-1]), own)
            end = own[-1]
            self.assertEqual(end["object"], "compare.summary")
            self.assertEqual((end["usage"]["prompt_tokens"], end["usage"]["completion_tokens"]), (7, 5))
            self.assertEqual((end["cost"], end["currency"], end["finish_reason"]), ("0.017", "USD", "stop"))
            self.assertGreater(end["duration_ms"], 0)
            self.assertGreater(end["ttft_ms"], 0)
        asked = sorted(json.loads(one.body)["model"] for one in self.upstream.requests(nonce))
        self.assertEqual(asked, ["up-a", "up-b"])
        for one in self.upstream.requests(nonce):
            self.assertNotIn("models", json.loads(one.body))
        rows = self.rows(nonce, 2)
        self.assertEqual([(one["model_name"], one["operation"], one["cost_pico"]) for one in rows],
                         [(name, "compare", 17_000_000_000) for name in "ab"])
        ids = {one["request_id"] for one in rows}
        self.assertEqual({one["request_id"] for one in told if one["object"] == "compare.summary"}, ids)

    def test_one_that_fails_stops_nobody(self):
        nonce = self.nonce()
        self.upstream.on(nonce, answers.chunked_stream(answers.story(2, tokens=(7, 5))))
        answer = self.compare(nonce, "a", "no-such-model", "b")
        told = [json.loads(one) for one in events_of(answer.body)[:-1]]
        wrong = [one for one in told if one["index"] == 1]
        self.assertEqual([one["object"] for one in wrong], ["compare.error", "compare.summary"])
        self.assertEqual(wrong[0]["error"]["code"], "model_not_found")
        self.assertEqual((wrong[1]["usage"], wrong[1]["cost"]), (None, None))
        for index in (0, 2):
            self.assertEqual([one for one in told if one["index"] == index][-1]["finish_reason"], "stop")
        self.rows(nonce, 2)

    def test_a_stream_that_is_cut_is_told_as_cut(self):
        nonce = self.nonce()
        self.upstream.on(nonce, [*answers.chunked_stream(answers.story(2, done=False))[:2], "cut"])
        told = [json.loads(one) for one in events_of(self.compare(nonce, "a").body)[:-1]]
        self.assertEqual([one["object"] for one in told][-2:], ["compare.error", "compare.summary"])

    def test_a_whole_comparison_is_one_document(self):
        nonce = self.nonce()
        self.upstream.on(nonce, [answers.json_answer(answers.completion("Hi", tokens=(7, 5)))])
        answer = self.compare(nonce, "a", "b", "gone", stream=False)
        self.assertEqual(answer.status, 200, answer.raw)
        told = answer.json
        self.assertEqual(told["object"], "compare")
        self.assertEqual([(one["index"], one["model"]) for one in told["results"]], [(0, "a"), (1, "b"), (2, "gone")])
        for one in told["results"][:2]:
            self.assertEqual(one["completion"]["choices"][0]["message"]["content"], "Hi")
            self.assertEqual(one["summary"]["cost"], "0.017")
        self.assertEqual(told["results"][2]["error"]["code"], "model_not_found")
        self.assertNotIn("completion", told["results"][2])

    def test_a_key_compares_only_models_it_may_use(self):
        nonce = self.nonce()
        self.upstream.on(nonce, [answers.json_answer(answers.completion("Hi"))])
        key = self.create_key("narrow", "--models", "a")
        told = self.compare(nonce, "a", "b", key=key, stream=False).json["results"]
        self.assertIn("completion", told[0])
        self.assertEqual(told[1]["error"]["code"], "model_not_allowed")

    def test_what_is_no_comparison_is_refused(self):
        nonce = self.nonce()
        for odd in ({}, {"models": []}, {"models": "a"}, {"models": ["a", 1]}, {"models": ["a", "a"]},
                    {"models": list("abcdefghi")}, {"models": ["a"], "model": "b"}, {"models": [""]}):
            with self.subTest(odd):
                client = self.client()
                body = json.dumps({"messages": [{"role": "user", "content": nonce}], **odd}).encode()
                client.send(self.request(body, path="/v1/compare"))
                self.assert_error(client.response(), 400, "invalid_parameter")
        self.assert_error(self.compare(nonce, "a", key="fk-nobody"), 401, "invalid_api_key")
        self.assertEqual(self.upstream.requests(nonce), [])

    def test_a_client_that_leaves_ends_all_of_it(self):
        nonce = self.nonce()
        self.upstream.on(nonce, [*answers.chunked_stream(answers.words(2))[:2], "stall"])
        client = self.client()
        body = json.dumps({"models": list("abcdefgh"), "messages": [{"role": "user", "content": nonce}]}).encode()
        client.send(self.request(body, path="/v1/compare", nonce=nonce))
        client.until(b"compare.chunk")
        self.upstream.wait_for(nonce, 8)
        client.close()
        rows = self.rows(nonce, 8)
        self.assertEqual({one["end_reason"] for one in rows}, {"client_gone"})

    def test_the_connection_serves_what_comes_next(self):
        nonce = self.nonce()
        self.upstream.on(nonce, answers.chunked_stream(answers.story(2)))
        client = self.client()
        for _ in range(3):
            self.assertEqual(events_of(self.compare(nonce, "a", "b", client=client).body)[-1], "[DONE]")


if __name__ == "__main__":
    unittest.main()
