"""Starts ferry-bench upstream, and speaks to it over raw sockets, so that a test sees the bytes as they came."""
import base64
import json
import os
import socket
import ssl
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def program():
    build = Path(os.environ.get("FERRY_BUILD") or ROOT / "build/dev")
    found = Path(os.environ.get("FERRY_BENCH_BIN") or build / "ferry-bench")
    if not found.exists():
        raise SystemExit(f"{found} is not there: set FERRY_BENCH_BIN, or run cmake --build --preset dev")
    return str(found)


class Mock:
    """One running mock. Stop it with stop(); it must end cleanly."""

    def __init__(self, *options):
        self.folder = tempfile.TemporaryDirectory()
        port_file = Path(self.folder.name) / "port"
        self.process = subprocess.Popen(
            [program(), "upstream", "--port-file", str(port_file), *options], stdout=subprocess.PIPE, text=True)
        self.banner = self.process.stdout.readline()
        self.port = int(port_file.read_text())
        self.is_tls = self.banner.strip().split()[-1].startswith("https")
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        # Python asks OpenSSL 3 to take a missing close_notify for a proper end; these tests tell the two apart.
        self.context.options &= ~ssl.OP_IGNORE_UNEXPECTED_EOF
        self.context.check_hostname = False
        self.context.verify_mode = ssl.CERT_NONE

    def stop(self):
        self.process.terminate()
        code = self.process.wait(10)
        self.process.stdout.close()
        self.folder.cleanup()
        return code

    def connect(self, session=None):
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=10)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if not self.is_tls:
            return plain
        return self.context.wrap_socket(plain, server_hostname="mock.test", session=session)

    def control(self, path, body=None):
        url = f"http{'s' if self.is_tls else ''}://127.0.0.1:{self.port}/_control/{path}"
        context = self.context if self.is_tls else None
        data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        try:
            with urllib.request.urlopen(urllib.request.Request(url, data=data), timeout=15, context=context) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def stats(self, query=""):
        return json.loads(self.control("stats" + query)[1])

    def ledger(self, **query):
        joined = "&".join(f"{name}={value}" for name, value in query.items())
        return [json.loads(line) for line in self.control("ledger?" + joined)[1].splitlines()]

    def settled(self, nonce, count=1):
        """The ledger's entries for this nonce once `count` of them have ended."""
        found = self.ledger(nonce=nonce, wait="ended", count=count)
        assert len(found) >= count, found
        return found


def chat(prompt="hello", action=None, **members):
    """The body of a chat request; `action` travels inside the prompt."""
    marker = "" if action is None else " [[mock " + json.dumps(action) + "]]"
    messages = [{"role": "user", "content": prompt + marker}]
    body = {"model": "mock", "messages": messages, **members}
    return json.dumps(body, ensure_ascii=False).encode()


def post(body, path="/v1/chat/completions", headers=""):
    return f"POST {path} HTTP/1.1\r\nHost: mock\r\n{headers}Content-Length: {len(body)}\r\n\r\n".encode() + body


BOUNDARY = "a-boundary"


def part_head(name, file_name=None):
    """Everything of a form's part that stands before its bytes; they end with a line feed."""
    file = "" if file_name is None else f'; filename="{file_name}"\r\nContent-Type: application/octet-stream'
    return f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'.encode()


FORM_END = f"--{BOUNDARY}--\r\n".encode()
FORM_TYPE = f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n"


def form(*parts):
    """The body of (name, text) and (name, file name, bytes)."""
    coded = b""
    for name, *file_name, data in parts:
        coded += part_head(name, *file_name) + (data.encode() if isinstance(data, str) else data) + b"\r\n"
    return coded + FORM_END


