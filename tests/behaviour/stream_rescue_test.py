"""A stream dies behind some of its content. With stream.rescue it goes on seamlessly at the next candidate, which is
asked again from the start: what the client has is held back while both agree. Where they do not, or where nobody could
tell that they do, the client hears of the failure as it always did."""
import json
import threading
import time

import answers
from fault_tables import BROKEN_JSON
from harness import insert_model
from provider_faults import PROMPT, TOKENS, role, story, text_of
from rescue_case import DEATHS, RescueCase, dies, forty, same_text, whole

GIVEN = 110  # tokens of what the client has when the stream dies, as the backup counts them
CUT = dies(forty(), "close")


class Rescues(RescueCase):
    def goes_on(self, death):
        nonce, told = self.rescue(dies(forty(), *death), whole(same_text()))
        self.assert_whole(told)
        self.assertEqual((len(self.upstream.requests(nonce)), len(self.spare.requests(nonce))), (1, 1))

    def test_the_client_pays_once_and_the_store_tells_what_both_took(self):
        nonce, told = self.rescue(CUT, whole(same_text()))
        self.assert_whole(told)
        self.assert_row(nonce, status=200, end_reason="done", finish_reason="stop", attempts=2, error_code=None,
                        prompt_tokens=PROMPT, completion_tokens=TOKENS, basis="provider",
                        cost_pico=(PROMPT + TOKENS) * 2_000_000, tags='["rescued"]', model_id=2)
        first, second = self.tries(nonce)
        self.assertEqual(first[:3], (1, 200, "upstream_stream_interrupted"))
        self.assertGreater(first[4], 0, "what the first one told has been paid for by the operator")
        self.assertEqual(second, (2, 200, None, PROMPT, TOKENS))

    def test_what_a_budget_allows_bounds_who_goes_on_as_well(self):
        key = self.create_key("poor", "--budget", "0.002")  # a thousand tokens
        nonce, told = self.rescue(CUT, whole(same_text()), key=key)
        self.assert_whole(told)
        first, second = json.loads(self.upstream.requests(nonce)[0].body), *self.asked(nonce)
        self.assertEqual(first["max_tokens"], second["max_tokens"])
        self.assertLess(second["max_tokens"], 1000)
        self.assert_row(nonce, cost_pico=(PROMPT + TOKENS) * 2_000_000)

    def test_who_did_not_ask_for_usage_gets_none(self):
        nonce, told = self.rescue(CUT, whole(same_text()), stream_options=...)
        self.assertEqual((told.text, told.usages, told.done), (text_of("word"), [], 1))
        self.assert_row(nonce, prompt_tokens=PROMPT, completion_tokens=TOKENS, end_reason="done")

    def test_the_backup_is_asked_the_same_with_temperature_and_seed_pinned(self):
        nonce, told = self.rescue(CUT, whole(same_text()), temperature=0.7, seed=5, max_tokens=99)
        self.assert_whole(told)
        asked, = self.asked(nonce)
        self.assertEqual((asked["temperature"], asked["seed"], asked["max_tokens"]), (0.7, 5, 99))
        self.assertEqual(asked["messages"], [{"role": "user", "content": nonce}])
        nonce, told = self.rescue(CUT, whole(same_text()))
        asked, = self.asked(nonce)
        self.assertLessEqual({"temperature", "seed"}, set(asked))
        self.assertEqual(asked["messages"], [{"role": "user", "content": nonce}])

    def test_what_is_new_comes_at_once_and_what_is_old_only_once(self):
        go_on = threading.Event()
        events = same_text()
        script = [answers.stream_head(), *map(answers.as_chunk, events[:46]), go_on,
                  *map(answers.as_chunk, events[46:]), answers.LAST_CHUNK]
        _, client = self.begin(CUT, script)
        client.peek_until(b"word44 ")  # while the backup waits behind its 45 words
        go_on.set()
        body = client.response().body
        self.assertTrue(all(body.count(f"word{i} ".encode()) == 1 for i in range(TOKENS)))

    def test_the_pieces_of_both_need_not_be_the_same(self):
        text = text_of("word")
        for size in (1, 5, 7, 1000):
            pieces = [text[at : at + size] for at in range(0, len(text), size)]
            _, told = self.rescue(CUT, whole(same_text(pieces)))
            self.assert_whole(told)

    def test_a_text_that_turns_out_to_be_another_one_is_an_honest_error(self):
        for pieces in ([f"other{i} " for i in range(60)], [f"word{i} " for i in range(39)] + ["else "] * 21,
                       [f"word{i} " for i in range(30)]):  # the last one ends before it has told what the client has
            nonce, told = self.rescue(CUT, whole(same_text(pieces)))
            self.assert_failed(told, 40)
            self.assertEqual((len(self.upstream.requests(nonce)), len(self.spare.requests(nonce))), (1, 1))
            row = self.assert_row(nonce, status=200, attempts=2, model_id=1)  # whose text the client has
            self.assertNotIn("rescued", row["tags"])
            self.assertIn(row["end_reason"], ("upstream_cut", "upstream_error"))
            self.assertIsNotNone(row["error_code"])

    def test_a_backup_that_goes_another_way_is_not_listened_to_any_longer(self):
        script = [answers.stream_head(), *map(answers.as_chunk, [role("spare"), answers.chunk("no ")]), "stall"]
        nonce, told = self.rescue(CUT, script)
        self.assert_failed(told, 40)
        self.assertTrue(self.spare.wait_for(nonce).gone.wait(1))

    def test_when_the_backup_dies_too_the_client_has_all_that_was_told(self):
        for death in (["reset"], ["stall"], [answers.as_chunk(BROKEN_JSON)]):
            script = [answers.stream_head(), *map(answers.as_chunk, same_text()[:51]), *death]
            nonce, told = self.rescue(CUT, script)
            self.assertEqual((len(told.errors), told.done, told.finishes), (1, 0, []), told)
            self.assertTrue(text_of("word").startswith(told.text), told)
            self.assertLessEqual(self.row(nonce)["attempts"], 4)

    def test_who_is_alone_is_asked_once_more(self):
        nonce, told = self.rescue(CUT, again=[whole(story())], model="alone")
        self.assert_whole(told)
        nonce, told = self.rescue(CUT, again=[CUT], model="alone")
        self.assert_failed(told, 40)
        self.assertEqual(len(self.upstream.requests(nonce)), 2)

    def test_behind_the_finish_reason_nothing_is_missing(self):
        nonce, told = self.rescue(dies(story()[:-2], answers.LAST_CHUNK), whole(same_text()))
        self.assertEqual((told.text, told.finishes, told.done, told.errors), (text_of("word"), ["stop"], 1, []))
        self.assertEqual(self.spare.requests(nonce), [])

    def test_a_client_that_leaves_meanwhile_takes_all_with_it(self):
        script = [answers.stream_head(), *map(answers.as_chunk, same_text()[:20]), "stall"]
        took = []
        for _ in range(3):
            nonce, client = self.begin(CUT, script)
            seen = self.spare.wait_for(nonce)
            left = self.leave(client)
            self.assertTrue(seen.gone.wait(5))
            took.append(seen.gone_at - left)
            self.assert_row(nonce, status=499, end_reason="client_gone", attempts=2)
        self.assertLess(min(took), 0.1, took)

    @staticmethod
    def leave(client):
        left = time.monotonic()
        client.close()
        return left


