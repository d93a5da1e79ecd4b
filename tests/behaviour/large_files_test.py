"""Uploads and downloads of any size: the same bytes arrive, and Ferry's memory does not grow with them.

LARGE_FILES=1 takes the sizes of real life, half a gigabyte up and a gigabyte down, where 64 MiB do otherwise."""
import contextlib
import hashlib
import os
import socket
import threading
import unittest

from harness import FerryCase, insert_model
from waiting import eventually

MIB = 1 << 20
IS_LONG = bool(os.environ.get("LARGE_FILES"))
UP = (500 if IS_LONG else 64) * MIB
DOWN = (1024 if IS_LONG else 64) * MIB
BLOCK = hashlib.sha512(b"ferry").digest() * 16384  # 1 MiB
BOUNDARY = "large-files"


class Files:
    """A provider of files: takes what comes and gives blocks without end, and holds none of it."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.base = f"http://127.0.0.1:{self.listener.getsockname()[1]}/v1"
        self.received, self.bytes = hashlib.sha256(), 0
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve_one, args=(peer,), daemon=True).start()

    def serve_one(self, peer):
        with contextlib.suppress(OSError):  # who has seen enough goes
            self.serve(peer)

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def serve(self, peer):
        with peer:
            head = b""
            while b"\r\n\r\n" not in head:
                head += peer.recv(65536)
            head, body = head.split(b"\r\n\r\n", 1)
            if head.startswith(b"GET"):
                peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n"
                             b"Content-Length: %d\r\n\r\n" % DOWN)
                for _ in range(DOWN // MIB):
                    peer.sendall(BLOCK)
                return
            length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            while True:
                self.received.update(body)
                self.bytes += len(body)
                if self.bytes >= length:
                    break
                body = peer.recv(MIB)
            answer = b'{"id":"file-large","object":"file","bytes":1}'
            head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
            peer.sendall(head % len(answer) + answer)


class LargeFiles(FerryCase):
    options = {"limits.multipart_body_bytes": "1GiB", "server.threads": 1}
    rows_for_every_request = False

    @classmethod
    def models(cls):
        cls.files = Files()
        cls.addClassCleanup(cls.files.close)
        return [insert_model("demo", cls.files.base)]

    def memory(self):
        """Resident, in bytes: (now, at most so far)."""
        told = dict(line.split(":\t") for line in open(f"/proc/{self.ferry.process.pid}/status").read().splitlines())
        return tuple(int(told[name].split()[0]) * 1024 for name in ("VmRSS", "VmHWM"))

    def forget_peak(self):
        with open(f"/proc/{self.ferry.process.pid}/clear_refs", "w") as file:
            file.write("5")

    def connect(self):
        peer = socket.create_connection(("127.0.0.1", self.ferry.port))
        self.addCleanup(peer.close)
        return peer

    def grows_by(self, work):
        """What the peak of resident memory is above what was used before."""
        known = len(self.ferry.rows())
        work(MIB)  # once, so that buffers are there, and those of the store too
        eventually(lambda: len(self.ferry.rows()) > known, what="the row of the first one")
        self.forget_peak()
        before, _ = self.memory()
        work(None)
        return self.memory()[1] - before

    def assert_constant(self, growth):
        if not self.ferry.is_sanitized():
            self.assertLess(growth, 2 * MIB)

    def upload(self, size):
        size = size or UP
        front = (f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nbatch\r\n--{BOUNDARY}\r\n'
                 'Content-Disposition: form-data; name="file"; filename="a"\r\n\r\n').encode()
        back = f"\r\n--{BOUNDARY}--\r\n".encode()
        self.files.received, self.files.bytes = hashlib.sha256(), 0
        sent = hashlib.sha256(front)
        peer = self.connect()
        peer.sendall((f"POST /v1/files HTTP/1.1\r\nHost: ferry\r\nAuthorization: Bearer {self.key}\r\n"
                      f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n"
                      f"Content-Length: {len(front) + size + len(back)}\r\n\r\n").encode() + front)
        for _ in range(size // MIB):
            peer.sendall(BLOCK)
            sent.update(BLOCK)
        peer.sendall(back)
        sent.update(back)
        answer = peer.recv(65536)
        self.assertIn(b" 200 ", answer)
        self.assertEqual(self.files.received.hexdigest(), sent.hexdigest())

    def download(self, size):
        peer = self.connect()
        peer.sendall(f"GET /v1/files/file-large/content HTTP/1.1\r\nHost: ferry\r\n"
                     f"Authorization: Bearer {self.key}\r\n\r\n".encode())
        data = b""
        while b"\r\n\r\n" not in data:
            data += peer.recv(65536)
        head, data = data.split(b"\r\n\r\n", 1)
        self.assertIn(b"content-length: %d" % DOWN, head.lower())
        received, got = hashlib.sha256(), 0
        while True:
            received.update(data)
            got += len(data)
            if got >= (size or DOWN):
                break
            data = peer.recv(MIB)
        if size:
            return
        wanted = hashlib.sha256()
        for _ in range(DOWN // MIB):
            wanted.update(BLOCK)
        self.assertEqual(received.hexdigest(), wanted.hexdigest())

    def test_memory_does_not_grow_with_an_upload(self):
        self.assert_constant(self.grows_by(self.upload))

    def test_memory_does_not_grow_with_a_download(self):
        self.assert_constant(self.grows_by(self.download))

    def test_a_download_that_nobody_reads_waits_for_its_client(self):
        peer = self.connect()
        peer.sendall(f"GET /v1/files/file-large/content HTTP/1.1\r\nHost: ferry\r\n"
                     f"Authorization: Bearer {self.key}\r\n\r\n".encode())
        self.assertIn(b" 200 ", peer.recv(64))
        self.forget_peak()
        before, _ = self.memory()
        self.download(None)  # beside it
        self.assert_constant(self.memory()[1] - before)


if __name__ == "__main__":
    unittest.main()
