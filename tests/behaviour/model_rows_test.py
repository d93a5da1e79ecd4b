"""What `ferry models` and `ferry check` say of rows: refused, odd, and without a price."""
import json
import os
import pty
import subprocess
import unittest

from ferry import Ferry
from harness import insert_model


def good(*words):
    """The options of a row in order, but for what `words` say otherwise."""
    wanted = {"--name": "good", "--endpoint": "http://127.0.0.1:9/v1", "--key": "k"}
    flags = {"--per-million"} & set(words)
    words = [word for word in words if word not in flags]
    wanted.update(zip(words[::2], words[1::2]))
    return [part for option in wanted.items() for part in option] + list(flags)


class ModelRows(unittest.TestCase):
    def setUp(self):
        self.ferry = Ferry()
        self.addCleanup(self.ferry.remove)
        self.ferry.run("migrate")

    def add(self, *words):
        return self.ferry.run("models", "add", *good(*words))

    def refused(self, *words):
        before = self.rows()
        done = self.ferry.run("models", *words, check=False)
        self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
        self.assertIn("error: ", done.stderr)
        self.assertEqual(self.rows(), before)
        return done.stderr

    def rows(self):
        return self.ferry.rows("SELECT * FROM ai_models ORDER BY id")

    def listed(self, name):
        rows = json.loads(self.ferry.run("models", "list", "--json").stdout)
        return next(one for one in rows if one["model_name"] == name)

    def table_line(self, name, *words):
        lines = self.ferry.run("models", "list", *words).stdout.splitlines()
        return next(line for line in lines if f" {name} " in line)

    # Refused

    def test_a_row_that_would_not_be_served_is_not_added(self):
        for wrong in (["--endpoint", "nowhere"], ["--endpoint", "ftp://h/v1"], ["--endpoint", "http://h:65616/v1"],
                      ["--auth-scheme", "foo"], ["--extra-headers", "[1]"], ["--weight", "99999999999999"],
                      ["--total-timeout-ms", "0"], ["--price", "-1"], ["--price", "0.0000000001"]):
            with self.subTest(wrong):
                self.refused("add", *good(*wrong))

    def test_a_change_that_would_end_the_serving_of_a_row_is_refused_and_every_fault_is_named(self):
        self.add()
        told = self.refused("set", "good", "--endpoint", "ftp://h/v1", "--auth-scheme", "foo")
        self.assertIn("api_endpoint", told)
        self.assertIn("auth_scheme", told)

    def test_a_broken_row_is_repaired_column_by_column(self):
        self.ferry.sql(insert_model("broken", "ftp://h/v1", auth_scheme="'foo'"))
        told = self.ferry.run("models", "set", "broken", "--endpoint", "http://127.0.0.1:9/v1").stderr
        self.assertIn("still refused", told)
        self.assertEqual(self.ferry.run("models", "set", "broken", "--auth-scheme", "").stderr, "")
        self.assertEqual(self.listed("broken")["state"], "enabled")

    def test_a_refused_row_is_listed_as_refused_with_its_reason(self):
        self.add()
        self.ferry.sql(insert_model("broken", "ftp://h/v1") + insert_model("keyless", "http://h/v1", key="env:NO_SUCH"))
        told = self.ferry.run("models", "list").stdout
        for name, why in (("broken", "scheme"), ("keyless", "NO_SUCH")):
            self.assertIn("refused", self.table_line(name))
            self.assertRegex(told, rf"{name}: refused: .*{why}")
            self.assertEqual(self.listed(name)["state"], "refused")
        self.assertEqual(self.listed("good")["state"], "enabled")

    # Odd

    def test_what_is_legal_but_odd_is_said_at_add_in_the_list_and_by_check_until_it_is_silenced(self):
        cases = {
            "unknown_provider": ["--provider", "deepsek"],
            "odd_path": ["--endpoint", "http://127.0.0.1:9/v1/chat/complitions"],
            "unknown_fallback": ["--fallback", "nobody"],
        }
        for number, (code, words) in enumerate(cases.items()):
            name = f"odd{number}"
            told = self.add("--name", name, *words).stderr
            self.assertIn("warning: ", told)
            self.assertIn(f'{{"ignore_warnings": ["{code}"]}}', told)
            self.assertRegex(self.ferry.run("models", "list").stdout, rf"{name}: warning: ")
            self.assertEqual([one["code"] for one in self.listed(name)["warnings"]], [code])
            checked = self.ferry.run("check")
            self.assertRegex(checked.stderr, rf'warning: store: ai_models id \d+ "{name}"')
            told = self.ferry.run("models", "set", name, "--capabilities", f'{{"ignore_warnings": ["{code}"]}}').stderr
            self.assertEqual(told, "")
            self.assertNotIn(name, self.ferry.run("check").stderr)

    def test_a_second_row_that_costs_nothing_is_said(self):
        self.add("--price", "0.002")
        self.assertIn("not billed", self.add().stderr)
        self.assertEqual(self.add("--price", "0").stderr, "")

    # Prices

    def test_a_price_is_unknown_free_or_known(self):
        self.add()
        self.add("--name", "free", "--price", "0")
        self.add("--name", "paid", "--price", "0.002")
        self.assertIn("unknown", self.table_line("good"))
        self.assertIn(" free ", self.table_line("free").replace(" free ", " ", 1))
        self.assertIn("0.002 / 0.002 USD", self.table_line("paid"))
        self.assertEqual([self.listed(name)["has_price"] for name in ("good", "free", "paid")], [False, True, True])
        told = {name: json.loads(self.ferry.run("explain", "--model", name, "--json").stdout)["candidates"][0]
                for name in ("good", "free", "paid")}
        self.assertEqual([told[name]["has_price"] for name in told], [False, True, True])
        self.ferry.run("models", "set", "free", "--price", "0.5")
        self.assertIn("0.5 / 0.5 USD", self.table_line("free"))
        self.ferry.run("models", "set", "paid", "--output-price", "0")
        self.assertIn("0.002 / 0 USD", self.table_line("paid"))

    def test_prices_are_given_and_shown_per_million_too(self):
        self.add("--per-million", "--input-price", "2.50", "--output-price", "10", "--cached-price", "0.000001")
        row = self.listed("good")
        self.assertEqual((row["input_cost_per_1k"], row["output_cost_per_1k"], row["cached_input_cost_per_1k"]),
                         ("0.0025", "0.01", "0.000000001"))
        self.assertIn("2.5 / 10 USD", self.table_line("good", "--per-million"))
        self.assertIn("at most 6 decimals", self.refused("set", "good", "--per-million", "--input-price", "0.0000001"))

    PUBLISHED = """
        [[price]]
        host = "127.0.0.1"
        model = "up"
        currency = "CNY"
        input = "2"
        cached_input = "0.5"
        output = "8"
        source = "https://example.com/prices"
        read = 2026-11-26
        note = "only on Sundays"
        """

    def prices(self, *words, **named):
        file = self.ferry.folder / "prices.toml"
        file.write_text(self.PUBLISHED)
        return self.ferry.run("models", "prices", "--file", str(file), *words, **named)

    def test_published_prices_are_shown_before_they_are_written(self):
        self.add("--upstream-model", "up")
        self.add("--name", "up", "--price", "1")
        self.add("--name", "elsewhere")
        before = self.rows()
        shown = self.prices().stdout
        for word in ("good", "unknown", "2", "0.5", "8", "CNY", "2026-11-26", "https://example.com/prices",
                     "only on Sundays", "Kept: 1 row", "Not in the table: 1 row", "Nothing was written"):
            self.assertIn(word, shown)
        self.assertEqual(self.rows(), before)
        self.assertIn("Changed: 1 row.", self.prices("--apply").stdout)
        row = self.listed("good")
        self.assertEqual([row[name] for name in ("input_cost_per_1k", "cached_input_cost_per_1k", "output_cost_per_1k",
                                                 "currency")], ["0.002", "0.0005", "0.008", "CNY"])
        self.assertEqual(self.listed("up")["cost_per_1k_tokens"], "1")
        self.assertIn("Changed: 1 row.", self.prices("--replace", "--yes").stdout)
        self.assertEqual(self.listed("up")["input_cost_per_1k"], "0.002")
        self.assertIn("nothing to write", self.prices("--apply").stdout)

    def test_somebody_at_a_terminal_is_asked(self):
        self.add("--upstream-model", "up")
        for answer, price in ((b"n\n", None), (b"\n", None), (b"y\n", "0.002")):
            terminal, other_end = pty.openpty()
            os.write(terminal, answer)
            (self.ferry.folder / "prices.toml").write_text(self.PUBLISHED)
            done = subprocess.run(self.ferry.command("models", "prices", "--file", "prices.toml"),
                                  cwd=self.ferry.folder, stdin=other_end, capture_output=True, text=True, timeout=60)
            os.close(terminal)
            os.close(other_end)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("Write these prices? [y/N]", done.stdout)
            self.assertEqual(self.listed("good")["input_cost_per_1k"], price)

    def test_the_shipped_table_knows_some_models_and_a_bad_one_is_named_by_line(self):
        self.add("--name", "gpt-4o", "--endpoint", "https://api.openai.com/v1", "--key", "k")
        self.assertRegex(self.ferry.run("models", "prices").stdout, r"gpt-4o +unknown +2\.5 +1\.25 +10 +USD")
        bad = self.ferry.folder / "bad.toml"
        for text, told in (("price = 5", "[[price]]"), ("[[price]]\nhost = 5", "bad.toml:2"), ("[[price", "not TOML"),
                           (self.PUBLISHED.replace('"2"', "2.0"), "input"),
                           (self.PUBLISHED.replace('"8"', '"8,0"'), "output")):
            bad.write_text(text)
            done = self.ferry.run("models", "prices", "--file", str(bad), check=False)
            self.assertEqual(done.returncode, 1)
            self.assertIn(told, done.stderr)
