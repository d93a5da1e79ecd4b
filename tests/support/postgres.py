#!/usr/bin/env -S python3 -B
"""A PostgreSQL server of the tests' own: an ordinary user's, on a Unix socket in a temporary folder.

`postgres.py run PROGRAM [ARGUMENT...]` runs a program with a server, whose address is in FERRY_TEST_POSTGRES."""
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from itertools import count
from pathlib import Path

from waiting import eventually

USER = "ferry"
# Nothing here outlives a test, so nothing needs to reach the disk.
SETTINGS = {
    "listen_addresses": "", "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off",
    "max_connections": "200", "logging_collector": "off", "shared_buffers": "64MB",
}


def binaries():
    """The newest server that is installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda file: int(file.parts[-3]))
    if not found:
        raise RuntimeError("no PostgreSQL server is installed; `apt-get install postgresql-15`")
    return found[-1].parent


def ordinary_user():
    """What runs a command as somebody who is not root, for initdb refuses root; and that user's ids."""
    if os.geteuid() != 0:
        return [], None
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        ids = [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
        return ["setpriv", *ids, "--"], user
    raise RuntimeError("this is root, and there is neither a user postgres nor nobody to run the server as")


class Cluster:
    """`url()` is what store.url takes. start(), stop(), freeze() and thaw() may be called again and again."""

    _databases = count(1)

    def __init__(self):
        self.bin = binaries()
        self.as_user, user = ordinary_user()
        self.folder = Path(tempfile.mkdtemp(prefix="ferry-pg-"))
        if user:
            os.chown(self.folder, user.pw_uid, user.pw_gid)
        self.folder.chmod(0o755)
        self.data = self.folder / "data"
        self.process = None
        self.frozen = []
        try:
            self._run("initdb", "-D", self.data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
            with open(self.folder / "settings", "w") as file:
                file.writelines(f"{name} = '{value}'\n" for name, value in SETTINGS.items())
            with open(self.data / "postgresql.conf", "a") as file:
                file.write(f"include '{self.folder}/settings'\n")
        except BaseException:
            self.remove()
            raise

    def _run(self, name, *arguments):
        done = subprocess.run([*self.as_user, self.bin / name, *arguments], cwd=self.folder, capture_output=True,
                              text=True, timeout=120)
        if done.returncode != 0:
            raise RuntimeError(f"{name} failed:\n{done.stdout}{done.stderr}")

    def start(self):
        """Returns when it takes connections."""
        with open(self.folder / "log.txt", "a") as log:
            self.process = subprocess.Popen(
                [*self.as_user, self.bin / "postgres", "-D", self.data, "-k", self.folder], cwd=self.folder,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )
        ask = [self.bin / "pg_isready", "-q", "-h", self.folder]
        eventually(lambda: self.process.poll() is not None or subprocess.run(ask).returncode == 0, 60, "PostgreSQL")
        if self.process.poll() is not None:
            raise RuntimeError(f"PostgreSQL did not start:\n{self.log[-3000:]}")
        return self

    def stop(self, with_signal=signal.SIGINT):
        """SIGINT ends every connection at once and leaves a clean state; SIGQUIT is a crash."""
        self.thaw()
        if self.process and self.process.poll() is None:
            self.process.send_signal(with_signal)
            self.process.wait(30)

    def freeze(self):
        """Connections stay open and nothing answers any more: the postmaster first, so that it starts nobody new."""
        postmaster = self.process.pid
        os.kill(postmaster, signal.SIGSTOP)
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        self.frozen = [postmaster, *map(int, children)]
        for pid in self.frozen:
            os.kill(pid, signal.SIGSTOP)

    def thaw(self):
        for pid in reversed(self.frozen):
            try:
                os.kill(pid, signal.SIGCONT)
            except ProcessLookupError:
                pass
        self.frozen = []

    def remove(self):
        try:
            self.stop(signal.SIGQUIT)
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def log(self):
        return (self.folder / "log.txt").read_text(errors="replace")

    def url(self, database="postgres"):
        return f"postgres://{USER}@/{database}?host={self.folder}"

    def new_database(self):
        """The name of an empty database."""
        name = f"test_{os.getpid()}_{next(self._databases)}"
        self.psql(f"CREATE DATABASE {name}")
        return name

    def psql(self, text, database="postgres", *options):
        """What psql prints for the statements, unaligned and without titles."""
        command = [self.bin / "psql", "-XqAt", "-v", "ON_ERROR_STOP=1", *options, self.url(database)]
        done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=60)
        if done.returncode != 0:
            raise AssertionError(f"psql: {done.stderr}")
        return done.stdout

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.remove()


if __name__ == "__main__":
    if len(sys.argv) < 3 or sys.argv[1] != "run":
        sys.exit(__doc__)
    with Cluster() as server:
        code = subprocess.run(sys.argv[2:], env={**os.environ, "FERRY_TEST_POSTGRES": server.url()}).returncode
    sys.exit(code)
