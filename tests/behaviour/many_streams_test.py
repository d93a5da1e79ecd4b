"""Many streams on one core: each body arrives as it was served, and memory per stream is measured.

Knobs: STREAMS (default 200), STREAM_SECONDS (5), STREAM_INTERVAL_MS (100)."""
import asyncio
import hashlib
import json
import os
import time
import unittest

from mock import FerryBeforeMock

STREAMS = int(os.environ.get("STREAMS", "200"))
SECONDS = float(os.environ.get("STREAM_SECONDS", "5"))
INTERVAL_MS = int(os.environ.get("STREAM_INTERVAL_MS", "100"))
CHUNKS = max(1, int(SECONDS * 1000 / INTERVAL_MS))


class Stream(asyncio.Protocol):
    """One client: takes the chunked framing off as it comes and hashes what is inside."""

    def __init__(self, request):
        self.request, self.held, self.left = request, b"", 0
        self.hash, self.size, self.status, self.begun = hashlib.sha256(), 0, 0, False
        self.tail = b""
        self.ended = asyncio.get_running_loop().create_future()

    def connection_made(self, transport):
        self.transport = transport
        transport.write(self.request)

    def data_received(self, data):
        self.held += data
        if not self.begun:
            head, mark, self.held = self.held.partition(b"\r\n\r\n")
            if not mark:
                self.held = head
                return
            self.status, self.begun = int(head.split()[1]), True
        while self.take():
            pass

    def take(self):
        """Takes one chunk; False when more bytes are needed."""
        line, mark, rest = self.held.partition(b"\r\n")
        if not mark:
            return False
        size = int(line, 16)
        if len(rest) < size + 2:
            return False
        self.hash.update(rest[:size])
        self.size += size
        self.tail = (self.tail + rest[:size])[-16:]
        self.held = rest[size + 2 :]
        if size == 0:
            self.transport.close()
            self.finish("whole")
            return False
        return True

    def connection_lost(self, _):
        self.finish("closed")

    def finish(self, how):
        if not self.ended.done():
            self.ended.set_result(how)


class ManyStreams(unittest.TestCase):
    def test_every_body_arrives_as_it_was_served(self):
        options = {"server.threads": 1, "usage.flush_interval": "100ms"}
        with FerryBeforeMock(ferry_options=options, mock_options=["--sha256"]) as both:
            self.both = both
            streams, resident = asyncio.run(self.stream_all())
            wrong = [one for one in streams if one.how != "whole" or one.status != 200]
            self.assertEqual([(one.how, one.status, one.held[:300]) for one in wrong[:3]], [])
            served = {entry["nonce"]: entry for entry in both.mock.ledger()}
            for number, one in enumerate(streams):
                entry = served[f"s{number}"]
                self.assertEqual(one.hash.hexdigest(), entry["sha256"], f"stream {number}: {one.size} bytes, {entry}")
                self.assertTrue(one.tail.endswith(b"data: [DONE]\n\n"))
            idle, peak = resident
            print(f"{STREAMS} streams x {CHUNKS} events: resident {idle} KiB idle, {peak} KiB at most, "
                  f"{(peak - idle) / STREAMS:.1f} KiB per stream; CPU {self.cpu_seconds():.1f} s")
            self.assertEqual(both.ferry.stop(), 0, both.ferry.log[-3000:])
            self.assertEqual(both.ferry.complaints(), [])
            rows = both.ferry.rows("SELECT count(*) AS n FROM usage_records WHERE basis = 'provider' AND status = 200")
            self.assertEqual(rows[0]["n"], STREAMS)

    def cpu_seconds(self):
        with open(f"/proc/{self.both.ferry.process.pid}/stat") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def request(self, number):
        action = {"chunks": CHUNKS, "interval_ms": INTERVAL_MS, "sha256": True}
        body = json.dumps({
            "model": "mock", "stream": True, "stream_options": {"include_usage": True},
            "messages": [{"role": "user", "content": f"nonce:s{number} [[mock {json.dumps(action)}]]"}],
        })
        return (f"POST /v1/chat/completions HTTP/1.1\r\nHost: f\r\nAuthorization: Bearer {self.both.key}\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}").encode()

    async def stream_all(self):
        loop = asyncio.get_running_loop()
        idle = peak = self.both.ferry.resident_kib()
        streams = []
        for number in range(STREAMS):
            stream = Stream(self.request(number))
            await loop.create_connection(lambda made=stream: made, "127.0.0.1", self.both.ferry.port)
            streams.append(stream)
        limit = time.monotonic() + SECONDS * 4 + 60
        pending = {one.ended for one in streams}
        while pending:
            _, pending = await asyncio.wait(pending, timeout=0.5)
            peak = max(peak, self.both.ferry.resident_kib())
            self.assertLess(time.monotonic(), limit, f"{len(pending)} streams have not ended")
        for one in streams:
            one.how = one.ended.result()
        return streams, (idle, peak)
