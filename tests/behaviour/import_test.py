"""`ferry keys import`: what people have in LiteLLM, one-api and new-api is brought over, and their keys work on."""
import json
import os

import other_gateways
from harness import FerryCase, eventually
from postgres_case import PostgresCase

TABLES = ("teams", "users", "ai_models", "api_keys")


class Importing:
    """`made` makes the sample and the words of the command; what is run before the start is looked at by the tests."""
    environment = {"UPSTREAM_KEY": other_gateways.UPSTREAM}
    options = {}

    @classmethod
    def prepare(cls, ferry):
        ferry.run("migrate")
        key = ferry.create_key()
        cls.outputs = []
        cls.sample, cls.words = cls.made(ferry)
        cls.before = cls.counts(ferry)
        cls.dry = cls.imported(ferry, "--json")
        cls.dry_text = cls.imported_text(ferry)
        cls.after_dry = cls.counts(ferry)
        cls.first = cls.imported(ferry, "--json", "--apply")
        cls.after = cls.counts(ferry)
        cls.second = cls.imported(ferry, "--json", "--apply")
        cls.after_second = cls.counts(ferry)
        cls.second_text = cls.imported_text(ferry, "--apply")
        return key

    @classmethod
    def imported_text(cls, ferry, *more):
        done = ferry.run("keys", "import", *cls.words, *more)
        cls.outputs.append(done.stdout + done.stderr)
        return done.stdout

    @classmethod
    def imported(cls, ferry, *more):
        return json.loads(cls.imported_text(ferry, *more))

    @classmethod
    def counts(cls, ferry):
        return {table: int(list(ferry.rows(f"SELECT count(*) AS n FROM {table}")[0].values())[0]) for table in TABLES}

    def lines(self, outcome, kind=None):
        """{what: why} of the first run."""
        return {line["what"]: line["why"] for line in self.first["lines"]
                if line["outcome"] == outcome and kind in (None, line["kind"])}

    def key_row(self, name):
        return self.ferry.rows("SELECT * FROM api_keys WHERE name = ?", name)[0]

    def allowed(self, name):
        value = self.key_row(name)["allowed_models"]
        return json.loads(value) if isinstance(value, str) else value

    def status(self, key, model):
        nonce = self.nonce()
        client = self.client()
        client.send(self.request(self.body(nonce, model=model), nonce=nonce, key=key))
        return client.response().status

    def test_every_key_that_worked_there_works_here(self):
        self.assertGreaterEqual(len(self.sample.usable), 7)
        for key, model in self.sample.usable.items():
            self.assertEqual(self.status(key, model), 200, key)

    def test_every_key_that_was_refused_there_is_refused_here(self):
        for key in self.sample.refused:
            self.assertEqual(self.status(key, "demo"), 401, key)

    def test_a_dry_run_writes_nothing_and_says_what_would_be_written(self):
        self.assertEqual(self.before, self.after_dry)
        self.assertNotEqual(self.after_dry, self.after)
        self.assertIs(self.dry["written"], False)
        self.assertEqual(self.dry["lines"], self.first["lines"])
        self.assertIn("Nothing was written", self.dry_text)

    def test_a_second_run_takes_nothing(self):
        self.assertEqual(self.after, self.after_second)
        self.assertEqual(self.second["taken"], 0, self.second["lines"])
        self.assertEqual(self.second["there_already"], self.first["taken"])
        self.assertIn("Taken: 0 teams, 0 users, 0 models, 0 keys.", self.second_text)

    def test_no_output_shows_a_secret(self):
        for secret in self.sample.secrets:
            for output in self.outputs:
                self.assertNotIn(secret, output)

    def test_every_line_says_where_and_why(self):
        for line in self.first["lines"]:
            self.assertTrue(line["table"] and line["row"] and line["what"], line)
            self.assertTrue(line["why"] or line["outcome"] != "not_taken", line)


