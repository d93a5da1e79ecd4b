"""What stands between Ferry and PostgreSQL and cuts a connection at any byte of an exchange."""
import selectors
import shutil
import socket
import tempfile
import threading
from pathlib import Path

UP, DOWN = "up", "down"  # to the server, and from it
COMMIT = b"Q\0\0\0\x0bCOMMIT\0"
IDLE = b"Z\0\0\0\x05I"  # the server is in no transaction any more


class Relay:
    """Takes connections at `url()` and passes them on. `arm()` sets a trap for the next exchange: a connection that has
    sent `first`, and from its `mark` on, to the reply to its COMMIT. The byte with the number `at`, of that direction,
    is not passed on, nor is anything after it: both sides see the end of the connection. `lengths` are those of the
    last exchange that was not cut."""

    def __init__(self, cluster):
        self.cluster = cluster
        self.folder = Path(tempfile.mkdtemp(prefix="ferry-pg-relay-"))
        self.lock = threading.Lock()
        self.trap, self.sprung, self.lengths = None, threading.Event(), None
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(self.folder / ".s.PGSQL.5432"))
        self.listener.listen(64)
        self.acceptor = threading.Thread(target=self.accept, daemon=True)
        self.acceptor.start()

    def url(self, database):
        return self.cluster.url(database).replace(str(self.cluster.folder), str(self.folder))

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.acceptor.join()
        self.listener.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def arm(self, direction, at, first, mark):
        with self.lock:
            self.sprung.clear()
            self.trap = (direction, at, first, mark)

    def disarm(self):
        with self.lock:
            self.trap = None

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.pass_on, args=(client,), daemon=True).start()

    def pass_on(self, client):
        with client, socket.socket(socket.AF_UNIX) as server, selectors.DefaultSelector() as ready:
            try:
                server.connect(str(self.cluster.folder / ".s.PGSQL.5432"))
                ready.register(client, selectors.EVENT_READ, (UP, server))
                ready.register(server, selectors.EVENT_READ, (DOWN, client))
                exchange = Exchange(self)
                while True:
                    for key, _ in ready.select():
                        direction, to = key.data
                        data = key.fileobj.recv(1 << 16)
                        passed = exchange.passed(direction, data)
                        to.sendall(passed)
                        if not data or len(passed) < len(data):
                            return
            except OSError:
                pass


class Exchange:
    """What one connection has passed on of the exchange that the trap is set for."""

    def __init__(self, relay):
        self.relay, self.is_first_seen, self.counts = relay, False, None

    def passed(self, direction, data):
        """As much of `data` as is passed on."""
        with self.relay.lock:
            if self.relay.trap is None:
                self.is_first_seen, self.counts = False, None
                return data
            of, at, first, mark = self.relay.trap
            begins = 0
            if self.counts is None and direction == UP:
                self.is_first_seen = self.is_first_seen or first in data
                if self.is_first_seen and mark in data:
                    self.counts = {UP: 0, DOWN: 0}
                    begins = data.index(mark)
            if self.counts is None:
                return data
            room = at - self.counts[of] if direction == of else len(data)
            self.counts[direction] += len(data) - begins
            if room >= len(data) - begins:
                if direction == DOWN and data.endswith(IDLE):
                    self.relay.trap, self.relay.lengths = None, self.counts
                return data
            self.relay.trap = None
            self.relay.sprung.set()
            return data[: begins + room]
