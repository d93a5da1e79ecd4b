"""A captured stream is cut, ended, reset or stalled at each of its bytes while a backup stands by. With stream.rescue
the client has the whole text where the backup tells the same, once and in valid events, and an honest error where it
tells another; without, an honest error once content went out. Never a part that looks whole.

RESCUE_EVERY: 1 for each byte; default 13, for each thirteenth. Stalls, which take their time, are then at a third of
those.
RESCUE_SEED: where the first one is."""
import itertools
import json
import os
import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import answers
from captured_streams import APIS, KINDS, captured
from client import Client, Closed
from harness import FerryCase, insert_model, make_nonce
from imposter import Imposter
from told_stream import read_stream
from waiting import eventually

EVERY = int(os.environ.get("RESCUE_EVERY", "13"))
SEED = int(os.environ.get("RESCUE_SEED", random.randrange(1 << 30)))
SELDOM = 5 * EVERY if EVERY > 1 else 1
AT_ONCE = 32
TARGETS = {"chat": "/v1/chat/completions", "responses": "/v1/responses"}
CLOSED_BY_THE_END = answers.head(200, "text/event-stream", "Connection: close")
# A clean end of what has no length: nothing but the events says that something is missing.
ENDS = {"cut": (True, "close"), "ended": (False, "close"), "reset": (True, "reset"), "stalled": (True, "stall")}


def broken(body, chunked, end):
    piece = [answers.as_chunk(body) if chunked else body] if body else []
    return [answers.stream_head() if chunked else CLOSED_BY_THE_END, *piece, end]


class EveryByte(FerryCase):
    options = {"stream.rescue": True, "timeouts.first_byte": "1500ms", "timeouts.idle": "1500ms", "retry.budget": 1.0,
               "circuit.minimum_requests": 1_000_000, "circuit.cooldown": "0s"}
    every = EVERY
    turn = None  # from which piece on the backup tells another text
    rows_for_every_request = False  # thousands: they are looked at together

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
        return [insert_model("demo", place.base, key=f"key-{place.port}", priority=str(rank))
                for rank, place in enumerate((cls.upstream, cls.spare))]

    def broken_everywhere(self, api, kind):
        whole = captured(api, kind)
        self.whole, self.spared = whole, captured(api, kind, "spare", self.turn)
        dice = random.Random(f"{SEED}/{api}/{kind}")
        self.first_of_spare = len(self.spare.served)
        self.wrong, self.outcomes, self.rows_wanted = [], Counter(), {}
        cases = []
        for end in ENDS:
            every = self.every * 3 if end == "stalled" and EVERY > 1 else self.every
            cases += [(end, at) for at in range(dice.randrange(every), len(whole.body), every)]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(lambda case: self.one(api, kind, *case), cases))
        told = f"RESCUE_SEED={SEED} RESCUE_EVERY={self.every}: {dict(self.outcomes)}"
        self.assertEqual(self.wrong[:5], [], f"{len(self.wrong)} of {len(cases)} are wrong; {told}")
        self.check_rows()

    def one(self, api, kind, end, at):
        nonce, chunked = make_nonce(), ENDS[end][0]
        self.upstream.on(nonce, *broken(self.whole.body[:at], chunked, ENDS[end][1]))
        self.spare.on(nonce, *answers.chunked_stream(self.spared.events))
        try:
            outcome = self.judge(kind, nonce, self.ask(api, nonce))
            self.outcomes[outcome] += 1
            self.rows_wanted[nonce] = outcome
        except (AssertionError, OSError, Closed, ValueError, KeyError) as wrong:
            self.wrong.append(f"{end} at {at} of {len(self.whole.body)}: {wrong!r}"[:2500])

    def ask(self, api, nonce):
        asked = {"model": "demo", "stream": True, "input": nonce} if api == "responses" else {
            "model": "demo", "stream": True, "messages": [{"role": "user", "content": nonce}],
            "stream_options": {"include_usage": True}}
        with Client(self.ferry.port, seconds=20) as client:
            client.send(self.request(json.dumps(asked).encode(), nonce=nonce, path=TARGETS[api]))
            return client.response()

    def judge(self, kind, nonce, answer):
        """What became of it; raises where that may not be."""
        assert answer.status == 200, answer.raw
        told = read_stream(answer.body)
        assert len(told.ids) <= 1, told
        assert told.numbers == sorted(set(told.numbers)), told
        assert all(len(ids) == 1 for ids in told.items.values()), told
        if not told.is_complete:
            self.may_fail(kind, told)
            return "failed"
        assert (told.done, len(told.finishes)) == (1, 1) and len(told.usages) <= 1, told
        by = "spare" if told.ids and "spare" in min(told.ids) else "word"
        was_rescued = by == "word" and bool(self.spare.requests(nonce))
        source = self.spared if by == "spare" or was_rescued else self.whole
        wanted = read_stream(source.body)
        for name in ("text", "reasoning", "calls", "arguments", "whole", "kinds", "finishes"):
            assert getattr(told, name) == getattr(wanted, name), (name, told)
        assert told.usages == wanted.usages or not was_rescued, told
        assert told.comments.count(": rescued") == was_rescued, told
        return "rescued" if was_rescued else f"by {by}"

    def may_fail(self, kind, told):
        """Only behind content, with an error, and with nothing that the primary did not say."""
        is_rescuing = self.options["stream.rescue"]
        assert len(told.errors) == 1 and not told.done and not (told.finishes and is_rescuing), told
        assert told.text or told.reasoning or told.calls, f"a backup could have answered: {told}"
        assert self.whole.text.startswith(told.text) and self.whole.reasoning.startswith(told.reasoning), told
        for place, text in told.arguments.items():
            assert self.whole.arguments[place].startswith(text), told
        if kind != "tools" and is_rescuing:
            assert self.turn is not None, f"the backup tells the same: {told}"

    def check_rows(self):
        query = ("SELECT client_request_id AS nonce, count(*) AS n, max(end_reason) AS reason, max(attempts) AS tries "
                 "FROM usage_records GROUP BY 1")
        eventually(lambda: self.rows_wanted.keys() <= {row["nonce"] for row in self.ferry.rows(query)}, 20, "all rows")
        for row in self.ferry.rows(query):
            if outcome := self.rows_wanted.get(row["nonce"]):
                self.assertEqual(row["n"], 1, row)
                self.assertEqual(row["reason"] == "done", outcome != "failed", (outcome, row))
                self.assertGreaterEqual(row["tries"], 2 if outcome in ("rescued", "by spare") else 1, row)


class EveryByteOfAnotherText(EveryByte):
    """The backup agrees with the first two pieces and no further: who has more of the text hears of the failure."""

    every, turn = SELDOM, 2


class EveryByteWithoutRescue(EveryByte):
    options = {**EveryByte.options, "stream.rescue": False}
    every = SELDOM

    def judge(self, kind, nonce, answer):
        outcome = super().judge(kind, nonce, answer)
        assert outcome != "rescued"
        return outcome


for _case, _api, _kind in itertools.product((EveryByte, EveryByteOfAnotherText, EveryByteWithoutRescue), APIS, KINDS):
    setattr(_case, f"test_{_kind}_{_api}", lambda self, api=_api, kind=_kind: self.broken_everywhere(api, kind))
del _case  # or its tests would run twice
