"""A request differs upstream only in the spans Ferry must change; an answer reaches the client as it was sent."""
import gzip
import hashlib
import json
import random

import answers
from harness import FerryCase, insert_model

AWKWARD = (
    '{ "a" : 12345678901234567890, "b":1e-7,"c":1e400,\t"d":"\\u0000\\ud83d\\ude00\\/","e":0.10,"f":-0,"x":1,"x":2,\r\n'
    '"model"  :  "demo" ,"messages":[{"role":"user","content":"NONCE 你好 \\u4f60 \\ud800"}],"Z":1E+5,'
    '"z":{"model":"in"},'
    '"long":1.000000000000000000000000000000000001,"":{"":[]} }\n'
)


class BytesArePreserved(FerryCase):
    @classmethod
    def models(cls):
        renamed = insert_model("demo", cls.upstream.base, upstream_model="'up-1'")
        return [renamed, insert_model("plain", cls.upstream.base)]

    def send(self, body, nonce, *parts):
        client = self.client()
        raw = self.request(body, nonce=nonce)
        client.send(*(parts or [raw]))
        answer = client.response()
        self.assertEqual(answer.status, 200, answer.raw)
        return answer

    def test_an_awkward_body_changes_in_the_model_alone(self):
        nonce = self.nonce()
        body = AWKWARD.replace("NONCE", nonce).encode()
        self.send(body, nonce)
        self.assertEqual(self.upstream.wait_for(nonce).body, body.replace(b'"demo"', b'"up-1"'))

    def test_without_another_name_upstream_the_body_does_not_change_at_all(self):
        nonce = self.nonce()
        body = AWKWARD.replace("NONCE", nonce).replace('"demo"', '"pl\\u0061in"').encode()
        self.send(body, nonce)
        seen = self.upstream.wait_for(nonce).body
        self.assertEqual(seen.replace(b'"plain"', b'"pl\\u0061in"'), body)

    def test_a_body_split_at_every_byte_arrives_the_same(self):
        for _ in range(2):
            nonce = self.nonce()
            body = AWKWARD.replace("NONCE", nonce).encode()
            raw = self.request(body, nonce=nonce)
            self.send(body, nonce, *[raw[i : i + 1] for i in range(len(raw))])
            self.assertEqual(self.upstream.wait_for(nonce).body, body.replace(b'"demo"', b'"up-1"'))

    def test_eight_megabytes_arrive_the_same(self):
        nonce = self.nonce()
        filler = bytes(random.Random(8).choices(b"abcdefghijklmnopqrstuvwxyz 0123456789", k=8 << 20))
        body = self.body(nonce)[:-1] + b',"filler":"' + filler + b'"}'
        self.send(body, nonce)
        seen = self.upstream.wait_for(nonce).body
        self.assertEqual(hashlib.sha256(seen).digest(), hashlib.sha256(body.replace(b'"demo"', b'"up-1"', 1)).digest())

    def test_members_of_ferry_are_removed_and_nothing_else(self):
        row = self.ferry.rows("SELECT id FROM ai_models WHERE model_name = 'demo'")[0]["id"]
        for template in ('{"id":%d,"conversationId":81,"n":1,"messages":["%s"],"t":0.70}',
                         '{"t":0.70,"messages":["%s"],"n":1,"conversationId":81,"id":%d}',
                         '{"t":0.70,"conversationId" : 81 , "messages":["%s"], "id":%d ,"n":1}'):
            nonce = self.nonce()
            values = (row, nonce) if template.startswith('{"id"') else (nonce, row)
            self.send((template % values).encode(), nonce)
            seen = self.upstream.wait_for(nonce).body
            self.assertEqual(json.loads(seen), {"model": "up-1", "n": 1, "messages": [nonce], "t": 0.7}, seen)
            self.assertIn(b'"t":0.70', seen)

    def test_stream_options_are_asked_for_and_the_rest_is_untouched(self):
        cases = {"": True, ',"stream_options":{"include_usage":true}': False, ',"stream_options":{"x":1e-7}': True,
                 ',"stream_options":{"include_usage":false,"x":1e-7}': True, ',"stream_options":{}': True,
                 ',"stream_options":null': True}
        for members, changed in cases.items():
            nonce = self.nonce(*answers.chunked_stream(answers.story()))
            body = self.body(nonce)[:-1] + b',"stream":true,"big":12345678901234567890' + members.encode() + b"}"
            self.send(body, nonce)
            seen = self.upstream.wait_for(nonce).body
            self.assertIs(json.loads(seen)["stream_options"]["include_usage"], True, seen)
            self.assertIn(b'"big":12345678901234567890', seen)
            if "1e-7" in members:
                self.assertIn(b'"x":1e-7', seen)
            self.assertEqual(seen != body.replace(b'"demo"', b'"up-1"'), changed)

    # Answers

    ANSWER = (answers.completion("你好 😀 1e-7")[:-1]
              + b', "z" : 1e-7,"big":12345678901234567890,"a":1,"a":2,"e":"\\u4f60" }\n')

    def framings(self, body, kind="application/json"):
        cut = len(body) // 3
        yield "length", [answers.head(200, kind, f"Content-Length: {len(body)}") + body]
        chunks = answers.as_chunk(body[:cut]) + answers.as_chunk(body[cut:]) + answers.LAST_CHUNK
        yield "chunked", [answers.head(200, kind, "Transfer-Encoding: chunked") + chunks]
        yield "chunked with extensions and trailers", [answers.head(200, kind, "Transfer-Encoding: chunked") + chunks
                                                       .replace(b"\r\n", b";x=y\r\n", 1)[:-2] + b"X-T: 1\r\n\r\n"]
        yield "close", [answers.head(200, kind, "Connection: close") + body, "close"]

    def test_an_answer_in_every_framing_is_the_same(self):
        for name, script in self.framings(self.ANSWER):
            with self.subTest(framing=name):
                nonce = self.nonce(*script)
                answer = self.chat(nonce)
                self.assertTrue(answer.whole)
                self.assertEqual(answer.body, self.ANSWER)
                self.assert_row(nonce, prompt_tokens=7, completion_tokens=5, basis="provider", status=200)

    def test_an_answer_split_at_every_byte_is_the_same(self):
        for name, script in self.framings(self.ANSWER):
            with self.subTest(framing=name):
                raw = script[0]
                nonce = self.nonce(*[raw[i : i + 1] for i in range(len(raw))], *script[1:])
                answer = self.chat(nonce)
                self.assertTrue(answer.whole)
                self.assertEqual(answer.body, self.ANSWER)
                self.assert_row(nonce, prompt_tokens=7, completion_tokens=5)

    def test_a_stream_split_at_every_byte_is_the_same(self):
        events = b"".join([answers.chunk("你好 😀"), *answers.story(2)])
        for name, script in self.framings(events, "text/event-stream"):
            with self.subTest(framing=name):
                raw = script[0]
                nonce = self.nonce(*[raw[i : i + 1] for i in range(len(raw))], *script[1:])
                answer = self.stream(nonce, stream_options={"include_usage": True})
                self.assertTrue(answer.whole)
                self.assertEqual(answer.body, events)
                self.assert_row(nonce, prompt_tokens=7, completion_tokens=5, is_stream=1, basis="provider")

    def test_a_stream_cut_in_two_at_each_byte_is_the_same(self):
        events = b"".join([answers.chunk("é"), answers.chunk(finish="stop"), answers.usage_chunk(7, 5), answers.DONE])
        hidden = events.replace(answers.usage_chunk(7, 5), b"")
        client = self.client()
        for cut in range(1, len(events)):
            parts = [answers.as_chunk(part) for part in (events[:cut], events[cut:])]
            nonce = self.nonce(answers.stream_head(), parts[0], 0.001, parts[1], answers.LAST_CHUNK)
            answer = self.chat(nonce, client=client, stream=True)
            self.assertEqual(answer.body, hidden, f"cut at {cut}")

    def test_comments_carriage_returns_and_unknown_fields_pass(self):
        crlf = answers.chunk("a").replace(b"\n", b"\r\n")
        events = (b": OPENROUTER PROCESSING\n\n" + crlf + b"event: ping\ndata: {}\n\nid: 7\nretry: 100\n"
                  + answers.chunk("b") + answers.chunk(finish="stop") + answers.DONE)
        nonce = self.nonce(*answers.chunked_stream([events]))
        self.assertEqual(self.stream(nonce).body, events)

    def test_an_answer_that_came_compressed_all_the_same_passes_as_it_was_before(self):
        body = gzip.compress(self.ANSWER)
        nonce = self.nonce(answers.json_answer(body, 200, "Content-Encoding: gzip"))
        answer = self.chat(nonce)
        self.assertEqual(self.upstream.wait_for(nonce).fields("accept-encoding"), ["identity"])
        self.assertEqual((answer.status, answer.field("content-encoding"), answer.body), (200, None, self.ANSWER))
        self.row(nonce)

    def test_an_event_of_a_megabyte_passes(self):
        events = [answers.chunk("x" * (1 << 20)), *answers.story(tokens=None)]
        nonce = self.nonce(*answers.chunked_stream(events))
        self.assertEqual(self.stream(nonce).body, b"".join(events))
