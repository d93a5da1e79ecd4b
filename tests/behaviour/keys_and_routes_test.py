"""`ferry keys` and `ferry routes`: what they change is served, what they show is readable, nonsense is refused."""
import json

from harness import FerryCase, eventually, insert_model
from postgres_case import PostgresCase


class KeysAndRoutes(FerryCase):
    @classmethod
    def models(cls):
        return [insert_model(name, cls.upstream.base) for name in ("demo", "demo-large", "other")]

    def refused(self, *words, code=2):
        done = self.ferry.run(*words, check=False)
        self.assertEqual((done.returncode, done.stdout), (code, ""), done.stderr)
        self.assertTrue(done.stderr.startswith("error: "), done.stderr)
        return done.stderr

    def listed(self, what, name):
        return next(one for one in json.loads(self.ferry.run(what, "list", "--json").stdout) if one["name"] == name)

    def status(self, key, model):
        nonce = self.nonce()
        client = self.client()
        client.send(self.request(self.body(nonce, model=model), nonce=nonce, key=key))
        return client.response().status

    def becomes(self, status, key, model):
        eventually(lambda: self.status(key, model) == status, what=f"status {status} for {model}")
        self.serve("SELECT 1;")  # nor does any other core think otherwise

    # Keys

    def test_a_key_is_changed_while_it_is_used(self):
        key = self.create_key("changing", "--models", "demo")
        self.becomes(200, key, "demo")
        self.assertEqual(self.status(key, "other"), 403)
        self.ferry.run("keys", "set", "changing", "--models", "other")
        self.becomes(200, key, "other")
        self.assertEqual(self.status(key, "demo"), 403)
        self.ferry.run("keys", "set", "changing", "--no-models", "--name", "changed", "--user", "ann")
        self.becomes(200, key, "demo")
        self.ferry.run("keys", "set", "changed", "--expires", "1s")
        self.becomes(401, key, "demo")
        self.ferry.run("keys", "set", "changed", "--no-expires")
        self.becomes(200, key, "demo")

    def test_what_is_not_named_stays(self):
        self.create_key("staying", "--models", "demo,other", "--user", "eve", "--expires", "2040-01-02")
        before = self.listed("keys", "staying")
        self.ferry.run("keys", "set", "staying", "--rpm", "60")
        self.assertEqual(self.listed("keys", "staying"), {**before, "rpm": 60, "rpm_left": 60})
        self.ferry.run("keys", "set", "staying", "--no-rpm")
        self.assertEqual(self.listed("keys", "staying"), before)
        self.assertIn("was so already", self.ferry.run("keys", "set", "staying", "--models", "demo,other").stdout)
        self.assertEqual(before["expires_at"], "2040-01-02 00:00:00.000000")

    def test_the_list_shows_names_and_expiry(self):
        self.create_key("shown", "--user", "grace", "--models", "demo,other", "--expires", "2041-02-03")
        line = next(one for one in self.ferry.run("keys", "list").stdout.splitlines() if " shown " in one)
        for word in ("grace", "demo, other", "2041-02-03 00:00", "enabled"):
            self.assertIn(word, line)
        self.assertEqual(self.listed("keys", "shown")["user"], "grace")

    def test_a_pattern_allows_the_models_it_fits(self):
        key = self.create_key("pattern", "--models", "demo*")
        self.becomes(200, key, "demo")
        self.assertEqual(self.status(key, "demo-large"), 200)
        self.assertEqual(self.status(key, "other"), 403)
        client = self.client()
        client.send(self.request(b"", path="/v1/models", method="GET", key=key))
        self.assertEqual({one["id"] for one in client.response().json["data"]}, {"demo", "demo-large"})

    def test_nonsense_is_refused_before_a_key_is_made(self):
        before = self.ferry.run("keys", "list", "--json").stdout
        self.assertIn("--name is empty", self.refused("keys", "create", "--name", " "))
        self.assertIn("control", self.refused("keys", "create", "--name", "a\nb"))
        self.assertIn("has passed", self.refused("keys", "create", "--name", "a", "--expires", "2020-01-01"))
        self.assertIn("has passed", self.refused("keys", "create", "--name", "a", "--expires", "0s"))
        self.assertIn("names no model", self.refused("keys", "create", "--name", "a", "--models", " , "))
        self.refused("keys", "create", "--name", "a", "--rpm", "-1")
        self.assertIn("has passed", self.refused("keys", "set", "test", "--expires", "2020-01-01"))
        self.assertIn("--name is empty", self.refused("keys", "set", "test", "--name", ""))
        self.refused("keys", "set", "test", "--models", "demo", "--no-models")
        self.assertIn("no key nobody", self.refused("keys", "set", "nobody", "--name", "b", code=1))
        self.assertEqual(self.ferry.run("keys", "list", "--json").stdout, before)

    def test_what_hardly_was_meant_is_said(self):
        told = self.ferry.run("keys", "create", "--name", "slip", "--models", "demo,dmeo,oth*,x*", "--rpm", "5")
        self.secrets.append(told.stdout.strip())
        self.assertIn("no model is named dmeo yet", told.stderr)
        self.assertIn("no model is named x* yet", told.stderr)
        self.assertNotIn("oth*", told.stderr)
        checked = self.ferry.run("check").stderr
        self.assertRegex(checked, r'warning: store: api_keys "slip" \(\w+\) allows dmeo, but no model')
        self.assertIn("allows x*,", checked)
        self.assertNotIn("oth*", checked)
        self.ferry.run("keys", "revoke", "slip")
        self.assertNotIn("slip", self.ferry.run("check").stderr)

    # Routes

    def test_a_route_is_added_changed_disabled_enabled_and_removed(self):
        self.ferry.run("routes", "add", "smart", "--members", "demo,other=3", "--strategy", "weighted")
        self.becomes(200, self.key, "smart")
        row = self.listed("routes", "smart")
        self.assertEqual((row["strategy"], row["members"], row["state"]),
                         ("weighted", ["demo", {"model": "other", "weight": 3}], "served"))
        self.assertIn("demo, other=3", self.ferry.run("routes", "list").stdout)
        self.ferry.run("routes", "set", "smart", "--members", "other")
        self.assertEqual(self.listed("routes", "smart")["members"], ["other"])
        self.assertEqual(self.listed("routes", "smart")["strategy"], "weighted")
        self.ferry.run("routes", "disable", "smart")
        self.becomes(404, self.key, "smart")
        self.assertEqual(self.listed("routes", "smart")["state"], "disabled")
        self.ferry.run("routes", "enable", "smart")
        self.becomes(200, self.key, "smart")
        self.ferry.run("routes", "remove", "smart")
        self.becomes(404, self.key, "smart")

    def test_a_route_that_would_not_be_served_is_refused(self):
        self.assertIn("no model that is enabled", self.refused("routes", "add", "r", "--members", "nobody"))
        self.assertIn("strategy", self.refused("routes", "add", "r", "--members", "demo", "--strategy", "random"))
        self.assertIn("name of a model", self.refused("routes", "add", "demo", "--members", "other"))
        self.assertIn("needs names", self.refused("routes", "add", "r", "--members", ""))
        self.assertIn("weight", self.refused("routes", "add", "r", "--members", "demo=99999999999"))
        self.ferry.run("routes", "add", "once", "--members", "demo")
        self.assertIn("already", self.refused("routes", "add", "once", "--members", "demo"))
        self.assertIn("no model", self.refused("routes", "set", "once", "--members", "nobody"))
        self.assertIn("no route twice", self.refused("routes", "remove", "twice", code=1))
        self.ferry.run("routes", "remove", "once")

    def test_a_member_that_would_be_left_out_is_said(self):
        told = self.ferry.run("routes", "add", "partly", "--members", "demo,dmeo")
        self.assertIn("warning: partly: member 'dmeo' is left out", told.stderr)
        self.assertIn("dmeo", self.listed("routes", "partly")["state"])
        self.ferry.run("routes", "remove", "partly")


class KeysAndRoutesOnPostgres(PostgresCase, KeysAndRoutes):
    """The same commands on the other store."""
