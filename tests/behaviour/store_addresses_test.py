"""A database that does not let Ferry in: what to do is said by the reason, and no password is repeated."""
import unittest

from ferry import Ferry
from postgres import Cluster


class StoreAddresses(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster()
        cls.addClassCleanup(cls.cluster.remove)
        rules = cls.cluster.data / "pg_hba.conf"
        rules.write_text("local all locked scram-sha-256\nlocal all barred reject\n" + rules.read_text())
        cls.cluster.start()
        cls.database = cls.cluster.new_database()
        cls.cluster.psql("CREATE ROLE locked LOGIN PASSWORD 'right-canary'; CREATE ROLE barred LOGIN;", cls.database)
        cls.ferry = Ferry()
        cls.addClassCleanup(cls.ferry.remove)

    def told(self, user, database=None, host=None):
        url = f"postgres://{user}@/{database or self.database}?host={host or self.cluster.folder}"
        told = []
        for command in ("check", "migrate", "models list"):
            done = self.ferry.run(*command.split(), "--set", f"store.url={url}", check=False)
            self.assertNotEqual(done.returncode, 0)
            self.assertNotIn("canary", done.stdout + done.stderr)
            told.append(done.stderr)
        return told

    def assert_told(self, words, *where, **named):
        for told in self.told(*where, **named):
            self.assertIn(words, told)
            self.assertNotIn("see its log", told)

    def test_a_wrong_password(self):
        self.assert_told("check user and password", "locked:wrong-canary")

    def test_no_password(self):
        self.assert_told("put the password into", "locked")

    def test_a_user_that_the_server_keeps_out(self):
        self.assert_told("pg_hba.conf", "barred")

    def test_a_user_that_is_not_there(self):
        self.assert_told("createuser", "nobody-here")

    def test_a_database_that_is_not_there(self):
        self.assert_told("createdb", "ferry", database="no-such-database")

    def test_a_database_in_another_encoding_than_utf8(self):
        self.cluster.psql("CREATE DATABASE western ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0",
                          self.database)
        user = self.cluster.psql("SELECT current_user", self.database).strip()
        self.assert_told("has the encoding LATIN1", user, database="western")
        told = self.ferry.run("serve", "--set", f"store.url=postgres://{user}@/western?host={self.cluster.folder}",
                              check=False)
        self.assertNotEqual(told.returncode, 0)
        self.assertIn("UTF8", told.stderr)

    def test_a_server_that_is_not_there(self):
        self.assert_told("check that the server runs, and host and port", "ferry", host="/nowhere-at-all")
        self.assert_told("check the host", "ferry", host="no-such-host.invalid")
