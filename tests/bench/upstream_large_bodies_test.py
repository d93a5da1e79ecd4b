"""ferry-bench upstream takes and gives bodies of any size in constant memory, and knows what they were."""
import hashlib
import json
import re
import tempfile
import unittest
from pathlib import Path

from raw_mock import FORM_END, FORM_TYPE, Answer, MockTest, chat, make_certificate, part_head, post

MIB = 1 << 20
BLOCK = bytes(range(251)) * 4177  # a little below a MiB, and of no even length


class WithLargeBodies(MockTest):
    options = ("--sha256",)

    def memory(self, name):
        status = Path(f"/proc/{self.mock.process.pid}/status").read_text()
        return int(re.search(rf"^{name}:\s+(\d+) kB", status, re.M)[1]) * 1024

    def assert_constant_memory(self, before):
        self.assertLess(self.memory("VmHWM") - before, 32 * MIB)

    def send_form(self, connection, blocks, headers="", note=None):
        """A file of so many blocks, and behind it the text that names the test. Returns the body's size and hashes."""
        before = part_head("file", "large.bin")
        after = b"\r\n" + part_head("purpose") + b"batch\r\n" + part_head("note") + \
            (note or self.text()).encode() + b"\r\n" + FORM_END
        size = len(before) + blocks * len(BLOCK) + len(after)
        file_hash, body_hash = hashlib.sha256(), hashlib.sha256(before)
        connection.sendall(f"POST /v1/files HTTP/1.1\r\nAuthorization: Bearer one\r\n{FORM_TYPE}{headers}"
                           f"Content-Length: {size}\r\n\r\n".encode() + before)
        for _ in range(blocks):
            connection.sendall(BLOCK)
            file_hash.update(BLOCK)
            body_hash.update(BLOCK)
        connection.sendall(after)
        body_hash.update(after)
        return size, file_hash.hexdigest(), body_hash.hexdigest()

    def upload(self, blocks):
        with self.mock.connect() as connection:
            sent = self.send_form(connection, blocks)
            return Answer(connection), *sent


class Streamed:
    def test_a_large_upload_is_not_held(self):
        before = self.memory("VmRSS")
        answer, size, file_hash, body_hash = self.upload(100)
        self.assert_constant_memory(before)
        self.assertEqual((answer.status, answer.json["bytes"]), (200, 100 * len(BLOCK)))
        entry = self.entry()
        self.assertEqual((entry["received_bytes"], entry["received_sha256"]), (size, body_hash))
        self.assertEqual((entry["units"], entry["whole"], entry["operation"]),
                         (100 * len(BLOCK), True, "files.create"))
        self.assertEqual((entry["parts"][0]["bytes"], entry["parts"][0]["sha256"]), (100 * len(BLOCK), file_hash))
        self.assertEqual(len(entry["body"]), MIB)
        self.assertTrue(entry["body"].startswith("--a-boundary"))

    def test_a_large_download_is_not_held(self):
        self.mock.control("script", [{"match": {"operation": "files.content"}, "action": {"bytes": 128 * MIB}}])
        file = self.call("POST", "/files", [("purpose", "batch"), ("file", "x", b"x")]).json["id"]
        before = self.memory("VmRSS")
        hash, got, want = hashlib.sha256(), 0, None
        with self.mock.connect() as connection:
            connection.sendall(f"GET /v1/files/{file}/content HTTP/1.1\r\nAuthorization: Bearer one\r\n\r\n".encode())
            head, rest = connection.recv(65536).split(b"\r\n\r\n", 1)
            self.assertIn(b"Content-Length: %d" % (128 * MIB), head)
            while rest:
                hash.update(rest)
                got += len(rest)
                rest = connection.recv(MIB) if got < 128 * MIB else b""
        self.assert_constant_memory(before)
        entry = self.mock.ledger(wait="ended", count=2)[-1]
        self.assertEqual((entry["body_bytes"], entry["units"], got), (128 * MIB, 128 * MIB, 128 * MIB))
        self.assertEqual(entry["sha256"], hash.hexdigest())

    def test_requests_before_and_behind_a_large_one_are_answered(self):
        with self.mock.connect() as connection:
            connection.sendall(post(chat("before")))
            self.assertEqual(Answer(connection).status, 200)
            self.send_form(connection, 3)
            connection.sendall(post(chat("behind")))
            answer = Answer(connection)
            self.assertEqual((answer.status, Answer(connection, answer.rest).status), (200, 200))