class LiteLlm(Importing):
    def test_what_keys_may_use(self):
        self.assertIsNone(self.allowed("plain"))
        self.assertEqual(self.allowed("limited"), ["demo"])
        self.assertEqual(sorted(self.allowed("of-red")), ["demo", "gpt-x"])
        self.assertEqual(sorted(self.allowed("teams")), ["demo", "gpt-x"])
        self.assertIsNone(self.allowed("all"))
        self.assertEqual(self.allowed("none"), [])
        self.assertEqual(self.allowed("beta"), ["demo"])
        self.assertEqual(self.status(other_gateways.litellm_key("none"), "demo"), 403)
        self.assertEqual(self.status(other_gateways.litellm_key("limited"), "gpt-x"), 403)

    def test_limits_and_budgets(self):
        row = self.key_row("limited")
        self.assertEqual([row[name] for name in ("rpm", "tpm", "max_parallel", "budget_pico", "budget_period")],
                         [60, 1000, 3, 5 * 10**12, "month"])
        self.assertIn("2040-01-02", row["expires_at"])
        row = self.key_row("odd")  # 4 of 10 are spent for ever
        self.assertEqual((row["budget_pico"], row["budget_period"]), (6 * 10**12, "total"))
        self.assertEqual(self.key_row("often")["budget_pico"], 10**7)
        self.assertIn("45d", self.lines("not_taken")["budget_duration"])
        user = self.ferry.rows("SELECT * FROM users WHERE name = 'alice@example.com'")[0]
        self.assertEqual((user["budget_pico"], user["budget_period"]), (20 * 10**12, "total"))
        team = self.ferry.rows("SELECT * FROM teams WHERE name = 'red (t-red-2)'")[0]
        self.assertEqual(team["budget_pico"], 3 * 10**12)

    def test_people(self):
        users = {one["name"]: one["id"] for one in self.ferry.rows("SELECT * FROM users")}
        self.assertEqual(set(users), {"alice@example.com", "user-12345", "u-gone"})
        teams = {one["name"]: one for one in self.ferry.rows("SELECT * FROM teams")}
        self.assertEqual(set(teams), {"red", "grey", "red (t-red-2)"})
        self.assertEqual(teams["grey"]["is_enabled"], 0)
        row = self.key_row("of-red")
        self.assertEqual((row["user_id"], row["team_id"]), (users["alice@example.com"], teams["red"]["id"]))

    def test_models(self):
        rows = {one["model_name"]: one for one in self.ferry.rows("SELECT * FROM ai_models")}
        self.assertEqual(set(rows), {"demo", "gpt-x", "locked"})
        demo = rows["demo"]
        self.assertEqual((demo["api_endpoint"], demo["upstream_model"], demo["api_key"]),
                         (self.upstream.base, "up-demo", other_gateways.UPSTREAM))
        self.assertAlmostEqual(float(demo["input_cost_per_1k"]), 0.0025)
        self.assertAlmostEqual(float(demo["output_cost_per_1k"]), 0.01)
        self.assertEqual(rows["gpt-x"]["api_key"], "env:UPSTREAM_KEY")
        self.assertEqual(self.status(next(iter(self.sample.usable)), "gpt-x"), 200)
        self.assertEqual((rows["locked"]["is_enabled"], rows["locked"]["api_key"]), (0, ""))
        self.assertEqual(self.lines("taken", "model")["demo"], "asks for up-demo, 2.5 in, 10 out per 1,000,000 tokens")

    def test_what_is_not_taken_is_named(self):
        not_taken = self.lines("not_taken")
        for what, why in {
            "claude": "protocol", "hidden": "salt key", "nowhere": "api_base", "*": "many models", "expired": "expired",
            "login": "dashboard", "the key": "SHA-256", "api_key": "salt key", "allowed_routes": "nothing of the kind",
            "aliases": "nothing of the kind", "metadata: tags": "nothing of the kind", "the master key": "--import",
        }.items():
            self.assertIn(why, not_taken.get(what, "not named"), what)


