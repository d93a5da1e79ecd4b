"""A row fails: is it tried again, or which other row is asked, after what wait, and what do client and store see?"""
import time

import answers
from failover_case import BUSY, GOOD, STREAM, FailoverCase, limited


class TheSameRowIsTriedAgain(FailoverCase):
    def test_after_one_500(self):
        for stream in (False, True):
            nonce, answer = self.play([[answers.error_answer(500)]], STREAM if stream else GOOD, stream=stream)
            self.assert_answered_by(nonce, answer, 1, [1, 1])
            self.assertEqual(self.tries(nonce), [(1, 500, "upstream_error"), (1, 200, None)])
            self.assertEqual(b"[DONE]" in answer.body, stream)

    def test_after_the_wait_that_a_429_names(self):
        nonce, answer = self.play([limited(300)], model="alone")
        first, second = self.upstream.requests(nonce)
        self.assertGreaterEqual(second.arrived - first.arrived, 0.29)
        self.assert_answered_by(nonce, answer, 3, [3, 3])

    def test_after_a_reset_before_the_head(self):
        for stream in (False, True):
            nonce, answer = self.play([["reset"]], STREAM if stream else GOOD, model="alone", stream=stream)
            self.assert_answered_by(nonce, answer, 3, [3, 3])

    def test_after_an_empty_200(self):
        nonce, answer = self.play([[answers.json_answer(b"")]], model="alone")
        self.assert_answered_by(nonce, answer, 3, [3, 3])
        self.assertEqual(self.tries(nonce)[0], (3, 200, "upstream_invalid_response"))

    def test_after_a_200_without_an_answer(self):
        for body in ({"choices": []}, {"choices": None}, {}, [], None, "text", {"choices": [None]}):
            nonce, answer = self.play([[answers.json_answer(body)]], model="alone")
            self.assert_answered_by(nonce, answer, 3, [3, 3])
            self.assertEqual(self.tries(nonce)[0], (3, 200, "upstream_invalid_response"))
        nonce, answer = self.play([answers.chunked_stream([answers.DONE])], STREAM, model="alone", stream=True)
        self.assert_answered_by(nonce, answer, 3, [3, 3])

    def test_after_a_failure_that_a_200_tells_by_a_code_or_a_detail(self):
        for body in ({"code": 20012, "message": "no", "data": None}, {"detail": "no"},
                     {"success": False, "errors": [{"message": "no"}]}):
            for script in ([answers.json_answer(body)], answers.chunked_stream([answers.event(body)])):
                stream = len(script) > 1
                nonce, answer = self.play([script], STREAM if stream else GOOD, model="alone", stream=stream)
                self.assert_answered_by(nonce, answer, 3, [3, 3])
                self.assertEqual(self.tries(nonce)[0], (3, 200, "upstream_error"))

    def test_after_the_first_event_could_not_be_read(self):
        nonce, answer = self.play([answers.chunked_stream([b'data: {"choices":[{"delta":{"content":"a\n\n'])], STREAM,
                                  model="alone", stream=True)
        self.assert_answered_by(nonce, answer, 3, [3, 3])

    def test_after_an_error_under_200(self):
        error = {"error": {"message": "no", "type": "server_error", "code": 500}}
        for stream in (False, True):
            nonce, answer = self.play([[answers.json_answer(error)]], STREAM if stream else GOOD, stream=stream)
            self.assert_answered_by(nonce, answer, 1, [1, 1])

    def test_three_times_and_then_the_client_hears_the_last_error(self):
        nonce = self.nonce(*BUSY)
        answer = self.assert_error(self.chat(nonce, model="alone"), 503, "upstream_overloaded")
        self.assertEqual(self.asked(nonce), [3, 3, 3])
        self.assertEqual(answer.field("x-should-retry"), "false")
        self.assertEqual(answer.field("x-ferry-attempts"), "3")
        self.assertEqual(self.tries(nonce), [(3, 503, "upstream_overloaded")] * 3)
        self.assert_row(nonce, status=503, attempts=3, cost_pico=0, end_reason="upstream_error")

    def test_but_a_longer_wait_is_handed_to_the_client(self):
        nonce = self.nonce(*limited(90_000))
        answer = self.assert_error(self.chat(nonce, model="alone"), 429, "rate_limit_exceeded")
        self.assertEqual(self.asked(nonce), [3])
        self.assertEqual((answer.field("retry-after"), answer.field("retry-after-ms")), ("90", "90000"))
        self.assertEqual(answer.field("x-should-retry"), None)


