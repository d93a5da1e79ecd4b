"""The real program: a folder of its own, a store, a journal, free ports, and what it writes to its log."""
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

from exposition import Scrape
from waiting import eventually

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("FERRY_BUILD") or ROOT / "build/dev")
PREFIX = os.environ.get("FERRY_PREFIX", "").split()  # what runs the program, such as setarch
READY = re.compile(r"ferry ready: https?://[^ :]+:(\d+)/v1 \(admin http://[^ :]+:(\d+)\)")
SANITIZER = re.compile(r"ERROR: (Address|Leak|Thread)Sanitizer|runtime error:|WARNING: ThreadSanitizer")


def toml(value):
    if isinstance(value, list):
        return "[" + ", ".join(toml(one) for one in value) + "]"
    return json.dumps(value)


class Ferry:
    """`options` is {"section.key": value} over what a test wants: free ports, a quick drain, rows at once,
    further tries at once or not at all."""

    def __init__(self, options=None, environment=None):
        self.folder = Path(tempfile.mkdtemp(prefix="ferry-test-"))
        self.environment = environment or {}
        self.database = self.folder / "ferry.db"
        self.journal = self.folder / "journal"
        self.config = self.folder / "ferry.toml"
        self.process = self.port = self.admin_port = None
        self.starts = 0
        self.configure(**(options or {}))

    def configure(self, **options):
        wanted = {
            "server.listen": "127.0.0.1:0", "server.admin_listen": "127.0.0.1:0", "server.threads": 2,
            "server.drain_grace": "0s", "server.drain_timeout": "5s", "store.url": f"sqlite:{self.database}",
            "usage.journal_dir": str(self.journal), "usage.flush_interval": "10ms", "log.format": "json",
            "retry.backoff_base": "1ms", "retry.retry_after_max": "0s",
            # Other tests, and sanitizers, keep the processors busy: that is no overload.
            "server.max_loop_lag": "0s",
            # Tests count the connections that requests need.
            "upstream.warm_connections": 0,
            # Most tests make one row fail in many ways, one after the other.
            "retry.budget": 1, "circuit.minimum_requests": 1000, "circuit.cooldown": "0s",
            "circuit.cooldown_max": "0s", **options,
        }
        sections = {}
        for name, value in wanted.items():
            section, key = name.split(".")
            sections.setdefault(section, []).append(f"{key} = {toml(value)}")
        self.config.write_text("\n".join(f"[{name}]\n" + "\n".join(keys) + "\n" for name, keys in sections.items()))

    def command(self, name, *more):
        return [*PREFIX, str(BUILD / "ferry"), name, "--config", str(self.config), *more]

    def run(self, name, *more, check=True, stdin=None):
        """Runs one of the program's commands to its end."""
        done = subprocess.run(
            self.command(name, *more), cwd=self.folder, env=dict(os.environ, **self.environment), input=stdin,
            stdin=None if stdin else subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            timeout=60,
        )
        if check and done.returncode != 0:
            raise AssertionError(f"ferry {name} {more}: code {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done

    def sql(self, text):
        return self.run("sql", "-c", text).stdout

    def create_key(self, name="test", *more):
        return json.loads(self.run("keys", "create", "--name", name, "--json", *more).stdout)["key"]

    @property
    def log_file(self):
        return self.folder / f"log-{self.starts}.txt"

    @property
    def log(self):
        """All it ever wrote: diagnostics on standard error, the access log on standard output."""
        files = sorted([*self.folder.glob("log-*.txt"), *self.folder.glob("out-*.txt")])
        return "".join(file.read_text(errors="replace") for file in files)

    def says(self, text, seconds=10):
        """Waits until the log does: a thread of its own writes the lines."""
        eventually(lambda: text in self.log, seconds, f"{text!r} in the log")

    @property
    def output(self):
        return (self.folder / f"out-{self.starts}.txt").read_text()

    def start(self, *more, wait=True, pass_fds=()):
        self.starts += 1
        with open(self.log_file, "w") as log, open(self.folder / f"out-{self.starts}.txt", "w") as output:
            self.process = subprocess.Popen(
                self.command("serve", *more), cwd=self.folder, env=dict(os.environ, **self.environment),
                stdin=subprocess.DEVNULL, stdout=output, stderr=log, pass_fds=pass_fds,
            )
        return self.wait_until_ready() if wait else self

    def wait_until_ready(self, seconds=30):
        def told():
            match = READY.search(self.output)
            if not match and self.process.poll() is not None:
                raise AssertionError(f"ferry ended with {self.process.returncode}\n{self.output}{self.log}")
            return match

        match = eventually(told, seconds, f"the line that ferry is ready\n{self.log}")
        self.port, self.admin_port = int(match[1]), int(match[2])
        return self

    def stop(self, with_signal=signal.SIGTERM, seconds=20):
        """The exit code."""
        if self.process.poll() is None:
            self.process.send_signal(with_signal)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"ferry did not stop in {seconds} s\n{self.log[-3000:]}") from None

    def remove(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    @staticmethod
    def is_sanitized():
        """Its memory is then not what it would be."""
        return b"__asan_init" in (BUILD / "ferry").read_bytes()

    def complaints(self):
        """What a sanitizer wrote."""
        return [line for line in self.log.splitlines() if SANITIZER.search(line)]

    def admin(self, path):
        """(status, body text) from the admin listener."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.admin_port}{path}", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()

    def metric(self, name, **labels):
        """What /metrics says now; the sum over all label sets that have these labels."""
        return Scrape(self.admin("/metrics")[1]).value(name, **labels)

    def rows(self, query="SELECT * FROM usage_records", *values):
        """Read with Python's own SQLite, not through the program under test."""
        with sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=10) as store:
            store.row_factory = sqlite3.Row
            return [dict(row) for row in store.execute(query, values)]

    def resident_kib(self):
        return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{self.process.pid}/status").read_text())[1])
