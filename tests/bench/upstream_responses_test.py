"""ferry-bench upstream serves the Responses interface: whole, as named events, and what is kept of them."""
import json
import unittest

from raw_mock import MockTest, STREAM, elapsed_ms


class Responses(MockTest):
    def respond(self, action=None, key="one", **members):
        return self.call("POST", "/responses", {"model": "r", "input": self.text(action), **members}, key)

    def events(self, answer):
        """(event line, data) of each event."""
        blocks = [block.split("\n") for block in answer.body.decode().split("\n\n") if block]
        return [(event.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for event, data in blocks]

    def test_a_whole_answer_has_the_shape_of_openai(self):
        answer = self.respond({"content": 'say "x"', "prompt_tokens": 4, "cached_tokens": 1, "reasoning_tokens": 2},
                              temperature=0.7)
        body = answer.json
        self.assertTrue(body["id"].startswith("resp_"))
        self.assertEqual((body["object"], body["status"], body["model"]), ("response", "completed", "r"))
        self.assertIn(b'"temperature":0.7,', answer.body)
        message, = body["output"]
        self.assertEqual((message["type"], message["role"], message["status"]), ("message", "assistant", "completed"))
        self.assertEqual(message["content"], [{"type": "output_text", "annotations": [], "logprobs": [],
                                               "text": 'say "x"'}])
        self.assertEqual(body["usage"], {
            "input_tokens": 4, "input_tokens_details": {"cached_tokens": 1}, "output_tokens": 2,
            "output_tokens_details": {"reasoning_tokens": 2}, "total_tokens": 6})
        entry = self.entry()
        self.assertEqual((entry["operation"], entry["object_id"], entry["units"]), ("responses", body["id"], 6))
        self.assertEqual((entry["cached_tokens"], entry["usage_sent"]), (1, True))

    def test_a_stream_has_the_documented_events_in_order(self):
        events = self.events(self.respond({"chunks": 2}, **STREAM))
        self.assertEqual([name for name, _ in events], [
            "response.created", "response.in_progress", "response.output_item.added", "response.content_part.added",
            "response.output_text.delta", "response.output_text.delta", "response.output_text.done",
            "response.content_part.done", "response.output_item.done", "response.completed"])
        self.assertEqual([data["type"] for _, data in events], [name for name, _ in events])
        self.assertEqual([data["sequence_number"] for _, data in events], list(range(10)))
        self.assertEqual("".join(data["delta"] for _, data in events[4:6]), "Lorem ipsum ")
        self.assertEqual(events[6][1]["text"], "Lorem ipsum ")
        self.assertEqual(events[0][1]["response"]["output"], [])
        last = events[-1][1]["response"]
        self.assertEqual(last["output"][0], events[8][1]["item"])
        self.assertEqual(last["usage"]["output_tokens"], 2)
        self.assertEqual(len({data["item_id"] for _, data in events[3:8]} | {events[8][1]["item"]["id"]}), 1)
        entry = self.entry()
        self.assertEqual((entry["events"], entry["completion_tokens_sent"], entry["stream"]), (10, 2, True))

    def test_there_is_no_done(self):
        self.assertNotIn(b"[DONE]", self.respond(**STREAM).body)

    def test_function_calls_are_items(self):
        tools = [{"type": "function", "name": "look", "parameters": {}}]
        call, = self.respond({"tool_calls": 1}, tools=tools).json["output"]
        self.assertEqual((call["type"], call["name"]), ("function_call", "look"))
        events = self.events(self.respond({"tool_calls": [{"name": "find", "arguments": {"city": "Z\u00fcrich"}}]},
                                          **STREAM))
        arguments = "".join(data["delta"] for name, data in events if name.endswith("arguments.delta"))
        self.assertEqual(json.loads(arguments), {"city": "Z\u00fcrich"})
        done = next(data for name, data in events if name == "response.function_call_arguments.done")
        self.assertEqual(done["arguments"], arguments)
        self.assertEqual(events[-1][1]["response"]["output"][0]["arguments"], arguments)
        self.assertFalse([name for name, _ in events if "content_part" in name])

    def test_behind_a_call_s_output_the_mock_answers_in_words(self):
        turns = [{"role": "user", "content": 'x [[mock {"tool_calls": 1}]]'},
                 {"type": "function_call_output", "call_id": "c", "output": "sun"}]
        self.assertEqual(self.respond(input=turns).json["output"][0]["type"], "message")
        self.assertEqual(self.respond(input=turns[:1]).json["output"][0]["type"], "function_call")

    def test_reasoning_and_refusal_have_their_events(self):
        events = self.events(self.respond({"reasoning": "Hm, so", "refusal": "I will not"}, **STREAM))
        names = [name for name, _ in events]
        self.assertLess(names.index("response.reasoning_summary_text.delta"), names.index("response.refusal.delta"))
        refusal = next(data for name, data in events if name == "response.refusal.done")
        self.assertEqual(refusal["refusal"], "I will not")
        reasoning, message = events[-1][1]["response"]["output"]
        self.assertEqual(reasoning["summary"], [{"type": "summary_text", "text": "Hm, so"}])
        self.assertEqual(message["content"], [{"type": "refusal", "refusal": "I will not"}])

    def test_a_shortened_answer_is_incomplete(self):
        body = self.respond(max_output_tokens=3).json
        self.assertEqual((body["status"], body["incomplete_details"]), ("incomplete", {"reason": "max_output_tokens"}))
        self.assertEqual(body["usage"]["output_tokens"], 3)
        self.assertEqual(self.events(self.respond(max_output_tokens=3, **STREAM))[-1][0], "response.incomplete")
        self.assertEqual(self.respond({"finish_reason": "content_filter"}).json["status"], "incomplete")

    def test_an_error_may_come_in_mid_stream(self):
        events = self.events(self.respond({"error_after": 2}, **STREAM))
        self.assertEqual([name for name, _ in events][4:], ["response.output_text.delta"] * 2 + ["error"])
        self.assertEqual((events[-1][1]["type"], events[-1][1]["sequence_number"]), ("error", 6))

    def test_pieces_are_an_interval_apart_and_usage_may_be_missing(self):
        _, took = elapsed_ms(lambda: self.respond({"chunks": 4, "interval_ms": 30}, **STREAM))
        self.assertGreaterEqual(took, 4 * 30)
        self.assertIsNone(self.respond({"usage": "none"}).json["usage"])
        self.assertEqual(self.respond({"usage": "zeros"}).json["usage"]["total_tokens"], 0)
        self.assertIsNone(self.events(self.respond({"usage": "none"}, **STREAM))[-1][1]["response"]["usage"])
        self.assertEqual([e["usage_sent"] for e in self.mock.settled(self.nonce[6:], 4)], [True, False, False, False])

    def test_a_response_is_kept_and_may_be_deleted(self):
        made = self.respond().json
        path = "/responses/" + made["id"]
        self.assertEqual(self.call("GET", path).json, made)
        items = self.call("GET", path + "/input_items").json
        self.assertIn(self.nonce, items["data"][0]["content"][0]["text"])
        self.assertEqual((items["object"], items["has_more"]), ("list", False))
        self.assertEqual(self.call("DELETE", path).json, {"id": made["id"], "object": "response", "deleted": True})
        answer = self.call("GET", path)
        self.assertEqual(answer.status, 404)
        self.assertIn("not found", answer.json["error"]["message"])
        self.assertEqual([(e["operation"], e["object_id"]) for e in self.mock.ledger()[1:]], [
            ("responses.get", made["id"]), ("responses.input_items", made["id"]), ("responses.delete", made["id"]),
            ("responses.get", made["id"])])

    def test_a_response_is_unknown_under_another_key_and_when_it_is_not_stored(self):
        made = self.respond().json
        self.assertEqual(self.call("GET", "/responses/" + made["id"], key="two").status, 404)
        self.assertEqual(self.call("DELETE", "/responses/" + made["id"], key="two").status, 404)
        loose = self.respond(store=False).json
        self.assertEqual(self.call("GET", "/responses/" + loose["id"]).status, 404)

    def test_a_conversation_goes_on_from_a_known_response_only(self):
        first = self.respond().json["id"]
        self.assertEqual(self.respond(previous_response_id=first).json["previous_response_id"], first)
        for key, previous in (("two", first), ("one", "resp_none")):
            answer = self.respond(previous_response_id=previous, key=key)
            self.assertEqual(answer.status, 404)
            self.assertEqual(answer.json["error"], {
                "message": f"Previous response with id '{previous}' not found.", "type": "invalid_request_error",
                "param": "previous_response_id", "code": "previous_response_not_found"})

    def test_a_background_response_is_queued_and_may_be_cancelled(self):
        made = self.respond(background=True).json
        self.assertEqual((made["status"], made["output"]), ("queued", []))
        path = "/responses/" + made["id"]
        self.assertEqual(self.call("GET", path).json["status"], "completed")
        self.assertEqual(self.call("POST", path + "/cancel").json["status"], "cancelled")
        self.assertEqual(self.call("GET", path).json["status"], "cancelled")
        self.assertEqual(len(self.call("GET", path + "/input_items").json["data"]), 1)
        self.assertEqual(self.call("POST", f"/responses/{self.respond().json['id']}/cancel").status, 400)


if __name__ == "__main__":
    unittest.main()
