"""With stream.on_disconnect = "drain" an answer is read on without its client, for its exact usage, within limits."""
import json
import socket
import threading
import time

import answers
from harness import FerryCase, insert_model
from own_ferry import OwnFerry


def tags(row):
    return json.loads(row["tags"] or "[]")


def rest(*events):
    return [*map(answers.as_chunk, [*events, answers.DONE]), answers.LAST_CHUNK]


USAGE = rest(answers.chunk("more"), answers.chunk(finish="stop"), answers.usage_chunk(70, 50))
DRAIN, CUT = "'{\"on_disconnect\":\"drain\"}'", "'{\"on_disconnect\":\"cut\"}'"


class Leaving(FerryCase):
    def leave(self, *steps, **members):
        """In the middle of a stream; Ferry has let the client go when the nonce is returned."""
        nonce = self.nonce(answers.stream_head(), *map(answers.as_chunk, answers.words()), *steps)
        client = self.client()
        client.send(self.request(self.body(nonce, stream=True, **members), nonce=nonce))
        client.until(b"word2")
        self.let_go(client)
        return nonce

    def let_go(self, client):
        """The client says that it leaves, and waits until the connection ends: then Ferry knows."""
        client.socket.shutdown(socket.SHUT_WR)
        client.socket.settimeout(10)
        try:
            while client.socket.recv(65536):
                pass
        except ConnectionResetError:
            pass

    def assert_drained(self, nonce, **wanted):
        row = self.assert_row(nonce, status=499, end_reason="client_gone", **wanted)
        self.assertIn("drained", tags(row))
        return row


class Drained(Leaving):
    options = {"stream.on_disconnect": "drain", "server.threads": 1}

    @classmethod
    def models(cls):
        return [insert_model("demo", cls.upstream.base), insert_model("cutting", cls.upstream.base, capabilities=CUT)]

    def test_a_stream_is_read_on_for_its_usage_and_its_client_is_let_go(self):
        go = threading.Event()
        nonce = self.leave(go, *USAGE)  # the connection ends although the answer has not
        self.assertFalse(self.upstream.wait_for(nonce).gone.is_set())
        go.set()
        self.assert_drained(nonce, basis="provider", prompt_tokens=70, completion_tokens=50)

    def test_a_connection_that_was_drained_serves_others(self):
        go = threading.Event()
        nonce = self.leave(go, *USAGE)
        go.set()
        self.assert_drained(nonce, basis="provider")
        after = self.nonce()
        self.chat(after)
        self.assertEqual(self.upstream.wait_for(after).connection, self.upstream.wait_for(nonce).connection)

    def test_a_whole_answer_is_waited_for(self):
        go = threading.Event()
        nonce = self.nonce(go, answers.json_answer(answers.completion(tokens=(70, 50))))
        client = self.client()
        client.send(self.request(self.body(nonce), nonce=nonce))
        seen = self.upstream.wait_for(nonce)
        self.let_go(client)
        self.assertFalse(seen.gone.is_set(), "the upstream was closed")
        go.set()
        self.assert_drained(nonce, basis="provider", prompt_tokens=70, completion_tokens=50)

    def test_a_failure_of_the_provider_is_not_tried_again_for_nobody(self):
        go = threading.Event()
        nonce = self.nonce(go, answers.error_answer(500))
        client = self.client()
        client.send(self.request(self.body(nonce), nonce=nonce))
        self.upstream.wait_for(nonce)
        self.let_go(client)
        go.set()
        self.assert_drained(nonce, basis="none", attempts=1)

    def test_a_row_that_says_cut_is_cut(self):
        nonce = self.leave("stall", model="cutting")
        self.assertTrue(self.upstream.wait_for(nonce).gone.wait(5))
        row = self.assert_row(nonce, status=499, basis="estimated")
        self.assertNotIn("drained", tags(row))


class DrainedByRow(Leaving):
    @classmethod
    def models(cls):
        return [insert_model("demo", cls.upstream.base),
                insert_model("draining", cls.upstream.base, capabilities=DRAIN),
                insert_model("odd", cls.upstream.base, capabilities="'{\"on_disconnect\":\"keep\"}'")]

    def test_a_row_that_says_drain_is_drained_and_no_other(self):
        go = threading.Event()
        nonce = self.leave(go, *USAGE, model="draining")
        go.set()
        self.assert_drained(nonce, basis="provider", prompt_tokens=70)
        nonce = self.leave("stall")
        self.assertTrue(self.upstream.wait_for(nonce).gone.wait(5))
        self.assertNotIn("drained", tags(self.row(nonce)))

    def test_a_row_that_says_anything_else_is_refused(self):
        self.assert_error(self.chat(self.nonce(), model="odd"), 503, "model_unavailable")
        self.ferry.says("on_disconnect' that is neither")


class DrainedBriefly(Leaving):
    options = {"stream.on_disconnect": "drain", "stream.drain_limit": "2s", "stream.drain_tokens": 100}

    def test_after_the_limit_the_rest_is_estimated(self):
        nonce = self.leave("stall")
        left = time.monotonic()
        self.assertTrue(self.upstream.wait_for(nonce).gone.wait(5))
        self.assertGreater(time.monotonic() - left, 1.5)
        row = self.assert_drained(nonce, basis="estimated")
        self.assertGreater(row["completion_tokens"], 0)

    def test_after_so_many_tokens_too(self):
        words = [answers.as_chunk(answers.chunk("and so on, ")) for _ in range(60)]
        nonce = self.leave(0.1, *words, "stall")
        left = time.monotonic()
        self.assertTrue(self.upstream.wait_for(nonce).gone.wait(5))
        self.assertLess(time.monotonic() - left, 1.5)
        row = self.assert_drained(nonce, basis="estimated")
        self.assertGreater(row["completion_tokens"], 100)


class DrainedUntilShutdown(OwnFerry):
    options = {"stream.on_disconnect": "drain", "server.drain_timeout": "15s"}

    def test_a_shutdown_ends_a_drain_at_once(self):
        ferry = self.own()
        nonce, client = self.begin_stream("stall")
        client.close()
        seen = self.upstream.wait_for(nonce)
        self.assertFalse(seen.gone.wait(0.3), "the upstream was closed")
        began = time.monotonic()
        self.assertEqual(ferry.stop(), 0)
        self.assertLess(time.monotonic() - began, 5)
        ferry.start()
        row = self.assert_row(nonce, status=499, end_reason="client_gone", basis="estimated")
        self.assertIn("drained", tags(row))
