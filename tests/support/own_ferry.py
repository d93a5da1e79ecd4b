"""The ground for tests that stop, kill and restart the program."""
import contextlib
import socket
import tempfile

import answers
from ferry import Ferry
from harness import FerryCase


class OwnFerry(FerryCase):
    """For tests that stop or kill the process: each has its own."""

    options = {"server.drain_timeout": "3s"}

    def own(self, **options):
        ferry = Ferry({**self.options, **options})
        self.addCleanup(ferry.remove)
        self.key = self.prepare(ferry)
        self.secrets.append(self.key)
        ferry.start()
        self.ferry = ferry
        return ferry

    @contextlib.contextmanager
    def under_a_service_manager(self):
        """A program of its own that has told its manager it is ready; yields it and the manager's socket."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager, tempfile.TemporaryDirectory() as folder:
            manager.bind(folder + "/notify")
            manager.settimeout(10)
            ferry = self.own()
            ferry.stop()
            ferry.environment = {"NOTIFY_SOCKET": folder + "/notify", "WATCHDOG_USEC": "400000"}
            ferry.start()
            self.assertEqual(manager.recv(1000), b"READY=1")
            yield ferry, manager
            ferry.environment = {}

    def tearDown(self):
        if self.ferry.process.poll() is not None:
            self.ferry.start()
        super().tearDown()
        if self.ferry is not type(self).ferry:
            self.assertEqual(self.ferry.stop(), 0, self.ferry.log[-3000:])
            self.assertEqual(self.ferry.complaints(), [], self.ferry.log[-6000:])

    def begin_stream(self, *rest):
        nonce = self.nonce(answers.stream_head(), *map(answers.as_chunk, answers.words()), *rest)
        client = self.client(self.ferry.port)
        client.send(self.request(self.body(nonce, stream=True), nonce=nonce))
        client.until(b"word2")
        return nonce, client
