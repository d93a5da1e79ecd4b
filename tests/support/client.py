"""A client made of a plain socket: it sends exactly the bytes it is told and keeps every byte that comes back."""
import array
import fcntl
import json
import socket
import struct
import termios

from waiting import paced


class Closed(Exception):
    """The server closed before the answer was complete; `so_far` holds what came."""

    def __init__(self, so_far):
        super().__init__(f"closed after {len(so_far)} bytes: {so_far[-300:]!r}")
        self.so_far = so_far


def unread(peer):
    """Bytes that have come and lie in the kernel."""
    count = array.array("i", [0])
    fcntl.ioctl(peer, termios.FIONREAD, count)
    return count[0]


class Response:
    def __init__(self, head, body, raw, whole):
        self.head, self.body, self.raw = head, body, raw
        self.whole = whole  # whether the body ended as its framing says
        lines = head.split(b"\r\n")
        self.status = int(lines[0].split(b" ")[1])
        pairs = [line.decode("latin-1").split(":", 1) for line in lines[1:] if line]
        self.fields = [tuple(part.strip() for part in pair) for pair in pairs]

    def field(self, name, default=None):
        return next((value for key, value in self.fields if key.lower() == name.lower()), default)

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def error(self):
        return self.json["error"]

    @property
    def code(self):
        return self.error["code"]

    @property
    def text(self):
        return self.body.decode()


class Client:
    """REQUIRES: close() at the end, or use as a context manager."""

    def __init__(self, port, seconds=15, record=None):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=seconds)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.held, self.received, self.record = b"", bytearray(), record

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def reset(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def send(self, *parts, pause=0.0):
        """Each part is one write."""
        for part in paced(parts, pause):
            self.socket.sendall(part)
        return self

    def more(self):
        try:
            data = self.socket.recv(1 << 16)
        except ConnectionResetError:
            data = b""
        self.held += data
        self.received += data
        if self.record is not None:
            self.record(data)
        return bool(data)

    def until(self, mark):
        """Reads up to and with `mark`."""
        while mark not in self.held:
            if not self.more():
                raise Closed(self.held)
        got, self.held = self.held.split(mark, 1)
        return got + mark

    def peek_until(self, mark):
        """Reads until `mark` has come, and leaves everything to be read again."""
        while mark not in self.held:
            if not self.more():
                raise Closed(self.held)

    def exactly(self, count):
        while len(self.held) < count:
            if not self.more():
                raise Closed(self.held)
        got, self.held = self.held[:count], self.held[count:]
        return got

    def rest(self):
        """Everything until the server closes."""
        while self.more():
            pass
        got, self.held = self.held, b""
        return got

    def is_closed_by_server(self):
        return self.rest() == b""

    def head(self):
        """The head of the next final answer; 1xx are passed over."""
        while True:
            head = self.until(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 1"):
                return head

    def response(self, of_head_request=False):
        head = self.head()
        answer = Response(head, b"", head, True)
        if of_head_request or answer.status in (204, 304):
            return answer
        try:
            if (answer.field("transfer-encoding") or "").lower() == "chunked":
                answer.body, framed = self.chunks()
            elif answer.field("content-length") is not None:
                answer.body = framed = self.exactly(int(answer.field("content-length")))
            else:
                answer.body = framed = self.rest()
            answer.raw += framed
        except Closed as early:
            answer.whole, answer.body = False, answer.body + early.so_far
        return answer

    def chunks(self):
        body, raw = bytearray(), bytearray()
        try:
            while True:
                line = self.until(b"\r\n")
                raw += line
                size = int(line.split(b";")[0], 16)
                data = self.exactly(size + 2)
                raw += data
                if size == 0:
                    return bytes(body), bytes(raw)
                body += data[:-2]
        except Closed as early:
            raise Closed(bytes(body) + early.so_far) from None
