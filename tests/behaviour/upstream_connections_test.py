"""How connections to providers come about: which address of a name, how many, and with whose certificate."""
import socket
import time

import answers
from harness import FerryCase, insert_model
from imposter import Imposter


class Swallowing:
    """A port on 127.0.0.1 that takes no connection and refuses none: its backlog is full."""

    def __init__(self, port):
        self.listener = socket.socket()
        self.listener.bind(("127.0.0.1", port))
        self.listener.listen(0)
        self.fillers = [socket.socket() for _ in range(8)]
        for one in self.fillers:
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))

    def close(self):
        for one in [self.listener, *self.fillers]:
            one.close()


class AddressesRace(FerryCase):
    """`localhost` is 127.0.0.1 and ::1."""

    options = {"server.threads": 1}

    @classmethod
    def make_upstream(cls):
        return Imposter(host="::1")

    @classmethod
    def models(cls):
        return [insert_model("demo", f"http://localhost:{cls.upstream.port}/v1")]

    def test_an_address_that_swallows_packets_delays_one_request_by_a_moment(self):
        silent = Swallowing(self.upstream.port)
        self.addCleanup(silent.close)
        waits = []
        for _ in range(2):
            nonce = self.nonce(answers.json_answer(answers.completion(), 200, "Connection: close"), "close")
            began = time.monotonic()
            answer = self.chat(nonce)
            waits.append(time.monotonic() - began)
            self.assertEqual((answer.status, answer.field("x-ferry-attempts")), (200, "1"), answer.raw)
        self.assertEqual(self.upstream.connections, 2)
        self.assertGreater(waits[0], 0.25, "nobody swallowed anything")
        self.assertLess(waits[0], 2, "an even share of timeouts.connect would be 2.5 s")
        self.assertLess(waits[1], 0.25, "the address that worked is not remembered")
