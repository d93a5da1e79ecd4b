"""What `ferry models prices` makes of prices that have no column of their own: parts, units, requests, tiers."""
import json
import tomllib
import unittest
from decimal import Decimal

from ferry import ROOT, Ferry

ENTRY = """
[[price]]
host = "127.0.0.1"
model = "{model}"
currency = "USD"
{prices}
source = "https://example.com/prices"
read = 2026-11-26
"""
SOUND = """
input = "2.00"
cached_input = "0.50"
output = "8.00"
cache_write = "2.50"
reasoning = "9.00"
audio_input = "32.00"
audio_output = "64.00"
request = "0.005"
units = { images = "0.04", "images:hd" = "0.08" }
tiers = [
    { above = 200000, input = "4.00", output = "12.00", cache_write = "5.00" },
    { above = 100000, cached_input = "0.60" },
]
"""
TOKENS = """
input = "2.00"
output = "8.00"
"""


class PublishedPrices(unittest.TestCase):
    def setUp(self):
        self.ferry = Ferry()
        self.addCleanup(self.ferry.remove)
        self.ferry.run("migrate")
        self.file = self.ferry.folder / "prices.toml"

    def publish(self, **prices):
        self.file.write_text("".join(ENTRY.format(model=model, prices=text) for model, text in prices.items()))

    def add(self, name, *words):
        self.ferry.run("models", "add", "--name", name, "--endpoint", "http://127.0.0.1:9/v1", "--key", "k", *words)

    def prices(self, *words, check=True):
        return self.ferry.run("models", "prices", "--file", str(self.file), *words, check=check)

    def row(self, name):
        rows = json.loads(self.ferry.run("models", "list", "--json").stdout)
        found = next(one for one in rows if one["model_name"] == name)
        self.assertEqual(found["faults"], [])
        return {**found, "unit_prices": json.loads(found["unit_prices"] or "null")}

    def test_every_part_is_shown_per_million_and_written_as_the_row_has_it(self):
        self.publish(sound=SOUND)
        self.add("sound")
        before = self.row("sound")
        shown = self.prices("--dry-run").stdout
        for words in ("cache_write 2.5", "reasoning 9", "audio_input 32", "audio_output 64", "request 0.005 each",
                      "images 0.04, images:hd 0.08 each",
                      "above 100000 prompt tokens: input 2, cached_input 0.6, output 8, cache_write 2.5",
                      "above 200000 prompt tokens: input 4, cached_input 0.5, output 12, cache_write 5"):
            self.assertIn(words, shown)
        self.assertNotIn("Write these prices?", shown)
        self.assertEqual(self.row("sound"), before)
        self.assertIn("Changed: 1 row.", self.prices("--apply").stdout)
        row = self.row("sound")
        self.assertEqual(row["input_cost_per_1k"], "0.002")
        self.assertEqual(row["unit_prices"], {
            "cache_write": "0.0025", "reasoning": "0.009", "audio_input": "0.032", "audio_output": "0.064",
            "request": "0.005", "images": "0.04", "images:hd": "0.08",
            "tiers": [{"above": 200000, "input": "0.004", "output": "0.012", "cached_input": "0.0005",
                       "cache_write": "0.005"},
                      {"above": 100000, "input": "0.002", "output": "0.008", "cached_input": "0.0006"}]})
        self.assertIn("nothing to write", self.prices("--apply").stdout)

    def test_what_a_row_says_itself_stays_and_what_it_lacks_is_filled_in(self):
        self.publish(sound=SOUND, other=SOUND)
        own = {"characters": "0.1", "cache_write": "0.00250"}
        tiered = {**own, "tiers": [{"above": 5, "input": "1"}]}
        self.add("sound", "--unit-prices", json.dumps(own))
        self.add("other", "--unit-prices", json.dumps(tiered))
        told = self.prices("--apply").stdout
        self.assertIn("Changed: 1 row.", told)
        self.assertIn("Kept: 1 row", told)
        filled = self.row("sound")["unit_prices"]
        self.assertEqual((filled["characters"], Decimal(filled["cache_write"]), filled["audio_input"]),
                         ("0.1", Decimal("0.0025"), "0.032"))
        self.assertEqual(self.row("other")["unit_prices"], tiered)
        self.assertIn("Changed: 1 row.", self.prices("--replace", "--apply").stdout)
        replaced = self.row("other")["unit_prices"]
        self.assertEqual((replaced["characters"], len(replaced["tiers"])), ("0.1", 2))

    def test_a_row_of_the_same_prices_gets_the_parts_that_were_not_published_before(self):
        self.add("grown", "--per-million", "--input-price", "2", "--cached-price", "2", "--output-price", "8")
        self.publish(grown=TOKENS)
        self.assertIn("nothing to write", self.prices("--apply").stdout)
        self.publish(grown=TOKENS + 'cache_write = "2.50"')
        self.assertIn("Changed: 1 row.", self.prices("--apply").stdout)
        self.assertEqual(self.row("grown")["unit_prices"], {"cache_write": "0.0025"})

    def test_what_is_counted_otherwise_needs_no_price_of_tokens(self):
        self.publish(pictures='units = { images = "0.04" }')
        self.add("pictures")
        self.assertRegex(self.prices("--apply").stdout, r"pictures +unknown +- +- +- +USD")
        row = self.row("pictures")
        self.assertEqual((row["input_cost_per_1k"], row["unit_prices"]), (None, {"images": "0.04"}))
        self.assertIn("nothing to write", self.prices("--apply").stdout)

    def test_programs_get_json_and_are_not_asked(self):
        self.publish(sound=SOUND, other=TOKENS)
        for name in ("sound", "unheard"):
            self.add(name)
        self.add("other", "--price", "1")
        told = json.loads(self.prices("--json").stdout)
        self.assertEqual((told["written"], told["kept"], told["unknown"]), (False, 1, 1))
        (change,) = told["changes"]
        columns = change["columns"]
        self.assertEqual((change["model_name"], columns["cached_input_cost_per_1k"], columns["currency"]),
                         ("sound", "0.0005", "USD"))
        self.assertEqual((change["read"], change["source"]), ("2026-11-26", "https://example.com/prices"))
        self.assertIsNone(self.row("sound")["unit_prices"])
        self.assertTrue(json.loads(self.prices("--json", "--apply").stdout)["written"])
        self.assertEqual(self.row("sound")["unit_prices"], json.loads(columns["unit_prices"]))

    def test_a_bad_entry_is_named_by_file_and_line(self):
        base = 2 + len(ENTRY.split("{prices}")[0].splitlines()) - 1
        for prices, line, told in (
                (TOKENS + 'cache_writes = "1"', base + 3, "has no cache_writes"),
                (TOKENS + "cache_write = 1.5", base + 3, "cache_write"),
                (TOKENS + 'request = "-1"', base + 3, "request must be the price of one"),
                (TOKENS + 'units = "0.04"', base + 3, "units must be written as"),
                (TOKENS + 'units = { images = "4,0" }', base + 3, "images must be the price of one"),
                (TOKENS + 'units = { photos = "4" }', 2, "'photos' is no unit"),
                (TOKENS + "tiers = 5", base + 3, "tiers must be a list"),
                (TOKENS + "tiers = [ 5 ]", base + 3, "a tier is written as"),
                (TOKENS + 'tiers = [\n{ input = "1" } ]', base + 4, "needs above"),
                (TOKENS + 'tiers = [\n{ above = 5, inputs = "1" } ]', base + 4, "a tier has no inputs"),
                (TOKENS + "tiers = [ { above = 5 }, { above = 5 } ]", 2, "two tiers are above 5"),
                ('units = { images = "1" }\ntiers = [ { above = 5 } ]', base + 1, "needs input and output"),
                ('input = "1"', 2, "needs output")):
            with self.subTest(prices):
                self.publish(odd=prices)
                done = self.prices(check=False)
                self.assertEqual(done.returncode, 1)
                self.assertIn(f"prices.toml:{line}: ", done.stderr)
                self.assertIn(told, done.stderr)

    def test_the_shipped_table_prices_rows_that_are_served(self):
        shipped = tomllib.loads((ROOT / "config" / "prices.toml").read_text())["price"]
        for one in shipped:
            self.ferry.run("models", "add", "--name", one["model"], "--endpoint", f"https://{one['host']}/v1",
                           "--key", "k")
        self.assertIn(f"Changed: {len(shipped)} rows.", self.ferry.run("models", "prices", "--apply").stdout)
        rows = json.loads(self.ferry.run("models", "list", "--json").stdout)
        self.assertEqual([row["model_name"] for row in rows if row["faults"]], [])
        parts = {name for row in rows for name in json.loads(row["unit_prices"] or "{}")}
        self.assertLessEqual({"cache_write", "audio_input", "audio_output", "request", "tiers", "images"}, parts)
