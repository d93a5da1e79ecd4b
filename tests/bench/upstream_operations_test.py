"""ferry-bench upstream serves OpenAI's operations beside chat, and its actions mean the same in all of them."""
import base64
import struct
import unittest

from raw_mock import Answer, MockTest, STREAM, WITH_USAGE, base64_of


class Operation(MockTest):
    def ask_json(self, path, members):
        return self.call("POST", path, members)


class Completions(Operation):
    def complete(self, action=None, **members):
        return self.ask_json("/completions", {"model": "m", "prompt": self.text(action), **members})

    def test_a_whole_answer_has_the_shape_of_openai(self):
        body = self.complete({"chunks": 2, "prompt_tokens": 5}, n=2).json
        self.assertEqual((body["object"], body["model"]), ("text_completion", "m"))
        self.assertTrue(body["id"].startswith("cmpl-"))
        self.assertEqual([c["text"] for c in body["choices"]], ["Lorem ipsum "] * 2)
        self.assertEqual([c["index"] for c in body["choices"]], [0, 1])
        self.assertEqual(body["usage"], {"prompt_tokens": 5, "completion_tokens": 4, "total_tokens": 9})
        entry = self.entry()
        self.assertEqual((entry["operation"], entry["unit_kind"], entry["units"]), ("completions", "tokens", 9))

    def test_a_stream_has_texts_a_finish_reason_and_done(self):
        answer = self.complete({"chunks": 3}, **STREAM)
        self.assertEqual([chunk["choices"][0]["text"] for chunk in answer.chunks], ["Lorem ", "ipsum ", "dolor ", ""])
        self.assertEqual({chunk["object"] for chunk in answer.chunks}, {"text_completion"})
        self.assertEqual([chunk["choices"][0]["finish_reason"] for chunk in answer.chunks], [None] * 3 + ["stop"])
        self.assertEqual(answer.events[-1], "[DONE]")

    def test_usage_comes_in_the_forms_of_chat(self):
        tokens = {"chunks": 2, "prompt_tokens": 3, "completion_tokens": 9}
        self.assertEqual(self.complete(tokens, **WITH_USAGE).chunks[-1]["usage"]["total_tokens"], 12)
        answer = self.complete({**tokens, "usage": "every_chunk"}, **STREAM)
        self.assertEqual([chunk["usage"]["completion_tokens"] for chunk in answer.chunks], [1, 2, 9])
        self.assertNotIn("usage", self.complete({"usage": "none"}).json)

    def test_each_prompt_of_a_list_has_its_choices(self):
        body = self.complete(prompt=[self.text({"chunks": 1}), "and"], n=2).json
        self.assertEqual(len(body["choices"]), 4)
        self.assertEqual(body["usage"]["completion_tokens"], 4)

    def test_max_tokens_and_errors_within_the_stream(self):
        self.assertEqual(self.complete(max_tokens=2).json["choices"][0]["finish_reason"], "length")
        answer = self.complete({"error_after": 1}, **STREAM)
        self.assertEqual(len(answer.events), 2)
        self.assertIn("error", answer.chunks[-1])


class Embeddings(Operation):
    def embed(self, given, **members):
        return self.ask_json("/embeddings", {"model": "e", "input": given, **members})

    def test_every_input_has_its_vector(self):
        body = self.embed([self.text({"prompt_tokens": 7}), "b"], dimensions=4).json
        self.assertEqual((body["object"], body["model"]), ("list", "e"))
        self.assertEqual([(d["object"], d["index"], len(d["embedding"])) for d in body["data"]],
                         [("embedding", 0, 4), ("embedding", 1, 4)])
        self.assertEqual(body["usage"], {"prompt_tokens": 7, "total_tokens": 7})
        entry = self.entry()
        self.assertEqual((entry["operation"], entry["units"], entry["completion_tokens"]), ("embeddings", 7, 0))
        self.assertTrue(entry["usage_sent"])

    def test_the_forms_of_input(self):
        for given, count in (("x", 1), (["x"], 1), ([1, 2, 3], 1), ([[1, 2], [3]], 2)):
            self.assertEqual(len(self.embed(given, dimensions=2).json["data"]), count, given)
        for given in ([], None):
            self.assertEqual(self.embed(given).status, 400, given)

    def test_base64_holds_the_same_numbers(self):
        numbers = self.embed("same").json["data"][0]["embedding"]
        coded = base64.b64decode(self.embed("same", encoding_format="base64").json["data"][0]["embedding"])
        self.assertEqual(len(numbers), 1536)
        for number, bits in zip(numbers, struct.unpack("<1536f", coded)):
            self.assertAlmostEqual(number, bits, 6)
        self.assertNotEqual(numbers, self.embed("other").json["data"][0]["embedding"])

    def test_usage_may_be_left_out_or_lie(self):
        self.assertNotIn("usage", self.embed(self.text({"usage": "none"})).json)
        self.assertEqual(self.embed(self.text({"usage": "zeros"})).json["usage"]["total_tokens"], 0)
        self.assertFalse(any(e["usage_sent"] for e in self.mock.settled(self.nonce[6:], 2)))


