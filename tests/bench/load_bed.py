"""Runs ferry-bench load against a mock and reads what it reports."""
import json
import subprocess
import tempfile
import unittest
from pathlib import Path

from raw_mock import Mock, program


class LoadRun:
    """One finished run: exit code, what was printed, and its JSON, CSV and HDR log."""

    def __init__(self, base_url, *options, model="mock", files=("json",), env=None):
        with tempfile.TemporaryDirectory() as folder:
            named = {kind: Path(folder) / kind for kind in files}
            arguments = [f"--{kind}={path}" for kind, path in named.items()]
            self.process = subprocess.run(
                [program(), "load", "--base-url", base_url, "--model", model, "--quiet", *arguments, *options],
                capture_output=True, text=True, timeout=60, env=env, stdin=subprocess.DEVNULL)
            self.code = self.process.returncode
            self.said = self.process.stdout
            self.complaint = self.process.stderr
            self.text = {kind: path.read_text() for kind, path in named.items() if path.exists()}
        self.json = json.loads(self.text["json"]) if self.text.get("json") else None

    @property
    def errors(self):
        return {kind: seen["count"] for kind, seen in self.json["errors"].items()}


class LoadTest(unittest.TestCase):
    options = ()

    @classmethod
    def setUpClass(cls):
        cls.mock = Mock(*cls.options)
        cls.url = f"http{'s' if cls.mock.is_tls else ''}://127.0.0.1:{cls.mock.port}/v1"

    @classmethod
    def tearDownClass(cls):
        code = cls.mock.stop()
        assert code == 0, f"the mock ended with {code}"

    def setUp(self):
        self.mock.control("reset", b"")

    def script(self, *actions):
        """Every request gets the first action whose turn it is; the last one serves the rest."""
        rules = [{"match": {"times": 1}, "action": action} for action in actions[:-1]]
        status, text = self.mock.control("script", [*rules, {"action": actions[-1]}])
        self.assertEqual(status, 200, text)

    def load(self, *options, url=None, **named):
        run = LoadRun(url or self.url, *options, **named)
        self.assertIn(run.code, (0, 1), run.complaint)
        return run
