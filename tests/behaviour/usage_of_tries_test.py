"""What a try reported stays on its own row when another one follows; and who traced the request can find it."""
import answers
from failover_case import FailoverCase

OUT_OF_RESOURCES = "insufficient_system_resource"


def out_of_resources(tokens):
    choice = {"index": 0, "message": {"role": "assistant", "content": "Hi"}, "finish_reason": OUT_OF_RESOURCES}
    return [answers.json_answer(answers.completion(tokens=tokens, choices=[choice]))]


def stream_out_of_resources(tokens):
    events = [answers.usage_chunk(*tokens), answers.chunk(finish=OUT_OF_RESOURCES), answers.DONE]
    return answers.chunked_stream(events)


class UsageOfTries(FailoverCase):
    options = {**FailoverCase.options, "retry.attempts": 1}

    def tokens(self, nonce):
        query = ("SELECT a.prompt_tokens, a.completion_tokens FROM usage_attempts a JOIN usage_records r "
                 "ON r.request_id = a.request_id WHERE r.client_request_id = ? ORDER BY a.attempt")
        self.row(nonce)
        return [(one["prompt_tokens"], one["completion_tokens"]) for one in self.ferry.rows(query, nonce)]

    def test_an_answer_that_was_billed_and_not_used_keeps_its_tokens(self):
        nonce, answer = self.play([out_of_resources((31, 17))])
        self.assert_answered_by(nonce, answer, 2, [1, 2], "backup")
        self.assertEqual(self.tokens(nonce), [(31, 17), (7, 5)])

    def test_a_stream_that_failed_before_its_first_word_keeps_its_tokens(self):
        nonce = self.nonce(stream_out_of_resources((31, 17)), answers.chunked_stream(answers.story()))
        self.assertEqual(self.stream(nonce).status, 200)
        self.assertEqual(self.tokens(nonce), [(31, 17), (7, 5)])

    def test_a_try_that_reported_nothing_has_no_tokens(self):
        nonce, _ = self.play([[answers.error_answer(503, "busy", "overloaded")]])
        self.assertEqual(self.tokens(nonce), [(None, None), (7, 5)])

    def test_the_trace_id_alone_is_kept_of_a_traceparent(self):
        trace_id = "0af7651916cd43dd8448eb211c80319c"
        for field, wanted in ((f"00-{trace_id}-b7ad6b7169203331-01", trace_id), ("nonsense", None),
                              (f"00-{trace_id.upper()}-b7ad6b7169203331-01", None)):
            nonce = self.nonce(answers.chunked_stream(answers.story()))
            self.assertEqual(self.stream(nonce, f"traceparent: {field}").status, 200)
            self.assert_row(nonce, trace_id=wanted)


if __name__ == "__main__":
    import unittest
    unittest.main()
