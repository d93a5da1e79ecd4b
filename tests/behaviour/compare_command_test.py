"""`ferry compare`: one prompt to several models, side by side on a terminal, in order anywhere else."""
import json
import os
import signal
import socket
import tempfile
import threading
import unittest
from pathlib import Path

import answers
from ferry import Ferry
from harness import FerryCase, insert_model
from imposter import Imposter
from terminal import Terminal
from tls_upstream_test import make_certificate


def story(*texts, tokens=(7, 5)):
    events = [*(answers.chunk(text) for text in texts), answers.chunk(finish="stop"), answers.usage_chunk(*tokens)]
    return answers.chunked_stream([*events, answers.DONE])


class CompareCommand(FerryCase):
    options = {"retry.attempts": 1}
    rows_for_every_request = False

    @classmethod
    def setUpClass(cls):
        cls.others = {name: Imposter() for name in ("left", "right", "third")}
        super().setUpClass()

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        for one in cls.others.values():
            one.close()

    @classmethod
    def models(cls):
        return [insert_model(name, other.base, input_cost_per_1k="1", output_cost_per_1k="2")
                for name, other in cls.others.items()]

    def setUp(self):
        super().setUp()
        for name, other in self.others.items():
            other.default = story(f"{name} says ", "so much")

    def words(self, *more):
        return self.ferry.command("compare", "--url", f"http://127.0.0.1:{self.ferry.port}", *more)

    def environment_of(self, **more):
        return {**os.environ, "FERRY_API_KEY": self.key, **more}

    def run_it(self, *more, code=0, stdin=None, **environment):
        self.ferry.environment = {"FERRY_API_KEY": self.key, **environment}
        done = self.ferry.run("compare", "--url", f"http://127.0.0.1:{self.ferry.port}", *more, check=False,
                              stdin=stdin)
        self.ferry.environment = {}
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def on_terminal(self, *more, columns=80, lines=24, **environment):
        made = Terminal(self.words(*more), columns, lines, cwd=self.ferry.folder,
                        env=self.environment_of(**environment))
        self.addCleanup(made.close)
        return made

    def sent(self, name):
        return json.loads(self.others[name].served[-1].body)

    # Not on a terminal

    def test_answers_stand_one_after_the_other_and_the_table_below(self):
        done = self.run_it("--models", "left, right", "Who?", "--system", "Be short.", "--max-tokens", "9")
        self.assertNotIn("\x1b", done.stdout)
        self.assertEqual(done.stderr, "")
        lines = done.stdout.splitlines()
        self.assertEqual(lines[:7], ["left", "────", "left says so much", "", "right", "─────", "right says so much"])
        self.assertEqual(lines[7], "")
        self.assertEqual(lines[8].split(), "model finish TTFT ms tokens/s tokens in tokens out cost error".split())
        for name, line in zip(("left", "right"), lines[9:]):
            self.assertRegex(line, rf"^{name} +stop +\d+ +[\d.]+ +7 +5  0\.017 USD  -$")
        asked = self.sent("left")
        self.assertEqual(asked["messages"], [{"role": "system", "content": "Be short."},
                                             {"role": "user", "content": "Who?"}])
        self.assertEqual(asked["max_tokens"], 9)

    def test_the_prompt_may_come_from_standard_input(self):
        self.run_it("--models", "left", stdin="one\ntwo \"three\"\n")
        self.assertEqual(self.sent("left")["messages"][0]["content"], "one\ntwo \"three\"\n")

    def test_the_document_is_printed_as_it_came(self):
        for other in self.others.values():
            other.default = [answers.json_answer(answers.completion("Hi"))]
        told = json.loads(self.run_it("--models", "left,right", "--json", "Who?").stdout)
        self.assertEqual([one["completion"]["choices"][0]["message"]["content"] for one in told["results"]],
                         ["Hi", "Hi"])
        told = json.loads(self.run_it("--models", "left,nobody", "--json", "Who?", code=1).stdout)
        self.assertEqual(told["results"][1]["error"]["code"], "model_not_found")

    def test_one_that_fails_is_told_and_is_exit_code_1(self):
        done = self.run_it("--models", "left,nobody", "Who?", code=1)
        self.assertIn("left says so much", done.stdout)
        self.assertRegex(done.stdout, r"error: .*nobody")
        self.assertRegex(done.stdout, r"\nnobody +- .* model_not_found\n")
        self.assertIn("error: 1 of 2 models did not answer: nobody. `ferry explain", done.stderr)

    def test_an_answer_that_is_cut_is_a_failure(self):
        self.others["left"].default = [*answers.chunked_stream(answers.words(2))[:2], "cut"]
        done = self.run_it("--models", "left", "Who?", code=1)
        self.assertIn("word0", done.stdout)
        self.assertIn("error: ", done.stdout)

    def test_a_server_that_refuses_says_why_and_what_to_do(self):
        done = self.run_it("--models", "left", "Who?", code=1, FERRY_API_KEY="fk-nobody")
        self.assertEqual(done.stdout, "")
        self.assertRegex(done.stderr, r"^error: .*401.*invalid_api_key.*FERRY_API_KEY")
        self.assertNotIn("fk-nobody", done.stderr)

    def test_a_ferry_that_is_not_there_is_said(self):
        self.ferry.environment = {"FERRY_API_KEY": self.key}
        with socket.socket() as nobody:
            nobody.bind(("127.0.0.1", 0))
            for url in (f"http://127.0.0.1:{nobody.getsockname()[1]}", "unix:/nowhere/ferry.sock",
                        "http://no-such-host.invalid"):
                done = self.ferry.run("compare", "--models", "a", "--url", url, "Who?", check=False)
                self.assertEqual((done.returncode, done.stdout), (1, ""), done.stderr)
                self.assertRegex(done.stderr, r"^error: no Ferry can be reached at .*ferry serve")
        self.ferry.environment = {}

    def test_wrong_usage_is_exit_code_2(self):
        for words in (["Who?"], ["--models", "", "Who?"], ["--models", "a,a", "Who?"], ["--models", "a", ""],
                      ["--models", "a,b,c,d,e,f,g,h,i", "Who?"], ["--models", "a", "--max-tokens", "0", "Who?"]):
            with self.subTest(words):
                done = self.run_it(*words, code=2)
                self.assertTrue(done.stderr.startswith("error: "), done.stderr)
        told = self.run_it("--models", "a", "Who?", code=2, FERRY_API_KEY="").stderr
        self.assertIn("FERRY_API_KEY", told)
        done = self.ferry.run("compare", "--models", "a", "--key", "fk-1", "--url", "ftp://x", "Who?", check=False)
        self.assertEqual(done.returncode, 2, done.stderr)

    # On a terminal

    def test_columns_side_by_side_come_as_the_text_comes(self):
        go_on = threading.Event()
        self.addCleanup(go_on.set)
        head, first, *rest = story("left is slow ", "and sure")
        self.others["left"].default = [head, first, go_on, *rest]
        terminal = self.on_terminal("--models", "left,right", "Who?")
        screen = terminal.until(lambda one: any("left is slow" in line and "│ right says so much" in line
                                                for line in one.text()))
        self.assertIsNotNone(screen.second, "it is drawn on the second screen")
        self.assertFalse(screen.shows_cursor)
        self.assertIsNone(terminal.process.poll())
        go_on.set()
        code, screen = terminal.end()
        self.assertEqual(code, 0)
        self.assertIsNone(screen.second)
        self.assertTrue(screen.shows_cursor)
        text = screen.text()
        self.assertEqual(text[:2], ["left" + " " * 34 + " │ right", "────" + " " * 34 + " │ ─────"])
        self.assertEqual(text[2], "left is slow and sure".ljust(38) + " │ right says so much")
        self.assertTrue(any(line.startswith("model") for line in text))
        self.assertTrue(any(line.startswith("right") and "0.017 USD" in line for line in text))

    def test_what_models_say_cannot_steer_the_terminal(self):
        evil = "\x1b]0;title\x07\x1b[2J\x1b[?1049l\x9b31mred\rover\x08"
        self.others["left"].default = story("be", "fore ", evil, " behind")
        code, screen = self.on_terminal("--models", "left,right", "Who?", NO_COLOR="1").end()  # Screen knows no other
        self.assertEqual(code, 0)
        text = " ".join(line.split("│")[0].strip() for line in screen.text()[2:6])
        self.assertIn("before �]0;title��[2J�[?1049l�31mred�over�", text.replace("  ", " "))
        self.assertEqual(screen.colours, 0, "a colour that nobody may set")
        self.assertNotIn(b"\x1b]", self.on_terminal_output("--models", "left"))

    def on_terminal_output(self, *words):
        terminal = self.on_terminal(*words, "Who?")
        terminal.end()
        return terminal.output

    def test_wide_characters_keep_the_columns_in_line(self):
        self.others["left"].default = story("通义千问" * 12)
        _, screen = self.on_terminal("--models", "left,right", "Who?", columns=60).end()
        body = [line for line in screen.text() if "│" in line]
        self.assertGreater(len(body), 4)
        self.assertEqual("".join(line.split("│")[0].strip() for line in body[2:]), "通义千问" * 12)

    def test_without_room_answers_stand_one_below_the_other(self):
        _, screen = self.on_terminal("--models", "left,right,third", "Who?", columns=60).end()
        text = screen.text()
        self.assertEqual(text[:4], ["left", "────", "left says so much", ""])
        self.assertIn("third says so much", text)

    def test_a_terminal_that_changes_its_size_is_drawn_anew(self):
        self.others["left"].default = [*story("word " * 12)[:2], "stall"]
        terminal = self.on_terminal("--models", "left,right", "Who?", columns=120)
        terminal.until(lambda one: any("│ right says so much" in line for line in one.text()))
        drawn = len(terminal.output)
        terminal.resize(56, 24)
        terminal.until(lambda one: len(terminal.output) > drawn and
                       any(line.startswith("word ") and line.find("│") == 27 for line in one.text()))

    def test_ctrl_c_gives_the_terminal_back(self):
        self.others["left"].default = [*story("left ")[:2], "stall"]
        terminal = self.on_terminal("--models", "left,right", "Who?")
        terminal.until(lambda one: any("left" in line and "│ right says" in line for line in one.text()))
        terminal.process.send_signal(signal.SIGINT)
        code, screen = terminal.end()
        self.assertEqual(code, 130)
        self.assertIsNone(screen.second)
        self.assertTrue(screen.shows_cursor)
        self.assertIn("│ right says so much", "\n".join(screen.text()))

    def test_colour_is_for_terminals_that_want_it(self):
        self.assertIn(b"\x1b[1;36mleft", self.on_terminal_output("--models", "left"))
        terminal = self.on_terminal("--models", "left", "Who?", TERM="dumb")
        terminal.end()
        self.assertNotIn(b"\x1b", terminal.output)

    def test_without_a_prompt_a_terminal_is_not_read(self):
        code, screen = self.on_terminal("--models", "left").end()
        self.assertEqual(code, 2)
        self.assertIn("error: there is no prompt", screen.text()[0])


