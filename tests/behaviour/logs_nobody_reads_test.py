"""Whoever reads the logs, or does not, no request waits: lines that cannot be written are dropped and counted."""
import fcntl
import json
import os
import re
import subprocess
import unittest

from ferry import READY
from own_ferry import OwnFerry
from waiting import eventually

SMALLEST_PIPE = 4096


class Pipes:
    """Standard output and standard error of a process as pipes that are read only when told to."""

    def __init__(self):
        self.readers, self.writers = zip(*(os.pipe() for _ in range(2)))
        for one in self.writers:
            fcntl.fcntl(one, fcntl.F_SETPIPE_SZ, SMALLEST_PIPE)

    def read(self, which):
        os.set_blocking(self.readers[which], False)
        try:
            return os.read(self.readers[which], 1 << 20).decode()
        except BlockingIOError:
            return ""

    def close(self):
        for one in self.readers:
            os.close(one)


class LogsNobodyReads(OwnFerry):
    options = {"server.drain_timeout": "3s", "log.slow": "1ms", "log.level": "debug", "server.threads": 2}

    def start_unread(self, **options):
        """A program of its own whose ready line has been read, and nothing since."""
        ferry = self.own(**options)
        ferry.stop()
        pipes = Pipes()
        self.addCleanup(pipes.close)
        ferry.process = subprocess.Popen(ferry.command("serve"), cwd=ferry.folder, stdin=subprocess.DEVNULL,
                                         stdout=pipes.writers[0], stderr=pipes.writers[1])
        for one in pipes.writers:
            os.close(one)
        told = []
        match = eventually(lambda: told.append(pipes.read(0)) or READY.search("".join(told)), 30, "the ready line")
        ferry.port, ferry.admin_port = int(match[1]), int(match[2])
        return ferry, pipes

    def dropped(self, ferry):
        text = ferry.admin("/metrics")[1]
        return {name: float(re.search(rf'ferry_log_lines_dropped_total{{stream="{name}"}} (\S+)', text)[1])
                for name in ("stdout", "stderr")}

    def serve_many(self, count):
        client = self.client()
        for _ in range(count):
            self.assertEqual(self.chat(self.nonce(), client=client).status, 200)

    def drop_lines(self, ferry):
        """Requests, many at once and answered without the upstream, until lines of the access log are dropped."""
        many = 200 * self.request(b"", path="/v1/nowhere/" + 490 * "x", method="GET")

        def have_dropped():
            client = self.client()
            for _ in range(5):
                client.send(many)
                for _ in range(200):
                    self.assertEqual(client.response().status, 404)
            return self.dropped(ferry)["stdout"]

        eventually(have_dropped, 120, "dropped lines")

    def test_requests_are_served_while_nobody_reads_either_pipe(self):
        ferry, _ = self.start_unread()
        self.serve_many(300)
        self.drop_lines(ferry)
        self.serve_many(10)
        self.assertEqual(ferry.admin("/healthz")[0], 200)
        told = json.loads(ferry.admin("/status")[1])["log"]
        self.assertGreater(told["dropped_stdout_lines"], 0)
        self.assertIn("dropped_stderr_lines", told)
        self.assertEqual(ferry.stop(), 0)

    def test_a_reader_that_comes_back_is_told_how_much_it_missed(self):
        ferry, pipes = self.start_unread()
        self.drop_lines(ferry)
        told = []

        def is_told():
            pipes.read(0)
            told.append(pipes.read(1))
            return re.search(r"\d+ lines of the access log were lost", "".join(told))

        eventually(is_told, 60, "the number of lost lines")
        self.assertEqual(ferry.stop(), 0)

    def test_closed_standard_streams_are_not_mistaken_for_files(self):
        ferry = self.own()
        ferry.stop()
        ferry.starts += 1
        with open(ferry.folder / f"out-{ferry.starts}.txt", "w") as output:
            ferry.process = subprocess.Popen(["sh", "-c", 'exec "$@" <&- 2>&-', "sh", *ferry.command("serve")],
                                             cwd=ferry.folder, stdout=output)
        ferry.wait_until_ready()
        self.serve_many(20)
        for number in (0, 2):
            self.assertEqual(os.readlink(f"/proc/{ferry.process.pid}/fd/{number}"), "/dev/null")

    def test_a_start_that_fails_does_not_wait_for_a_reader_and_one_who_reads_hears_why(self):
        ferry = self.own()
        ferry.stop()
        reader, writer = os.pipe()
        self.addCleanup(os.close, reader)
        fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, SMALLEST_PIPE)
        os.write(writer, b"x" * SMALLEST_PIPE)
        wrong = ["--set", f"server.listen=127.0.0.1:{self.upstream.port}"]
        command = ferry.command("serve", *wrong)
        unread = subprocess.run(command, cwd=ferry.folder, stdin=subprocess.DEVNULL, stdout=writer, stderr=writer,
                                timeout=30)
        os.close(writer)
        self.assertEqual(unread.returncode, 1)
        heard = subprocess.run(command, cwd=ferry.folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=30)
        self.assertEqual(heard.returncode, 1)
        self.assertIn(f"Cannot listen on 127.0.0.1:{self.upstream.port}".encode(), heard.stderr)


if __name__ == "__main__":
    unittest.main()