class AnotherRowIsAsked(FailoverCase):
    def test_after_three_tries_at_one_that_stays_busy(self):
        for stream in (False, True):
            nonce, answer = self.play([BUSY] * 3, STREAM if stream else GOOD, stream=stream)
            self.assert_answered_by(nonce, answer, 2, [1, 1, 1, 2], "backup")

    def test_at_once_when_a_429_names_a_long_wait(self):
        nonce, answer = self.play([limited(1500)], model="limited")
        self.assert_answered_by(nonce, answer, 2, [14, 2], "backup")
        self.assertEqual(self.tries(nonce)[0], (14, 429, "rate_limit_exceeded"))

    def test_when_the_first_is_silent_and_it_is_not_asked_again(self):
        for stream in (False, True):
            nonce, answer = self.play([["stall"]], STREAM if stream else GOOD, stream=stream)
            self.assert_answered_by(nonce, answer, 2, [1, 2], "backup")
            self.assertEqual(self.tries(nonce)[0][2], "upstream_timeout")

    def test_when_the_first_refuses_the_key_or_knows_no_such_model(self):
        for refusal in (answers.error_answer(401, code="invalid_api_key"), answers.error_answer(402, "pay"),
                        answers.error_answer(404, code="model_not_found")):
            nonce, answer = self.play([[refusal]])
            self.assert_answered_by(nonce, answer, 2, [1, 2], "backup")

    def test_when_the_first_answers_200_without_an_answer_twice(self):
        nothing = [answers.json_answer({"choices": []})]
        nonce, answer = self.play([nothing, nothing])
        self.assert_answered_by(nonce, answer, 2, [1, 1, 2], "backup")

    def test_when_the_first_answers_with_a_page(self):
        page = b"<html><body>cloudflare</body></html>"
        for status, tries in ((200, [1, 2]), (502, [1, 1, 2])):
            script = [answers.head(status, "text/html", f"Content-Length: {len(page)}") + page]
            nonce, answer = self.play([script] * (len(tries) - 1))
            self.assert_answered_by(nonce, answer, 2, tries, "backup")

    def test_when_nobody_listens(self):
        nonce, answer = self.play([], model="dead")
        self.assertEqual(self.asked(nonce), [2])
        self.assertEqual(self.tries(nonce), [(4, 0, "upstream_unreachable")] * 2 + [(2, 200, None)])
        self.assertEqual(answer.field("x-ferry-fallback"), "backup")

    def test_by_priority_and_never_a_disabled_one(self):
        nonce, answer = self.play([["stall"]], model="ranks")
        self.assert_answered_by(nonce, answer, 7, [8, 7])

    def test_by_the_id_first(self):
        nonce, answer = self.play([["stall"]], model=..., id=7)
        self.assert_answered_by(nonce, answer, 8, [7, 8])

    def test_of_a_virtual_name(self):
        nonce, answer = self.play([], model="list")
        self.assertEqual(answer.field("x-ferry-model-id"), "3")
        self.assertEqual(answer.field("x-ferry-fallback"), None)
        self.assertEqual([one[0] for one in self.tries(nonce)], [4, 4, 3])

    def test_with_more_room_when_the_request_is_too_long(self):
        too_long = [answers.error_answer(400, "maximum context length is 1000", "context_length_exceeded")]
        nonce, answer = self.play([too_long], model="short")
        self.assert_answered_by(nonce, answer, 11, [10, 11], "long")
        nonce = self.nonce(*too_long)
        self.assert_error(self.chat(nonce), 400, "context_length_exceeded")
        self.assertEqual(self.asked(nonce), [1])

    def test_unless_the_request_is_at_fault(self):
        for script, code in ((answers.error_answer(400, "bad"), None),
                             (answers.error_answer(400, "no", "content_policy_violation"), "content_policy_violation"),
                             (answers.error_answer(413, "big"), None), (answers.error_answer(422, "bad"), None)):
            nonce = self.nonce(script)
            answer = self.chat(nonce)
            self.assertIn(answer.status, (400, 413, 422))
            if code:
                self.assertEqual(answer.code, code)
            self.assertEqual(self.asked(nonce), [1])

    def test_and_when_all_are_dead_the_error_is_bounded_and_typed(self):
        for stream in (False, True):
            nonce = self.nonce()
            began = time.monotonic()
            self.assert_error(self.chat(nonce, model="deader", stream=stream), 502, "upstream_unreachable")
            self.assertLess(time.monotonic() - began, 3)
            self.assertEqual([one[0] for one in self.tries(nonce)], [5, 5, 6, 6])

    def test_in_proportion_to_the_weights(self):
        for model, rows, low, high in (("shares", ("12", "13"), 60, 99), ("split", ("3", "2"), 30, 90)):
            client, first = self.client(), 0
            for _ in range(120):
                answer = self.chat(self.nonce(), client=client, model=model)
                self.assertIn(answer.field("x-ferry-model-id"), rows)
                first += answer.field("x-ferry-model-id") == rows[0]
            self.assertTrue(low + 5 <= first <= high + 10, f"{model}: {first} of 120")
