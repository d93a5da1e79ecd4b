"""`ferry usage` in one currency, live, and beside what a provider says."""
import json
import os
import signal
import subprocess
import unittest

import answers
from harness import FerryCase, eventually, insert_model
from postgres_case import PostgresCase
from terminal import Terminal


class UsageReports(FerryCase):
    rows_for_every_request = False

    @classmethod
    def models(cls):
        return [insert_model("dollar", cls.upstream.base, upstream_model="'up-1'", provider="deepseek"),
                insert_model("yuan", cls.upstream.base, upstream_model="'up-2'", currency="'CNY'"),
                insert_model("euro", cls.upstream.base, currency="'EUR'")]

    def setUp(self):
        super().setUp()
        self.ferry.sql("DELETE FROM usage_records")

    def asked(self, model="dollar", prompt=500, completion=0, key=None, **more):
        nonce = self.nonce(answers.json_answer(answers.completion(
            tokens=None, usage=answers.usage(prompt, completion, **more))))
        client = self.client()
        client.send(self.request(self.body(nonce, model=model), nonce=nonce, key=key))
        self.assertEqual(client.response().status, 200)
        return self.row(nonce)

    def report(self, *more, code=0):
        done = self.ferry.run("usage", "--json", *more, check=False)
        self.assertEqual(done.returncode, code, done.stderr)
        return json.loads(done.stdout) if code == 0 else done.stderr

    # One currency

    def test_sums_are_converted_by_the_rates_of_the_configuration(self):
        self.asked(prompt=500)   # 0.001 USD
        self.asked("yuan", prompt=1)  # 0.000002 CNY
        rates = ["--set", "usage.rates=USD/CNY = 7.123456789"]
        told = self.report("--currency", "CNY", *rates)
        self.assertEqual([(one["cost"], one["currency"], one["requests"]) for one in told],
                         [("0.007125456789", "CNY", 2)])
        self.assertEqual(len(self.report(*rates)), 2)
        self.asked(prompt=250)  # 1.5 pico in all, at this rate
        half = self.report("--currency", "EUR", "--provider", "deepseek", "--set", "usage.rates=USD/EUR=0.000000001")
        self.assertEqual(half[0]["cost"], "0.000000000002")

    def test_a_currency_without_a_rate_says_what_to_write_where(self):
        self.asked("euro")
        told = self.report("--currency", "CNY", "--set", "usage.rates=USD/CNY=7", code=2)
        self.assertIn('no rate from EUR to CNY: write it in the configuration, in the list `rates` of [usage]', told)
        self.asked("dollar")
        self.assertIn("from USD to EUR", self.report("--currency", "EUR", "--set", "usage.rates=EUR/USD=1.1", code=2))
        for wrong in ("USD=7", "USD/CNY=0", "USD/USD=1", "USD/CNY=1e3"):
            self.assertIn("usage.rates", self.report("--set", f"usage.rates={wrong}", code=2))

    # Of some requests alone

    def test_reports_of_a_key_user_or_model_read_their_rows(self):
        other = self.create_key("other's")
        self.asked("dollar", prompt=3, key=other)
        self.asked("yuan", prompt=4)
        mine = self.report("--key", "other's", "--model", "dollar", "--since", "1h")
        self.assertEqual(sum(one["prompt_tokens"] for one in mine), 3)
        self.assertEqual(self.report("--key", "other's", "--model", "yuan"), [])
        self.assertEqual(self.report("--provider", "o'penai"), [])
        self.assertIn("there is no key nobody", self.report("--key", "nobody", code=1))

    def status_of(self, key):
        nonce = self.nonce(answers.json_answer(answers.completion(tokens=None)))
        client = self.client()
        client.send(self.request(self.body(nonce, model="euro"), nonce=nonce, key=key))
        return client.response().status

    # Live

    def words(self):
        return self.ferry.command("usage", "--by", "model", "--watch")

    def test_on_a_terminal_it_is_drawn_again_and_the_last_state_stays(self):
        self.asked("dollar", prompt=71)
        terminal = Terminal(self.words(), cwd=self.ferry.folder, env=os.environ)
        self.addCleanup(terminal.close)
        screen = terminal.until(lambda one: any("dollar" in line and " 71 " in line for line in one.text()))
        self.assertIsNotNone(screen.second)
        self.asked("yuan", prompt=72)
        terminal.until(lambda one: any("yuan" in line and " 72 " in line for line in one.text()))
        terminal.resize(30, 4)
        terminal.until(lambda one: any("more lines" in line for line in one.text()))
        terminal.process.send_signal(signal.SIGINT)
        terminal.columns, terminal.lines = 120, 24
        code, screen = terminal.end()
        self.assertEqual(code, 0)
        self.assertIsNone(screen.second)
        self.assertTrue(screen.shows_cursor)
        self.assertTrue(any("yuan" in line and " 72 " in line for line in screen.text()), screen.text())

    def test_elsewhere_each_state_is_printed_once(self):
        self.asked("dollar", prompt=81)
        with subprocess.Popen(self.words(), cwd=self.ferry.folder, stdout=subprocess.PIPE, text=True) as process:
            self.addCleanup(process.kill)
            told = self.lines_until(process.stdout, "dollar")
            self.asked("yuan", prompt=82)
            told += self.lines_until(process.stdout, "yuan")
            process.send_signal(signal.SIGTERM)
            told += process.stdout.readlines()
            self.assertEqual(process.wait(10), 0)
        self.assertNotIn("\x1b", "".join(told))
        self.assertEqual(sum(line.startswith("yuan") for line in told), 1)
        self.assertEqual(sum(line.startswith("dollar") for line in told), 2)

    def lines_until(self, stream, word):
        lines = []
        while not lines or not lines[-1].startswith(word):
            lines.append(stream.readline())
            self.assertTrue(lines[-1], lines)
        return lines

    # Beside a bill

    def check(self, text, *more, code=0, says=""):
        file = self.ferry.folder / "bill.csv"
        file.write_bytes(text.encode())
        done = self.ferry.run("usage", "check", "--bill", str(file), *more, check=False)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        self.assertIn(says, done.stdout + done.stderr)
        return json.loads(done.stdout) if "--json" in more else done.stdout

    def day(self):
        return self.asked("dollar", 1000, 200, prompt_tokens_details={"cached_tokens": 300})["started_at"][:10]

    def test_a_bill_that_says_the_same_is_good(self):
        day = self.day()
        self.asked("yuan")
        bill = ("\ufeffDate,Model,Requests,Input Tokens,Output Tokens,Cached Tokens,Cost,Currency\r\n"
                f'{day}T00:00:00Z,up-1,1,"1,000",200,300,$0.0024,usd\r\n\r\n')
        told = self.check(bill, "--provider", "deepseek")
        self.assertIn("prompt=Input Tokens", told)
        self.assertIn("1 lines of day and model in the bill; 0 figures differ by more than 0.5%.", told)
        self.assertEqual(self.check(bill, "--provider", "deepseek", "--json")["differences"], [])
        # What Ferry has and the bill has not.
        found = self.check(bill, "--json", code=1)["differences"]
        self.assertEqual({(one["model"], one["figure"], one["ferry"], one["bill"]) for one in found},
                         {("up-2", "requests", "1", "0"), ("up-2", "prompt", "500", "0"),
                          ("up-2", "cost", "0.001", "0")})

    def test_differences_are_told_beyond_the_tolerance(self):
        day = self.day()
        bill = f"usage day;what;in\n{day};up-1;1004\n{day};up-1;1\n"
        columns = ["--columns", "day=usage day,model=what,prompt=in"]
        self.check(bill, *columns)
        found = self.check(bill, *columns, "--tolerance", "0.4%", "--json", code=1)
        self.assertEqual(found["differences"], [{"day": day, "model": "up-1", "figure": "prompt", "bill": "1005",
                                                 "ferry": "1000", "difference": "-5"}])
        self.assertRegex(self.check(bill, *columns, "--tolerance", "0", code=1), r"up-1 +prompt +1005 +1000 +-5 +-0.5%")

    def test_what_is_wrong_with_a_bill_is_said(self):
        for text, code, says in (
                ("", 1, "is empty"), ("day,model,cost\n", 1, "nothing below"),
                ("model,cost\na,1\n", 1, "no column of the day"),
                ("day,model\n2026-01-01,a\n", 1, "no figure that Ferry knows"), ('day,model,cost\n"2026', 1, "a quote"),
                ("day,model,cost\nyesterday,a,1\n", 1, "line 2 of the bill: 'yesterday' is no day"),
                ("day,model,cost\n2026-01-01,a,one\n", 1, "line 2 of the bill: 'one' is no amount"),
                ("day,model,requests\n2026-01-01,a,1.5\n", 1, "'1.5' is no count")):
            with self.subTest(text):
                self.check(text, code=code, says=says)
        self.check("day,model,cost\n2026-01-01,a,1\n", "--columns", "when=day", code=1, says="there is day, model")
        self.check("day,model,cost\n2026-01-01,a,1\n", "--columns", "day=when", code=1, says="no column 'when'")
        self.check("day,model,cost\n2026-01-01,a,1\n", "--tolerance", "much", code=2, says="such as 0.5%")
        day = self.day()
        self.asked("yuan")
        self.check(f"day,model,cost\n{day},up-1,1\n", code=1, says="--columns currency=NAME")


class UsageReportsOnPostgres(PostgresCase, UsageReports):
    pass


if __name__ == "__main__":
    unittest.main()
