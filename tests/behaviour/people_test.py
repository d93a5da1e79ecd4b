"""`ferry users` and `ferry teams`: whoever is disabled is refused, whatever key is used."""
import json

from harness import FerryCase, eventually, insert_model
from postgres_case import PostgresCase


class People(FerryCase):
    @classmethod
    def models(cls):
        return [insert_model("demo", cls.upstream.base)]

    def added(self, what, name, *more):
        return json.loads(self.ferry.run(what, "add", name, "--json", *more).stdout)["id"]

    def refused(self, *words, code=1):
        done = self.ferry.run(*words, check=False)
        self.assertEqual((done.returncode, done.stdout), (code, ""), done.stderr)
        self.assertTrue(done.stderr.startswith("error: "), done.stderr)
        return done.stderr

    def line(self, what, name):
        return next(one for one in self.ferry.run(what, "list").stdout.splitlines() if f" {name} " in one)

    def listed(self, what, name):
        return next(one for one in json.loads(self.ferry.run(what, "list", "--json").stdout) if one["name"] == name)

    def status(self, key):
        nonce = self.nonce()
        client = self.client()
        client.send(self.request(self.body(nonce, model="demo"), nonce=nonce, key=key))
        return client.response().status

    def becomes(self, status, *keys):
        for key in keys:
            eventually(lambda: self.status(key) == status, what=f"status {status}")
        self.serve("SELECT 1;")  # nor does any other core think otherwise

    def test_a_user_that_is_disabled_stops_at_once_and_nobody_else_does(self):
        two = [self.create_key(f"of-dora-{i}", "--user", "dora") for i in range(2)]
        other = self.create_key("of-emil", "--user", "emil")
        self.becomes(200, *two, other)
        self.assertIn("2 keys", self.ferry.run("users", "disable", "dora").stdout)
        self.becomes(401, *two)
        self.assertEqual(self.status(other), 200)
        self.assertIn("user disabled", self.line("keys", "of-dora-0"))
        self.ferry.run("users", "enable", "dora")
        self.becomes(200, *two)

    def test_a_team_that_is_disabled_stops_its_users_and_its_keys(self):
        team = self.added("teams", "blue")
        self.added("users", "fred", "--team", "blue")
        keys = [self.create_key("of-fred", "--user", "fred"), self.create_key("of-blue", "--team", "blue")]
        self.becomes(200, *keys)
        self.ferry.run("teams", "disable", str(team))
        self.becomes(401, *keys)
        self.assertIn("team disabled", self.line("keys", "of-fred"))
        self.ferry.run("users", "set", "fred", "--no-team")
        self.becomes(200, keys[0])
        self.assertEqual(self.status(keys[1]), 401)
        self.ferry.run("keys", "set", "of-blue", "--no-team")
        self.becomes(200, keys[1])

    def test_usage_of_a_user_is_its_teams(self):
        team = self.added("teams", "green")
        self.added("users", "gina", "--team", "green")
        key = self.create_key("of-gina", "--user", "gina")
        self.becomes(200, key)
        count = f"SELECT 'rows: ' || count(*) FROM usage_records WHERE team_id = {team}"
        eventually(lambda: "rows: 0" not in self.ferry.sql(count), what="a usage row of the team")

    def test_the_lists_show_names_and_what_is_wrong_is_said(self):
        self.added("teams", "grey")
        self.added("users", "hugo", "--team", "grey", "--disabled")
        self.create_key("of-hugo", "--user", "hugo")
        hugo = self.listed("users", "hugo")
        self.assertEqual((hugo["team"], hugo["is_enabled"], hugo["keys"]), ("grey", False, 1))
        for word in ("grey", "disabled"):
            self.assertIn(word, self.line("users", "hugo"))
        self.assertEqual(self.listed("teams", "grey")["keys"], 1)
        self.assertIn("already", self.refused("users", "add", "hugo"))
        self.assertIn("digits", self.refused("users", "add", "17", code=2))
        self.assertIn("is empty", self.refused("teams", "add", " ", code=2))
        self.assertIn("there is no team pink", self.refused("users", "set", "hugo", "--team", "pink"))
        self.assertIn("`ferry users list`", self.refused("users", "disable", "nobody"))
        self.assertIn("--name", self.refused("teams", "set", "grey", code=2))
        self.assertIn("`ferry users disable hugo`", self.refused("users", "remove", "hugo"))
        self.ferry.run("users", "set", "hugo", "--name", "ingo")
        self.assertIn("ingo", self.line("keys", "of-hugo"))
        self.added("users", "idle")
        self.assertIn("removed", self.ferry.run("users", "remove", "idle").stdout)


class PeopleOnPostgres(PostgresCase, People):
    pass