class WhatNobodyCanCompare(RescueCase):
    """Fails as it does without stream.rescue, and nobody else is asked."""

    def fails(self, events, **members):
        nonce, told = self.rescue(dies(events, "close"), whole(same_text()), **members)
        self.assertEqual((len(told.errors), told.done), (1, 0), told)
        self.assertNotIn(": rescued", told.comments)
        self.assertEqual(self.spare.requests(nonce), [])
        self.assert_row(nonce, status=200, attempts=1, end_reason="upstream_cut",
                        error_code="upstream_stream_interrupted")

    def test_tool_calls(self):
        call = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "f", "arguments": '{"a'}}
        choice = {"index": 0, "delta": {"tool_calls": [call]}, "finish_reason": None}
        self.fails([role(), answers.chunk_without_choices(id="chatcmpl-word", choices=[choice])])

    def test_more_than_one_choice(self):
        self.fails(forty(), n=2)

    def test_logprobs(self):
        self.fails(forty(), logprobs=True)


class TheRowSaysNo(RescueCase):
    @classmethod
    def models(cls):
        off = "'" + '{"rescue": "off"}' + "'"
        return [insert_model("demo", cls.upstream.base, key="key-1-canary", id="1", priority="0", capabilities=off),
                insert_model("demo", cls.spare.base, key="key-2-canary", id="2", priority="1")]

    def test_and_the_stream_fails_as_it_does_without(self):
        nonce, told = self.rescue(CUT, whole(same_text()))
        self.assert_failed(told, 40)
        self.assertEqual(self.spare.requests(nonce), [])


