"""ferry-bench upstream answers as OpenAI does, in every form its script may ask for."""
import json
import unittest

from raw_mock import Answer, MockTest, STREAM, WITH_USAGE, chat, elapsed_ms, post


class Answers(MockTest):
    def test_a_whole_answer_has_the_shape_of_openai(self):
        answer = self.ask(prompt="hi")
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.header("content-type"), "application/json")
        self.assertTrue(answer.header("x-request-id").startswith("req_"))
        body = answer.json
        self.assertEqual((body["object"], body["model"]), ("chat.completion", "mock"))
        self.assertTrue(body["id"].startswith("chatcmpl-"))
        self.assertEqual(body["choices"][0]["message"]["role"], "assistant")
        self.assertEqual(body["choices"][0]["finish_reason"], "stop")
        usage = body["usage"]
        self.assertEqual(usage["total_tokens"], usage["prompt_tokens"] + usage["completion_tokens"])

    def test_every_answer_has_its_own_id(self):
        self.assertNotEqual(self.ask().json["id"], self.ask().json["id"])

    def test_the_model_is_echoed_as_it_was_spelt(self):
        self.assertEqual(self.ask(model='odd "name" \u4f60').json["model"], 'odd "name" \u4f60')

    def test_any_prefix_is_served(self):
        self.assertEqual(self.ask(path="/some/deep/prefix/chat/completions?api-version=1").status, 200)

    def test_a_stream_has_role_content_finish_and_done(self):
        answer = self.ask({"chunks": 3}, **STREAM)
        self.assertTrue(answer.header("content-type").startswith("text/event-stream"))
        chunks = answer.chunks
        self.assertEqual(answer.events[-1], "[DONE]")
        self.assertEqual(len(chunks), 5)
        self.assertEqual(chunks[0]["choices"][0]["delta"]["role"], "assistant")
        self.assertEqual(answer.text(), "Lorem ipsum dolor ")
        self.assertEqual(chunks[-1]["choices"][0]["finish_reason"], "stop")
        self.assertEqual(len({chunk["id"] for chunk in chunks}), 1)

    def test_several_choices_take_turns(self):
        answer = self.ask({"chunks": 2}, n=3, **STREAM)
        self.assertEqual([c["index"] for chunk in answer.chunks for c in chunk["choices"]], [0, 1, 2] * 4)
        self.assertEqual(len(self.ask(n=3).json["choices"]), 3)

    def test_chunk_size_and_count_are_obeyed(self):
        answer = self.ask({"chunks": 50, "chunk_bytes": 700}, **STREAM)
        sizes = [len(chunk["choices"][0]["delta"]["content"]) for chunk in answer.chunks[1:-1]]
        self.assertEqual(sizes, [700] * 50)

    def test_max_tokens_shortens_the_answer(self):
        body = self.ask(max_tokens=2).json
        self.assertEqual(body["choices"][0]["finish_reason"], "length")
        self.assertEqual(body["usage"]["completion_tokens"], 2)

    def test_a_given_text_arrives_whole_however_it_is_cut(self):
        text = 'line\n"quoted" \\ \u4f60\u597d \U0001f600 end'
        for cut in ({}, {"chunks": 5}, {"chunk_bytes": 1}):
            answer = self.ask({"content": text, **cut}, **STREAM)
            self.assertEqual(answer.text(), text, cut)
        self.assertEqual(self.ask({"content": text}).json["choices"][0]["message"]["content"], text)

    def test_json_content_refusal_reasoning_and_finish_reason(self):
        message = self.ask({"json": {"a": [1]}}).json["choices"][0]["message"]
        self.assertEqual(json.loads(message["content"]), {"a": [1]})
        self.assertEqual(self.ask({"refusal": "I will not"}).json["choices"][0]["message"]["refusal"], "I will not")
        self.assertEqual(self.ask({"refusal": "I will not"}, **STREAM).text(member="refusal"), "I will not")
        self.assertEqual(self.ask({"reasoning": "Hm, so"}, **STREAM).text(member="reasoning_content"), "Hm, so")
        self.assertEqual(self.ask({"finish_reason": "eos"}).json["choices"][0]["finish_reason"], "eos")
        self.assertIsNone(self.ask({"finish_reason": None}, **STREAM).chunks[-1]["choices"][0]["finish_reason"])

    def test_a_request_may_be_answered_in_the_other_form(self):
        self.assertEqual(self.ask({"stream": False}, **STREAM).json["object"], "chat.completion")
        self.assertEqual(self.ask({"stream": True}).events[-1], "[DONE]")

    def test_models_are_listed_and_retrieved(self):
        self.mock.control("script", {"models": {"org/big": {}}})
        with self.mock.connect() as connection:
            for path, status in (("/v1/models", 200), ("/v1/models/org%2Fbig", 200), ("/v1/models/none", 404)):
                connection.sendall(f"GET {path} HTTP/1.1\r\nHost: m\r\n\r\n".encode())
                answer = Answer(connection)
                self.assertEqual(answer.status, status)
                if path == "/v1/models":
                    self.assertEqual({m["id"] for m in answer.json["data"]}, {"mock", "demo", "org/big"})
        self.assertEqual(answer.json["error"]["code"], "model_not_found")

    def test_the_demo_model_introduces_itself_word_by_word(self):
        answer, took = elapsed_ms(lambda: self.ask(model="demo", **WITH_USAGE))
        self.assertIn("Ferry's built-in demo upstream", answer.text())
        self.assertGreater(len(answer.reads), 20)
        self.assertGreater(took, 20 * 40)
        self.assertEqual(answer.chunks[-1]["usage"]["completion_tokens"], len(answer.chunks) - 3)

    def test_a_model_name_may_ask_for_a_status(self):
        self.assertEqual(self.ask(model="mock-status-429").json["error"]["code"], "rate_limit_exceeded")