class LiteLlmFromCsv(LiteLlm, FerryCase):
    @classmethod
    def made(cls, ferry):
        sample = other_gateways.litellm(cls.upstream.base)
        words = ["--from", "litellm", *other_gateways.csv_words(sample, ferry.folder)]
        with open(words[3], "a") as keys:
            keys.write("only,three,fields\n")
        return sample, words

    def test_a_broken_record_stops_no_other(self):
        line = next(one for one in self.first["lines"] if one["what"] == "the row")
        self.assertEqual((line["table"], line["row"]), ("LiteLLM_VerificationToken", "line 20"))
        self.assertIn("3 fields", line["why"])

    def test_wrong_use_is_explained(self):
        for words, told in {
            ("--from", "litellm", "config.yaml"): "GET /model/info",
            ("--from", "litellm", "keys.csv"): "--keys",
            ("--from", "litellm"): "nothing to import from",
            ("--from", "one-api", "--teams", "x.csv"): "no such table",
            ("--from", "other", "x.db"): "litellm",
        }.items():
            done = self.ferry.run("keys", "import", *words, check=False)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn(told, done.stderr)
        done = self.ferry.run("keys", "import", "--from", "litellm", "missing.db", check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("cannot read missing.db", done.stderr)

    def test_what_the_api_says_of_models(self):
        models = [one for one in other_gateways.litellm_models(self.upstream.base) if one["model_name"] == "demo"]
        models[0]["model_name"] = "from-api"
        models[0]["litellm_params"]["api_key"] = "os.environ/UPSTREAM_KEY"
        file = self.ferry.folder / "model_info.json"
        file.write_text(json.dumps({"data": models}))
        report = self.imported_of("--from", "litellm", "--models", str(file), "--json", "--apply")
        self.assertEqual(report["taken"], 1, report)
        eventually(lambda: self.status(self.key, "from-api") == 200, what="the model is served")
        self.ferry.run("models", "remove", "from-api")

    def imported_of(self, *words):
        return json.loads(self.ferry.run("keys", "import", *words).stdout)


class LiteLlmFromItsDatabase(LiteLlm, PostgresCase):
    """Its own database beside Ferry's, read by address."""

    @classmethod
    def make_ferry(cls):
        made = super().make_ferry()
        made.environment = cls.environment
        return made

    @classmethod
    def made(cls, ferry):
        sample = other_gateways.litellm(cls.upstream.base)
        name = cls.cluster.new_database()
        cls.cluster.psql(other_gateways.litellm_sql(sample), name)
        return sample, ["--from", "litellm", cls.cluster.url(name)]


class OneApi(Importing):
    def test_what_keys_may_use(self):
        # The group `default` has not all models, so its keys have a list.
        self.assertEqual(sorted(self.allowed("plain")), ["big", "demo", "demo-off"])
        self.assertEqual(self.allowed("demo alone"), ["demo"])
        self.assertIn("vip-only", self.allowed("of vip"))
        self.assertNotIn("vip-only", self.allowed("plain"))

    def test_networks_are_networks(self):
        addresses = self.key_row("from home")["allowed_addresses"]
        listed = json.loads(addresses) if isinstance(addresses, str) else addresses
        self.assertEqual(listed, ["127.0.0.0/8", "10.1.2.3/32"])

    def test_quota_is_a_budget(self):
        row = self.key_row("quota")
        self.assertEqual((row["budget_pico"], row["budget_period"]), (25 * 10**11, "total"))
        self.assertIsNone(self.key_row("plain")["budget_pico"])
        self.assertIn("2040-01-01", self.key_row("later")["expires_at"])

    def test_people(self):
        users = {one["name"]: one for one in self.ferry.rows("SELECT * FROM users")}
        self.assertEqual(set(users), {"root", "bob", "carl", "user-777"})
        self.assertEqual(users["carl"]["is_enabled"], 0)
        self.assertEqual(self.key_row("of vip")["user_id"], users["bob"]["id"])

    def test_each_key_of_a_channel_and_each_model_is_a_row(self):
        rows = self.ferry.rows("SELECT * FROM ai_models ORDER BY id")
        demo = [one for one in rows if one["model_name"] == "demo"]
        self.assertEqual([one["api_key"].removeprefix(other_gateways.UPSTREAM) for one in demo], ["", "1", "2"])
        self.assertEqual([one["priority"] for one in demo], [-10, 0, 0])
        self.assertEqual([one["weight"] for one in demo], [5, 1, 1])
        self.assertEqual([one["upstream_model"] for one in demo], ["up-demo", None, None])
        self.assertEqual({one["api_endpoint"] for one in demo}, {self.upstream.base})
        by_name = {one["model_name"]: one for one in rows}
        self.assertEqual(set(by_name), {"demo", "big", "demo-off", "gpt-3.5", "vip-only"})
        self.assertEqual(by_name["demo-off"]["is_enabled"], 0)
        azure = by_name["gpt-3.5"]
        self.assertEqual((azure["api_endpoint"], azure["upstream_model"], azure["auth_scheme"]),
                         ("https://x.openai.azure.com/openai/v1", "gpt-35", "api-key"))

    def test_ratios_are_prices(self):
        row = self.ferry.rows("SELECT * FROM ai_models WHERE model_name = 'demo'")[0]
        self.assertAlmostEqual(float(row["input_cost_per_1k"]), 0.0025)
        self.assertAlmostEqual(float(row["output_cost_per_1k"]), 0.01)
        self.assertIn("CompletionRatio", self.lines("not_taken")["the price of gpt-3.5"])

    def test_what_is_not_taken_is_named(self):
        not_taken = self.lines("not_taken")
        for what, why in {
            "channel claude": "protocol", "channel unknown": "999", "model_mapping": "JSON", "gone by": "expired",
            "used up": "quota", "empty": "quota", "of nobody": "user", "short": "key", "nowhere": "networks",
            "group vip": "", "other spellings of keys": "sk-KEY",
        }.items():
            self.assertIn(why, not_taken.get(what, "not named"), what)


class OneApiFromSqlite(OneApi, FerryCase):
    @classmethod
    def made(cls, ferry):
        file = ferry.folder / "one-api.db"
        sample = other_gateways.one_api(cls.upstream.base, file)
        cls.file_before = (file.read_bytes(), sorted(os.listdir(ferry.folder)))
        return sample, ["--from", "one-api", str(file)]

    def test_the_file_is_left_as_it_was(self):
        file = self.ferry.folder / "one-api.db"
        self.assertEqual(file.read_bytes(), self.file_before[0])
        self.assertEqual(sorted(self.ferry.folder.glob("one-api.db*")), [file])

    def test_the_other_gateway_is_noticed(self):
        done = self.ferry.run("keys", "import", "--from", "new-api", str(self.ferry.folder / "one-api.db"), check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("--from one-api", done.stderr)


class NewApiFromADump(OneApi, PostgresCase):
    @classmethod
    def made(cls, ferry):
        file = ferry.folder / "new-api.sql"
        return other_gateways.new_api(cls.upstream.base, file), ["--from", "new-api", str(file)]