class RescuesAreTurnedOff(RescueCase):
    options = {**RescueCase.options, "stream.rescue": False}

    def test_and_every_death_is_an_error(self):
        for death in DEATHS.values():
            nonce, told = self.rescue(dies(forty(), *death), whole(same_text()))
            self.assert_failed(told)
            self.assertEqual(self.spare.requests(nonce), [])


class Continues(RescueCase):
    """The backup is given what the client has, and tells only what comes then."""

    REST = [role("spare"), *[answers.chunk(f"word{i} ", id="chatcmpl-spare") for i in range(40, TOKENS)],
            *[answers.chunk(finish="stop", id="chatcmpl-spare"), answers.chunk_without_choices(
                id="chatcmpl-spare", usage=answers.usage(PROMPT + GIVEN, 20))], answers.DONE]

    def continues(self):
        nonce, told = self.rescue(CUT, whole(self.REST))
        self.assertEqual((told.text, told.errors, told.done), (text_of("word"), [], 1), told)
        self.assertEqual((told.finishes, told.ids), (["stop"], {"chatcmpl-word"}))
        self.assertEqual((len(told.usages), told.comments.count(": rescued")), (1, 1))
        asked, = self.asked(nonce)
        self.assertEqual(asked["messages"][0], {"role": "user", "content": nonce})
        given = asked["messages"][1]
        self.assertEqual((given["role"], given["content"]), ("assistant", "".join(f"word{i} " for i in range(40))))
        row = self.assert_row(nonce, status=200, attempts=2, end_reason="done")
        # What the backup counts as asked is a part of the answer to the client; how much of it is estimated.
        self.assertEqual(row["basis"], "mixed")
        self.assertEqual(row["prompt_tokens"] + row["completion_tokens"], PROMPT + GIVEN + 20)
        self.assertTrue(20 <= row["completion_tokens"] - 20 <= GIVEN, row)
        self.assertEqual(told.usages[0]["completion_tokens"], row["completion_tokens"])
        return asked, given

    def is_refused(self):
        """Then it is asked again from the start."""
        refusal = [answers.error_answer(400, "prefix is not supported", "invalid_request_error")]
        nonce, told = self.rescue(CUT, refusal, whole(same_text()))
        self.assert_whole(told)
        first, second = self.asked(nonce)
        self.assertEqual([one["role"] for one in first["messages"]], ["user", "assistant"])
        self.assertEqual(second["messages"], [{"role": "user", "content": nonce}])
        self.assertFalse({"continue_final_message", "add_generation_prompt"} & set(second))
        self.assert_row(nonce, status=200, attempts=3, end_reason="done", completion_tokens=TOKENS)


class ContinuesAPrefix(Continues):
    capabilities = {"prefill": "prefix", "rescue": "continue"}

    def test_the_text_is_given_as_a_prefix(self):
        self.assertIs(self.continues()[1]["prefix"], True)

    def test_a_refusal_is_not_the_end(self):
        self.is_refused()


class ContinuesAPart(Continues):
    capabilities = {"prefill": "partial", "rescue": "continue"}

    def test_the_text_is_given_as_a_part(self):
        self.assertIs(self.continues()[1]["partial"], True)

    def test_a_refusal_is_not_the_end(self):
        self.is_refused()


class ContinuesTheFinalMessage(Continues):
    capabilities = {"prefill": "continue", "rescue": "continue"}

    def test_the_engine_is_told_to_go_on_with_it(self):
        asked, _ = self.continues()
        self.assertIs(asked["continue_final_message"], True)
        self.assertIs(asked["add_generation_prompt"], False)

    def test_a_refusal_is_not_the_end(self):
        self.is_refused()


for _name, _death in DEATHS.items():
    setattr(Rescues, f"test_a_stream_that_{_name}_goes_on", lambda self, death=_death: self.goes_on(death))
