"""`ferry usage --no-latency` is served from the sums of hours, and says what the rows say."""
import json
import unittest

import answers
from harness import FerryCase, eventually, insert_model
from postgres_case import PostgresCase


class UsageSums(FerryCase):
    """The rows are Ferry's own; then they are taken away, and the sums stay."""

    rows_for_every_request = False

    @classmethod
    def models(cls):
        return [insert_model("one", cls.upstream.base, provider="deepseek"),
                insert_model("two", cls.upstream.base, currency="'CNY'"),
                insert_model("pictures", cls.upstream.base, unit_prices="'{\"images\": \"0.04\"}'")]

    def asked(self, model="one", tokens=(7, 5), key=None, status=200):
        good = answers.json_answer(answers.completion(tokens=tokens))
        nonce = self.nonce(good if status == 200 else answers.error_answer(status))
        client = self.client()
        client.send(self.request(self.body(nonce, model=model), nonce=nonce, key=key))
        self.assertEqual(client.response().status, status)
        return self.row(nonce)

    def report(self, *more):
        return json.loads(self.ferry.run("usage", "--json", *more).stdout)

    def without_latency(self, lines):
        return [{name: value for name, value in line.items() if not name.endswith("_us")} for line in lines]

    def test_sums_say_what_the_rows_say(self):
        other = json.loads(self.ferry.run("keys", "create", "--name", "hers", "--user", "ada", "--json").stdout)["key"]
        self.secrets.append(other)
        eventually(lambda: self.status_of(other) == 200, what="the key is known")
        self.asked()
        self.asked("two", (70, 50))
        self.asked("one", (1, 1), key=other)
        between = self.asked("one", status=400)["started_at"]
        nonce = self.nonce(answers.json_answer(b'{"created":1,"data":[{"url":"x"},{"url":"y"}]}'))
        client = self.client()
        client.send(self.request(json.dumps({"model": "pictures", "prompt": nonce}).encode(), nonce=nonce,
                                 path="/v1/images/generations"))
        self.assertEqual(client.response().status, 200)
        self.row(nonce)
        asked = [[], ["--by", "model"], ["--by", "key,user"], ["--by", "hour,operation"], ["--by", "day,basis"],
                 ["--by", "end_reason,provider"], ["--by", "team"], ["--local", "--by", "day"],
                 ["--local", "--by", "hour"],
                 ["--by", "model", "--key", "hers"], ["--user", "ada"], ["--provider", "deepseek"], ["--model", "two"],
                 ["--operation", "images.generations"], ["--since", "30m"], ["--since", "2h", "--until", between],
                 ["--since", "2020-01-01T10:30:00Z", "--by", "day"]]
        of_rows = [self.without_latency(self.report(*more)) for more in asked]
        self.assertTrue(all(of_rows[:6]))
        self.assertIn("2 images", [line["units"] for line in of_rows[1]])
        for more, wanted in zip(asked, of_rows):
            with self.subTest(more):
                self.assertEqual(self.report(*more, "--no-latency"), wanted)
        self.ferry.sql("DELETE FROM usage_records")
        for more, wanted in zip(asked, of_rows):
            if "--since" in more and more[1] != "2020-01-01T10:30:00Z":
                continue  # what begins within an hour is read from rows
            with self.subTest(more, rows="gone"):
                self.assertEqual(self.report(*more, "--no-latency"), wanted)

    def status_of(self, key):
        nonce = self.nonce(answers.json_answer(answers.completion(tokens=None)))
        client = self.client()
        client.send(self.request(self.body(nonce, model="one"), nonce=nonce, key=key))
        return client.response().status

    def test_a_machine_between_hours_has_no_sums_of_its_days(self):
        self.asked()
        self.ferry.environment = {"TZ": "Asia/Kolkata"}
        self.addCleanup(self.ferry.environment.clear)
        done = self.ferry.run("usage", "--no-latency", "--local", "--by", "day", check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("not whole hours", done.stderr)
        self.assertTrue(self.report("--local", "--by", "day"))
        self.assertTrue(self.report("--no-latency", "--by", "day"))


class UsageSumsOnPostgres(PostgresCase, UsageSums):
    pass


if __name__ == "__main__":
    unittest.main()
