"""Budgets of keys, users and teams: a hard one is never exceeded, a soft one warns, replicas share what there is."""
import json
import signal
import threading
import time

import answers
from budget_case import CENT, Budgeted
from harness import eventually
from postgres_case import PostgresCase, PostgresFerry
from waiting import stays


class Budgets(Budgeted):
    def test_a_budget_is_spent_to_its_end_and_not_further(self):
        key = self.create_key("month", "--budget", "1.00", "--budget-period", "month")
        asked = 0
        while (answer := self.ask(key, tokens=10, max_tokens=10)).status == 200:
            asked += 1
        self.assertEqual(asked, 10)
        message = self.is_used_up(answer)
        self.assertIn("The budget of 1 a month of this key is used up. It begins anew at ", message)
        before = len(self.upstream.served)
        self.is_used_up(self.ask(key, max_tokens=1))
        self.assertEqual(len(self.upstream.served), before)
        self.assertEqual(self.ask(key, model="demo").status, 200)  # it costs nothing
        self.ferry.says("The budget of 1 a month of key")
        self.ferry.run("keys", "set", "month", "--budget", "1.10")
        eventually(lambda: self.ask(key, tokens=10, max_tokens=10).status == 200)

    def test_a_high_max_tokens_keeps_nobody_out(self):
        key = self.create_key("parallel", "--budget", "200")
        for _ in range(6):  # it is known how long answers are
            self.assertEqual(self.ask(key, tokens=200).status, 200)
        go_on = threading.Event()
        self.addCleanup(go_on.set)
        waiting = []
        for _ in range(4):
            nonce = self.nonce(go_on, answers.json_answer(answers.completion(tokens=(7, 200))))
            client = self.client()
            client.send(self.request(self.body(nonce, model="dear", max_tokens=64000), nonce=nonce, key=key))
            self.upstream.wait_for(nonce)
            waiting.append(client)
        go_on.set()
        self.assertEqual([one.response().status for one in waiting], [200] * 4)

    def test_an_answer_that_might_exceed_the_budget_is_bounded(self):
        key = self.create_key("bounded", "--budget", "6.00")

        def bound(**members):
            self.assertEqual(self.ask(key, tokens=1, **members).status, 200)
            return json.loads(self.upstream.served[-1].body).get("max_tokens")

        self.assertEqual(bound(max_tokens=300), 300)
        self.assertLessEqual(bound(), 600)
        self.assertLessEqual(bound(max_tokens=64000), 600)
        self.assertGreater(bound(max_tokens=64000), 5)

    def test_a_budget_that_only_warns_warns(self):
        key = self.create_key("soft", "--budget", "0.02", "--budget-mode", "soft")
        warned = eventually(lambda: self.ask(key).field("x-ferry-budget-warning"))
        self.assertEqual(warned, "The budget of 0.02 in total of this key is used up.")
        self.assertEqual(self.ask(key).status, 200)
        self.ferry.says("it only warns")

    def test_a_team_shares_its_budget_over_all_keys(self):
        self.ferry.run("teams", "add", "thrifty", "--budget", "0.50", "--budget-period", "day")
        keys = [self.create_key(f"thrifty-{i}", "--team", "thrifty") for i in range(3)]
        statuses = [self.ask(keys[i % 3], tokens=10, max_tokens=10).status for i in range(9)]
        self.assertEqual(statuses, [200] * 5 + [429] * 4)
        self.assertIn("of this key's team is used up", self.is_used_up(self.ask(keys[0])))

    def test_what_failed_or_was_refused_costs_nothing(self):
        key = self.create_key("failing", "--budget", "0.10")
        nonce = self.nonce(answers.json_answer(b'{"error":{"message":"no","type":"server_error","code":null}}', 500))
        for _ in range(5):
            client = self.client()
            client.send(self.request(self.body(nonce, model="dear", max_tokens=10), nonce=nonce, key=key))
            self.assertEqual(client.response().status, 502)
        self.assertEqual(self.ask(key, tokens=10, max_tokens=10).status, 200)
        self.is_used_up(self.ask(key, max_tokens=10))


