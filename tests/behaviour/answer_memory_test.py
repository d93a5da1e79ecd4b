"""What is held of answers has a budget: who needs more than there is hears so, the others go on."""
import answers
import codings
from harness import FerryCase
from waiting import eventually


class AnswerMemory(FerryCase):
    options = {"limits.answer_memory": "64KiB"}

    def used(self):
        return self.ferry.metric("ferry_answer_memory_bytes")

    def assert_others_go_on(self):
        self.assertEqual(self.chat(self.nonce()).status, 200)
        eventually(lambda: self.used() == 0, what="memory that was given back")

    def test_a_document_that_does_not_fit_is_503_before_a_byte_of_it_went_out(self):
        nonce = self.nonce(answers.json_answer(answers.completion("x" * 200_000)))
        self.assert_error(self.chat(nonce), 503, "overloaded")
        self.assert_row(nonce, status=503, error_code="overloaded")
        self.assert_others_go_on()

    def test_a_stream_that_is_put_together_is_503(self):
        events = [answers.chunk("x" * 5_000) for _ in range(40)] + answers.story()
        nonce = self.nonce(answers.stream_head(), *map(answers.as_chunk, events), answers.LAST_CHUNK)
        self.assert_error(self.chat(nonce), 503, "overloaded")
        self.assert_others_go_on()

    def test_a_split_event_that_does_not_fit_ends_its_stream_with_an_error(self):
        long = answers.chunk("x" * 300_000)
        nonce = self.nonce(answers.stream_head(), answers.as_chunk(answers.chunk("word0 ")), answers.as_chunk(long),
                           *map(answers.as_chunk, answers.story()), answers.LAST_CHUNK)
        answer = self.chat(nonce, stream=True)
        self.assertIn(b'"overloaded"', answer.body)
        self.assertNotIn(b"[DONE]", answer.body)
        self.assert_others_go_on()

    def test_what_undoing_a_coding_takes_counts(self):
        # A window of 128 KiB, whatever comes of it.
        small = codings.encode("zstd", b"".join([answers.chunk("x" * 200_000), *answers.story()]))
        nonce = self.nonce(answers.stream_head("content-encoding: zstd"), answers.as_chunk(small), answers.LAST_CHUNK)
        answer = self.chat(nonce, stream=True)
        self.assertIn(b'"overloaded"', answer.body)
        self.assertNotIn(b"[DONE]", answer.body)
        self.assert_others_go_on()

    def test_the_events_that_a_document_is_told_in_count_beside_it(self):
        nonce = self.nonce(answers.json_answer(answers.completion("x" * 40_000)))
        self.assert_error(self.chat(nonce, stream=True), 503, "overloaded")
        nonce = self.nonce(answers.json_answer(answers.completion("x" * 20_000)))
        self.assertEqual(self.chat(nonce, stream=True).status, 200)
        self.assert_others_go_on()

    def test_streams_of_any_length_need_none_of_it(self):
        events = [answers.chunk("x" * 1_000) for _ in range(500)] + answers.story()
        nonce = self.nonce(answers.stream_head(), *map(answers.as_chunk, events), answers.LAST_CHUNK)
        answer = self.chat(nonce, stream=True)
        self.assertTrue(answer.body.endswith(answers.DONE))
