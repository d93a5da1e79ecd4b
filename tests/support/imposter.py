"""A scripted upstream: it does byte for byte what a test says, and remembers every byte that reached it.

A request chooses its script by the nonce in its prompt (`nonce-...`); without one it gets `default`. A script is a list
of steps: bytes are sent as they are, a number waits so many seconds, an event is waited for, "stall" waits until the
other side goes, "close" ends the connection (in TLS with its goodbye), "cut" ends it without, "reset" by RST."""
import re
import socket
import struct
import threading
import time

import answers
from slow_way import Way
from waiting import play

RESET, CLOSE, CUT, STALL = "reset", "close", "cut", "stall"
NONCE = re.compile(rb"nonce-[0-9a-z]+")


class Served:
    """One request as it arrived, and what became of its connection."""

    def __init__(self, connection, head, body):
        self.connection, self.head, self.body = connection, head, body
        found = NONCE.search(body) or NONCE.search(head)
        self.nonce = found[0].decode() if found else None
        self.arrived = time.monotonic()
        self.resumed = False  # a TLS session
        self.answered = threading.Event()  # the script has come to its end
        self.gone_at = None  # when the other side was seen to close
        self.gone = threading.Event()

    @property
    def target(self):
        return self.head.split(b" ", 2)[1].decode()

    def fields(self, name):
        lines = self.head.split(b"\r\n")[1:]
        pairs = [line.split(b":", 1) for line in lines if b":" in line]
        return [value.strip().decode() for key, value in pairs if key.lower() == name.lower().encode()]


class Imposter:
    stall_seconds = 30  # it gives up then, and closes

    def __init__(self, tls=None, way=None, listens=True, host="127.0.0.1"):
        """Until it listens its port is its own, and nobody is there."""
        self.tls = tls  # an ssl.SSLContext to serve TLS
        self.way = way or Way()
        self.scripts, self.served, self.raw = {}, [], b""
        self.default = [answers.json_answer(answers.completion())]
        self.connections = 0
        self.open = {}  # the sockets of those that are, by number
        self._changed = threading.Condition()
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener, self._acceptor = socket.socket(family), None
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind((host, 0))
        self.port = self._listener.getsockname()[1]
        self.base = f"{'https' if tls else 'http'}://{f'[{host}]' if ':' in host else host}:{self.port}/v1"
        if listens:
            self.listen()

    def listen(self):
        self.way.shape(self._listener)
        self._listener.listen(512)
        self._acceptor = threading.Thread(target=self._accept, daemon=True)
        self._acceptor.start()

    @property
    def listens(self):
        return self._acceptor is not None

    def on(self, nonce, *steps):
        self.scripts[nonce] = list(steps)

    def script_for(self, request):
        return self.scripts.get(request.nonce, self.default)

    def close(self):
        # A thread that is left in accept() is a trap: a signal, as of a child that stops while the main thread starts
        # another one, makes the kernel begin that call anew, with the same number, which is the next listener's by now.
        if self.listens:
            self._listener.shutdown(socket.SHUT_RDWR)
            self._acceptor.join()
        self._listener.close()

    def requests(self, nonce):
        return [one for one in list(self.served) if one.nonce == nonce]

    def wait_for(self, nonce, count=1, seconds=5):
        """The count-th request with this nonce; waits for it."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self.requests(nonce)) >= count, seconds):
                raise AssertionError(f"request {count} with {nonce} did not reach the upstream in {seconds} s")
        return self.requests(nonce)[count - 1]

    def _accept(self):
        while True:
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(peer, self.connections), daemon=True).start()

    def _serve(self, peer, number):
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        peer = self.way.through(peer)
        try:
            if self.tls:
                peer = self.tls.wrap_socket(peer, server_side=True)
            self.open[number] = peer
            reader = Reader(peer, self)
            while request := reader.request(number):
                request.resumed = bool(self.tls and peer.session_reused)
                with self._changed:
                    self.served.append(request)
                    self._changed.notify_all()
                script = self.script_for(request)
                # A list of scripts answers the first request with the first of them, and so on.
                if script and isinstance(script[0], list):
                    script = script[min(len(self.requests(request.nonce)), len(script)) - 1]
                if not self._play(peer, request, script):
                    return
        except OSError:
            pass
        finally:
            self.open.pop(number, None)
            peer.close()

    def hang_up(self, number):
        """Closes a connection that waits for a request, in TLS without its goodbye."""
        self.open[number].shutdown(socket.SHUT_RDWR)

    def _play(self, peer, request, script):
        """Whether the connection goes on."""
        try:
            for step in script:
                if isinstance(step, bytes):
                    peer.sendall(step)
                elif isinstance(step, (int, float)):
                    play(step)
                elif isinstance(step, threading.Event):
                    step.wait(20)
                elif step == RESET:
                    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    return False
                elif step == CLOSE:
                    self._say_goodbye(peer)
                    return False
                elif step == CUT:
                    return False
                elif step == STALL:
                    self._watch(peer, request)
                    return False
            return True
        except OSError:
            self._mark_gone(request)
            raise
        finally:
            request.answered.set()

    def _say_goodbye(self, peer):
        if self.tls:
            peer.settimeout(1)
            try:
                peer.unwrap()
            except OSError:
                pass

    def _watch(self, peer, request):
        peer.settimeout(self.stall_seconds)
        try:
            while peer.recv(65536):
                pass
        except OSError:
            pass
        self._mark_gone(request)

    @staticmethod
    def _mark_gone(request):
        request.gone_at = time.monotonic()
        request.gone.set()


class Reader:
    """Requests from one connection. A request that ends early is not one; its bytes are remembered all the same."""

    def __init__(self, peer, owner):
        self.peer, self.owner, self.held = peer, owner, b""
        self.interim_due = None

    def more(self):
        data = self.receive()
        self.owner.raw += data
        self.held += data
        return bool(data)

    def receive(self):
        if self.interim_due is not None:
            try:
                self.peer.settimeout(max(0.001, self.interim_due - time.monotonic()))
                return self.peer.recv(1 << 16)
            except TimeoutError:
                self.interim_due = None
            finally:
                self.peer.settimeout(None)
            self.peer.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        return self.peer.recv(1 << 16)

    def until(self, mark):
        while mark not in self.held:
            if not self.more():
                return None
        got, self.held = self.held.split(mark, 1)
        return got + mark

    def exactly(self, count):
        while len(self.held) < count:
            if not self.more():
                return None
        got, self.held = self.held[:count], self.held[count:]
        return got

    def request(self, number):
        head = self.until(b"\r\n\r\n")
        if head is None:
            return None
        if after := self.owner.way.interim_after:
            self.interim_due = time.monotonic() + after
        length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
        body = b""
        if length:
            body = self.exactly(int(length[1]))
        elif re.search(rb"(?i)\r\ntransfer-encoding: *chunked", head):
            body = self.chunked()
        self.interim_due = None
        return None if body is None else Served(number, head, body)

    def chunked(self):
        body = b""
        while True:
            line = self.until(b"\r\n")
            if line is None:
                return None
            size = int(line.split(b";")[0], 16)
            data = self.exactly(size + 2)
            if data is None:
                return None
            if size == 0:
                return body
            body += data[:-2]
