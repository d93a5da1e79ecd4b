"""ferry-bench upstream starts with what it is given, or says why not; and serves TLS."""
import json
import subprocess
import tempfile
import unittest
from pathlib import Path

from raw_mock import Answer, Mock, STREAM, chat, make_certificate, post, program


class Tls(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        certificate, key = make_certificate(folder.name)
        self.lines = Path(folder.name) / "ledger.jsonl"
        self.mock = Mock("--tls-cert", certificate, "--tls-key", key, "--ledger", str(self.lines))
        self.running = True
        self.addCleanup(self.stop)

    def stop(self):
        if self.running:
            self.assertEqual(self.mock.stop(), 0)
        self.running = False

    def entries(self):
        """All of them: the mock is stopped first, for a line is written after its answer was sent."""
        self.stop()
        return [json.loads(line) for line in self.lines.read_text().splitlines()]

    def test_the_same_answers_come_over_tls_and_sessions_resume(self):
        session = None
        for _ in range(2):
            with self.mock.connect(session) as connection:
                connection.sendall(post(chat("nonce:tls", {"chunks": 3, "split": 1}, **STREAM)))
                answer = Answer(connection)
                self.assertEqual(answer.text(), "Lorem ipsum dolor ")
                session = connection.session
        entries = self.entries()
        self.assertEqual([(e["tls"], e["tls_resumed"]) for e in entries], [(True, False), (True, True)])
        self.assertEqual(entries[0]["server_name"], "mock.test")

    def test_a_close_framed_answer_ends_with_close_notify_and_a_cut_one_without(self):
        for action, clean in (({"framing": "close"}, True), ({"framing": "close", "cut_at": 20}, False)):
            with self.mock.connect() as connection:
                connection.suppress_ragged_eofs = False
                connection.sendall(post(chat("x", action)))
                answer = Answer(connection)
                self.assertEqual(answer.error is None, clean, answer.error)


class Start(unittest.TestCase):
    def run_with(self, *options):
        return subprocess.run([program(), "upstream", *options], capture_output=True, text=True, timeout=10)

    def test_what_cannot_start_says_why(self):
        with tempfile.TemporaryDirectory() as folder:
            bad = Path(folder) / "bad.json"
            bad.write_text('[{"action": {"status": "x"}}]')
            for options, text in ((("--listen", "nowhere"), "give host:port"),
                                  (("--listen", "127.0.0.1:131072"), "port from 0 to 65535"),
                                  (("--tls-cert", "x"), "--tls-key"),
                                  (("--script", str(bad)), '"status"'), (("--script", "/none"), "cannot read /none"),
                                  (("--ledger", "/none/x"), "cannot write"), (("--threads", "0"), "--threads")):
                result = self.run_with(*options)
                self.assertEqual(result.returncode, 2, options)
                self.assertIn(text, result.stderr)

    def test_a_used_port_is_one_clear_sentence(self):
        mock = Mock()
        result = self.run_with("--listen", f"127.0.0.1:{mock.port}")
        self.assertEqual(mock.stop(), 0)
        self.assertEqual(result.returncode, 2)
        self.assertIn("Address already in use", result.stderr)

    def test_a_script_file_is_obeyed_and_survives_a_reset(self):
        with tempfile.TemporaryDirectory() as folder:
            script = Path(folder) / "script.json"
            script.write_text('{"rules": [{"action": {"status": 429}}]}')
            mock = Mock("--script", str(script))
            self.addCleanup(mock.stop)
            mock.control("script", [])
            mock.control("reset", b"")
            with mock.connect() as connection:
                connection.sendall(post(chat("x")))
                self.assertEqual(Answer(connection).status, 429)


if __name__ == "__main__":
    unittest.main()
