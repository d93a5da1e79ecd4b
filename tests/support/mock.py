"""The mock provider of ferry-bench, and a Ferry whose models all point at it."""
import json
import os
import shutil
import subprocess
import tempfile
import urllib.request
from pathlib import Path
from urllib.parse import urljoin

from ferry import BUILD, Ferry
from harness import insert_model
from waiting import eventually


BENCH = os.environ.get("FERRY_BENCH_BIN") or BUILD / "ferry-bench"


class Mock:
    def __init__(self, models=(), options=(), rules=()):
        self.folder = Path(tempfile.mkdtemp(prefix="ferry-mock-"))
        script = self.folder / "script.json"
        script.write_text(json.dumps({"models": {name: {} for name in models}, "rules": list(rules)}))
        port_file = self.folder / "port"
        self.log = open(self.folder / "log.txt", "w+")
        command = [BENCH, "upstream", "--listen", "127.0.0.1:0", "--port-file", port_file,
                   "--script", script, *options]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        # The file is there when the port is open, or the process has ended.
        eventually(lambda: port_file.exists() or self.process.poll() is not None, 20, "a mock upstream")
        if not port_file.exists():
            raise AssertionError(f"the mock upstream did not start\n{(self.folder / 'log.txt').read_text()}")
        self.port = int(port_file.read_text())
        scheme = "https" if "--tls-cert" in options else "http"
        self.base = f"{scheme}://127.0.0.1:{self.port}/v1"

    def control(self, what):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/_control/{what}", timeout=60) as answer:
            return answer.read()

    def ledger(self, query=""):
        return [json.loads(line) for line in self.control(f"ledger{query}").splitlines() if line]

    def close(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class FerryBeforeMock:
    """`rows` is {model: what its row has beside the mock's endpoint}, where `endpoint` may be a path on its host;
    `rules` are of the mock's script."""

    def __init__(
        self, models=("mock",), ferry_options=None, mock_options=(), make_ferry=Ferry, rows=None, rules=(),
    ):
        self.mock = Mock(models, mock_options, rules)
        self.ferry = make_ferry(ferry_options)
        try:
            self.ferry.run("migrate")
            self.ferry.sql("\n".join(self.row(name, **(rows or {}).get(name, {})) for name in models))
            self.key = self.ferry.create_key()
            self.ferry.start()
        except BaseException:
            self.close()
            raise

    def row(self, name, endpoint="/v1", **columns):
        return insert_model(name, urljoin(self.mock.base, endpoint), **columns)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.ferry.port}/v1"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.ferry.remove()
        self.mock.close()
