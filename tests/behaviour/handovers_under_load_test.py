"""Hand-over after hand-over under streams and short requests: nobody is refused, no body broken, every row there once.

Knobs: HANDOVERS (default 20), HANDOVER_STREAMS (200)."""
import asyncio
import json
import os
import unittest

from ferry import Ferry
from many_streams_test import Stream
from mock import FerryBeforeMock
from postgres import Cluster
from postgres_case import PostgresFerry
from successors import adopt_orphans, hand_over, kill_successors
from waiting import eventually, play_async

HANDOVERS = int(os.environ.get("HANDOVERS", "20"))
STREAMS = int(os.environ.get("HANDOVER_STREAMS", "200"))
SHORT = 8  # clients of each kind
CHUNKS, INTERVAL_MS = 15, 100
BETWEEN = 100  # requests between a process that serves and the next signal


class HandoversUnderLoad(unittest.TestCase):
    hand_overs, streams = HANDOVERS, STREAMS

    def make_ferry(self, options):
        return Ferry(options)

    def test_nobody_is_refused_nothing_is_broken_and_every_row_is_there_once(self):
        adopt_orphans()
        options = {"server.threads": 2, "usage.flush_interval": "100ms", "server.drain_timeout": "20s"}
        with FerryBeforeMock(
            ferry_options=options, mock_options=["--sha256"], make_ferry=self.make_ferry,
        ) as both:
            self.addCleanup(kill_successors, both.ferry)
            self.both, self.sent, self.wrong, self.streamed, self.reused = both, 0, [], {}, 0
            drained = asyncio.run(self.work())
            self.assertEqual(self.wrong[:5], [], f"{len(self.wrong)} of {self.sent} requests")
            codes = [one.wait(30) for one in drained]
            self.assertEqual(codes, [0] * self.hand_overs)
            self.assertEqual(both.ferry.stop(), 0, both.ferry.log[-3000:])
            self.check_bodies()
            self.check_rows()
            self.assertEqual(both.ferry.complaints(), [])
            self.assertGreater(self.reused, self.hand_overs)
            print(f"{self.hand_overs} hand-overs under {self.streams} streams: {self.sent} requests, "
                  f"{len(self.streamed)} of them streams, {self.reused} on a connection that had been used: "
                  "0 broken, 0 refused")

    async def work(self):
        self.going = True
        streams = [asyncio.create_task(self.stream_on()) for _ in range(self.streams)]
        others = [asyncio.create_task(self.ask_on(kind == "kept")) for kind in ("kept", "fresh") for _ in range(SHORT)]
        drained = []
        await self.more_requests()
        for _ in range(self.hand_overs):
            drained.append(await asyncio.to_thread(hand_over, self.both.ferry))
            await self.more_requests()
        self.going = False
        for result in await asyncio.gather(*streams, *others, return_exceptions=True):
            if result is not None:
                self.wrong.append(repr(result))
        return drained

    async def more_requests(self):
        wanted = self.sent + BETWEEN
        await asyncio.to_thread(eventually, lambda: self.sent >= wanted, 60, "requests between two signals")

    def request(self, **members):
        self.sent += 1
        name = f"r{self.sent}"
        action = {"chunks": CHUNKS, "interval_ms": INTERVAL_MS, "sha256": True} if members else {}
        body = json.dumps({"model": "mock", **members,
                           "messages": [{"role": "user", "content": f"nonce:{name} [[mock {json.dumps(action)}]]"}]})
        head = (f"POST /v1/chat/completions HTTP/1.1\r\nHost: f\r\nAuthorization: Bearer {self.both.key}\r\n"
                f"x-request-id: {name}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n")
        return name, (head + body).encode()

    async def stream_on(self):
        """One stream after the other, each on a connection of its own."""
        while self.going:
            name, request = self.request(stream=True, stream_options={"include_usage": True})
            stream = Stream(request)
            await asyncio.get_running_loop().create_connection(lambda: stream, "127.0.0.1", self.both.ferry.port)
            how = await asyncio.wait_for(stream.ended, 60)
            if (how, stream.status) != ("whole", 200) or not stream.tail.endswith(b"data: [DONE]\n\n"):
                self.wrong.append((name, how, stream.status, stream.held[:300]))
            self.streamed[name] = stream.hash.hexdigest()

    async def ask_on(self, keeps):
        """Short requests: on a connection as long as the answers let it live, or each on a new one."""
        while self.going:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.both.ferry.port)
            is_first = lives = True
            while lives and self.going:
                name, request = self.request()
                self.reused += not is_first
                try:
                    writer.write(request)
                    head = (await reader.readuntil(b"\r\n\r\n")).lower()
                    length = int(head.split(b"content-length: ")[1].split(b"\r\n")[0])
                    json.loads(await reader.readexactly(length))
                except (OSError, asyncio.IncompleteReadError) as error:
                    self.wrong.append((name, repr(error), "new" if is_first else "used before"))
                    break
                if not head.startswith(b"http/1.1 200 "):
                    self.wrong.append((name, head))
                lives = keeps and b"\r\nconnection: close\r\n" not in head
                is_first = False
                await play_async(0.01)
            writer.close()

    def check_bodies(self):
        served = {entry["nonce"]: entry["sha256"] for entry in self.both.mock.ledger()}
        self.assertEqual({name: served.get(name) for name in self.streamed}, self.streamed)

    def check_rows(self):
        rows = self.both.ferry.rows("SELECT client_request_id AS name, status, basis FROM usage_records")
        self.assertEqual(sorted(row["name"] for row in rows), sorted(f"r{n}" for n in range(1, self.sent + 1)))
        self.assertEqual([row for row in rows if (row["status"], row["basis"]) != (200, "provider")], [])


class HandoversOverOnePostgres(HandoversUnderLoad):
    """Two processes with one database, one journal folder and one snapshot file."""

    hand_overs, streams = 5, 50

    def make_ferry(self, options):
        cluster = Cluster().start()
        self.addCleanup(cluster.remove)
        return PostgresFerry(cluster, cluster.new_database(), options)
