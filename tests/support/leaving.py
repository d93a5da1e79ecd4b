"""What the tests about clients that leave stand on: scenes that are played up to a phase at the same time, upstreams
that say nothing, and the time from a client's leaving to the end of what it left behind."""
import collections
import datetime
import json
import select
import socket
import struct
import threading
import time
from dataclasses import dataclass, field

from client import unread
from waiting import eventually

SHOWN = object()  # a step of a script: the client has what came before


class Peer:
    """A connection to a silent listener."""

    def __init__(self, peer):
        self.socket, self.gone_at, self.gone = peer, None, threading.Event()


class Silence:
    """Listeners that take connections, read nothing, and note when the other side has gone."""

    def __init__(self):
        self._poll, self._listeners, self._open = select.epoll(), {}, {}
        self.peers = collections.defaultdict(list)  # by the name of the listener
        self._ends, self._end = socket.socketpair()
        self._poll.register(self._ends, select.EPOLLIN)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def listen(self, name):
        """The port. Its connections take a few KiB before they are full."""
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        self._listeners[listener.fileno()] = (name, listener)
        self._poll.register(listener, select.EPOLLIN)
        return listener.getsockname()[1]

    def close(self):
        self._end.close()
        self._thread.join()
        every = [listener for _, listener in self._listeners.values()]
        for one in [*every, *(peer.socket for peers in self.peers.values() for peer in peers), self._ends]:
            one.close()
        self._poll.close()

    def _run(self):
        while True:
            for number, events in self._poll.poll():
                if number == self._ends.fileno():
                    return
                if number in self._listeners:
                    name, listener = self._listeners[number]
                    made = Peer(listener.accept()[0])
                    self._open[made.socket.fileno()] = made
                    self._poll.register(made.socket, select.EPOLLRDHUP)  # and errors
                    self.peers[name].append(made)
                elif events:
                    left = self._open.pop(number)
                    self._poll.unregister(number)
                    left.gone_at = time.monotonic()
                    left.gone.set()


def full_listener():
    """(port, sockets to close): nobody who connects gets as far as a handshake."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    first = socket.create_connection(listener.getsockname())
    return listener.getsockname()[1], [listener, first]


def connecting_to(port):
    """How many connections to it are not made yet."""
    with open("/proc/net/tcp") as table:
        lines = [line.split() for line in table.readlines()[1:]]
    return sum(line[3] == "02" and int(line[2].split(":")[1], 16) == port for line in lines)


@dataclass
class Phase:
    """`first` and `then`: what the upstream and the spare one do. `at`: who sees the end, "upstream", "spare" or
    "silence"; "books": nobody, but the access log tells of it; "log": and the books were not open yet; "nobody"."""

    first: list = field(default_factory=lambda: ["stall"])
    then: list = field(default_factory=list)
    at: str = "upstream"
    model: str = "alone"  # {scene}: a row of its own
    stream: bool = True
    shows: bytes = b""  # what the client has read of its answer
    reads: bool = True  # False: it takes nothing, and there is more than fits between it and the upstream
    filler: int = 0  # bytes of its request
    key: str = None
    cut: int = 0  # bytes of its request that are not sent
    ahead: int = 0  # bytes of the body of another request, sent behind it
    waits: object = None  # for the phase, where nothing else tells
    members: dict = field(default_factory=dict)
    path: str = "/v1/chat/completions"

    @property
    def has_row(self):
        return self.at not in ("log", "nobody")


class Scene:
    """A phase, and how its client leaves. May be played again and again."""

    def __init__(self, case, name, phase, how):
        self.case, self.phase, self.how, self.played = case, phase, how, 0
        self.name = f"{name} {how}".replace(" ", "-")

    def begin(self):
        case, phase = self.case, self.phase
        self.shown = threading.Event()
        steps = [[self.shown if step is SHOWN else step for step in script] for script in (phase.first, phase.then)]
        self.nonce = case.nonce(*steps[0])
        case.spare.on(self.nonce, *steps[1])
        self.played += 1
        self.client = case.client()
        if not phase.reads:
            self.client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
        more = {"filler": "x" * phase.filler} if phase.filler else phase.members
        body = case.body(self.nonce, model=phase.model.format(scene=self.name), stream=phase.stream, **more)
        key = case.keys[f"{phase.key} {self.how}"] if phase.key else None
        request = case.request(body, nonce=self.nonce, key=key, path=phase.path)
        self.client.send(request[: len(request) - phase.cut])
        if phase.ahead:
            self.client.send(case.request(b"x" * phase.ahead))

    def begin_to_read(self):
        if SHOWN in self.phase.first:
            self.client.peek_until(b"data: {")
            self.shown.set()

    def reach(self):
        """Waits until it is in its phase."""
        phase, case = self.phase, self.case
        if phase.at in ("upstream", "spare"):
            self.seen = getattr(case, phase.at).wait_for(self.nonce)
        elif phase.at == "silence":
            self.seen = eventually(self.silent_peer, what=f"a connection of {self.name}")
        if phase.shows:
            self.client.peek_until(phase.shows)
        if not phase.reads:
            eventually(lambda: unread(self.client.socket) > 0)
        if phase.waits:
            eventually(lambda: phase.waits(self), what=self.name)

    def silent_peer(self):
        """Once it has been asked something."""
        peers = self.case.silence.peers[self.name]
        return peers[-1] if len(peers) == self.played and unread(peers[-1].socket) > 0 else None

    def is_told_to_wait(self):
        """The answer that says so was read."""
        asked = self.case.upstream.requests(self.nonce)
        return asked and asked[0].answered.is_set()

    def is_hedged(self):
        return self.case.spare.requests(self.nonce)

    def leave(self):
        peer = self.client.socket
        self.left, self.left_at = time.monotonic(), time.time()
        if self.how == "goodbye":
            peer.setblocking(False)
            try:
                peer.unwrap()
            except OSError:
                pass  # nobody waits for what the other side says to that
        elif self.how == "reset":
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        peer.close()

    def took(self, ends):
        """Seconds until it was over; None where that shows nowhere. `ends`: what the access log says."""
        if self.phase.at == "nobody":
            return None
        if self.phase.at in ("books", "log"):
            return ends[self.nonce] - self.left_at
        assert self.seen.gone.wait(5), f"{self.name}: the upstream request was never cancelled"
        return self.seen.gone_at - self.left


def ends_of(output, nonces):
    """{nonce: when it ended}, by the lines of the access log."""
    lines = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    return {line["client_request_id"]: datetime.datetime.fromisoformat(line["time"].replace("Z", "+00:00")).timestamp()
            for line in lines if line.get("client_request_id") in nonces}


def play(scenes):
    """All of them at the same time, up to their phases; then all clients leave."""
    for step in (Scene.begin, Scene.begin_to_read, Scene.reach, Scene.leave):
        for one in scenes:
            step(one)
