"""The connection to PostgreSQL ends at any byte while rows are stored: none is lost, none is there twice, and sums say
what rows say.

Between COMMIT and its reply every byte in either direction; of all that is said to store a row, POSTGRES_CUTS (40)
bytes by chance, or each of them:

    POSTGRES_CUTS=all FERRY_BUILD=$PWD/build/release python3 tests/support/run_unittests.py /tmp/report.json \\
        tests/behaviour/postgres_cut_test.py"""
import json
import os
import random
import unittest

import answers
from harness import eventually
from postgres_case import PostgresCase, PostgresFerry
from postgres_relay import COMMIT, DOWN, UP, Relay

CUTS = os.environ.get("POSTGRES_CUTS", "40")
SHIPPING = b"set_config('synchronous_commit'"  # what is asked first when rows are stored


class PostgresIsCut(PostgresCase):
    options = {"server.threads": 1}

    @classmethod
    def make_ferry(cls):
        cls.relay = Relay(cls.cluster)
        cls.addClassCleanup(cls.relay.close)
        name = cls.cluster.new_database()
        return PostgresFerry(cls.cluster, name, {**cls.options, "store.url": cls.relay.url(name)})

    def ship(self, direction, at, mark):
        """Whether the connection was cut on the way; the row is there afterwards, once."""
        tokens = random.randrange(1, 5000), random.randrange(1, 5000)
        nonce = self.nonce(answers.json_answer(answers.completion(tokens=tokens)))
        self.relay.arm(direction, at, SHIPPING, mark)
        self.assertEqual(self.chat(nonce).status, 200)
        self.shipped()
        self.relay.disarm()
        self.assert_row(nonce, prompt_tokens=tokens[0], completion_tokens=tokens[1], attempts=1)
        return self.relay.sprung.is_set()

    def shipped(self):
        def nothing_waits():
            journal = json.loads(self.ferry.admin("/status")[1])["journal"]
            return journal["lag_rows"] == 0 and journal["last_error"] == ""

        eventually(nothing_waits, 20, "rows that were shipped")

    def tearDown(self):
        super().tearDown()
        sums = self.ferry.rows("SELECT sum(requests) AS rows, sum(prompt_tokens) AS prompt,"
                               " sum(completion_tokens) AS completion FROM usage_hourly")
        rows = self.ferry.rows("SELECT count(*) AS rows, sum(prompt_tokens) AS prompt,"
                               " sum(completion_tokens) AS completion FROM usage_records")
        self.assertEqual(sums, rows)
        self.assertEqual(self.ferry.rows("SELECT count(*) AS n FROM usage_attempts")[0]["n"], rows[0]["rows"])

    def lengths(self, mark):
        self.assertFalse(self.ship(UP, 1 << 30, mark))
        return self.relay.lengths.items()

    def test_at_every_byte_between_commit_and_its_reply(self):
        for direction, length in self.lengths(COMMIT):
            print(f"{direction}: {length} bytes")
            for at in range(length):
                with self.subTest(direction, at=at):
                    self.assertTrue(self.ship(direction, at, COMMIT))

    def test_at_any_byte_of_what_is_said_to_store_a_row(self):
        for direction, length in self.lengths(SHIPPING):
            places = range(length) if CUTS == "all" else sorted(random.sample(range(length), int(CUTS) // 2))
            print(f"{direction}: {len(places)} of about {length} bytes")
            for at in places:
                with self.subTest(direction, at=at):
                    # A row with shorter numbers is told in some bytes less.
                    self.assertTrue(self.ship(direction, at, SHIPPING) or at > length - 64)


if __name__ == "__main__":
    unittest.main()
