"""Who is disabled is refused by every Ferry on the store within a second: users, teams and keys, on either store.

A Ferry that shares its store with another hears of it without asking more often than it does: how long it took is
printed. STOPS (4) is how many changes of each kind."""
import os
import time
import unittest

from ferry import Ferry
from harness import FerryCase
from postgres_case import PostgresCase, PostgresFerry
from waiting import eventually

STOPS = int(os.environ.get("STOPS", "4"))


class StoppedEverywhere(FerryCase):
    options = {"server.threads": 1}

    def another(self):
        return Ferry({**self.options, "store.url": f"sqlite:{self.ferry.database}"})

    def setUp(self):
        super().setUp()
        self.others = [self.another().start() for _ in range(2)]
        for one in self.others:
            self.addCleanup(one.remove)

    def made(self, name):
        key = self.ferry.create_key(name, "--user", "fred")
        self.secrets.append(key)
        return key

    def statuses(self, key):
        """What each answers now; who is refused is closed upon."""
        clients = [self.client(one.port) for one in (self.ferry, *self.others)]
        for one in clients:
            nonce = self.nonce()
            one.send(self.request(self.body(nonce), nonce=nonce, key=key))
        seen = {one.response().status for one in clients}
        for one in clients:
            one.close()
        return seen

    def changed(self, wanted, key, *words):
        self.ferry.run(*words)
        began = time.monotonic()
        while (seen := self.statuses(key)) != {wanted}:
            self.assertLess(time.monotonic() - began, 20, f"{words}: {seen}")
        self.took.setdefault(wanted, []).append(time.monotonic() - began)

    def test_within_a_second(self):
        self.took = {}
        self.ferry.run("teams", "add", "blue")
        self.ferry.run("users", "add", "fred", "--team", "blue")
        key = self.made("key-0")
        for number in range(STOPS):
            eventually(lambda: self.statuses(key) == {200}, what="a key that is good everywhere")
            for what, name in (("users", "fred"), ("teams", "blue")):
                self.changed(401, key, what, "disable", name)
                self.changed(200, key, what, "enable", name)
            self.changed(401, key, "keys", "revoke", f"key-{number}")
            key = self.made(f"key-{number + 1}")
        for wanted, all_of_them in self.took.items():
            print(f"{wanted} everywhere after {max(all_of_them) * 1e3:.0f} ms at the most, "
                  f"{sorted(all_of_them)[len(all_of_them) // 2] * 1e3:.0f} ms in the middle of {len(all_of_them)}")
        self.assertLess(max(self.took[401]), 1)


class StoppedEverywhereOnPostgres(PostgresCase, StoppedEverywhere):
    def another(self):
        return PostgresFerry(self.cluster, self.ferry.name, self.options)


if __name__ == "__main__":
    unittest.main()
