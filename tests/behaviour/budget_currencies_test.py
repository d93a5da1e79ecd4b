"""Budgets are in one currency, whatever the models they pay for are priced in; their days are those of a time zone."""
import json
import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from budget_case import CENT, Budgeted
from harness import eventually, insert_model


class Priced(Budgeted):
    @classmethod
    def models(cls):
        # A token of the answer costs 8 fen, which are a cent; and a hundredth of something.
        return [*super().models(),
                insert_model("yuan", cls.upstream.base, input_cost_per_1k="0", output_cost_per_1k="80",
                             currency="'CNY'"),
                insert_model("odd", cls.upstream.base, input_cost_per_1k="0", output_cost_per_1k="10",
                             currency="'XTS'")]

    def spent_of(self, name):
        rows = json.loads(self.ferry.run("keys", "list", "--json").stdout)
        return next(one["budget_spent_pico"] for one in rows if one["name"] == name)


class BudgetsInDollars(Priced):
    options = {"usage.rates": ["CNY/USD = 0.125", "USD/CNY = 8"]}

    def test_costs_in_two_currencies_are_of_one_budget(self):
        key = self.create_key("both", "--budget", "0.40")
        for model in ("dear", "yuan", "yuan", "dear"):
            self.assertEqual(self.ask(key, model=model, tokens=10, max_tokens=10).status, 200)
        self.is_used_up(self.ask(key, model="yuan", max_tokens=1))
        self.is_used_up(self.ask(key, model="dear", max_tokens=1))
        eventually(lambda: self.spent_of("both") == 40 * CENT, 10)

    def test_an_answer_is_bounded_by_what_is_left_in_the_currency_of_its_price(self):
        key = self.create_key("bounded-yuan", "--budget", "0.50")
        self.assertEqual(self.ask(key, model="yuan", tokens=1, max_tokens=64000).status, 200)
        self.assertLessEqual(json.loads(self.upstream.served[-1].body)["max_tokens"], 50)

    def test_a_currency_without_a_rate_counts_as_it_is_and_that_is_said_once(self):
        key = self.create_key("odd", "--budget", "0.10")
        self.assertEqual(self.ask(key, model="odd", tokens=6, max_tokens=6).status, 200)
        self.assertEqual(self.ask(key, model="odd", tokens=4, max_tokens=4).status, 200)
        self.is_used_up(self.ask(key, model="odd", max_tokens=1))
        self.ferry.says("what costs XTS counts as if it were USD")
        self.assertEqual(self.ferry.log.count("what costs XTS counts as if it were USD"), 1)
        warned = self.ferry.run("check").stderr
        self.assertIn('models priced in XTS, which count as if that were USD: put "XTS/USD = ..."', warned)
        self.assertNotIn("priced in CNY", warned)


class BudgetsInYuan(Priced):
    options = {"usage.rates": ["CNY/USD = 0.125", "USD/CNY = 8", "XTS/CNY = 8"], "budget.currency": "CNY"}

    def test_costs_in_two_currencies_are_of_one_budget(self):
        key = self.create_key("both", "--budget", "3.20")
        for model in ("dear", "yuan", "odd", "dear"):
            self.assertEqual(self.ask(key, model=model, tokens=10, max_tokens=10).status, 200)
        self.is_used_up(self.ask(key, model="yuan", max_tokens=1))


class TimeZones(Budgeted):
    zone = "Pacific/Kiritimati"  # 14 hours ahead: hardly anywhere is it the same day
    options = {"budget.timezone": zone}

    def test_a_day_begins_at_midnight_in_that_zone(self):
        key = self.create_key("day", "--budget", "0.10", "--budget-period", "day")
        self.assertEqual(self.ask(key, tokens=10, max_tokens=10).status, 200)
        zone = ZoneInfo(self.zone)
        before = datetime.now(zone)
        message = self.is_used_up(self.ask(key, max_tokens=10))
        days = {(at + timedelta(days=1)).date() for at in (before, datetime.now(zone))}
        ends = {datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(ZoneInfo("UTC")) for day in days}
        self.assertIn(message.split(" anew at ")[1], {f"{end:%Y-%m-%d %H:%M} UTC." for end in ends})
        eventually(lambda: json.loads(self.ferry.run("keys", "list", "--json").stdout)[-1]["budget_spent_pico"] ==
                   10 * CENT, 10)

    def test_a_zone_that_nobody_knows_is_refused(self):
        for wrong, meant in (("Asia/Shanghia", 'did you mean Asia/Shanghai?'), ("Nowhere/Here", "time zone such as")):
            for command in ("check", "serve"):
                done = self.ferry.run(command, "--set", f"budget.timezone={wrong}", check=False)
                self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
                self.assertIn("budget.timezone", done.stderr)
                self.assertIn(meant, done.stderr)
        for good in ("Asia/Shanghai", "Europe/Berlin", "UTC", "+08:00"):
            self.ferry.run("check", "--set", f"budget.timezone={good}")


class WhatIsLeft(Budgeted):
    def listed(self, name, of="keys"):
        rows = json.loads(self.ferry.run(of, "list", "--json").stdout)
        return next(one for one in rows if one["name"] == name)

    def test_what_is_left_of_limits_is_listed(self):
        self.ferry.run("users", "add", "ada", "--rpd", "100")
        self.ferry.run("teams", "add", "crew", "--tpm", "1000")
        key = self.create_key("counted", "--rpm", "60", "--tpd", "5000", "--user", "ada", "--team", "crew")
        self.create_key("unused", "--rpm", "60")
        for _ in range(3):
            self.assertEqual(self.ask(key, model="demo", tokens=5).status, 200)
        began = time.monotonic()
        row = eventually(lambda: (one := self.listed("counted"))["rpd_left"] is None and
                         one["tpd_left"] == 5000 - 3 * 12 and one, 15, "told")
        self.assertLess(row["rpm_left"], 60)
        if time.monotonic() - began < 5:
            self.assertEqual(row["rpm_left"], 57)
        self.assertIsNone(row["max_parallel_left"])
        self.assertEqual(self.listed("unused")["rpm_left"], 60)
        self.assertEqual(self.listed("ada", "users")["rpd_left"], 97)
        self.assertLess(self.listed("crew", "teams")["tpm_left"], 1000)
        self.assertRegex(self.ferry.run("keys", "list").stdout, r"5000 tpd \(4964 left\)")
        self.assertRegex(self.ferry.run("users", "list").stdout, r"100 rpd \(97 left\)")
