"""deploy/quickstart: ready with commands that work as pasted, quick the second time, and nothing left behind.

It runs in a copy of the project's files with the programs under test in place of a release build, on free ports."""
import contextlib
import os
import re
import shutil
import signal
import socket
import sqlite3
import stat
import subprocess
import tempfile
import unittest
from pathlib import Path

from ferry import BUILD, ROOT
from mock import BENCH
from waiting import eventually

NINJA = "build ferry: phony\nbuild ferry-bench: phony\n"


class Quickstart(unittest.TestCase):
    def setUp(self):
        self.root = Path(tempfile.mkdtemp(prefix="ferry-quickstart-"))
        for folder in ("deploy", "config", "migrations"):
            shutil.copytree(ROOT / folder, self.root / folder)
        release = self.root / "build/release"
        release.mkdir(parents=True)
        (release / "build.ninja").write_text(NINJA)
        os.symlink(BUILD / "ferry", release / "ferry")
        os.symlink(BENCH, release / "ferry-bench")
        self.config = self.root / "config/ferry.toml"
        self.replace(r'"127\.0\.0\.1:517[34]"', '"127.0.0.1:0"')
        self.addCleanup(self.remove)

    def replace(self, pattern, by):
        self.config.write_text(re.sub(pattern, by, self.config.read_text(), flags=re.MULTILINE))

    def remove(self):
        self.run_script("--stop")
        self.assertEqual(self.processes(), [])
        shutil.rmtree(self.root)

    def run_script(self, *words):
        return subprocess.run([self.root / "deploy/quickstart", *words], stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=60)

    def start(self, *words):
        done = self.run_script("--background", *words)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def processes(self):
        """Command lines of what still runs out of this copy."""
        found = []
        for file in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                line = file.read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if f"{self.root}/build/release" in line:
                found.append(line)
        return found

    def paste(self, told):
        """Runs the curl commands as they were printed; returns what each wrote."""
        commands = re.findall(r"^  (curl .*?\}')$", told, re.MULTILINE | re.DOTALL)
        self.assertEqual(len(commands), 2, told)
        pasted = (subprocess.run(["bash", "-c", one], capture_output=True, text=True, timeout=30) for one in commands)
        return [one.stdout for one in pasted]

    def test_what_it_prints_works_as_pasted(self):
        told = self.start()
        whole, stream = self.paste(told)
        self.assertIn('"object":"chat.completion"', whole)
        self.assertTrue(stream.rstrip().endswith("data: [DONE]"), stream[-200:])
        key = re.search(r'api_key="(fk-[^"]+)"', told)[1]
        self.assertIn(f'apiKey: "{key}"', told)
        self.assertEqual(stat.S_IMODE(os.stat(self.root / "var/quickstart.key").st_mode), 0o600)

    def stored(self):
        """What the first start puts into the store, with the ids and times it was given."""
        with contextlib.closing(sqlite3.connect(f"file:{self.root}/var/ferry.db?mode=ro", uri=True)) as store:
            return [store.execute(f"SELECT {columns} FROM {table}").fetchall()
                    for columns, table in (("version, applied_at", "schema_migrations"),
                                           ("id, created_at", "api_keys"), ("id, created_at", "ai_models"))]

    def test_the_second_start_keeps_the_key_and_makes_nothing_anew(self):
        first = self.start()
        stored = self.stored()
        self.assertTrue(all(stored), stored)
        self.assertEqual(self.run_script("--stop").stdout, "Ferry is stopped.\n")
        self.assertEqual(self.processes(), [])
        second = self.start()
        self.assertRegex(second, r"Ready after \d+\.\d\d s\.")  # less than two, where nothing else runs
        self.assertEqual(self.stored(), stored)
        keys = [re.search(r'api_key="(fk-[^"]+)"', told)[1] for told in (first, second)]
        self.assertEqual(keys[0], keys[1])
        self.assertIn("chat.completion", self.paste(second)[0])

    def test_a_start_while_it_runs_tells_so(self):
        first = self.start()
        again = self.start()
        self.assertIn("running already", again)
        self.assertEqual(self.paste(again)[0][:10], self.paste(first)[0][:10])
        foreground = self.run_script()
        self.assertEqual(foreground.returncode, 1)
        self.assertIn("--stop", foreground.stderr)

    def test_a_lost_store_gets_the_key_again(self):
        self.start()
        self.run_script("--stop")
        for file in (self.root / "var").glob("ferry.db*"):
            file.unlink()
        self.assertIn("chat.completion", self.paste(self.start())[0])

    def test_signals_end_everything_in_the_foreground(self):
        for number, whole_group in ((signal.SIGINT, True), (signal.SIGTERM, False), (signal.SIGHUP, False)):
            with self.subTest(signal=number):
                script = subprocess.Popen([self.root / "deploy/quickstart"], stdin=subprocess.DEVNULL, text=True,
                                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
                self.addCleanup(script.stdout.close)
                for line in script.stdout:
                    if "Ctrl-C" in line:
                        break
                (os.killpg if whole_group else os.kill)(script.pid, number)
                self.assertEqual(script.wait(10), 0)
                self.assertEqual(self.processes(), [])
                self.assertFalse((self.root / "var/quickstart.pids").exists())

    def serving(self):
        """The process that serves, by the command line of what runs."""
        return [line for line in self.processes() if "ferry serve" in line]

    def test_stop_ends_what_took_over_after_a_hand_over_too(self):
        told = self.start()
        first = int((self.root / "var/quickstart.pids").read_text().split()[0])
        os.kill(first, signal.SIGUSR2)
        eventually(lambda: not Path(f"/proc/{first}").exists() and self.serving(), 30, "a hand-over")
        self.assertIn("running already", self.start())
        self.assertIn("chat.completion", self.paste(told)[0])
        self.assertEqual(self.run_script("--stop").stdout, "Ferry is stopped.\n")
        self.assertEqual(self.processes(), [])

    def test_the_log_is_kept_from_start_to_start(self):
        self.start()
        self.run_script("--stop")
        before = (self.root / "var/ferry.log").read_text()
        second = self.start()
        self.assertTrue((self.root / "var/ferry.log").read_text().startswith(before))
        self.assertIn("chat.completion", self.paste(second)[0])

    def test_it_runs_and_ends_where_the_signals_of_a_terminal_are_ignored(self):
        script = subprocess.Popen(["nohup", "env", "--ignore-signal=INT", self.root / "deploy/quickstart"], text=True,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  start_new_session=True)
        self.addCleanup(script.stdout.close)
        for line in script.stdout:
            if "Ctrl-C" in line:
                break
        os.kill(script.pid, signal.SIGTERM)
        self.assertEqual(script.wait(20), 0)
        self.assertEqual(self.processes(), [])

    def test_without_the_demo_no_demo_model_is_served(self):
        self.assertIn("Add a model first", self.start("--no-demo"))
        self.assertEqual(len(self.processes()), 1)

    def test_a_used_port_and_a_wrong_configuration_are_one_clear_message(self):
        with socket.create_server(("127.0.0.1", 0)) as used:
            port = used.getsockname()[1]
            self.replace(r'^listen = .*', f'listen = "127.0.0.1:{port}"')
            done = self.run_script("--background")
            self.assertEqual(done.returncode, 1)
            self.assertIn(f"Port {port} of 127.0.0.1 is in use", done.stderr)
        self.config.write_text("[nosuch]\n")
        done = self.run_script("--background")
        self.assertEqual(done.returncode, 2)
        self.assertIn("nosuch", done.stderr)

    def test_wrong_words_are_refused_and_help_is_given(self):
        self.assertNotEqual(self.run_script("--nonsense").returncode, 0)
        self.assertIn("--background", self.run_script("--help").stdout)
