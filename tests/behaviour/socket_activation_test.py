"""Sockets that a service manager bound, as sd_listen_fds(3) describes it."""
import fcntl
import os
import socket
from pathlib import Path

from client import Client
from ferry import Ferry
from successors import WithHandovers, kill_successors


class SocketActivation(WithHandovers):
    script = """import os, sys
fds = [int(one) for one in sys.argv[1].split(",")]
for number, fd in enumerate(fds):
    os.dup2(fd, 3 + number)
    os.close(fd)
os.environ.update(LISTEN_PID=str(os.getpid() + int(sys.argv[2])), LISTEN_FDS=str(len(fds)))
os.execv(sys.argv[3], sys.argv[3:])"""

    def setUp(self):
        super().setUp()
        self.path = self.folder() / "ferry.sock"
        local = socket.socket(socket.AF_UNIX)
        local.bind(str(self.path))
        local.listen()
        tcp = [socket.create_server(("127.0.0.1", 0), backlog=50) for _ in range(3)]
        self.fds = [fcntl.fcntl(one.fileno(), fcntl.F_DUPFD_CLOEXEC, 100) for one in (*tcp, local)]
        self.ports = [one.getsockname()[1] for one in tcp]
        for one in (*tcp, local):
            one.close()
        self.given = {"server.listen": [f"127.0.0.1:{self.ports[0]}", f"unix:{self.path}"],
                      "server.admin_listen": f"127.0.0.1:{self.ports[1]}"}

    def start(self, wrong_by=0, **more):
        ferry = self.ferry = Ferry({**self.options, **self.given})
        self.addCleanup(ferry.remove)
        self.addCleanup(kill_successors, ferry)
        self.drained = []
        self.key = self.prepare(ferry)
        self.secrets.append(self.key)
        before, fds = ferry.command, ",".join(map(str, self.fds))
        ferry.command = lambda *named: ["/usr/bin/python3", "-c", self.script, fds, str(wrong_by), *before(*named)]
        ferry.start(pass_fds=self.fds, **more)
        ferry.command = before
        return ferry

    def test_inherited_sockets_are_served_and_handed_over_and_not_removed(self):
        waiting = Client(self.ports[0], record=self.received.append)
        self.addCleanup(waiting.close)
        ferry = self.start()
        self.assert_serves(waiting)  # it connected when nobody served yet
        ferry.says(f"The inherited socket 127.0.0.1:{self.ports[2]} is closed")
        self.assertEqual((ferry.port, ferry.admin_port), tuple(self.ports[:2]))
        self.assertEqual(Path(f"/proc/{ferry.process.pid}/environ").read_bytes().count(b"LISTEN_"), 2)
        for _ in range(2):
            self.hand_over()
            self.assert_serves()
            self.assertEqual(ferry.admin("/readyz")[0], 200)
        self.assertEqual(ferry.stop(), 0)
        self.assertTrue(self.path.exists(), "a socket of the service manager was removed")
        self.close_all()

    def test_sockets_meant_for_another_process_are_let_be(self):
        ferry = self.start(wrong_by=1, wait=False)
        self.assertEqual(ferry.process.wait(20), 1)
        self.assertIn("Another program listens there", ferry.log)
        self.close_all()

    def close_all(self):
        """Ferry is started once more after the test, by itself."""
        for fd in self.fds:
            os.close(fd)
        self.path.unlink()
        self.ferry.configure(**self.options)
