"""A second try beside a first one that is late: whose content comes first answers, and the other is closed."""
import threading
import time

import answers
from failover_case import BUSY, COMMENT, GOOD, ROLE, STREAM, FailoverCase, begun
from harness import eventually

LOST = "hedge_lost"
STALL = ["stall"]


class HedgeCase(FailoverCase):
    options = {**FailoverCase.options, "timeouts.first_byte": "20s", "stream.rescue": False, "hedge.enabled": True,
               "hedge.max_share": 1, "hedge.max_cost_share": 1}

    @classmethod
    def models(cls):
        return [*super().models(),
                cls.row_of(30, "cheap", fallback_model="'dear'", input_cost_per_1k="0.001", output_cost_per_1k="0.001"),
                cls.row_of(31, "dear", input_cost_per_1k="0.02", output_cost_per_1k="0.02"),
                cls.row_of(33, "roomy", fallback_model="'narrow'"), cls.row_of(34, "narrow", max_parallel="1"),
                cls.row_of(32, "never", fallback_model="'backup'", capabilities="'{\"hedge\": false}'")]

    def setUp(self):
        super().setUp()
        self.know()

    def know(self, model="demo", **members):
        """Answers enough to be known; they come within some milliseconds."""
        client = self.client()
        for stream in (False, True):
            for _ in range(21):
                self.chat(self.nonce(*[STREAM if stream else GOOD] * 2), client=client, model=model, stream=stream)

    def begin(self, *scripts, model="demo", **members):
        nonce, client = self.nonce(*scripts), self.client()
        client.send(self.request(self.body(nonce, model=model, **members), nonce=nonce))
        return nonce, client

    def hedges(self, result):
        return self.ferry.metric("ferry_hedges_total", result=result)

    def assert_closed(self, nonce, which):
        lost = self.upstream.requests(nonce)[which]
        self.assertTrue(lost.gone.wait(2), "it was not closed")

    def assert_tries(self, nonce, *wanted):
        self.assertEqual([(row, code) for row, _, code in self.tries(nonce)], list(wanted))


class ASecondTry(HedgeCase):
    def test_answers_where_the_first_says_nothing(self):
        began, won = time.monotonic(), self.hedges("won")
        for stream, late in ((False, STALL), (True, STALL), (True, [*begun(ROLE, COMMENT), "stall"]),
                             (False, [answers.head(200, "application/json", "Content-Length: 50"), "stall"])):
            nonce, client = self.begin(late, STREAM if stream else GOOD, stream=stream)
            answer = client.response()
            self.assertEqual((answer.status, answer.whole), (200, True), answer.raw)
            self.assertEqual(answer.body.count(b"[DONE]"), stream)
            self.assert_answered_by(nonce, answer, 2, [1, 2], "backup")
            self.assert_closed(nonce, 0)
            self.assert_tries(nonce, (1, LOST), (2, None))
        self.assertGreaterEqual(self.hedges("won"), won + 4)
        self.assertLess(time.monotonic() - began, 15)  # and not after a time-out

    def test_is_closed_when_the_first_has_content(self):
        for stream in (False, True):
            go_on = threading.Event()
            first = STREAM if stream else GOOD
            nonce, client = self.begin([go_on, *first], STALL, stream=stream)
            self.upstream.wait_for(nonce, 2)
            go_on.set()
            answer = client.response()
            self.assertEqual((answer.status, answer.field("x-ferry-model-id")), (200, "1"), answer.raw)
            self.assert_closed(nonce, 1)
            self.assert_row(nonce, status=200, model_id=1, attempts=2, end_reason="done", prompt_tokens=7)
            self.assert_tries(nonce, (1, None), (2, LOST))

    def test_is_closed_while_the_first_goes_on(self):
        go_on, end = threading.Event(), threading.Event()
        self.addCleanup(end.set)
        head, role, *rest = STREAM
        nonce, client = self.begin([head, go_on, role, *rest[:2], end, *rest[2:]], STALL, stream=True)
        self.upstream.wait_for(nonce, 2)
        go_on.set()
        self.assert_closed(nonce, 1)
        end.set()
        self.assertIn(b"[DONE]", client.response().body)
        self.assert_row(nonce, status=200, model_id=1, attempts=2)

    def test_takes_the_place_of_a_first_that_fails(self):
        for stream in (False, True):
            fails, answers_now = threading.Event(), threading.Event()
            nonce, client = self.begin([fails, *BUSY], [answers_now, *(STREAM if stream else GOOD)], stream=stream)
            self.upstream.wait_for(nonce, 2)
            fails.set()
            self.assertTrue(self.upstream.requests(nonce)[0].answered.wait(5))
            answers_now.set()
            self.assert_answered_by(nonce, client.response(), 2, [1, 2], "backup")
            self.assert_tries(nonce, (1, "upstream_overloaded"), (2, None))

    def test_that_fails_leaves_the_first_alone(self):
        go_on = threading.Event()
        nonce, client = self.begin([go_on, *GOOD], BUSY)
        self.upstream.wait_for(nonce, 2)
        eventually(lambda: self.upstream.requests(nonce)[1].answered.is_set())
        go_on.set()
        answer = client.response()
        self.assertEqual((answer.status, answer.field("x-ferry-model-id")), (200, "1"), answer.raw)
        self.assert_row(nonce, status=200, model_id=1, attempts=2)

    def test_fails_as_the_first_did(self):
        fails = threading.Event()
        nonce, client = self.begin([fails, *BUSY], [fails, *BUSY], BUSY, BUSY, BUSY, stream=True)
        self.upstream.wait_for(nonce, 2)
        fails.set()
        self.assert_error(client.response(), 503, "upstream_overloaded")
        self.assert_row(nonce, status=503, error_code="upstream_overloaded")

    def test_goes_when_its_client_does(self):
        for stream in (False, True):
            nonce, client = self.begin(STALL, STALL, stream=stream)
            self.upstream.wait_for(nonce, 2)
            client.close()
            self.assert_closed(nonce, 0)
            self.assert_closed(nonce, 1)
            self.assert_row(nonce, status=499, end_reason="client_gone", attempts=2)

    def test_that_answers_and_is_cut_is_followed_by_the_next(self):
        half = answers.head(200, "application/json", "Content-Length: 500")
        nonce, client = self.begin(STALL, [half, b'{"id": "x"', "close"], GOOD, GOOD)
        answer = client.response()
        self.assert_error(answer, 502)
        self.assert_row(nonce, attempts=2, end_reason="upstream_cut")