class Others(Operation):
    def test_moderation_gives_a_result_for_each_text(self):
        answer = self.ask_json("/moderations", {"input": [self.text(), "all this violence"]})
        results = answer.json["results"]
        self.assertEqual([r["flagged"] for r in results], [False, True])
        self.assertEqual([r["categories"]["violence"] for r in results], [False, True])
        entry = self.entry()
        self.assertEqual((entry["operation"], entry["units"], entry["unit_kind"]), ("moderations", 1, "requests"))
        self.assertEqual(len(self.ask_json("/moderations", {"input": [{"type": "text"}] * 2}).json["results"]), 1)

    def rerank(self, action=None, model="r", **members):
        documents = ["one", {"text": "two"}, "three"]
        return self.ask_json("/rerank", {"model": model, "query": self.text(action), "documents": documents,
                                            **members})

    def test_rerank_as_jina_counts_tokens(self):
        body = self.rerank({"prompt_tokens": 9}, return_documents=True).json
        self.assertEqual(sorted(r["index"] for r in body["results"]), [0, 1, 2])
        scores = [r["relevance_score"] for r in body["results"]]
        self.assertEqual(scores, sorted(scores, reverse=True))
        self.assertEqual(body["usage"], {"total_tokens": 9})
        self.assertEqual({r["document"]["text"] for r in body["results"]}, {"one", "two", "three"})
        entry = self.entry()
        self.assertEqual((entry["operation"], entry["unit_kind"], entry["units"]), ("rerank", "tokens", 9))

    def test_rerank_as_cohere_counts_searches(self):
        body = self.rerank(model="rerank-v3.5", top_n=1).json
        self.assertEqual(len(body["results"]), 1)
        self.assertEqual(body["meta"]["billed_units"], {"search_units": 1})
        self.assertNotIn("usage", body)
        body = self.rerank({"rerank_form": "cohere", "searches": 7}).json
        self.assertEqual(body["meta"]["billed_units"], {"search_units": 7})
        entry = self.entry(2)
        self.assertEqual((entry["unit_kind"], entry["units"], entry["prompt_tokens"]), ("searches", 7, 0))


class EveryOperation(Operation):
    """What actions, rules and the ledger do does not depend on the operation."""

    def bodies(self, action=None):
        text = self.text(action)
        return {"/completions": {"prompt": [text]}, "/embeddings": {"input": text},
                "/moderations": {"input": [{"type": "text", "text": text}]},
                "/rerank": {"query": "q", "documents": [text]}}

    def test_any_prefix_and_a_deployment_are_served(self):
        for path, body in self.bodies().items():
            for prefix in ("", "/deep/er", "/openai/deployments/d"):
                self.assertEqual(self.ask_json(prefix + path + "?api-version=1", body).status, 200, path)
            self.assertEqual(self.mock.ledger()[-1]["model"], "d")

    def test_a_marker_and_the_nonce_are_found_wherever_they_stand(self):
        for number, (path, body) in enumerate(self.bodies({"status": 429, "retry_after": 3}).items(), 1):
            answer = self.ask_json(path, body)
            self.assertEqual((answer.status, answer.header("retry-after")), (429, "3"), path)
            self.assertEqual((self.entry(number)["status"], self.entry(number)["units"]), (429, 0), path)
        answer = self.ask_json("/embeddings", {"input": "x", "metadata": {"deep": [self.text({"status": 418})]}})
        self.assertEqual(answer.status, 418)

    def test_of_a_conversation_only_the_last_user_message_is_searched(self):
        turns = [{"role": "user", "content": self.text({"status": 500})}, {"role": "assistant", "content": "a"},
                 {"role": "user", "content": "b"}]
        self.assertEqual(self.ask_json("/moderations", {"input": turns}).status, 200)
        self.assertEqual(self.ask_json("/moderations", {"input": turns[:1]}).status, 500)

    def test_cuts_delays_bodies_and_framings_apply(self):
        for path in self.bodies():
            body = self.bodies({"cut_at": 9})[path]
            self.assertEqual(len(self.ask_json(path, body).body), 9, path)
            self.assertIsInstance(self.ask_json(path, self.bodies({"reset_at": 0})[path]).error, ConnectionResetError)
            chunked = self.ask_json(path, self.bodies({"framing": "chunked", "split": 100})[path])
            self.assertEqual((chunked.header("transfer-encoding"), chunked.error), ("chunked", None), path)
            answer = self.ask_json(path, self.bodies({"body": {"own": 1}})[path])
            self.assertEqual(answer.json, {"own": 1})
            raw = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
            self.assertEqual(self.ask_json(path, self.bodies({"raw": base64_of(raw)})[path]).raw, raw)
            failing = self.bodies({"fail_times": {"count": 1, "status": 503}})[path]
            statuses = [self.ask_json(path, failing).status for _ in range(2)]
            self.assertEqual(statuses, [503, 200] if path == "/completions" else [200, 200], path)

    def test_rules_match_an_operation(self):
        self.mock.control("script", [{"match": {"operation": "embeddings"}, "action": {"status": 502}}])
        bodies = self.bodies()
        self.assertEqual(self.ask_json("/embeddings", bodies["/embeddings"]).status, 502)
        self.assertEqual(self.ask_json("/rerank", bodies["/rerank"]).status, 200)

    def test_what_was_served_may_be_told(self):
        self.ask_json("/embeddings", {"input": self.text({"body": "odd", "units": 2.5})})
        self.assertEqual(self.entry()["units"], 2.5)

    def test_another_method_is_not_allowed_and_another_path_not_found(self):
        for request, status in (("GET /v1/embeddings", 405), ("POST /v1/unknown", 404), ("POST /v1/models", 405)):
            with self.mock.connect() as connection:
                connection.sendall(f"{request} HTTP/1.1\r\nHost: m\r\nContent-Length: 0\r\n\r\n".encode())
                self.assertEqual(Answer(connection).status, status, request)
        self.assertEqual({e["operation"] for e in self.mock.ledger()}, {""})

    def test_chat_has_its_name_and_units_too(self):
        self.ask({"prompt_tokens": 2, "completion_tokens": 3})
        entry = self.entry()
        self.assertEqual((entry["operation"], entry["unit_kind"], entry["units"]), ("chat.completions", "tokens", 5))


if __name__ == "__main__":
    unittest.main()