class ToolCalls(MockTest):
    TOOLS = [{"type": "function", "function": {"name": name, "parameters": {}}} for name in ("look", "find")]

    def test_parallel_calls_take_the_names_of_the_tools_offered(self):
        message = self.ask({"tool_calls": 2}, tools=self.TOOLS).json["choices"][0]
        self.assertEqual(message["finish_reason"], "tool_calls")
        self.assertIsNone(message["message"]["content"])
        calls = message["message"]["tool_calls"]
        self.assertEqual([call["function"]["name"] for call in calls], ["look", "find"])
        self.assertEqual(len({call["id"] for call in calls}), 2)

    def test_streamed_arguments_come_in_fragments(self):
        given = [{"name": "a", "arguments": {"city": "Z\u00fcrich", "n": 1}}, {"name": "b", "arguments": "{}"}]
        answer = self.ask({"tool_calls": given}, **STREAM)
        arguments, names = {}, {}
        for chunk in answer.chunks:
            for call in chunk["choices"][0]["delta"].get("tool_calls", []):
                names.setdefault(call["index"], call["function"].get("name"))
                arguments[call["index"]] = arguments.get(call["index"], "") + call["function"]["arguments"]
        self.assertEqual(names, {0: "a", 1: "b"})
        self.assertEqual(json.loads(arguments[0]), given[0]["arguments"])
        self.assertEqual(arguments[1], "{}")
        self.assertGreater(len(answer.chunks), 6)

    def test_behind_a_tool_result_the_mock_answers_in_words(self):
        body = json.loads(chat("x", {"tool_calls": 1}))
        body["messages"] += [{"role": "assistant", "content": None}, {"role": "tool", "content": "sun"}]
        with self.mock.connect() as connection:
            connection.sendall(post(json.dumps(body).encode()))
            self.assertEqual(Answer(connection).json["choices"][0]["finish_reason"], "stop")


if __name__ == "__main__":
    unittest.main()
