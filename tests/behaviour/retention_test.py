"""Usage rows of months that are over for longer than usage.retention go; what days add up to stays."""
import datetime
import json
import unittest
import uuid

from harness import FerryCase, eventually

DAY = (datetime.date(2016, 6, 15) - datetime.date(1970, 1, 1)).days


class Retention(FerryCase):
    options = {"usage.retention": "40d"}

    @classmethod
    def prepare(cls, ferry):
        key = super().prepare(ferry)
        # Ids begin with their time, as Ferry makes them.
        cls.old = [f"0155-{n:04}".replace("-", "") + str(uuid.uuid4())[8:] for n in range(1200)]
        rows = ",".join(f"('{one}', '2016-06-15 10:00:00.000000', 'demo', 5)" for one in cls.old)
        tries = ",".join(f"('{one}', '2016-06-15 10:00:00.000000', 1)" for one in cls.old)
        text = ferry.folder / "old.sql"
        text.write_text(f"INSERT INTO usage_records (request_id, started_at, model_name, prompt_tokens) VALUES {rows};"
                        f"INSERT INTO usage_attempts (request_id, started_at, attempt) VALUES {tries};"
                        "INSERT INTO usage_lines VALUES (1, 1, 1, 0, 0, '', 'other', '', '', '', 'USD', '');"
                        f"INSERT INTO usage_hour_sums VALUES (({DAY} * 24 << 32) + 1, 1200, 0, 6000, 0, 0, 0, 0, 0, 0, "
                        "0, 0)")
        ferry.run("sql", "-f", str(text))
        return key

    def count(self, table):
        return self.ferry.rows(f"SELECT count(*) AS n FROM {table} WHERE started_at < '2020'")[0]["n"]

    def test_old_rows_go_in_steps_beside_new_requests_and_days_stay(self):
        nonces = []
        for _ in range(20):
            nonces.append(self.nonce())
            self.assertEqual(self.chat(nonces[-1]).status, 200)
        eventually(lambda: self.count("usage_records") == 0 and self.count("usage_attempts") == 0, 20, "a purge")
        for nonce in nonces:
            self.assert_row(nonce, status=200, attempts=1)
        days = self.ferry.rows("SELECT requests, prompt_tokens FROM usage_daily WHERE day = '2016-06-15'")
        self.assertEqual(days, [{"requests": 1200, "prompt_tokens": 6000}])

        report = json.loads(self.ferry.run("usage", "--no-latency", "--by", "day", "--json").stdout)
        self.assertEqual([(one["day"], one["requests"]) for one in report][0], ("2016-06-15", 1200))
        self.assertEqual(sum(one["requests"] for one in report), 1200 + len(nonces))
        within = self.ferry.run("usage", "--no-latency", "--since", "2020-01-01T10:00:00Z", "--json").stdout
        self.assertEqual(json.loads(within)[0]["requests"], len(nonces))
        self.assertNotIn("p50_us", within)

    def test_what_sums_do_not_know_is_said(self):
        done = self.ferry.run("usage", "--no-latency", "--by", "tags", check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn("know no tags", done.stderr)
        done = self.ferry.run("usage", "--no-latency", "--by", "model", check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("up to 2016-06-15 sums were kept per day", done.stderr)
        self.ferry.run("usage", "--no-latency", "--by", "model", "--since", "2016-06-16")

    def test_sums_have_a_retention_of_their_own_which_is_not_shorter(self):
        for rows, sums, is_good in (("40d", "40d", True), ("40d", "39d", False), ("never", "400d", False),
                                    ("40d", "never", True)):
            done = self.ferry.run("check", "--set", f"usage.retention={rows}", "--set", f"usage.sums_retention={sums}",
                                  check=False)
            self.assertEqual("usage.sums_retention" in done.stderr, not is_good, (rows, sums, done.stderr))

    def test_a_retention_that_is_no_number_of_days_is_refused(self):
        done = self.ferry.run("check", "--set", "usage.retention=1y", check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn('"never" or 1 to 36500 days, such as "400d"', done.stderr)


class SumsRetention(Retention):
    """The same, with sums that go, too."""
    options = {"usage.retention": "40d", "usage.sums_retention": "400d"}

    def test_old_rows_go_in_steps_beside_new_requests_and_days_stay(self):
        nonce = self.nonce()
        self.assertEqual(self.chat(nonce).status, 200)
        old = "SELECT count(*) AS n FROM usage_hourly WHERE hour < '2020'"
        eventually(lambda: self.count("usage_records") == 0 and self.ferry.rows(old)[0]["n"] == 0, 20, "a purge")
        self.assert_row(nonce, status=200, attempts=1)
        report = json.loads(self.ferry.run("usage", "--no-latency", "--json").stdout)
        self.assertEqual([one["requests"] for one in report], [1])

    test_what_sums_do_not_know_is_said = None


if __name__ == "__main__":
    unittest.main()
