"""What the program says to a command line that is wrong, and to one in a folder that holds no store."""
import subprocess
import tempfile
import unittest
from pathlib import Path

from ferry import BUILD

READING = ("models list", "keys list", "usage", "sql -c SELECT", "explain --model demo", "models test demo",
           "models add --name a --endpoint http://127.0.0.1:9", "keys create --name a", "keys revoke a",
           "journal replay", "conversations list --anonymous")


class CommandLine(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="ferry-test-")
        self.addCleanup(self.folder.cleanup)
        self.place = Path(self.folder.name).resolve()

    def run_ferry(self, *words, code=0, place=None, environment=None):
        done = subprocess.run([BUILD / "ferry", *words], cwd=place or self.place, capture_output=True, text=True,
                              env={"PATH": "/usr/bin:/bin", **(environment or {})}, timeout=60)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def refused(self, *words):
        done = self.run_ferry(*words, code=2)
        self.assertEqual(done.stdout, "")
        self.assertTrue(done.stderr.startswith("error: "), done.stderr)
        return done.stderr

    # The store

    def test_no_command_but_migrate_and_serve_makes_a_store(self):
        for words in READING:
            with self.subTest(words=words):
                told = self.run_ferry(*words.split(), code=0 if words == "journal replay" else 2).stderr
                if words != "journal replay":  # it asks for the store only when there is something to ship
                    self.assertIn(f"no store at {self.place}/var/ferry.db", told)
                    for way_out in ("--config", "DATABASE_URL", "ferry migrate"):
                        self.assertIn(way_out, told)
                self.assertEqual(list(self.place.iterdir()), [])

    def test_a_configuration_elsewhere_does_not_make_a_store_here(self):
        elsewhere = self.place / "elsewhere"
        elsewhere.mkdir()
        (elsewhere / "ferry.toml").write_text('[store]\nurl = "sqlite:var/ferry.db"\n')
        self.run_ferry("migrate", "--config", "ferry.toml", place=elsewhere)
        told = self.run_ferry("keys", "list", "--config", "elsewhere/ferry.toml", code=2).stderr
        self.assertIn(f"no store at {self.place}/var/ferry.db", told)
        self.assertIn(f"{elsewhere}/ferry.toml", told)
        self.run_ferry("keys", "list", "--config", "ferry.toml", place=elsewhere)

    def test_an_empty_file_is_no_store(self):
        (self.place / "var").mkdir()
        (self.place / "var/ferry.db").touch()
        self.assertIn("no store at", self.run_ferry("models", "list", code=2).stderr)

    def test_migrate_says_where_the_store_is(self):
        self.assertIn(f"{self.place}/var/ferry.db", self.run_ferry("migrate").stdout)
        self.assertEqual(self.run_ferry("models", "list").stderr, "")

    def test_a_journal_that_is_not_there_is_said(self):
        for word in ("status", "verify", "replay"):
            self.assertIn(f"no journal at {self.place}/var/journal", self.run_ferry("journal", word).stderr)

    # Words

    def test_the_version_and_the_help_are_found_the_usual_ways(self):
        self.assertRegex(self.run_ferry("--version").stdout, r"^ferry \d+\.\d+\.\d+\n$")
        for words in (["--help"], ["help"], ["-h"]):
            told = self.run_ferry(*words).stdout
            for command in ("serve", "models", "keys", "usage", "journal", "compare", "conversations"):
                self.assertIn(command, told)
        self.assertEqual(self.run_ferry("help", "models", "add").stdout,
                         self.run_ferry("models", "add", "--help").stdout)

    def test_a_slip_in_a_command_names_the_nearest_one(self):
        self.assertIn("unknown command serv; did you mean serve?", self.refused("serv"))
        self.assertIn("unknown command moddels; did you mean models?", self.refused("moddels", "list"))
        self.assertIn("unknown command lst; did you mean list?", self.refused("keys", "lst"))
        self.assertIn("unknown command crate; did you mean create?", self.refused("keys", "crate", "--name", "a"))
        self.assertIn("unknown command modls; did you mean models?", self.refused("help", "modls"))
        self.assertIn("unknown command frobnicate", self.refused("frobnicate"))

    def test_a_command_that_lacks_its_second_word_lists_what_there_is(self):
        self.assertIn("ferry keys needs one of: create, list", self.refused("keys"))
        self.assertIn("serve", self.refused())

    def test_a_slip_in_an_option_names_the_nearest_one(self):
        self.assertIn("unknown option --nam; did you mean --name?", self.refused("keys", "create", "--nam", "a"))
        self.assertIn("unknown option --confg; did you mean --config?", self.refused("serve", "--confg=a"))
        told = self.refused("keys", "create", "--name", "a", "--colour", "red")
        self.assertIn("unknown option --colour\n", told)
        told = self.refused("keys", "create", "--name", "a", "--frobnicate", "eng")
        self.assertIn("unknown option --frobnicate", told)
        self.assertIn("ferry keys create --help", told)
        self.assertIn("extra is one word too many", self.refused("models", "list", "extra"))
        self.assertIn("unknown command recomptue; did you mean recompute?", self.refused("usage", "recomptue"))
        self.assertNotIn("needs one of", self.refused("usage", "--by"))

    def test_every_command_shows_how_to_name_a_configuration(self):
        for words in ("serve", "check", "migrate", "models add", "keys list", "usage", "usage check", "journal status",
                      "explain", "compare", "conversations export"):
            told = self.run_ferry(*words.split(), "--help").stdout
            self.assertIn("--config FILE", told, words)
            self.assertIn("--set SECTION.KEY=VALUE", told, words)

    def test_options_of_configuration_may_stand_before_and_after_the_command(self):
        for words in (["--set", "server.threads=0x", "check", "--set", "log.level=loud"],
                      ["check", "--set", "server.threads=0x", "--set", "log.level=loud"]):
            told = self.run_ferry(*words, code=2).stderr
            self.assertIn("server.threads", told)
            self.assertIn("log.level", told)

    def test_every_error_begins_the_same_way(self):
        self.refused("usage", "--by", "moon")
        self.refused("models", "set")
        self.refused("keys", "rotate", "a", "--grace", "soon")
        self.run_ferry("migrate")
        told = self.run_ferry("keys", "revoke", "nobody", code=1).stderr
        self.assertTrue(told.startswith("error: "), told)
