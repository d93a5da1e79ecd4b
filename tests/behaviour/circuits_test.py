"""Rows that fail are left alone, and found out about by one request at a time."""
import json
import threading
import time

import answers
from failover_case import BUSY, GOOD, STREAM, FailoverCase, limited
from waiting import eventually, paced


class CircuitCase(FailoverCase):
    options = {**FailoverCase.options, "circuit.minimum_requests": 3, "circuit.cooldown": "700ms",
               "circuit.cooldown_max": "60s", "circuit.window": "60s"}

    @classmethod
    def models(cls):
        # Two rows of one key.
        pair = [cls.row_of(20, "primary", fallback_model="'spare'", upstream_model="'p'"),
                cls.row_of(21, "spare", upstream_model="'s'").replace("key-0021", "key-0020")]
        return [*super().models(), *pair]

    def circuits(self, level="row"):
        told = json.loads(self.ferry.admin("/status")[1])["circuits"]
        return {one["model_id"]: one for one in told if one["level"] == level}

    def open(self, model="alone", row=3):
        self.assert_error(self.chat(self.nonce(*BUSY * 3), model=model), 503)
        self.assertEqual(self.circuits()[row]["state"], "open")

    def until_half_open(self, row=3):
        return eventually(lambda: self.circuits()[row]["state"] == "half_open")


class ARowThatKeepsFailing(CircuitCase):
    def test_is_not_asked_and_the_client_hears_so_at_once(self):
        self.open()
        nonce = self.nonce()
        answer = self.assert_error(self.chat(nonce, model="alone"), 503, "upstream_overloaded")
        self.assertEqual(self.asked(nonce), [])
        self.assertEqual(answer.field("retry-after"), "1")
        self.assertIsNone(answer.field("x-should-retry"))
        self.assert_row(nonce, status=503, attempts=0, error_code="upstream_overloaded", end_reason="upstream_error")
        told = self.circuits()[3]
        self.assertEqual((told["host"], told["models"], told["error_code"], told["refuses"]),
                         (f"127.0.0.1:{self.upstream.port}", ["alone"], "upstream_overloaded", True))
        self.assertLessEqual(told["left_ms"], 700)
        self.until_half_open()
        self.assertEqual([one.target for one in self.upstream.served if one.target.endswith("/models")], [])
        self.assertEqual(self.chat(self.nonce(), model="alone").status, 200)
        self.assertNotIn(3, self.circuits())

    def test_is_probed_by_exactly_one_of_many(self):
        self.open()
        self.until_half_open()
        release = threading.Event()
        nonces = [self.nonce(release, *GOOD) for _ in range(8)]
        replies = {}

        def ask(nonce):
            replies[nonce] = self.chat(nonce, model="alone")

        crowd = [threading.Thread(target=ask, args=(nonce,)) for nonce in nonces]
        for one in crowd:
            one.start()
        eventually(lambda: len(replies) == 7)
        self.assertEqual({one.status for one in replies.values()}, {503})
        self.assertEqual(sum(len(self.asked(nonce)) for nonce in nonces), 1)
        release.set()
        for one in crowd:
            one.join()
        self.assertEqual(sorted(one.status for one in replies.values()), [200] + [503] * 7)
        self.assertEqual(self.chat(self.nonce(), model="alone").status, 200)

    def test_hands_the_probe_on_at_once_and_is_left_alone_for_longer(self):
        nonce, answer = self.play([BUSY] * 3)
        self.assert_answered_by(nonce, answer, 2, [1, 1, 1, 2], "backup")
        nonce, answer = self.play([])
        self.assert_answered_by(nonce, answer, 2, [2], "backup")
        self.until_half_open(1)
        nonce, answer = self.play([BUSY])
        self.assert_answered_by(nonce, answer, 2, [1, 2], "backup")
        self.assertGreater(self.circuits()[1]["left_ms"], 700)
        self.until_half_open(1)
        nonce, answer = self.play([])
        self.assert_answered_by(nonce, answer, 1, [1])

    def test_a_client_that_leaves_gives_the_probe_back(self):
        self.open()
        self.until_half_open()
        nonce, client = self.nonce("stall"), self.client()
        client.send(self.request(self.body(nonce, model="alone"), nonce=nonce))
        self.upstream.wait_for(nonce)
        self.assert_error(self.chat(self.nonce(), model="alone"), 503)
        client.close()
        self.assert_row(nonce, status=499)
        self.assertEqual(self.chat(self.nonce(), model="alone").status, 200)

    def test_of_one_key_with_its_backup_costs_the_backup_nothing(self):
        good, seen = GOOD[0], []
        for _ in paced(range(4), 0.01):
            nonce = self.nonce()
            self.upstream.on(nonce, *([BUSY] * 3 if not seen else []), [good])
            seen.append(self.chat(nonce, model="primary"))
            self.assertEqual((seen[-1].status, seen[-1].field("x-ferry-model-id")), (200, "21"))
        self.assertEqual([one.field("x-ferry-attempts") for one in seen], ["4", "1", "1", "1"])

    def test_is_counted_and_told(self):
        self.open()
        answer = self.chat(self.nonce(), "x-ferry-dry-run: true", model="alone")
        told, = answer.json["candidates"]
        self.assertEqual((told["circuit"]["level"], told["circuit"]["state"]), ("row", "open"))
        self.assertGreaterEqual(self.ferry.metric("ferry_circuits", level="row", state="open"), 1)
        self.assertGreaterEqual(self.ferry.metric("ferry_circuit_changes_total", level="row", to="open"), 1)

    def test_is_told_by_explain_where_its_ferry_runs(self):
        self.open()
        ask = ("explain", "--model", "alone", "--json")
        self.assertNotIn("circuit", json.loads(self.ferry.run(*ask).stdout)["candidates"][0])  # which port, who knows
        self.ferry.environment["FERRY_SERVER_ADMIN_LISTEN"] = f"127.0.0.1:{self.ferry.admin_port}"
        self.addCleanup(self.ferry.environment.pop, "FERRY_SERVER_ADMIN_LISTEN")
        told = json.loads(self.ferry.run(*ask).stdout)["candidates"][0]["circuit"]
        self.assertEqual((told["level"], told["error_code"]), ("row", "upstream_overloaded"))
        self.assertIn("upstream_overloaded", self.ferry.run("explain", "--model", "alone").stdout)


