"""The documentation is true: its commands run, its tables name every column and header, its keys exist.

A block ```sh tested is run here, in the order of the file, beside a running Ferry, with a scripted provider in place
of the real ones. Any other block of ```sh says in a comment before it what ran it: a test, or a person and when."""
import json
import os
import re
import sqlite3
import subprocess
import unittest
from pathlib import Path

import answers
from ferry import BUILD, ROOT, Ferry
from harness import eventually, insert_model
from imposter import Imposter

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"(?P<before>[^\n]*)\n+```sh(?P<tested> tested)?\n(?P<text>.*?)```", re.S)
RUN_BY = re.compile(r"<!-- run by (?:tests/\S+|hand, \d{4}-\d\d-\d\d) -->")
PROVIDERS = ("https://api.openai.com", "https://api.deepseek.com")


def blocks(page):
    return [match for match in BLOCK.finditer(page.read_text())]


class Commands(unittest.TestCase):
    """Each page has a folder, a store and a running Ferry of its own."""
    key = ""

    def place(self):
        """A folder that looks like the project's: build/release/ferry, config/ferry.toml and var/."""
        self.upstream = Imposter()
        self.addCleanup(self.upstream.close)
        self.upstream.default = [answers.json_answer(answers.completion())]
        ferry = Ferry()
        self.addCleanup(ferry.remove)
        for name in ("build/release", "config", "var"):
            (ferry.folder / name).mkdir(parents=True)
        (ferry.folder / "build/release/ferry").symlink_to(BUILD / "ferry")
        (ferry.folder / "config/ferry.toml").symlink_to(ferry.config)
        ferry.run("migrate")
        self.prepare(ferry.folder)
        return ferry.start()

    def prepare(self, folder):
        """What the pages take from elsewhere: the database of another gateway."""
        (folder / "var/deepseek.key").write_text("sk-upstream\n")
        (folder / "var/openai.key").write_text("sk-upstream\n")
        with sqlite3.connect(folder / "one-api.db") as other:
            other.execute("CREATE TABLE tokens (name TEXT, key TEXT, status INTEGER, unlimited_quota INTEGER)")
            other.executemany("INSERT INTO tokens VALUES (?, ?, ?, 1)",
                              [("bob", "b" * 48, 1), ("carol's app", "c" * 48, 1), ("gone", "g" * 48, 2)])

    def run_block(self, ferry, text):
        base = self.upstream.base.removesuffix("/v1")
        for provider in PROVIDERS:
            text = text.replace(provider, base)
        text = text.replace("http://127.0.0.1:5173", f"http://127.0.0.1:{ferry.port}")
        given = {"OPENAI_API_KEY": "sk-upstream", "OLD_KEY": "sk-old-key-of-another-gateway",
                 "OLD_TOKEN": "sk-" + "a" * 48, "FERRY_KEY": self.key}
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", text], cwd=ferry.folder, env=dict(os.environ, **given),
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, f"{text}\n{done.stdout}{done.stderr}")
        self.assertNotIn("error:", done.stderr, text)
        return done

    def run_page(self, name):
        ferry = self.place()
        page = next(page for page in PAGES if page.name == name)
        tested = [match["text"] for match in blocks(page) if match["tested"]]
        self.assertTrue(tested, name)
        for text in tested:
            self.run_block(ferry, text)
        return ferry

    def status(self, ferry, key, model):
        done = subprocess.run(
            ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-H", f"Authorization: Bearer {key}",
             "-H", "Content-Type: application/json",
             "-d", json.dumps({"model": model, "messages": [{"role": "user", "content": "x"}]}),
             f"http://127.0.0.1:{ferry.port}/v1/chat/completions"],
            capture_output=True, text=True, timeout=60)
        return int(done.stdout)

    def becomes_200(self, ferry, key, model):
        eventually(lambda: self.status(ferry, key, model) == 200, what=f"an answer of {model}")

    def test_the_readme(self):
        ferry = self.run_page("README.md")
        key = ferry.create_key("asking")
        for model in ("gpt-4o", "gpt-4", "smart"):
            self.becomes_200(ferry, key, model)
        self.assertEqual({one.fields("authorization")[0] for one in self.upstream.served}, {"Bearer sk-upstream"})
        self.assertEqual(ferry.stop(), 0)

    def test_coming_from_litellm(self):
        ferry = self.run_page("coming-from-litellm.md")
        self.becomes_200(ferry, "sk-old-key-of-another-gateway", "gpt-4o")
        self.assertEqual(json.loads(self.upstream.served[-1].body)["model"], "gpt-4o-2024-11-20")
        row = eventually(lambda: ferry.rows())[0]
        self.assertEqual((row["input_price_pico"], row["output_price_pico"]), (2_500_000, 10_000_000))
        self.assertEqual(row["cost_pico"], 7 * 2_500_000 + 5 * 10_000_000)
        self.assertEqual(ferry.stop(), 0)

    def test_coming_from_one_api(self):
        ferry = self.run_page("coming-from-one-api.md")
        for key in ("sk-" + "a" * 48, "sk-" + "b" * 48, "sk-" + "c" * 48):
            self.becomes_200(ferry, key, "deepseek-flash")
        self.assertEqual(self.status(ferry, "sk-" + "g" * 48, "deepseek-flash"), 401)
        self.assertEqual(ferry.stop(), 0)


    def test_conversations(self):
        ferry = self.place()
        ferry.sql(insert_model("gpt-4o", self.upstream.base))
        self.key = ferry.create_key("asking")
        self.becomes_200(ferry, self.key, "gpt-4o")
        page = ROOT / "docs/conversations.md"
        for match in blocks(page):
            if match["tested"]:
                self.run_block(ferry, match["text"])
        self.assertEqual([len(json.loads(one.body)["messages"]) for one in self.upstream.served[-2:]], [1, 3])
        self.assertEqual(ferry.stop(), 0)


