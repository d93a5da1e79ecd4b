"""Stored conversations: what a request says and is answered is kept, goes before the next one, and is its owner's."""
import json
import threading
import unittest

import answers
from harness import FerryCase, insert_model
from waiting import eventually


def said(role, content, **more):
    return {"role": role, "content": content, **more}


class Conversation(FerryCase):
    rows_for_every_request = False
    fresh = iter(range(1000, 100000))

    def setUp(self):
        super().setUp()
        self.number = next(self.fresh)

    def turn(self, *messages, answer="Hello", fields=(), conversation=..., **members):
        """A chat of this conversation; returns the answer and the messages the provider was asked with."""
        script = answer if isinstance(answer, list) else [answers.json_answer(answers.completion(answer))]
        self.upstream.default = script
        before = len(self.upstream.served)
        wanted = self.number if conversation is ... else conversation
        body = {"model": "demo", "messages": list(messages), **members}
        if wanted is not None:
            body["conversationId"] = wanted
        client = self.client()
        client.send(self.request(json.dumps(body).encode(), *fields))
        got = client.response()
        asked = self.upstream.served[before:]
        return got, json.loads(asked[0].body)["messages"] if asked else None

    def call(self, method, path="", body=None, key=None):
        client = self.client()
        data = b"" if body is None else json.dumps(body).encode()
        lines = [f"{method} /v1/conversations{path} HTTP/1.1", "Host: ferry",
                 f"Authorization: Bearer {key or self.key}"]
        if body is not None:
            lines += ["Content-Type: application/json", f"Content-Length: {len(data)}"]
        client.send(("\r\n".join(lines) + "\r\n\r\n").encode() + data)
        return client.response()

    def stored(self, conversation=None):
        """(role, content) of every message."""
        got = self.call("GET", f"/{conversation or self.number}/messages?limit=100")
        self.assertEqual(got.status, 200, got.raw)
        return [(one["role"], one["content"]) for one in got.json["data"]]


