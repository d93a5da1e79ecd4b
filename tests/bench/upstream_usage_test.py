"""ferry-bench upstream reports usage in each of the forms providers use, and records what it reported."""
import unittest

from raw_mock import MockTest, STREAM, WITH_USAGE


class Usage(MockTest):
    TOKENS = {"prompt_tokens": 11, "completion_tokens": 7, "chunks": 3}

    def where(self, form, **members):
        """For each event what its usage says: None for null, a number of completion tokens, absent if left out."""
        answer = self.ask({**self.TOKENS, "usage": form}, **(members or STREAM))
        usages = [chunk.get("usage", "absent") for chunk in answer.chunks]
        return answer, [usage["completion_tokens"] if isinstance(usage, dict) else usage for usage in usages]

    def test_own_chunk_comes_only_when_asked(self):
        self.assertEqual(self.where("own_chunk")[1], ["absent"] * 5)
        answer, seen = self.where("own_chunk", **WITH_USAGE)
        self.assertEqual(seen, [None] * 5 + [7])
        self.assertEqual(answer.chunks[-1]["choices"], [])
        self.assertEqual(answer.chunks[-1]["usage"], {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18})

    def test_own_chunk_always(self):
        self.assertEqual(self.where("own_chunk_always")[1], [None] * 5 + [7])

    def test_finish_chunk(self):
        self.assertEqual(self.where("finish_chunk")[1], [None] * 4 + [7])

    def test_every_chunk_counts_up(self):
        self.assertEqual(self.where("every_chunk")[1], [0, 1, 2, 3, 7])

    def test_zeros(self):
        self.assertEqual(self.where("zeros")[1], [0] * 5)
        self.assertFalse(self.entry()["usage_sent"])

    def test_inside_the_choice(self):
        answer, seen = self.where("choices")
        self.assertEqual(seen, ["absent"] * 5)
        self.assertEqual(answer.chunks[-1]["choices"][0]["usage"]["completion_tokens"], 7)

    def test_x_groq_says_it_twice(self):
        answer, seen = self.where("x_groq")
        self.assertEqual(seen[-1], 7)
        self.assertEqual(answer.chunks[-1]["x_groq"]["usage"]["completion_tokens"], 7)

    def test_after_done(self):
        answer, seen = self.where("after_done")
        self.assertEqual(seen[-1], 7)
        self.assertEqual(answer.events[-2], "[DONE]")

    def test_none(self):
        self.assertEqual(self.where("none", **WITH_USAGE)[1], ["absent"] * 5)
        self.assertNotIn("usage", self.ask({"usage": "none"}).json)

    def test_details_and_extra_members(self):
        action = {"cached_tokens": 5, "reasoning_tokens": 2, "usage_extra": {"prompt_cache_hit_tokens": 5}}
        usage = self.ask({**self.TOKENS, **action}).json["usage"]
        self.assertEqual(usage["prompt_tokens_details"]["cached_tokens"], 5)
        self.assertEqual(usage["completion_tokens_details"]["reasoning_tokens"], 2)
        self.assertEqual(usage["prompt_cache_hit_tokens"], 5)
        entry = self.entry()
        names = ("prompt_tokens", "completion_tokens", "cached_tokens", "reasoning_tokens")
        self.assertEqual([entry[name] for name in names], [11, 7, 5, 2])

    def test_a_piece_is_a_token(self):
        pieces = ["Gr", "\u00fc\u00dfe", ", \"", " \u4f60\u597d", "\n"]
        answer = self.ask({"pieces": pieces}, **WITH_USAGE)
        said = [chunk["choices"][0]["delta"].get("content") for chunk in answer.chunks if chunk["choices"]]
        self.assertEqual(said, ["", *pieces, None])
        self.assertEqual(answer.chunks[-1]["usage"]["completion_tokens"], len(pieces))
        whole = self.ask({"pieces": pieces}).json
        self.assertEqual(whole["choices"][0]["message"]["content"], "".join(pieces))
        self.assertEqual(self.entry()["completion_tokens"], len(pieces))

    def test_random_tokens_are_what_the_ledger_says(self):
        usage = self.ask({"prompt_tokens": "random", "completion_tokens": [100, 1000]}).json["usage"]
        entry = self.entry()
        self.assertEqual((usage["prompt_tokens"], usage["completion_tokens"]),
                         (entry["prompt_tokens"], entry["completion_tokens"]))
        self.assertTrue(100 <= usage["completion_tokens"] <= 1000)
        self.assertTrue(entry["usage_sent"])
        self.assertEqual(entry["completion_tokens_sent"], usage["completion_tokens"])


if __name__ == "__main__":
    unittest.main()