class AKeyThatIsRefused(CircuitCase):
    options = {**CircuitCase.options, "circuit.cooldown": "60s"}

    def test_closes_its_row_at_once_and_others_of_the_key_speak_for_themselves(self):
        refused = [answers.error_answer(401, code="invalid_api_key")]
        nonce = self.nonce(refused, refused)
        self.assert_error(self.chat(nonce, model="primary"), 502, "upstream_auth_error")
        self.assertEqual(self.asked(nonce), [20, 20])
        nonce = self.nonce()
        answer = self.assert_error(self.chat(nonce, model="primary"), 502, "upstream_auth_error")
        self.assertEqual(self.asked(nonce), [])
        self.assertGreater(int(answer.field("retry-after")), 50)
        self.assertEqual(self.circuits("key")[21]["refuses"], False)

    def test_a_429_is_kept_for_its_row_and_the_backup_of_the_same_key_answers(self):
        nonce, answer = self.play([limited(50_000)], model="demo")
        self.assert_answered_by(nonce, answer, 2, [1, 2], "backup")
        self.assertEqual(self.circuits()[1]["state"], "waiting")
        self.assertEqual(self.circuits()[1]["error_code"], "rate_limit_exceeded")


class RepetitionsHaveABudget(FailoverCase):
    options = {**FailoverCase.options, "retry.budget": 0.2}

    def test_but_whoever_is_alone_has_some_and_other_rows_are_asked_all_the_same(self):
        nonce, answer = self.play([[answers.error_answer(500)]])
        self.assert_answered_by(nonce, answer, 1, [1, 1])
        tries = []
        for _ in range(20):
            nonce = self.nonce(*[BUSY] * 3)
            self.assert_error(self.chat(nonce, model="alone"), 503)
            tries.append(len(self.asked(nonce)))
        self.assertEqual(tries[0], 3)
        # Ten, one for five requests, and one a second.
        self.assertLess(sum(tries), 20 + 10 + 4 + 5)
        self.assertIn(1, tries)
        # In every second one more try may be repeated; whoever comes right behind it goes to the other row.
        eventually(lambda: self.asked(self.play([BUSY])[0]) == [1, 2])


class ASilentRow(FailoverCase):
    options = {**FailoverCase.options, "timeouts.first_byte": "120s", "timeouts.idle": "120s"}

    def fast(self, model, times=20, **members):
        client = self.client()
        for _ in range(times):
            self.assertEqual(self.chat(self.nonce(STREAM if members.get("stream") else GOOD), client=client,
                                       model=model, **members).status, 200)

    def test_costs_seconds_where_another_can_be_asked(self):
        for stream in (False, True):
            self.fast("demo", stream=stream)
            began = time.monotonic()
            nonce, answer = self.play([["stall"]], STREAM if stream else GOOD, stream=stream)
            self.assertLess(time.monotonic() - began, 8)
            self.assertEqual(self.asked(nonce), [1, 2])

    def test_or_the_client_is_in_a_hurry(self):
        nonce, began = self.nonce(["stall"], GOOD), time.monotonic()
        answer = self.chat(nonce, "x-stainless-read-timeout: 2")
        self.assertEqual((answer.status, self.asked(nonce)), (200, [1, 2]))
        self.assertLess(time.monotonic() - began, 1.9)

    def test_alone_ends_when_the_client_would_have_given_up(self):
        nonce, began = self.nonce("stall"), time.monotonic()
        self.assert_error(self.chat(nonce, "x-stainless-read-timeout: 1.5", model="alone"), 504,
                          "upstream_timeout")
        self.assertLess(time.monotonic() - began, 2.5)
