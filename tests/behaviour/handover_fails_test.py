"""A new process that cannot take over: the old one serves on as if nothing had happened."""
import shutil
import signal
import socket
import subprocess
import unittest
from pathlib import Path

from harness import eventually
from successors import Successor, WithHandovers

CONTAINER = ["unshare", "--user", "--map-root-user", "--pid", "--fork", "--mount-proc"]


def in_container(*command):
    return subprocess.run([*CONTAINER, *command], stderr=subprocess.DEVNULL).returncode


class HandoverThatFails(WithHandovers):
    def test_a_faulty_configuration_leaves_the_old_process_serving(self):
        ferry = self.own()
        good = ferry.config.read_text()
        ferry.config.write_text("[server]\nthreads = \"many\"\n")
        self.refused("does not take over, this one serves on: it ended with code 2; its own messages say why")
        ferry.config.write_text(good)
        self.hand_over()
        self.assert_serves()

    def test_a_port_that_somebody_else_has_leaves_the_old_process_serving(self):
        path = self.folder() / "ferry.sock"
        ferry = self.own(**{"server.listen": ["127.0.0.1:0", f"unix:{path}"]})
        with socket.create_server(("127.0.0.1", 0)) as other:
            taken = f"127.0.0.1:{other.getsockname()[1]}"
            ferry.configure(**{**self.options, "server.listen": ["127.0.0.1:0", f"unix:{path}", taken]})
            self.refused("this one serves on: it ended with code 1")
        self.assertTrue(path.exists(), "the failed process removed the socket's file")

    def started_as(self, program):
        """The program of this test, which it may replace."""
        ferry = self.own()
        self.assertEqual(ferry.stop(), 0)
        shutil.copy(ferry.command("serve")[0], program)
        ferry.command = lambda name, *more: [str(program), name, "--config", str(ferry.config), *more]
        return ferry.start()

    def replace(self, program, text):
        program.unlink()
        program.write_text(text)
        program.chmod(0o755)

    def test_a_program_that_cannot_start_leaves_the_old_process_serving(self):
        program = self.folder() / "ferry"
        self.started_as(program)
        self.replace(program, "not a program")
        self.refused("it cannot be executed: Exec format error")
        program.unlink()
        self.refused(f"{program} cannot be executed: No such file or directory")

    def test_the_program_that_stands_at_the_path_now_is_started(self):
        program = self.folder() / "ferry"
        ferry = self.started_as(program)
        program.rename(program.with_suffix(".real"))
        program.write_text(f"#!/bin/sh\necho a new version >&2\nexec {program}.real \"$@\"\n")
        program.chmod(0o755)
        self.hand_over()
        ferry.says("a new version")
        self.assert_serves()

    def slow_program(self):
        """It starts, and does not become ready."""
        program = self.folder() / "ferry"
        ferry = self.started_as(program)
        self.replace(program, "#!/bin/sh\nexec sleep 70\n")
        ferry.process.send_signal(signal.SIGUSR2)
        eventually(lambda: "is started with the" in ferry.log)
        return ferry

    def test_a_second_signal_while_one_is_starting_is_refused(self):
        ferry = self.slow_program()
        self.refused("is starting already")
        self.assertEqual(ferry.stop(), 0)
        ferry.command = type(ferry).command.__get__(ferry)

    def test_sigterm_while_one_is_starting_ends_both(self):
        ferry = self.slow_program()
        children = Path(f"/proc/{ferry.process.pid}/task/{ferry.process.pid}/children")
        pid = int(children.read_text())
        self.assertEqual(ferry.stop(), 0)
        self.assertEqual(Successor(pid).wait(10), -signal.SIGTERM)
        ferry.command = type(ferry).command.__get__(ferry)

    @unittest.skipUnless(in_container("true") == 0, "no containers here")
    def test_process_1_of_a_container_which_would_end_with_it_refuses(self):
        ferry = self.own()
        self.assertEqual(ferry.stop(), 0)
        before = ferry.command
        ferry.command = lambda *named: [*CONTAINER, *before(*named)]
        container = ferry.start().process
        ferry.command = before
        children = Path(f"/proc/{container.pid}/task/{container.pid}/children")
        ferry.process = Successor(int(children.read_text()))
        ferry.process.poll = container.poll
        self.refused("Ferry is process 1 here, and a container ends with it")
        self.assertEqual(ferry.stop(), 0)
