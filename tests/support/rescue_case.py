"""The ground of the tests about streams that go on at another provider when theirs dies behind some content."""
import json
import threading

import answers
from fault_tables import BROKEN_JSON, ENGINE_DIED
from harness import FerryCase, insert_model
from imposter import Imposter
from provider_faults import SHOWN, TOKENS, end_of, role, text_of, words
from told_stream import read_stream

OUT_OF_RESOURCES = answers.chunk(finish="insufficient_system_resource")
# What becomes of a stream behind 40 of its 60 tokens.
DEATHS = {
    "is_cut": ["close"],
    "ends": [answers.LAST_CHUNK],
    "is_reset": ["reset"],
    "stalls": ["stall"],
    "breaks_off_in_an_event": [answers.as_chunk(b'data: {"choices":[{"delta":{"con'), "close"],
    "has_a_malformed_event": [answers.as_chunk(BROKEN_JSON), *map(answers.as_chunk, words(first=41)), "stall"],
    "tells_of_an_error": [answers.as_chunk(ENGINE_DIED), answers.LAST_CHUNK],
    "is_out_of_resources": [answers.as_chunk(OUT_OF_RESOURCES), answers.as_chunk(answers.DONE), answers.LAST_CHUNK],
}


def dies(events, *death):
    """The client has something of it before it dies."""
    return [answers.stream_head(), *map(answers.as_chunk, events), SHOWN, *death]


def forty(*more):
    return [role(), *words(last=40), *more]


def same_text(pieces=None, who="spare", reason="stop"):
    """The text of the primary as another provider tells it, in other pieces perhaps."""
    if pieces is None:
        pieces = [f"word{i} " for i in range(TOKENS)]
    told = [answers.chunk(one, id=f"chatcmpl-{who}") for one in pieces]
    return [role(who), *told, *end_of(who, reason), answers.DONE]


def whole(events):
    return answers.chunked_stream(events)


class RescueCase(FerryCase):
    options = {"stream.rescue": True, "timeouts.first_byte": "2s", "timeouts.idle": "700ms", "timeouts.connect": "1s",
               "circuit.minimum_requests": 1000, "circuit.cooldown": "0s"}
    capabilities = None  # of the backup's row

    @classmethod
    def make_upstream(cls):
        cls.spare = Imposter()
        return Imposter()

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        cls.spare.close()

    @classmethod
    def models(cls):
        more = {"capabilities": "'" + json.dumps(cls.capabilities) + "'"} if cls.capabilities else {}
        return [insert_model("demo", cls.upstream.base, key="key-1-canary", id="1", priority="0"),
                insert_model("demo", cls.spare.base, key="key-2-canary", id="2", priority="1", **more),
                insert_model("alone", cls.upstream.base, key="key-3-canary", id="3")]

    def begin(self, first, *then, again=(), key=None, **members):
        """(nonce, client) of a stream that has begun. `first`: what the primary does, and `again` when it is asked once
        more; `then`: the same of the backup."""
        shown = threading.Event()
        nonce = self.nonce(*[[shown if step is SHOWN else step for step in one] for one in (first, *again)])
        self.spare.on(nonce, *then)
        client = self.client()
        body = self.body(nonce, **{"stream": True, "stream_options": {"include_usage": True}, **members})
        client.send(self.request(body, nonce=nonce, key=key))
        client.peek_until(b'"chatcmpl-word"')
        shown.set()
        return nonce, client

    def rescue(self, first, *then, **more):
        """(nonce, what the client made of it)."""
        nonce, client = self.begin(first, *then, **more)
        answer = client.response()
        self.assertEqual(answer.status, 200, answer.raw)
        self.last_answer = answer
        return nonce, read_stream(answer.body)

    def assert_whole(self, told, comments=1):
        self.assertEqual(told.errors, [])
        self.assertEqual(told.text, text_of("word"))
        self.assertEqual((told.done, told.finishes, told.ids), (1, ["stop"], {"chatcmpl-word"}), told)
        self.assertEqual([one["completion_tokens"] for one in told.usages], [TOKENS])
        self.assertEqual(told.comments.count(": rescued"), comments, told.comments)

    def assert_failed(self, told, least=1):
        self.assertEqual(len(told.errors), 1, told)
        self.assertEqual((told.done, told.finishes, told.usages), (0, [], []), told)
        self.assertTrue(text_of("word").startswith(told.text), told)
        self.assertGreaterEqual(told.text.count(" "), least, told)
        self.assertNotIn(": rescued", told.comments)

    def tries(self, nonce):
        query = ("SELECT a.model_id, a.status, a.error_code, a.prompt_tokens, a.completion_tokens "
                 "FROM usage_attempts a JOIN usage_records r ON r.request_id = a.request_id "
                 "WHERE r.client_request_id = ? ORDER BY a.attempt")
        self.row(nonce)
        return [tuple(one.values()) for one in self.ferry.rows(query, nonce)]

    def asked(self, nonce):
        """What the backup was asked: the bodies of its requests."""
        return [json.loads(one.body) for one in self.spare.requests(nonce)]
