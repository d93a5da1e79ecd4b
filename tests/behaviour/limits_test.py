"""Limits of keys, users and teams: what is let in, what is refused and how, and what the headers say."""
import json
import re
import shlex
import threading

import answers
from client import unread
from ferry import ROOT
from harness import FerryCase, eventually, insert_model
from postgres_case import PostgresCase, PostgresFerry


class Limited(FerryCase):
    def ask(self, key, answer=None, client=None, fields=(), **members):
        nonce = self.nonce(answer or answers.json_answer(answers.completion()))
        client = client or self.client()
        client.send(self.request(self.body(nonce, **members), *fields, nonce=nonce, key=key))
        return client.response()

    def is_refused(self, response, of, limit, words):
        self.assert_error(response, 429, "rate_limit_exceeded")
        self.assertEqual(response.error["type"], "rate_limit_error")
        self.assertIn(f"The limit of this {of} is reached: {limit} {words}", response.error["message"])
        self.assertGreater(int(response.field("retry-after-ms")), 0)
        self.assertGreater(int(response.field("retry-after")), 0)
        self.assertIsNone(response.field("x-should-retry"))

    def left(self, response, what):
        return [int(response.field(f"x-ratelimit-{part}-{what}")) for part in ("limit", "remaining")]


class Limits(Limited):
    def test_a_fourth_request_of_three_a_minute_is_refused_and_asks_nobody(self):
        key = self.create_key("three", "--rpm", "3")
        for remaining in (2, 1, 0):
            answer = self.ask(key)
            self.assertEqual(answer.status, 200)
            self.assertEqual(self.left(answer, "requests"), [3, remaining])
            self.assertIn(answer.field("x-ratelimit-reset-requests"), ("1m0s", "1m1s"))
            self.assertIsNone(answer.field("x-ratelimit-limit-tokens"))
        before = len(self.upstream.served)
        refused = self.ask(key)
        self.is_refused(refused, "key", 3, "requests in any minute")
        self.assertEqual(self.left(refused, "requests"), [3, 0])
        self.assertEqual(len(self.upstream.served), before)
        self.assertEqual(self.ask(self.key).status, 200)

    def test_a_user_and_a_team_share_their_limits_over_all_their_keys(self):
        self.ferry.run("teams", "add", "gold", "--rpm", "5")
        self.ferry.run("users", "add", "gina", "--team", "gold", "--rpm", "2")
        of_gina = [self.create_key(f"gina-{i}", "--user", "gina", "--rpm", "100") for i in range(2)]
        of_team = self.create_key("gold-1", "--team", "gold")
        self.assertEqual(self.left(self.ask(of_gina[0]), "requests"), [2, 1])
        self.assertEqual(self.left(self.ask(of_gina[1]), "requests"), [2, 0])
        self.is_refused(self.ask(of_gina[0]), "key's user", 2, "requests in any minute")
        for remaining in (2, 1, 0):  # what was refused counts for nobody
            self.assertEqual(self.left(self.ask(of_team), "requests"), [5, remaining])
        self.is_refused(self.ask(of_team), "key's team", 5, "requests in any minute")

    def test_tokens_are_expected_first_and_counted_by_what_the_provider_said(self):
        key = self.create_key("tokens", "--tpm", "10000")
        self.serve(insert_model("unseen", self.upstream.base))
        long_answer = answers.json_answer(answers.completion(tokens=(1000, 2000)))
        first = self.left(self.ask(key, long_answer, model="unseen"), "tokens")
        self.assertEqual(first[0], 10000)
        self.assertGreater(first[1], 9000)
        self.assertLess(first[1], 9500)  # 512 of an answer nobody knows anything about
        second = self.left(self.ask(key, model="unseen", max_tokens=1), "tokens")
        self.assertGreater(second[1], 6900)
        self.assertLess(second[1], 7000)
        self.assertEqual(self.ask(key, answers.json_answer(answers.completion(tokens=(7000, 0)))).status, 200)
        refused = self.ask(key)
        self.is_refused(refused, "key", 10000, "tokens in any minute")
        self.assertEqual(self.left(refused, "tokens"), [10000, 0])

    def test_a_request_that_failed_upstream_used_no_tokens(self):
        key = self.create_key("failing", "--tpm", "1000")
        broken = answers.json_answer(b'{"error":{"message":"no","type":"server_error","code":null}}', 500)
        for _ in range(3):
            self.assertEqual(self.ask(key, broken).status, 502)
        self.assertGreater(self.left(self.ask(key), "tokens")[1], 400)

    def test_requests_at_once_are_counted_until_the_answer_is_there(self):
        key = self.create_key("parallel", "--max-parallel", "1")
        go_on = threading.Event()
        nonce = self.nonce(go_on, answers.json_answer(answers.completion()))
        slow = self.client()
        slow.send(self.request(self.body(nonce), nonce=nonce, key=key))
        self.upstream.wait_for(nonce)
        self.is_refused(self.ask(key), "key", 1, "requests at once")
        go_on.set()
        self.assertEqual(slow.response().status, 200)
        client = self.client()
        for _ in range(20):
            self.assertEqual(self.ask(key, client=client).status, 200)

    def test_a_client_that_leaves_is_no_longer_counted(self):
        key = self.create_key("leaving", "--max-parallel", "1")
        nonce = self.nonce(30.0, answers.json_answer(answers.completion()))
        slow = self.client()
        slow.send(self.request(self.body(nonce), nonce=nonce, key=key))
        self.upstream.wait_for(nonce)
        slow.close()
        eventually(lambda: self.ask(key).status == 200)

    def test_a_change_of_a_limit_is_live(self):
        key = self.create_key("changing", "--rpm", "1")
        self.assertEqual(self.ask(key).status, 200)
        self.assertEqual(self.ask(key).status, 429)
        self.ferry.run("keys", "set", "changing", "--rpm", "100")
        eventually(lambda: self.ask(key).status == 200)
        self.ferry.run("keys", "set", "changing", "--no-rpm")
        eventually(lambda: self.ask(key).field("x-ratelimit-limit-requests") is None)

    def test_a_limit_of_a_user_is_live_too(self):
        self.ferry.run("users", "add", "hugo")
        key = self.create_key("of-hugo", "--user", "hugo")
        self.assertEqual(self.ask(key).status, 200)
        self.ferry.run("users", "set", "hugo", "--rpm", "0")
        eventually(lambda: self.ask(key).status == 429)
        refused = self.ask(key)
        self.assertIn("It lets nothing through", refused.error["message"])
        self.assertIsNone(refused.field("retry-after"))

    def test_an_answer_may_be_no_longer_than_the_limit(self):
        key = self.create_key("short", "--max-output-tokens", "50")

        def sent(**members):
            self.assertEqual(self.ask(key, **members).status, 200)
            body = json.loads(self.upstream.served[-1].body)
            return {name: value for name, value in body.items() if name.startswith("max_")}

        self.assertEqual(sent(), {"max_tokens": 50})
        self.assertEqual(sent(max_tokens=1000), {"max_tokens": 50})
        self.assertEqual(sent(max_tokens=20), {"max_tokens": 20})
        self.assertEqual(sent(max_completion_tokens=1000), {"max_completion_tokens": 50})
        self.assertEqual(sent(max_tokens=None), {"max_tokens": 50})

    def test_a_key_is_good_only_from_its_networks(self):
        elsewhere = self.create_key("elsewhere", "--addresses", "10.0.0.0/8,192.168.1.1")
        here = self.create_key("here", "--addresses", "127.0.0.0/8")
        refused = self.ask(elsewhere)
        self.assert_error(refused, 403, "address_not_allowed")
        self.assertEqual(refused.error["type"], "permission_error")
        self.assertEqual(self.ask(here).status, 200)
        self.ferry.run("keys", "set", "elsewhere", "--no-addresses")
        eventually(lambda: self.ask(elsewhere).status == 200)

    def test_limits_are_listed_and_changed_one_by_one(self):
        self.ferry.run("teams", "add", "listed", "--rpd", "5", "--budget", "5.00", "--budget-period", "month")

        def listed():
            return next(one for one in json.loads(self.ferry.run("teams", "list", "--json").stdout)
                        if one["name"] == "listed")

        shown = listed()
        self.assertEqual((shown["rpd"], shown["budget_pico"], shown["budget_period"], shown["rpm"]),
                         (5, 5 * 10**12, "month", None))
        self.ferry.run("teams", "set", "listed", "--no-budget", "--tpd", "7")
        shown = listed()
        self.assertEqual((shown["rpd"], shown["tpd"], shown["budget_pico"], shown["budget_period"]), (5, 7, None, None))
        self.assertIn("5 rpd, 7 tpd", self.ferry.run("teams", "list").stdout)
        refused = self.ferry.run("teams", "set", "listed", "--budget", "a lot", check=False)
        self.assertEqual(refused.returncode, 2)
        self.assertIn("--budget a lot: an amount of money", refused.stderr)
        refused = self.ferry.run("keys", "create", "--name", "x", "--addresses", "nowhere", check=False)
        self.assertEqual(refused.returncode, 2)
        self.assertIn("nowhere", refused.stderr)


    def test_the_commands_of_the_page(self):
        block = re.search(r"```sh\n(.*?)```", (ROOT / "docs/limits.md").read_text(), re.S)[1]
        self.ferry.run("teams", "add", "research")
        self.ferry.run("users", "add", "alice")
        self.create_key("my-app")
        commands = [shlex.split(line, comments=True) for line in block.splitlines()]
        for command, *words in commands:
            self.assertEqual(command, "ferry")
            self.ferry.run(*words)
        shown = next(one for one in json.loads(self.ferry.run("keys", "list", "--json").stdout)
                     if one["name"] == "my-app")
        self.assertEqual([shown[name] for name in ("rpm", "tpm", "max_parallel", "max_output_tokens")],
                         [None, 100000, 8, 4000])
        self.assertEqual(shown["allowed_addresses"], ["10.0.0.0/8"])


