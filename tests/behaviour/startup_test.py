"""What cannot work is said at the start in one clear sentence; a bad configuration is told fault by fault, code 2."""
import socket
import subprocess
import tempfile
import unittest
from pathlib import Path

from ferry import BUILD, Ferry


class StartUp(unittest.TestCase):
    def own(self, **options):
        ferry = Ferry(options)
        self.addCleanup(ferry.remove)
        return ferry

    def fails_to_serve(self, ferry, *words, code=None):
        ferry.start(wait=False)
        got = ferry.process.wait(20)
        self.assertIn(got, (1, 2) if code is None else (code,), ferry.log)
        for word in words:
            self.assertIn(word, ferry.log)
        said = [line for line in ferry.log.splitlines() if line.strip()]
        self.assertLess(len(said), 12, "one clear sentence, not a page:\n" + ferry.log)
        self.assertNotIn("ferry ready", ferry.output)
        self.assertEqual(ferry.complaints(), [])

    def test_a_used_port_is_named(self):
        with socket.create_server(("127.0.0.1", 0)) as used:
            port = used.getsockname()[1]
            self.fails_to_serve(self.own(**{"server.listen": f"127.0.0.1:{port}"}), str(port), "in use")

    def test_a_used_admin_port_is_named(self):
        with socket.create_server(("127.0.0.1", 0)) as used:
            port = used.getsockname()[1]
            self.fails_to_serve(self.own(**{"server.admin_listen": f"127.0.0.1:{port}"}), str(port), "in use")

    def test_a_second_ferry_on_the_port_of_a_first_does_not_share_it(self):
        first = self.own().start()
        self.fails_to_serve(self.own(**{"server.listen": f"127.0.0.1:{first.port}"}), str(first.port))
        self.assertEqual(first.stop(), 0)

    def test_a_file_that_is_no_socket_is_not_taken_for_one(self):
        ferry = self.own()
        precious = ferry.folder / "precious"
        precious.write_text("still here")
        ferry.configure(**{"server.listen": f"unix:{precious}"})
        self.fails_to_serve(ferry, str(precious))
        self.assertEqual(precious.read_text(), "still here")

    def test_a_journal_folder_that_is_a_file_is_named(self):
        ferry = self.own()
        ferry.journal.write_text("not a folder")
        self.fails_to_serve(ferry, str(ferry.journal))

    def test_a_journal_folder_that_cannot_be_made_is_named(self):
        self.fails_to_serve(self.own(**{"usage.journal_dir": "/proc/ferry-journal"}), "/proc/ferry-journal")

    def test_a_store_that_is_no_database_is_named(self):
        ferry = self.own()
        ferry.database.write_bytes(b"this is not a database, it is a text of some length" * 100)
        self.fails_to_serve(ferry, str(ferry.database))

    def test_a_store_in_a_folder_that_is_missing_is_named_or_made(self):
        ferry = self.own(**{"store.url": "sqlite:/proc/no-such-folder/ferry.db"})
        self.fails_to_serve(ferry, "/proc/no-such-folder")

    def test_every_fault_of_the_configuration_is_told_at_once_with_code_2(self):
        ferry = self.own()
        ferry.config.write_text('[server]\nlisten = "nowhere"\nadmin_listten = "127.0.0.1:0"\nthreads = "two"\n'
                                '[limits]\njson_body_bytes = "12 parsecs"\n[nosuch]\nx = 1\n')
        for command in ("check", "serve"):
            done = ferry.run(command, check=False)
            self.assertEqual(done.returncode, 2, done)
            for told in (":2:", ":3:", ":4:", ":6:", "admin_listen", "listen", "threads", "json_body_bytes", "nosuch"):
                self.assertIn(told, done.stderr)

    def test_a_good_configuration_checks_with_code_0(self):
        ferry = self.own()
        ferry.run("migrate")
        self.assertEqual(ferry.run("check", check=False).returncode, 0)

    def test_a_file_that_is_not_toml_or_is_missing_is_code_2(self):
        ferry = self.own()
        ferry.config.write_text("[server\n")
        self.assertEqual(ferry.run("check", check=False).returncode, 2)
        ferry.config.unlink()
        done = ferry.run("serve", check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn(str(ferry.config), done.stderr)

    def test_the_environment_and_set_win_over_the_file(self):
        ferry = self.own(**{"auth.required": True})
        ferry.environment = {"FERRY_AUTH_REQUIRED": "maybe"}
        done = ferry.run("check", check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn("FERRY_AUTH_REQUIRED", done.stderr)
        ferry.environment = {}
        ferry.start("--set", "server.threads=1")
        self.assertEqual(ferry.stop(), 0)

    def test_a_fresh_folder_is_enough(self):
        with tempfile.TemporaryDirectory() as folder:
            ferry = self.own(**{"store.url": f"sqlite:{folder}/deep/er/ferry.db"})
            Path(folder, "deep/er").mkdir(parents=True)
            ferry.start()
            self.assertEqual(ferry.admin("/healthz")[0], 200)
            self.assertEqual(ferry.stop(), 0)

    def test_every_command_has_help_and_refuses_what_it_does_not_know(self):
        for command in ("serve", "check", "migrate", "sql", "models list", "keys list", "usage", "version"):
            with self.subTest(command=command):
                program = [BUILD / "ferry", *command.split()]
                told = subprocess.run([*program, "--help"], capture_output=True, text=True)
                self.assertEqual((told.returncode, told.stderr), (0, ""))
                wrong = subprocess.run([*program, "--no-such-option"], capture_output=True, text=True)
                self.assertEqual((wrong.returncode, wrong.stdout), (2, ""))
                self.assertIn("--no-such-option", wrong.stderr)

    def test_version_names_itself_and_its_libraries(self):
        told = subprocess.run([BUILD / "ferry", "version"], capture_output=True, text=True)
        self.assertEqual(told.returncode, 0)
        for word in ("ferry", "Boost", "OpenSSL", "SQLite"):
            self.assertIn(word.lower(), told.stdout.lower())