class Pages(unittest.TestCase):
    def test_every_command_was_run(self):
        for page in PAGES:
            for match in blocks(page):
                if not match["tested"]:
                    self.assertRegex(match["before"], RUN_BY, f"{page.name}: {match['text']}")

    def test_every_page_that_is_named_exists(self):
        for page in PAGES:
            folders = "docs|config|deploy|bench|tests|migrations|proxy"
            for name in re.findall(rf"`((?:{folders})/[\w./-]*)`", page.read_text()):
                self.assertTrue((ROOT / name).exists(), f"{page.name} names {name}")

    def test_every_column_of_every_table_is_described(self):
        with sqlite3.connect(":memory:") as store:
            for file in sorted((ROOT / "migrations/sqlite").glob("*.sql")):
                store.executescript(file.read_text())
            tables = [name for (name,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            columns = {table: [row[1] for row in store.execute(f"PRAGMA table_info({table})")] for table in tables}
        text = (ROOT / "docs/tables.md").read_text()
        sections = dict(re.findall(r"^## ([^\n]*)\n(.*?)(?=^## |\Z)", text, re.S | re.M))
        for table, names in columns.items():
            if table.startswith("sqlite_"):
                continue
            found = [section for title, section in sections.items() if re.search(rf"\b{table}\b", title)]
            self.assertEqual(len(found), 1, f"the section of {table}")
            described = set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\|(.*?)\|", found[0], re.M))))
            self.assertEqual(set(names) - described, set(), f"columns of {table}")

    def test_every_header_of_ferry_is_described(self):
        sent = set()
        for file in [*(ROOT / "proxy").rglob("*.cpp"), *(ROOT / "proxy").rglob("*.hpp")]:
            sent |= set(re.findall(r"\bx-ferry-[a-z-]+[a-z]", file.read_text()))
        described = set(re.findall(r"\bx-ferry-[a-z-]+[a-z]", (ROOT / "docs/headers.md").read_text()))
        self.assertTrue(sent)
        self.assertEqual(sent ^ described, set())

    def test_every_metric_that_is_named_exists(self):
        sources = "".join(file.read_text() for file in (ROOT / "proxy/app").glob("*.cpp"))
        for page in PAGES:
            for name in re.findall(r"`(ferry_\w+)`", page.read_text()):
                self.assertIn(f'"{name}"', sources, page.name)

    def test_every_key_of_the_configuration_that_is_named_exists(self):
        keys, section = set(), None
        for line in (ROOT / "config/ferry.toml").read_text().splitlines():
            if match := re.match(r"\[(\w+)\]", line):
                section = match[1]
            elif match := re.match(r"#?(\w+) = ", line):
                keys.add(f"{section}.{match[1]}")
        sections = {key.split(".")[0] for key in keys}
        for page in PAGES:
            for name in re.findall(r"`(\w+\.\w+)(?: = [^`]*)?`", page.read_text()):
                if name.split(".")[0] in sections:
                    self.assertIn(name, keys, page.name)
