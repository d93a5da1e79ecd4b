"""`ferry conversations`: what is stored, for the operator, of one owner at a time; and keys that store nothing."""
import json
import os
import stat

from conversations_test import Conversation, said
from harness import eventually
from postgres_case import PostgresCase
from terminal import Terminal


class ConversationsCommand(Conversation):
    @classmethod
    def prepare(cls, ferry):
        key = super().prepare(ferry)
        cls.anns = ferry.create_key("ann's", "--user", "ann")
        cls.bobs = ferry.create_key("bob's", "--user", "bob")
        return key

    def setUp(self):
        super().setUp()
        self.secrets += [self.anns, self.bobs]

    def say(self, number, *texts, key=None, answer="Hello"):
        """Turns of a conversation; waits until the store has them."""
        wanted = self.messages_of(number) + 2 * len(texts)
        before, self.key = self.key, key or self.key
        for text in texts:
            self.turn(said("user", text), answer=answer, conversation=number)
        self.key = before
        eventually(lambda: self.messages_of(number) == wanted, what=f"conversation {number} in the store")

    def messages_of(self, number):
        """Of all who have one of this number."""
        return self.ferry.rows("SELECT count(*) AS n FROM messages WHERE conversation_id = ?", number)[0]["n"]

    def rows_of(self, number):
        return self.ferry.rows("SELECT * FROM conversations WHERE id = ? AND deleted_at IS NULL", number)

    def told(self, *words, stdin=None):
        return self.ferry.run("conversations", *words, stdin=stdin).stdout

    def refused(self, *words, code=2):
        done = self.ferry.run("conversations", *words, check=False)
        self.assertEqual((done.returncode, done.stdout), (code, ""), done.stderr)
        self.assertTrue(done.stderr.startswith("error: "), done.stderr)
        return done.stderr

    def test_each_owner_has_a_list_of_their_own(self):
        number = self.number
        self.say(number, "Who rows the boat?", key=self.anns)
        self.say(number, "Where is the shore?", key=self.bobs)
        self.say(number, "What does it cost?")
        for whose, title in ((("--user", "ann"), "Who rows the boat?"), (("--key", "bob's"), "Where is the shore?"),
                             (("--key", "test"), "What does it cost?")):
            told = json.loads(self.told("list", *whose, "--json"))
            self.assertEqual({one["title"] for one in told["data"] if one["id"] == number}, {title})
            line = next(one for one in self.told("list", *whose).splitlines() if one.split()[0] == str(number))
            self.assertRegex(line, rf"^ *{number}  {title[:-1]}\? +2  \d{{4}}-\d\d-\d\d \d\d:\d\d")
        self.assertEqual(json.loads(self.told("list", "--anonymous", "--json"))["data"], [])

    def test_a_list_is_searched_and_has_an_end(self):
        for number, text in enumerate(("red apples", "green pears", "green apples"), self.number + 100_000):
            self.say(number, text, key=self.anns)
        found = json.loads(self.told("list", "--user", "ann", "--search", "APPLES", "--json"))
        self.assertEqual([one["title"] for one in found["data"]], ["green apples", "red apples"])
        self.assertFalse(found["has_more"])
        found = json.loads(self.told("list", "--user", "ann", "--search", "apples", "--limit", "1", "--json"))
        self.assertEqual(([one["title"] for one in found["data"]], found["has_more"]), (["green apples"], True))
        self.assertIn("--limit", self.ferry.run("conversations", "list", "--user", "ann", "--limit", "1").stderr)

    def test_what_was_said_is_shown_newest_last_and_cannot_steer_the_terminal(self):
        self.say(self.number, "Say \x1b[2J\x07", "And again", key=self.anns, answer="No \x9b31m.")
        text = self.told("show", str(self.number), "--user", "ann")
        self.assertRegex(text, rf"^conversation {self.number}, 4 messages: ")
        self.assertFalse(set(text) & set("\x1b\x07\x9b"))
        blocks = text.split("\n\n")
        self.assertRegex(blocks[1], r"^user, \d{4}-\d\d-\d\d \d\d:\d\d\nSay �\[2J�$")
        self.assertRegex(blocks[2], r"^assistant \(.+\), \d{4}-\d\d-\d\d \d\d:\d\d\nNo �31m\.$")
        self.assertIn("And again", blocks[3])
        told = json.loads(self.told("show", str(self.number), "--user", "ann", "--json"))
        self.assertEqual(told["conversation"]["id"], self.number)
        self.assertEqual([one["role"] for one in told["messages"]], ["user", "assistant"] * 2)
        self.assertEqual(told["messages"][0]["content"], "Say \x1b[2J\x07")

    def test_all_of_an_owner_is_exported_page_by_page(self):
        number = self.number
        key = self.create_key("exporter", "--user", "eve")
        self.say(number, *(f"turn {turn}" for turn in range(60)), key=key)  # more than a page of messages
        statement = "".join(
            f"INSERT INTO conversations (user_id, id, title) SELECT user_id, {500_000 + one}, 'more' FROM "
            f"conversations WHERE id = {number};" for one in range(130))  # more than a page of conversations
        self.ferry.sql(statement)
        file = self.ferry.folder / "out.jsonl"
        done = self.ferry.run("conversations", "export", "--user", "eve", "--output", str(file))
        self.assertEqual((done.stdout, done.stderr), ("", "131 conversations with 120 messages\n"))
        self.assertEqual(stat.S_IMODE(os.stat(file).st_mode), 0o600)
        lines = [json.loads(line) for line in file.read_text().splitlines()]
        self.assertEqual(len({one["conversation"]["id"] for one in lines}), 131)
        messages = next(one for one in lines if one["conversation"]["id"] == number)["messages"]
        self.assertEqual([one["position"] for one in messages], list(range(120)))
        self.assertEqual(messages[118]["content"], "turn 59")
        one = json.loads(self.told("export", str(number), "--user", "eve"))
        self.assertEqual(one["messages"], messages)
        self.assertEqual(self.refused("export", "--user", "eve", "--output", "/nowhere/x", code=1)[:20],
                         "error: cannot write ")

    def test_a_conversation_is_deleted_when_it_is_meant(self):
        number = self.number
        self.say(number, "Remember me", key=self.anns)
        self.say(number, "Remember me, too", key=self.bobs)
        self.assertIn("--yes", self.refused("delete", str(number), "--user", "ann"))
        terminal = Terminal(self.ferry.command("conversations", "delete", str(number), "--user", "ann"),
                            cwd=self.ferry.folder)
        self.addCleanup(terminal.close)
        terminal.until(lambda one: any("2 messages (Remember me)? [y/N]" in line for line in one.text()))
        terminal.type("n\n")
        self.assertEqual(terminal.end()[0], 0)
        self.assertEqual(len(self.rows_of(number)), 2)
        told = self.ferry.run("conversations", "delete", str(number), "--user", "ann", "--yes")
        self.assertEqual(told.stdout, f"conversation {number} deleted\n")
        self.assertIn(f"DELETE /v1/conversations/{number}", told.stderr)
        self.assertEqual(len(self.rows_of(number)), 1)
        self.assertIn("no conversation", self.refused("show", str(number), "--user", "ann", code=1))
        self.assertIn("no conversation", self.refused("delete", str(number), "--user", "ann", "--yes", code=1))
        self.assertIn("Remember me, too", self.told("show", str(number), "--user", "bob"))

    def test_an_owner_is_needed_and_nobody_is_made(self):
        self.assertIn("--user, --key or --anonymous", self.refused("list"))
        self.assertIn("there is no user zoe", self.refused("list", "--user", "zoe", code=1))
        self.assertIn("there is no key zoe", self.refused("list", "--key", "zoe", code=1))
        self.refused("list", "--user", "ann", "--anonymous")
        self.refused("show", "--user", "ann")
        self.assertEqual(self.ferry.rows("SELECT * FROM users WHERE name = 'zoe'"), [])

    # Keys

    def test_a_key_may_store_nothing(self):
        def listed():
            told = json.loads(self.ferry.run("keys", "list", "--json").stdout)
            return next(one for one in told if one["name"] == "quiet")

        key = self.create_key("quiet", "--user", "carol", "--no-store-messages")
        self.assertIs(listed()["store_messages"], False)
        before, self.key = self.key, key
        self.turn(said("user", "Psst"))
        self.key = before
        self.ferry.run("keys", "set", "quiet", "--store-messages")
        self.assertIs(listed()["store_messages"], True)
        self.assertIn("was so already", self.ferry.run("keys", "set", "quiet", "--store-messages").stdout)
        self.serve("SELECT 1;")
        self.say(self.number + 200_000, "Aloud", key=key)
        told = json.loads(self.told("list", "--user", "carol", "--json"))
        self.assertEqual([one["title"] for one in told["data"]], ["Aloud"])
        done = self.ferry.run("keys", "set", "quiet", "--store-messages", "--no-store-messages", check=False)
        self.assertEqual(done.returncode, 2)


class ConversationsCommandOnPostgres(PostgresCase, ConversationsCommand):
    """The same on the other store."""
