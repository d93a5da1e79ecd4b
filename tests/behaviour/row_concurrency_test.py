"""max_parallel of a row: further requests go elsewhere or wait, fairly, and not for long."""
import json
import threading

import answers
from failover_case import GOOD, STREAM, FailoverCase, limited
from waiting import eventually


class RowConcurrency(FailoverCase):
    options = {**FailoverCase.options, "retry.queue_timeout": "30s", "timeouts.first_byte": "30s"}

    @classmethod
    def models(cls):
        return [
            cls.row_of(1, "narrow", max_parallel="1"),
            cls.row_of(2, "hasty", max_parallel="1", queue_timeout_ms="0"),
            cls.row_of(3, "patient", max_parallel="1", queue_timeout_ms="50"),
            cls.row_of(4, "doubled", max_parallel="1", priority="0"),
            cls.row_of(5, "doubled", max_parallel="1", priority="1"),
        ]

    def setUp(self):
        super().setUp()
        self.replies, self.running, self.held = {}, [], []

    def tearDown(self):
        for release in self.held:
            release.set()
        self.finish()
        super().tearDown()

    def finish(self):
        for thread in self.running:
            thread.join(10)

    def load(self, row):
        rows = {one["model_id"]: one for one in json.loads(self.ferry.admin("/status")[1])["rows"]}
        return (rows[row]["in_use"], rows[row]["waiting"]) if row in rows else (0, 0)

    def until(self, row, in_use, waiting=0):
        eventually(lambda: self.load(row) == (in_use, waiting), what=f"{in_use} at row {row} and {waiting} that wait")

    def begin(self, model, *script, key=None, client=None, **members):
        nonce = self.nonce(*(script or GOOD))
        client = client or self.client()

        def ask():
            client.send(self.request(self.body(nonce, model=model, **members), nonce=nonce, key=key))
            self.replies[nonce] = client.response()

        self.running.append(threading.Thread(target=ask))
        self.running[-1].start()
        return nonce

    def event(self):
        self.held.append(threading.Event())
        return self.held[-1]

    def hold(self, model, row, in_use=1):
        """A request that stays at the row until it is released."""
        release = self.event()
        nonce = self.begin(model, release, *GOOD)
        self.until(row, in_use)
        return nonce, release

    def order(self, nonces):
        """In which the upstream got them."""
        self.finish()
        served = [one.nonce for one in self.upstream.served[self.first_served:]]
        return sorted(nonces, key=served.index)

    def test_a_second_request_waits_until_the_first_is_answered(self):
        first, release = self.hold("narrow", 1)
        second = self.begin("narrow")
        self.until(1, 1, 1)
        self.assertEqual(self.asked(second), [])
        release.set()
        self.finish()
        self.assertEqual([self.replies[one].status for one in (first, second)], [200, 200])
        self.assert_row(second, status=200, attempts=1)
        self.until(1, 0)

    def test_a_stream_counts_until_it_ends_and_the_client_that_leaves_makes_room(self):
        release = self.event()
        leaver = self.client()
        nonce = self.nonce(answers.stream_head(), *map(answers.as_chunk, answers.words()), release)
        leaver.send(self.request(self.body(nonce, model="narrow", stream=True), nonce=nonce))
        leaver.until(b"word0")
        self.until(1, 1)
        waits = self.begin("narrow", *STREAM, stream=True)
        self.until(1, 1, 1)
        leaver.close()
        self.finish()
        self.assertEqual(self.replies[waits].status, 200)
        self.assert_row(nonce, status=499)
        self.until(1, 0)

    def test_who_finds_it_full_asks_another_row_first_and_no_circuit_knows_of_it(self):
        self.hold("doubled", 4)
        nonce, answer = self.play(GOOD, model="doubled")
        self.assert_answered_by(nonce, answer, 5, [5])
        self.assertEqual(json.loads(self.ferry.admin("/status")[1])["circuits"], [])

    def test_who_finds_both_full_has_the_first_that_is_free(self):
        _, release = self.hold("doubled", 4)
        _, other = self.hold("doubled", 5)
        waits = self.begin("doubled")
        self.until(4, 1, 1)
        self.until(5, 1, 1)
        other.set()
        eventually(lambda: waits in self.replies)
        self.assertEqual(self.replies[waits].field("x-ferry-model-id"), "5")
        self.until(4, 1, 0)

    def test_who_waits_in_vain_hears_503(self):
        for model, row in (("hasty", 2), ("patient", 3)):
            with self.subTest(model):
                refused_before = self.ferry.metric("ferry_row_refusals_total", model_id=str(row)) or 0
                self.hold(model, row)
                nonce = self.nonce()
                answer = self.assert_error(self.chat(nonce, model=model), 503, "overloaded")
                self.assertEqual(answer.field("retry-after"), "1")
                self.assertIsNone(answer.field("x-should-retry"))
                self.assertEqual(self.asked(nonce), [])
                self.assert_row(nonce, status=503, attempts=0, error_code="overloaded")
                self.assertEqual(self.load(row), (1, 0))
                self.assertEqual(self.ferry.metric("ferry_row_refusals_total", model_id=str(row)), refused_before + 1)

    def test_keys_take_turns(self):
        many, few = self.create_key("many"), self.create_key("few")
        _, release = self.hold("narrow", 1)
        asked = []
        for number, key in enumerate((many, many, many, few), 1):
            asked.append(self.begin("narrow", key=key))
            self.until(1, 1, number)
        release.set()
        self.assertEqual(self.order(asked), [asked[0], asked[3], asked[1], asked[2]])

    def test_a_key_of_lower_priority_goes_first(self):
        usual, urgent = self.create_key("usual"), self.create_key("urgent", "--priority", "-1")
        _, release = self.hold("narrow", 1)
        asked = []
        for number, key in enumerate((usual, usual, urgent), 1):
            asked.append(self.begin("narrow", key=key))
            self.until(1, 1, number)
        release.set()
        self.assertEqual(self.order(asked), [asked[2], asked[0], asked[1]])

    def test_a_client_that_leaves_is_out_of_the_queue(self):
        self.hold("narrow", 1)
        client = self.client()
        nonce = self.nonce()
        client.send(self.request(self.body(nonce, model="narrow"), nonce=nonce))
        self.until(1, 1, 1)
        client.close()
        self.until(1, 1, 0)
        self.assert_row(nonce, status=499, attempts=0, end_reason="client_gone")

    def test_a_row_that_may_have_more_at_once_takes_who_waits(self):
        self.hold("narrow", 1)
        waits = self.begin("narrow")
        self.until(1, 1, 1)
        self.ferry.run("models", "set", "1", "--max-parallel", "2")
        eventually(lambda: waits in self.replies)
        self.assertEqual(self.replies[waits].status, 200)
        self.ferry.run("models", "set", "1", "--max-parallel", "1")
        self.serve("SELECT 1;")

    def test_a_try_that_failed_gives_its_place_back_while_it_waits_to_be_repeated(self):
        nonce = self.begin("narrow", limited(500), GOOD)
        eventually(lambda: self.asked(nonce) == [1])
        self.until(1, 0)
        self.finish()
        self.assertEqual(self.replies[nonce].status, 200)
        self.until(1, 0)

    def test_operators_see_and_set_it(self):
        self.ferry.run("models", "set", "3", "--max-parallel", "7", "--queue-timeout", "1500ms")
        shown = {one["id"]: one for one in json.loads(self.ferry.run("models", "list", "--json").stdout)}
        self.assertEqual((shown[3]["max_parallel"], shown[3]["queue_timeout_ms"]), (7, 1500))
        told = self.ferry.run("explain", "--model", "patient").stdout
        self.assertIn("at most 7 at once, others wait up to 1500 ms", told)
        self.ferry.run("models", "set", "3", "--max-parallel", "1", "--queue-timeout", "50ms")
        self.create_key("ranked", "--priority", "3")
        keys = {one["name"]: one for one in json.loads(self.ferry.run("keys", "list", "--json").stdout)}
        self.assertEqual(keys["ranked"]["priority"], 3)
        self.ferry.run("keys", "set", "ranked", "--priority", "-2")
        self.assertIn('"priority":-2', self.ferry.run("keys", "list", "--json").stdout.replace(" ", ""))
