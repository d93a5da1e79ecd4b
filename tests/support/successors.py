"""Following Ferry from one process to the next, which becomes a child of the test only when its parent ends."""
import ctypes
import os
import re
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from own_ferry import OwnFerry
from waiting import eventually

PR_SET_CHILD_SUBREAPER = 36
TAKEN_OVER = re.compile(r"Process (\d+) is ready and serves from now on")


def adopt_orphans():
    """From now on processes whose parents have ended become children of this one instead of init's."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


class Successor:
    """What subprocess.Popen offers of a process that another started. REQUIRES: adopt_orphans()."""

    def __init__(self, pid):
        self.pid, self.returncode = pid, None

    def poll(self):
        if self.returncode is None:
            try:
                pid, status = os.waitpid(self.pid, os.WNOHANG)
                if pid:
                    self.returncode = os.waitstatus_to_exitcode(status)
            except ChildProcessError:
                pass  # its parent runs on
        return self.returncode

    def wait(self, timeout=30):
        try:
            return eventually(self.ended, timeout)[0]
        except AssertionError:
            raise subprocess.TimeoutExpired(f"process {self.pid}", timeout) from None

    def ended(self):
        code = self.poll()
        return None if code is None else [code]

    def send_signal(self, number):
        os.kill(self.pid, number)

    def kill(self):
        self.send_signal(signal.SIGKILL)


def hand_over(ferry, seconds=60):
    """SIGUSR2, and until the new process serves: then it is `ferry.process`. Returns the one before, which drains."""
    before, known = ferry.process, len(TAKEN_OVER.findall(ferry.log))
    before.send_signal(signal.SIGUSR2)
    pids = eventually(lambda: TAKEN_OVER.findall(ferry.log)[known:], seconds, "a process that takes over")
    ferry.process = Successor(int(pids[0]))
    return before


def kill_successors(ferry):
    """What a failed test left behind."""
    for one in map(Successor, map(int, re.findall(r"process (\d+) is started", ferry.log))):
        try:
            if one.poll() is None and os.readlink(f"/proc/{one.pid}/exe").endswith("/ferry"):
                one.kill()
                one.poll()
        except OSError:
            pass  # it has ended, and its parent has heard of it


class WithHandovers(OwnFerry):
    @classmethod
    def setUpClass(cls):
        adopt_orphans()
        super().setUpClass()

    def setUp(self):
        super().setUp()
        self.clients = []

    def own(self, **options):
        ferry = super().own(**options)
        self.addCleanup(kill_successors, ferry)
        self.drained = []
        return ferry

    def hand_over(self):
        self.drained.append(hand_over(self.ferry))
        return self.ferry.process

    def client(self, port=None):
        self.clients.append(super().client(port))
        return self.clients[-1]

    def tearDown(self):
        for client in self.clients:
            client.close()  # or the processes that end would wait for them
        super().tearDown()
        for one in self.drained:
            self.assertEqual(one.wait(20), 0, self.ferry.log[-3000:])

    def assert_serves(self, client=None):
        nonce = self.nonce()
        answer = self.chat(nonce, client=client or self.client(self.ferry.port))
        self.assertEqual(answer.status, 200, answer.raw)
        self.row(nonce)
        return answer

    def folder(self):
        made = Path(tempfile.mkdtemp(prefix="ferry-handover-"))
        self.addCleanup(shutil.rmtree, made)
        return made

    def refused(self, reason):
        """SIGUSR2 that comes to nothing."""
        before = self.ferry.process
        before.send_signal(signal.SIGUSR2)
        eventually(lambda: reason in self.ferry.log, 30, reason)
        self.assertIsNone(before.poll())
        self.assert_serves()