class LargeBodies(Streamed, WithLargeBodies):
    def test_what_was_not_kept_is_given_back_as_as_many_other_bytes(self):
        file = self.upload(3)[0].json
        first, again = (self.call("GET", f"/files/{file['id']}/content").body for _ in range(2))
        self.assertEqual(len(first), 3 * len(BLOCK))
        self.assertEqual(first, again)
        self.assertNotEqual(first, BLOCK * 3)

    def test_a_large_body_in_the_smallest_chunks_is_taken_apart_all_the_same(self):
        texts = {f"name{i}": "v" * i for i in range(40)}
        tail = b"".join(b"\r\n" + part_head(name) + value.encode() for name, value in texts.items())
        tail += b"\r\n" + part_head("last") + b"\r\n--a-boundar\r\n-\r\n" + self.nonce.encode() + b"\r\n" + FORM_END
        first = part_head("purpose") + b"batch\r\n" + part_head("file", "f") + BLOCK * 2
        chunked = b"%x\r\n%s\r\n" % (len(first), first) + b"".join(b"1\r\n%c\r\n" % byte for byte in tail)
        with self.mock.connect() as connection:
            connection.sendall(b"POST /v1/files HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + FORM_TYPE.encode() +
                               b"\r\n" + chunked + b"0\r\n\r\n" + post(chat("behind it")))
            answer = Answer(connection)
            self.assertEqual((answer.status, Answer(connection, answer.rest).status), (200, 200))
        entry = self.entry()
        self.assertEqual({p["name"]: p["bytes"] for p in entry["parts"][2:-1]}, {n: len(v) for n, v in texts.items()})
        last = b"\r\n--a-boundar\r\n-\r\n" + self.nonce.encode()
        self.assertEqual(entry["parts"][-1]["sha256"], hashlib.sha256(last).hexdigest())
        self.assertEqual(entry["received_sha256"], hashlib.sha256(first + tail).hexdigest())
        self.assertEqual(entry["body_framing"], "chunked")

    def test_actions_apply_to_large_requests(self):
        with self.mock.connect() as connection:
            self.send_form(connection, 2, note=self.text({"status": 503, "retry_after": 2}))
            answer = Answer(connection)
        self.assertEqual((answer.status, answer.header("retry-after")), (503, "2"))
        self.assertEqual(self.entry()["units"], 0)

    def test_other_large_bodies_are_known_by_their_beginning(self):
        before = self.memory("VmRSS")
        head = json.dumps({"model": "big", "stream": True, "input": self.text()}).encode()[:-1] + b', "x": "'
        size = len(head) + 70 * len(BLOCK) + 2
        with self.mock.connect() as connection:
            connection.sendall(f"POST /v1/moderations HTTP/1.1\r\nContent-Length: {size}\r\n\r\n".encode() + head)
            for _ in range(70):
                connection.sendall(BLOCK)
            connection.sendall(b'"}')
            self.assertEqual(Answer(connection).status, 400)
        self.assert_constant_memory(before)
        entry = self.entry()
        self.assertEqual((entry["model"], entry["stream"], entry["received_bytes"]), ("big", False, size))

    def test_a_client_that_waits_for_100_continue_gets_it(self):
        with self.mock.connect() as connection:
            connection.sendall(f"POST /v1/files HTTP/1.1\r\n{FORM_TYPE}Expect: 100-continue\r\n"
                               f"Content-Length: {9 * MIB}\r\n\r\n".encode())
            self.assertEqual(connection.recv(100), b"HTTP/1.1 100 Continue\r\n\r\n")

    def test_who_leaves_in_mid_upload_is_recorded_with_what_came(self):
        with self.mock.connect() as connection:
            connection.sendall(f"POST /v1/files?x=1 HTTP/1.1\r\n{FORM_TYPE}Content-Length: {99 * MIB}\r\n\r\n".encode()
                               + BLOCK * 2)
        entry, = self.mock.ledger(wait="ended")
        self.assertEqual((entry["whole"], entry["end"], entry["target"]), (False, "client_gone", "/v1/files?x=1"))
        self.assertEqual(entry["received_bytes"], 2 * len(BLOCK))
        self.assertEqual(entry["received_sha256"], hashlib.sha256(BLOCK * 2).hexdigest())

    def test_a_form_without_its_end_is_refused(self):
        body = part_head("file", "f") + BLOCK * 2
        with self.mock.connect() as connection:
            connection.sendall(post(body, "/v1/files", FORM_TYPE))
            answer = Answer(connection)
        self.assertEqual(answer.status, 400)
        self.assertIn("closing boundary", answer.json["error"]["message"])


class LargeBodiesOverTls(Streamed, WithLargeBodies):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        certificate, key = make_certificate(cls.folder.name)
        cls.options = ("--sha256", "--tls-cert", certificate, "--tls-key", key)
        super().setUpClass()

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        cls.folder.cleanup()


if __name__ == "__main__":
    unittest.main()