class LimitsOverARestart(Limited):
    rows_for_every_request = False

    def test_what_a_day_used_is_known_to_the_next_process(self):
        key = self.create_key("daily", "--rpd", "100")
        for _ in range(10):
            self.assertEqual(self.ask(key).status, 200)
        self.ferry.stop()
        self.ferry.start()
        self.ask(key)  # the first one asks the store what was used before
        eventually(lambda: self.left(self.ask(key), "requests")[1] < 90)


class LimitsOfReplicas(Limited, PostgresCase):
    rows_for_every_request = False

    def setUp(self):
        super().setUp()
        self.other = PostgresFerry(self.cluster, self.ferry.name, self.options).start()
        self.addCleanup(self.other.remove)

    def test_two_processes_let_in_as_many_as_one_would(self):
        key = self.create_key("shared", "--rpm", "60")
        clients = [self.client(), self.client(self.other.port)]
        eventually(lambda: self.ask(key, client=clients[1]).status == 200)
        self.assertEqual(self.ask(key, client=clients[0]).status, 200)

        def they_know():
            told = self.ferry.rows("SELECT minute_requests FROM limit_use"
                                   " WHERE party_id = (SELECT max(id) FROM api_keys)")
            return len(told) == 2 and all(one["minute_requests"] > 0 for one in told)

        eventually(they_know)
        # Each has heard of the other once what it says is left is less than what it has let in itself.
        eventually(lambda: all(self.left(self.ask(key, client=one), "requests")[1] < 57 for one in clients))
        # As many as were let in stand in the books.
        query = ("SELECT count(*) AS n FROM usage_records WHERE status = 200"
                 " AND key_id = (SELECT max(id) FROM api_keys)")
        shipped = lambda: self.ferry.rows(query)[0]["n"]
        ask_both = lambda: [self.ask(key, client=one).status for one in clients]
        for _ in range(60):
            ask_both()
        eventually(lambda: ask_both() == [429, 429] and shipped() >= 60, seconds=20, what="all of it is used")
        for _ in range(30):
            self.assertEqual(ask_both(), [429, 429])
        self.assertLessEqual(shipped(), 60)

    def test_requests_at_once_are_those_of_all_processes_together(self):
        key = self.create_key("together", "--max-parallel", "4")
        clients = [self.client(), self.client(self.other.port)]
        eventually(lambda: self.ask(key, client=clients[1]).status == 200)
        go_on = threading.Event()
        self.addCleanup(go_on.set)

        def is_let_in(ferry):
            nonce, client = self.nonce(go_on, answers.json_answer(answers.completion())), self.client(ferry.port)
            client.send(self.request(self.body(nonce), nonce=nonce, key=key))
            eventually(lambda: self.upstream.requests(nonce) or unread(client.socket))
            return bool(self.upstream.requests(nonce))

        # What is left now may be the other's until it tells that it does not use it.
        for number in range(4):
            eventually(lambda: is_let_in([self.ferry, self.other][number % 2]))
        # At most one more for each further process, and those that were let in before the others told.
        for client in clients:
            eventually(lambda: self.ask(key, client=client).status == 429)