class Turns(Conversation):
    def test_the_second_turn_is_asked_with_the_first(self):
        first, asked = self.turn(said("user", "My name is Ann."), answer="Hello, Ann.")
        self.assertEqual(asked, [said("user", "My name is Ann.")])
        self.assertEqual(first.field("x-ferry-conversation-id"), str(self.number))
        self.assertEqual(first.field("x-ferry-history"), "0")
        second, asked = self.turn(said("user", "Who am I?"), answer="You are Ann.")
        self.assertEqual(asked, [said("user", "My name is Ann."), said("assistant", "Hello, Ann."),
                                 said("user", "Who am I?")])
        self.assertEqual(second.field("x-ferry-history"), "2")
        self.assertEqual(self.stored(), [("user", "My name is Ann."), ("assistant", "Hello, Ann."),
                                         ("user", "Who am I?"), ("assistant", "You are Ann.")])

    def test_bytes_outside_the_history_are_as_they_were(self):
        self.turn(said("user", "one"), answer="two")
        sent = (b'{ "temperature":1e-7,"messages" : [ {"role":"system","content":"be \\u0041"} , {"content":"three", '
                b'"role":"user" } ] , "conversationId": %d ,"model":"demo","x":12345678901234567890}' % self.number)
        client = self.client()
        client.send(self.request(sent))
        self.assertEqual(client.response().status, 200)
        got = self.upstream.served[-1].body
        history = b'{"role":"user","content":"one"},{"role":"assistant","content":"two"}'
        self.assertEqual(got.count(history), 1, got)
        at = got.index(history)
        rest = got[:at].rstrip(b", ") + b"|" + got[at + len(history):].lstrip(b", ")
        wanted = sent.replace(b' "conversationId": %d ,' % self.number, b"").replace(b'"demo"', b'"up-1"')
        front, back = wanted.split(b"} , {")
        self.assertEqual(rest.replace(b" ", b""), (front + b"}|{" + back).replace(b" ", b""))

    def test_a_client_that_sends_everything_is_not_given_it_twice(self):
        history = []
        for i in range(3):
            history.append(said("user", f"question {i}"))
            got, asked = self.turn(*history, answer=f"answer {i}")
            self.assertEqual(asked, history)
            self.assertEqual(got.field("x-ferry-history"), "0")
            history.append(said("assistant", f"answer {i}"))
        self.assertEqual(self.stored(), [(one["role"], one["content"]) for one in history])

    def test_streams_are_kept_too(self):
        story = answers.chunked_stream(answers.story())
        got, _ = self.turn(said("user", "Tell me a story."), answer=story, stream=True)
        self.assertIn(b"[DONE]", got.body)
        self.assertEqual(got.field("x-ferry-history"), "0")
        self.assertEqual(self.stored(), [("user", "Tell me a story."), ("assistant", "word0 word1 word2 ")])

    def test_tools_and_their_results_come_back_together(self):
        calls = [{"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}]
        answer = json.loads(answers.completion())
        answer["choices"][0]["message"] = said("assistant", None, tool_calls=calls)
        answer["choices"][0]["finish_reason"] = "tool_calls"
        self.turn(said("user", "Weather?"), answer=[answers.json_answer(answer)])
        result = said("tool", "sunny", tool_call_id="call_1")
        got, asked = self.turn(result, answer="It is sunny.")
        self.assertEqual(asked[1]["tool_calls"], calls)
        self.assertEqual(asked[2], result)
        self.assertEqual(got.field("x-ferry-history"), "2")

    def test_an_answer_that_is_cut_is_kept_as_far_as_it_came(self):
        script = [answers.stream_head(), *[answers.as_chunk(one) for one in answers.words(2)], "cut"]
        got, _ = self.turn(said("user", "Tell me."), answer=script, stream=True)
        self.assertNotIn(b"[DONE]", got.body)
        listed = eventually(lambda: self.call("GET", f"/{self.number}/messages").json.get("data"))
        self.assertEqual([one["content"] for one in listed], ["Tell me.", "word0 word1 "])
        self.assertEqual(listed[1]["end_reason"], "upstream_cut")

    def test_a_failed_turn_leaves_nothing(self):
        got, _ = self.turn(said("user", "x"), answer=[answers.error_answer(400)])
        self.assertEqual(got.status, 400)
        self.assertEqual(self.call("GET", f"/{self.number}").status, 404)

    def test_what_is_not_to_be_stored_is_not(self):
        self.turn(said("user", "one"), answer="two")
        got, asked = self.turn(said("user", "secret"), answer="hush", store=False)
        self.assertEqual(got.field("x-ferry-history"), "2")
        self.assertEqual(len(asked), 3)
        self.assertEqual(self.stored(), [("user", "one"), ("assistant", "two")])

    def test_the_header_names_a_conversation_as_the_member_does(self):
        self.turn(said("user", "one"), answer="two")
        field = f"x-ferry-conversation-id: {self.number}"
        got, asked = self.turn(said("user", "three"), conversation=None, fields=[field])
        self.assertEqual(got.field("x-ferry-history"), "2")
        other, _ = self.turn(said("user", "x"), fields=["x-ferry-conversation-id: 1"])
        self.assert_error(other, 400, "invalid_request")
        odd, _ = self.turn(said("user", "x"), conversation=None, fields=["x-ferry-conversation-id: a"])
        self.assert_error(odd, 400, "invalid_id")

    def test_oddly_written_texts_come_back_as_they_were(self):
        sent = (b'{"model":"demo","conversationId":%d,"messages":[{"role":"user","content":"a\\u0000b \\ud800 \\/ '
                b'\xe4\xbd\xa0\xe5\xa5\xbd"}]}' % self.number)
        client = self.client()
        client.send(self.request(sent))
        self.assertEqual(client.response().status, 200)
        got = self.call("GET", f"/{self.number}/messages")
        self.assertIn(b'"content":"a\\u0000b \\ud800 \\/ \xe4\xbd\xa0\xe5\xa5\xbd"', got.body)

    def test_messages_of_eight_mebibytes_are_kept(self):
        text = "0123456789abcdef" * (1 << 19)
        self.turn(said("user", text), answer=text[::-1])
        got = self.call("GET", f"/{self.number}/messages")
        self.assertEqual([one["content"] for one in got.json["data"]], [text, text[::-1]])

    def test_two_turns_at_once_are_both_kept_and_the_lock_refuses_one(self):
        go = threading.Event()
        self.upstream.default = [go, answers.json_answer(answers.completion("late"))]
        one = threading.Thread(target=lambda: self.turn(said("user", "first"), answer=self.upstream.default))
        before = len(self.upstream.served)
        one.start()
        eventually(lambda: len(self.upstream.served) > before)
        busy, _ = self.turn(said("user", "alone"), fields=["x-ferry-conversation-lock: true"])
        self.assert_error(busy, 409, "conversation_busy")
        second, _ = self.turn(said("user", "second"), answer="quick")
        self.assertEqual(second.status, 200)
        go.set()
        one.join()
        self.assertEqual(self.stored(), [("user", "second"), ("assistant", "quick"), ("user", "first"),
                                         ("assistant", "late")])


class Ownership(Conversation):
    @classmethod
    def prepare(cls, ferry):
        key = super().prepare(ferry)
        cls.other = ferry.create_key("other")
        return key

    def test_nobody_sees_anothers(self):
        self.turn(said("user", "mine"), answer="yours")
        other = self.other
        self.secrets.append(other)
        for method, path, body in (("GET", "", None), ("GET", "/messages", None), ("DELETE", "", None),
                                   ("PATCH", "", {"title": "t"})):
            foreign = self.call(method, f"/{self.number}{path}", body, key=other)
            absent = self.call(method, f"/999{path}", body, key=other)
            self.assert_error(foreign, 404, "conversation_not_found")
            self.assertEqual(foreign.body, absent.body)
        self.assertEqual(self.call("GET", key=other).json["data"], [])
        client = self.client()
        client.send(self.request(json.dumps({"model": "demo", "conversationId": self.number, "messages": [
            said("user", "who?")]}).encode(), key=other))
        self.assertEqual(client.response().field("x-ferry-history"), "0")


class Lists(Conversation):
    def test_created_named_listed_found_and_deleted(self):
        made = self.call("POST", body={"title": "Über Katzen"})
        self.assertEqual(made.status, 200, made.raw)
        self.assertEqual((made.json["object"], made.json["title"], made.json["message_count"]),
                         ("conversation", "Über Katzen", 0))
        self.assertLess(made.json["id"], 1 << 53)
        self.turn(said("user", "Tell me   about\n100% dogs"), answer="Dogs bark.")
        self.assertEqual(self.call("GET", f"/{self.number}").json["title"], "Tell me about 100% dogs")
        listed = self.call("GET", "?limit=1").json
        self.assertEqual([one["id"] for one in listed["data"]], [self.number])
        self.assertTrue(listed["has_more"])
        after = self.call("GET", f"?limit=100&after={self.number}").json
        self.assertIn(made.json["id"], [one["id"] for one in after["data"]])
        for words, wanted in (("BARK", [self.number]), ("100%25", [self.number]), ("katzen", [made.json["id"]]),
                              ("zebra", [])):
            self.assertEqual([one["id"] for one in self.call("GET", f"?q={words}").json["data"]], wanted, words)
        self.assertEqual(self.call("PATCH", f"/{self.number}", {"title": "Dogs"}).json["title"], "Dogs")
        gone = self.call("DELETE", f"/{self.number}")
        self.assertEqual(gone.json, {"id": self.number, "object": "conversation.deleted", "deleted": True})
        self.assert_error(self.call("GET", f"/{self.number}"), 404, "conversation_not_found")
        got, asked = self.turn(said("user", "again"))
        self.assertEqual((got.field("x-ferry-history"), len(asked)), ("0", 1))

    def test_bad_parameters_are_named(self):
        for query, name in (("limit=0", "limit"), ("limit=101", "limit"), ("limit=x", "limit"), ("order=up", "order"),
                            ("after=x", "after"), ("after=4", "after")):
            got = self.assert_error(self.call("GET", f"?{query}"), 400, "invalid_parameter")
            self.assertEqual(got.error["param"], name)
        self.assert_error(self.call("POST", body={"title": 5}), 400, "invalid_parameter")
        self.assert_error(self.call("GET", "/abc"), 404, "conversation_not_found")


class Trimmed(Conversation):
    options = {"conversations.max_messages": 3}

    def test_the_history_begins_with_a_question_and_keeps_the_instructions(self):
        self.turn(said("system", "be brief"), said("user", "q0"), answer="a0")
        for i in range(1, 4):
            self.turn(said("user", f"q{i}"), answer=f"a{i}")
        got, asked = self.turn(said("user", "q4"))
        self.assertEqual([one["content"] for one in asked], ["be brief", "q3", "a3", "q4"])
        self.assertEqual(got.field("x-ferry-history"), "3")


class OnlyStored(Conversation):
    options = {"conversations.history": "store"}

    def test_nothing_is_put_in(self):
        self.turn(said("user", "one"), answer="two")
        got, asked = self.turn(said("user", "three"), answer="four")
        self.assertEqual((asked, got.field("x-ferry-history")), ([said("user", "three")], "0"))
        self.assertEqual(len(self.stored()), 4)


class SwitchedOff(Conversation):
    options = {"conversations.enabled": False}

    def test_the_member_goes_and_nothing_is_kept(self):
        got, asked = self.turn(said("user", "one"))
        self.assertEqual(asked, [said("user", "one")])
        self.assertIsNone(got.field("x-ferry-conversation-id"))
        self.assert_error(self.call("GET", f"/{self.number}"), 501, "not_supported")


class AfterACrash(Conversation):
    def test_what_a_client_received_whole_is_there(self):
        self.turn(said("user", "before"), answer="the crash")
        self.ferry.process.kill()
        self.ferry.process.wait()
        self.ferry.start()
        # It lies in the journal of the one that was killed, and the next one ships that beside serving.
        at = f"/{self.number}/messages"
        eventually(lambda: len(self.call("GET", at).json.get("data", ())) == 2, what="the turn in the store")
        got, asked = self.turn(said("user", "after"), answer="it")
        self.assertEqual(got.field("x-ferry-history"), "2")
        self.assertEqual([one["content"] for one in asked], ["before", "the crash", "after"])


if __name__ == "__main__":
    unittest.main()
