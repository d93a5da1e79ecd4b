"""What a provider says of a request it does not answer is kept on the try, for operators: cut, and without secrets."""
import answers
from failover_case import BUSY, GOOD, STREAM, FailoverCase


class ProviderMessages(FailoverCase):
    options = {**FailoverCase.options, "stream.rescue": False}

    def messages(self, nonce):
        row = self.row(nonce)
        query = "SELECT message FROM usage_attempts WHERE request_id = ? ORDER BY attempt"
        return [one["message"] for one in self.ferry.rows(query, row["request_id"])]

    def test_each_try_keeps_its_own(self):
        first = answers.error_answer(500, "the first engine died")
        nonce, _ = self.play([[first], [answers.error_answer(503, "the second is full")]])
        self.assertEqual(self.messages(nonce), ["the first engine died", "the second is full", None])

    def test_what_the_last_one_said_stays_when_all_fail(self):
        nonce = self.nonce(*BUSY)
        self.assert_error(self.chat(nonce, model="alone"), 503)
        self.assertEqual(self.messages(nonce), ["busy"] * 3)

    def test_what_an_error_inside_a_stream_says_is_kept(self):
        error = answers.event({"error": {"message": "engine died", "type": "server_error", "code": 500}})
        nonce = self.nonce(answers.stream_head(), answers.as_chunk(answers.chunk("a")), 0.05,
                           answers.as_chunk(error), answers.LAST_CHUNK)
        self.stream(nonce, model="alone")
        self.assertEqual(self.messages(nonce), ["engine died"])

    def test_an_error_under_200_is_kept(self):
        error = answers.json_answer({"error": {"message": "out of resources", "type": "server_error", "code": 500}})
        nonce, _ = self.play([[error]])
        self.assertEqual(self.messages(nonce), ["out of resources", None])

    def test_a_long_one_is_cut(self):
        nonce, _ = self.play([[answers.error_answer(500, "\u00e9" * 400)]])
        self.assertEqual(self.messages(nonce)[0], "\u00e9" * 150)

    def test_no_key_stands_in_it(self):
        said = "Incorrect API key provided: key-0001-canary, sk-abcdefghijklmnopqrstuvwx"
        nonce, _ = self.play([[answers.error_answer(401, said)]], GOOD)
        message = self.messages(nonce)[0]
        self.assertIn("Incorrect API key provided", message)
        self.assertNotIn("canary", message)
        self.assertNotIn("sk-abc", message)

    def test_where_nothing_was_said_there_is_nothing(self):
        nonce, _ = self.play([["reset"]], STREAM, stream=True)
        self.assertEqual(self.messages(nonce), [None] * 2)