class BudgetsOverARestart(Budgeted):
    def test_what_was_spent_is_known_to_the_next_process(self):
        key = self.create_key("lasting", "--budget", "0.30")
        for _ in range(3):
            self.assertEqual(self.ask(key, tokens=5, max_tokens=10).status, 200)
        self.ferry.stop()
        self.ferry.start()
        self.assertEqual(self.ask(key, tokens=10, max_tokens=10).status, 200)
        self.assertEqual(self.ask(key, tokens=5, max_tokens=5).status, 200)
        self.is_used_up(self.ask(key, max_tokens=10))

    def test_what_a_process_spent_before_it_was_killed_is_taken_from_its_rows(self):
        key = self.create_key("killed", "--budget", "0.50")
        self.assertEqual(self.ask(key, tokens=20, max_tokens=20).status, 200)
        self.ferry.stop(signal.SIGKILL)
        self.ferry.start()
        # What it held is free again when its lease has ended, and what it spent is not.
        eventually(lambda: self.ask(key, tokens=29, max_tokens=29).status == 200, seconds=20)
        self.is_used_up(self.ask(key, tokens=2, max_tokens=2))

    options = {"budget.lease": "2s"}


class BudgetsOfReplicas(Budgeted, PostgresCase):
    options = {"budget.lease": "2s"}

    def setUp(self):
        super().setUp()
        self.other = PostgresFerry(self.cluster, self.ferry.name, self.options).start()
        self.addCleanup(self.other.remove)

    def test_processes_spend_one_budget_together_and_one_that_is_killed_keeps_nothing(self):
        key = self.create_key("shared", "--budget", "3.00")
        eventually(lambda: self.ask(key, client=self.client(self.other.port), model="demo").status == 200)
        statuses = []

        def spend(port):
            client = self.client(port)
            for _ in range(40):
                statuses.append(self.ask(key, tokens=7, max_tokens=20, client=client).status)

        ports = [self.ferry.port, self.other.port] * 4
        threads = [threading.Thread(target=spend, args=(port,)) for port in ports]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        self.assertEqual(set(statuses), {200, 429})
        self.assertLessEqual(statuses.count(200) * 7 * CENT, 300 * CENT)
        self.other.stop(signal.SIGKILL)

        def is_spent():
            return self.ask(key, tokens=1, max_tokens=1).status == 429

        eventually(is_spent, seconds=20, what="all of it is spent")
        told = self.ferry.rows("SELECT sum(cost_pico) AS n FROM usage_records")[0]["n"]
        self.assertLessEqual(told, 300 * CENT)
        self.assertGreater(told, 270 * CENT)

    def test_what_a_killed_process_held_is_free_once_its_lease_has_ended_and_not_before_it_was_killed(self):
        key = self.create_key("held", "--budget", "0.90")
        eventually(lambda: self.ask(key, client=self.client(self.other.port), model="demo").status == 200)
        nonce = self.nonce(30.0, answers.json_answer(answers.completion()))
        hanging = self.client(self.other.port)
        hanging.send(self.request(self.body(nonce, model="dear", max_tokens=90), nonce=nonce, key=key))
        self.upstream.wait_for(nonce)

        def asked():
            return self.ask(key, tokens=40, max_tokens=50)

        refused = eventually(lambda: (answer := asked()).status == 429 and answer, what="a refusal")
        self.assert_error(refused, 429, "rate_limit_exceeded")  # it is not spent
        self.assertGreater(int(refused.field("retry-after-ms")), 0)
        stays(lambda: asked().status == 429, 3, "what the other holds")  # longer than a lease
        self.other.stop(signal.SIGKILL)
        killed = time.monotonic()
        eventually(lambda: asked().status == 200, seconds=20, what="what the other held")
        took = time.monotonic() - killed
        self.assertLess(took, 2 + 8)  # the lease, and a busy machine
