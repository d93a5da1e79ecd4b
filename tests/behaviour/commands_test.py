"""The commands of the program, beside `serve`: what they do to the store is what a running Ferry then serves."""
import csv
import io
import json
import os
import stat
import subprocess

import answers
from harness import UPSTREAM_KEY, FerryCase, eventually, insert_model
from postgres_case import PostgresCase

SECRET_FREE = "no secret is shown"


class Commands(FerryCase):
    def ferry_json(self, *words, stdin=None):
        return json.loads(self.ferry.run(*words, "--json", stdin=stdin).stdout)

    def ask(self, key=None, **members):
        nonce = self.nonce()
        client = self.client()
        client.send(self.request(self.body(nonce, **members), nonce=nonce, key=key))
        return client.response()

    def becomes(self, status, **members):
        eventually(lambda: self.ask(**members).status == status, what=f"status {status} for {members}")

    # models

    def test_a_model_is_added_changed_disabled_enabled_and_removed(self):
        self.ferry.run("models", "add", "--name", "made", "--endpoint", self.upstream.base, "--key", UPSTREAM_KEY,
                       "--price", "0.001", "--upstream-model", "up-9")
        self.becomes(200, model="made")
        row = self.ferry.rows("SELECT * FROM ai_models WHERE model_name = 'made'")[0]
        self.assertEqual((row["upstream_model"], row["is_enabled"], row["provider"]), ("up-9", 1, "other"))
        self.ferry.run("models", "disable", "made")
        self.becomes(404, model="made")
        self.ferry.run("models", "enable", "made")
        self.becomes(200, model="made")
        self.ferry.run("models", "set", "made", "--name", "renamed")
        self.becomes(200, model="renamed")
        self.ferry.run("models", "remove", str(row["id"]))
        self.becomes(404, model="renamed")

    def test_the_list_of_models_shows_no_key(self):
        for told in (self.ferry.run("models", "list").stdout, self.ferry.run("models", "list", "--json").stdout):
            self.assertIn("demo", told)
            self.assertNotIn(UPSTREAM_KEY, told, SECRET_FREE)

    def test_a_model_that_is_not_there_is_an_error_with_code_1(self):
        done = self.ferry.run("models", "disable", "nobody", check=False)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("nobody", done.stderr)

    # keys

    def test_a_key_has_the_documented_form_and_only_its_hash_is_stored(self):
        made = self.ferry_json("keys", "create", "--name", "form")
        self.secrets.append(made["key"])
        self.assertRegex(made["key"], r"^fk-[0-9a-z]{10}-[0-9A-Za-z]{43}$")
        self.assertNotIn(made["key"], str(self.ferry.rows("SELECT * FROM api_keys")), SECRET_FREE)
        self.assertNotIn(made["key"][14:], self.ferry.run("keys", "list").stdout, SECRET_FREE)

    def test_a_key_of_another_gateway_is_imported(self):
        imported = "sk-from-elsewhere-0123456789abcdef"
        self.secrets.append(imported)
        self.ferry.run("keys", "create", "--name", "imported", "--import", "-", stdin=imported)
        self.becomes(200, key=imported)
        done = self.ferry.run("keys", "create", "--name", "short", "--import", "-", stdin="tooshort", check=False)
        self.assertNotEqual(done.returncode, 0)

    def test_a_key_is_revoked(self):
        made = self.ferry_json("keys", "create", "--name", "leaving")
        self.secrets.append(made["key"])
        self.becomes(200, key=made["key"])
        self.ferry.run("keys", "revoke", "leaving")
        self.becomes(401, key=made["key"])

    def test_a_rotated_key_and_the_old_one_work_during_the_grace(self):
        old = self.ferry_json("keys", "create", "--name", "turning")["key"]
        self.becomes(200, key=old)
        new = self.ferry_json("keys", "rotate", "turning", "--grace", "1h")["key"]
        self.secrets += [old, new]
        self.assertNotEqual(old, new)
        self.becomes(200, key=new)
        self.assertEqual(self.ask(key=old).status, 200)

    def test_an_expired_key_is_refused_with_the_words_for_an_unknown_one(self):
        made = self.ferry_json("keys", "create", "--name", "expiring", "--expires", "2s")["key"]
        self.secrets.append(made)
        self.becomes(200, key=made)
        self.becomes(401, key=made)
        self.assertEqual(self.ask(key=made).body, self.ask(key="fk-0123456789-" + "A" * 43).body)

    # usage and sql

    def test_usage_is_told_as_text_json_and_csv(self):
        nonce = self.nonce(answers.json_answer(answers.completion(tokens=(123_456, 654_321))))
        self.chat(nonce)
        self.row(nonce)
        for by in ("model", "key", "user", "team", "day", "hour", "provider", "operation", "basis", "end_reason",
                   "tags"):
            lines = list(csv.DictReader(io.StringIO(self.ferry.run("usage", "--by", by, "--csv").stdout)))
            self.assertTrue(lines)
            self.assertTrue(self.ferry.run("usage", "--by", by).stdout.strip())
        self.assertTrue(self.ferry_json("usage", "--since", "1h"))
        self.assertEqual(self.ferry.run("usage", "--since", "nonsense", check=False).returncode, 2)

    def test_usage_is_told_by_two_and_of_those_who_are_asked_for(self):
        key = self.ferry_json("keys", "create", "--name", "of-judy", "--user", "judy")["key"]
        self.secrets.append(key)
        self.becomes(200, key=key)
        own = eventually(lambda: self.ferry_json("usage", "--user", "judy", "--by", "user,key"), what="judy's usage")
        self.assertEqual(len(own), 1)
        self.assertEqual([own[0][name].split(" ")[1] for name in ("user", "key")], ["judy", "of-judy"])
        for words in (("--key", "of-judy"), ("--user", "judy", "--model", "demo")):
            self.assertEqual(self.ferry_json("usage", *words)[0]["requests"], own[0]["requests"], words)
        self.assertEqual(self.ferry_json("usage", "--user", "judy", "--provider", "nobody"), [])
        table = self.ferry.run("usage", "--by", "key,model").stdout
        self.assertIn("\ntotal", table)
        self.assertLessEqual(max(map(len, table.splitlines())), 100, table)
        for words, why in ((("--by", "planet"), "there is model, key"), (("--by", "key,key"), "two different ones"),
                           (("--by", "tags", "--no-latency", "--user", "judy"), "tags")):
            done = self.ferry.run("usage", *words, check=False)
            self.assertEqual(done.returncode, 2, done.stdout)
            self.assertIn(why, done.stderr)
        done = self.ferry.run("usage", "--user", "nobody", check=False)
        self.assertEqual((done.returncode, "ferry users list" in done.stderr), (1, True), done.stderr)

    def test_sql_tells_rows_as_json_and_reads_standard_input(self):
        query = "SELECT model_name FROM ai_models WHERE model_name = 'demo';"
        told = self.ferry.run("sql", "--json", "-c", query).stdout
        self.assertIn("demo", told)
        self.ferry.run("sql", "-f", "-", stdin=insert_model("from-stdin", self.upstream.base))
        self.becomes(200, model="from-stdin")

    def test_a_statement_that_fails_leaves_nothing_half_done_and_names_itself(self):
        done = self.ferry.run("sql", "-c", "UPDATE ai_models SET is_enabled = 7;", check=False)
        self.assertEqual(done.returncode, 1)
        self.assertTrue(done.stderr.strip())
        self.assertEqual(self.ask().status, 200)

    def test_migrate_twice_does_nothing_the_second_time(self):
        before = self.ferry.rows("SELECT * FROM schema_migrations")
        self.ferry.run("migrate")
        self.assertEqual(self.ferry.rows("SELECT * FROM schema_migrations"), before)
        self.assertTrue(before)

    def test_what_ferry_writes_is_for_its_owner_alone(self):
        for file in [self.ferry.database, self.ferry.journal, *self.ferry.journal.iterdir()]:
            self.assertEqual(stat.S_IMODE(os.stat(file).st_mode) & 0o077, 0, file)

    def test_an_unknown_command_and_none_at_all_are_wrong_usage(self):
        for words in (["nonsense"], []):
            done = subprocess.run([self.ferry.command("x")[0], *words], capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stdout), (2, ""))


class CommandsOnPostgres(PostgresCase, Commands):
    """The same commands on the other store."""
