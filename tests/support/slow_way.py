"""A bad way to a server: small segments and buffers, and bytes that arrive late, in user space."""
import collections
import socket
import threading
import time
from dataclasses import dataclass


@dataclass
class Way:
    """0 leaves a thing as the machine has it. Sizes in bytes, times in seconds."""

    mss: int = 0
    receive_buffer: int = 0
    send_buffer: int = 0
    read_delay: float = 0  # how late arrives what a client sends
    write_delay: float = 0  # how late it gets what is sent to it
    window: int = 64 * 1024  # with a delay: so many bytes at most are under way in each direction
    interim_after: float = 0  # a 100 Continue so long after a request's head, if its body is still under way

    def shape(self, listener):
        """What a connection inherits of the socket it is accepted from."""
        for level, name, value in (
            (socket.IPPROTO_TCP, socket.TCP_MAXSEG, self.mss),
            (socket.SOL_SOCKET, socket.SO_RCVBUF, self.receive_buffer),
            (socket.SOL_SOCKET, socket.SO_SNDBUF, self.send_buffer),
        ):
            if value:
                listener.setsockopt(level, name, value)

    def through(self, peer):
        """What a server reads and writes in place of the connection it accepted."""
        if not self.read_delay and not self.write_delay:
            return peer
        near, far = socket.socketpair()
        near.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        Lane(peer, far, self.read_delay, self.window).start()
        Lane(far, peer, self.write_delay, self.window).start()
        return near


class Lane:
    """Carries bytes from one socket to another, each `delay` seconds late. A FIN travels like a byte."""

    def __init__(self, origin, goal, delay, window):
        self.origin, self.goal, self.delay, self.window = origin, goal, delay, window
        self.parcels, self.held, self.is_over = collections.deque(), 0, False
        self.changed = threading.Condition()

    def start(self):
        for work in (self._take, self._deliver):
            threading.Thread(target=work, daemon=True).start()

    def _take(self):
        data = b"x"
        while data:
            with self.changed:
                self.changed.wait_for(lambda: self.held < self.window or self.is_over)
                if self.is_over:
                    return
                room = min(1 << 14, self.window - self.held)
            try:
                data = self.origin.recv(room)
            except OSError:
                data = b""
            with self.changed:
                self.parcels.append((time.monotonic() + self.delay, data))
                self.held += len(data)
                self.changed.notify_all()

    def _deliver(self):
        try:
            while True:
                with self.changed:
                    self.changed.wait_for(lambda: self.parcels)
                    due, data = self.parcels[0]
                    while (left := due - time.monotonic()) > 0:
                        self.changed.wait(left)
                if not data:
                    break
                self.goal.sendall(data)
                with self.changed:
                    self.parcels.popleft()
                    self.held -= len(data)
                    self.changed.notify_all()
            self.goal.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # nobody is left to deliver to
        with self.changed:
            self.is_over = True
            self.changed.notify_all()