class Places(unittest.TestCase):
    """Where the command finds the Ferry of its configuration."""

    def ferry(self, **options):
        upstream = Imposter()
        self.addCleanup(upstream.close)
        upstream.default = story("Hello")
        ferry = Ferry(options)
        self.addCleanup(ferry.remove)
        ferry.run("migrate")
        ferry.sql(insert_model("demo", upstream.base))
        ferry.environment = {"FERRY_API_KEY": ferry.create_key()}
        return ferry

    def asks(self, ferry, *words):
        told = ferry.run("compare", "--models", "demo", "Who?", *words).stdout
        self.assertIn("Hello", told)

    def test_a_unix_socket_is_asked(self):
        with tempfile.TemporaryDirectory() as folder:
            ferry = self.ferry(**{"server.listen": f"unix:{folder}/ferry.sock"})
            ferry.start(wait=False)
            ferry.says("ferry ready")
            self.asks(ferry)
            self.asks(ferry, "--url", f"unix:{folder}/ferry.sock")

    def test_tls_is_verified_unless_told_otherwise(self):
        with tempfile.TemporaryDirectory() as folder:
            certificate, key = make_certificate(Path(folder), "own")
            ferry = self.ferry(**{"server.tls_certificate": str(certificate), "server.tls_key": str(key)})
            ferry.start()
            url = ("--url", f"https://127.0.0.1:{ferry.port}/v1/")
            self.asks(ferry, *url, "--set", f"upstream.ca_file={certificate}")
            self.asks(ferry, *url, "--insecure")
            done = ferry.run("compare", "--models", "demo", "Who?", *url, check=False)
            self.assertEqual(done.returncode, 1)
            self.assertIn("--insecure", done.stderr)

    def test_the_listener_of_the_configuration_is_the_default_and_no_key_is_fine_where_none_is_asked_for(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        ferry = self.ferry(**{"server.listen": f"0.0.0.0:{port}", "auth.required": False})
        ferry.environment = {}
        ferry.start()
        self.asks(ferry)


if __name__ == "__main__":
    unittest.main()