class ARowWithRoomForOne(HedgeCase):
    """The second row has max_parallel = 1."""

    def parallel(self):
        return self.ferry.metric("ferry_row_parallel_requests", model_id="34")

    def test_is_not_asked_by_a_second_try_that_would_be_one_too_many(self):
        self.know("roomy")
        go_on = threading.Event()
        nonce, client = self.begin([go_on, *GOOD], STALL, model="roomy")
        self.upstream.wait_for(nonce, 2)
        self.assertEqual(self.parallel(), 1)
        further, other = self.begin([go_on, *GOOD], STALL, model="roomy")
        self.upstream.wait_for(further)
        go_on.set()
        self.assertEqual([one.response().field("x-ferry-model-id") for one in (client, other)], ["33", "33"])
        self.assertEqual((self.asked(nonce), self.asked(further)), ([33, 34], [33]))
        eventually(lambda: self.parallel() == 0)

    def test_has_room_again_when_it_has_answered(self):
        self.know("roomy")
        for _ in range(2):
            nonce, client = self.begin(STALL, GOOD, model="roomy")
            self.assertEqual(client.response().field("x-ferry-model-id"), "34")
        eventually(lambda: self.parallel() == 0)


class WhatSecondTriesMayCost(HedgeCase):
    def test_a_backup_that_is_too_dear_is_never_begun(self):
        self.know("cheap")
        forgone = self.hedges("forgone")
        self.answered_late_by_the_first("cheap", 30, lambda: self.hedges("forgone") > forgone)

    def test_nor_one_beside_a_row_that_wants_none(self):
        self.know("never")
        begun_so_far = self.hedges("begun")
        self.answered_late_by_the_first("never", 32, lambda: True)
        self.assertEqual(self.hedges("begun"), begun_so_far)

    def answered_late_by_the_first(self, model, row, is_late):
        go_on = threading.Event()
        nonce, client = self.begin([go_on, *GOOD], STALL, model=model)
        self.upstream.wait_for(nonce)
        eventually(is_late)
        go_on.set()
        self.assertEqual(client.response().field("x-ferry-model-id"), str(row))
        self.assertEqual(self.asked(nonce), [row])


class AShareOfNone(HedgeCase):
    options = {**HedgeCase.options, "hedge.max_share": 0}

    def test_lets_one_be_begun_and_no_more(self):
        # The bucket holds one at first, which an answer that was late by itself may have taken.
        for _ in range(3):
            self.one_late()
        self.assertEqual(self.hedges("begun"), 1)
        self.assertGreaterEqual(self.hedges("forgone"), 2)

    def one_late(self):
        late = lambda: self.hedges("begun") + self.hedges("forgone")
        go_on, before = threading.Event(), late()
        nonce, client = self.begin([go_on, *GOOD], [go_on, *GOOD])
        eventually(lambda: late() > before)
        go_on.set()
        self.assertEqual(client.response().status, 200)
