"""The ground of the failover tests: rows that stand in for one another, told apart by their keys."""
import json

import answers
from harness import FerryCase, insert_model
from nobody import port_of_nobody

GOOD = [answers.json_answer(answers.completion())]
STREAM = answers.chunked_stream(answers.story())
BUSY = [answers.error_answer(503, "busy", "overloaded")]
ROLE = answers.event({"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [
    {"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": None}]})
COMMENT = b": keep-alive\n\n"


def limited(wait):
    return [answers.error_answer(429, "slow down", "rate_limit_exceeded", "requests", f"retry-after-ms: {wait}")]


def begun(*events):
    return [answers.stream_head(), *[answers.as_chunk(one) for one in events]]


class FailoverCase(FerryCase):
    """Every row has its own key, by which the upstream's requests are told apart: key-1 is of row 1, and so on."""

    options = {"timeouts.first_byte": "400ms", "timeouts.connect": "1s", "retry.backoff_base": "20ms",
               "retry.backoff_max": "40ms", "retry.retry_after_max": "2s"}

    @classmethod
    def row_of(cls, number, name, base=None, **columns):
        return insert_model(name, base or cls.upstream.base, key=f"key-{number:04}-canary", id=str(number), **columns)

    @classmethod
    def models(cls):
        dead = f"http://127.0.0.1:{port_of_nobody()}/v1"
        return [
            cls.row_of(1, "demo", fallback_model="'backup'"), cls.row_of(2, "backup"), cls.row_of(3, "alone"),
            cls.row_of(4, "dead", dead, fallback_model="'backup'"),
            cls.row_of(5, "deader", dead, fallback_model="'deadest'"), cls.row_of(6, "deadest", dead),
            cls.row_of(7, "ranks", priority="5"), cls.row_of(8, "ranks", priority="1"),
            cls.row_of(9, "ranks", priority="0", is_enabled="0"),
            cls.row_of(10, "short", max_context_tokens="1000", fallback_model="'long'"),
            cls.row_of(11, "long", max_context_tokens="9000"),
            cls.row_of(12, "shares", weight="3"), cls.row_of(13, "shares", weight="1"),
            cls.row_of(14, "limited", fallback_model="'backup'"),
            "INSERT INTO model_routes (name, strategy, members) VALUES "
            """('split', 'weighted', '[{"model":"alone","weight":1},{"model":"backup","weight":1}]'),"""
            """('list', 'priority', '["dead", "alone"]');""",
        ]

    def play(self, first, then=GOOD, model="demo", status=200, **members):
        """The row that is asked first gets the scripts of `first`, one after the other; the others get `then`."""
        nonce = self.nonce(*first, then)
        answer = self.chat(nonce, model=model, **members)
        self.assertEqual(answer.status, status, answer.raw[:1500])
        return nonce, answer

    def asked(self, nonce):
        keys = [one.fields("authorization")[0] for one in self.upstream.requests(nonce)]
        return [int(key.split("-")[1]) for key in keys]

    def tries(self, nonce):
        """What the store says of each try: (row, status, error code)."""
        self.row(nonce)
        query = ("SELECT a.model_id, a.status, a.error_code FROM usage_attempts a JOIN usage_records r "
                 f"ON r.request_id = a.request_id WHERE r.client_request_id = '{nonce}' ORDER BY a.attempt")
        found = json.loads(self.ferry.run("sql", "--json", "-c", query).stdout)
        return [(one["model_id"], one["status"], one["error_code"]) for one in found]

    def assert_answered_by(self, nonce, answer, row, asked, fallback=None):
        self.assertEqual(self.asked(nonce), asked)
        self.assertEqual(answer.field("x-ferry-model-id"), str(row))
        self.assertEqual(answer.field("x-ferry-attempts"), str(len(asked)))
        self.assertEqual(answer.field("x-ferry-fallback"), fallback)
        self.assert_row(nonce, status=200, model_id=row, attempts=len(asked), end_reason="done", prompt_tokens=7,
                        completion_tokens=5)
        self.assertEqual([one[0] for one in self.tries(nonce)], asked)