class Answer:
    """One HTTP answer read from a socket, byte by byte if need be; `error` says how it broke off."""

    def __init__(self, connection, buffered=b""):
        self.raw = buffered
        self.reads = []
        self.error = None
        self.status, self.headers, self.body, self.rest = 0, [], b"", b""
        try:
            self._read(connection)
        except (ConnectionError, EOFError, ssl.SSLError) as error:
            self.error = error

    def _more(self, connection):
        got = connection.recv(65536)
        if not got:
            raise EOFError
        self.reads.append(got)
        self.raw += got

    def _until(self, connection, mark, start):
        while (at := self.raw.find(mark, start)) < 0:
            self._more(connection)
        return at

    def _read(self, connection):
        end = self._until(connection, b"\r\n\r\n", 0)
        first, *lines = self.raw[:end].decode("latin-1").split("\r\n")
        self.status = int(first.split()[1])
        self.headers = [tuple(part.strip() for part in line.split(":", 1)) for line in lines]
        at = end + 4
        if self.header("transfer-encoding") == "chunked":
            self._chunks(connection, at)
        elif (length := self.header("content-length")) is not None:
            try:
                while len(self.raw) < at + int(length):
                    self._more(connection)
            finally:
                self.body = self.raw[at:at + int(length)]
            self.rest = self.raw[at + int(length):]
        else:
            try:
                while True:
                    self._more(connection)
            except EOFError:
                self.body = self.raw[at:]

    def _chunks(self, connection, at):
        while True:
            line = self._until(connection, b"\r\n", at)
            size, at = int(self.raw[at:line], 16), line + 2
            try:
                while len(self.raw) < at + size + 2:
                    self._more(connection)
            finally:
                self.body += self.raw[at:at + size]
            at += size + 2
            if size == 0:
                self.rest = self.raw[at:]
                return

    def header(self, name):
        return next((value for key, value in self.headers if key.lower() == name), None)

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def events(self):
        """The data of each event, [DONE] included."""
        blocks = self.body.decode().split("\n\n")
        return [line[6:] for block in blocks for line in block.split("\n") if line.startswith("data: ")]

    @property
    def chunks(self):
        return [json.loads(event) for event in self.events if event != "[DONE]"]

    def text(self, choice=0, member="content"):
        parts = [c["delta"].get(member) for chunk in self.chunks for c in chunk["choices"] if c["index"] == choice]
        return "".join(part for part in parts if part)


def make_certificate(folder):
    certificate, key = str(Path(folder) / "cert.pem"), str(Path(folder) / "key.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", "/CN=mock.test", "-keyout", key, "-out", certificate], check=True, capture_output=True)
    return certificate, key


def base64_of(data):
    return {"base64": base64.b64encode(data).decode()}


def elapsed_ms(work):
    start = time.monotonic()
    result = work()
    return result, (time.monotonic() - start) * 1000


STREAM = {"stream": True}
WITH_USAGE = {"stream": True, "stream_options": {"include_usage": True}}


class MockTest(unittest.TestCase):
    options = ()

    @classmethod
    def setUpClass(cls):
        cls.mock = Mock(*cls.options)

    @classmethod
    def tearDownClass(cls):
        code = cls.mock.stop()
        assert code == 0, f"the mock ended with {code}"

    def setUp(self):
        self.mock.control("reset", b"")
        self.nonce = "nonce:" + self.id().rsplit(".", 1)[-1]

    def ask(self, action=None, prompt="", path="/v1/chat/completions", **members):
        with self.mock.connect() as connection:
            connection.sendall(post(chat(f"{self.nonce} {prompt}", action, **members), path))
            return Answer(connection)

    def call(self, method, path, body=b"", key="one", headers=""):
        """One request under a key: a dict is sent as JSON, a list of parts as a form."""
        if isinstance(body, dict):
            body, headers = json.dumps(body).encode(), headers + "Content-Type: application/json\r\n"
        elif isinstance(body, list):
            body, headers = form(*body), headers + FORM_TYPE
        with self.mock.connect() as connection:
            connection.sendall(f"{method} /v1{path} HTTP/1.1\r\nHost: m\r\nAuthorization: Bearer {key}\r\n{headers}"
                               f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
            return Answer(connection)

    def text(self, action=None, prompt="hello"):
        """A text with the test's nonce and, if there is one, an action."""
        marker = "" if action is None else " [[mock " + json.dumps(action) + "]]"
        return f"{self.nonce} {prompt}{marker}"

    def entry(self, count=1):
        return self.mock.settled(self.nonce[6:], count)[-1]
