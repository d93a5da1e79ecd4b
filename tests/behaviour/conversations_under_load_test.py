"""Conversations through aborts, a crash and a store that is away: what is stored is what was said, in order, once.

Each client goes on with one conversation, sending only what is new; the provider echoes what it was asked last. Knobs:
CONVERSATIONS (default 8), CONVERSATION_TURNS (25 in each), STORE_AWAY_SECONDS (default 1), FOREIGN_TRIES (500)."""
import json
import os
import random
import signal
import threading
import unittest

import answers
from client import Client, Closed
from harness import FerryCase
from imposter import Imposter
from postgres_case import PostgresCase
from waiting import eventually, play

CONVERSATIONS = int(os.environ.get("CONVERSATIONS", "8"))
TURNS = int(os.environ.get("CONVERSATION_TURNS", "25"))
AWAY_SECONDS = float(os.environ.get("STORE_AWAY_SECONDS", "1"))
FOREIGN_TRIES = int(os.environ.get("FOREIGN_TRIES", "500"))
WORDS = 8


def echo(question):
    return [f"{question}/{i} " for i in range(WORDS)]


class Echo(Imposter):
    """Answers with the last message, in words, and remembers what it was asked with."""

    def __init__(self):
        super().__init__()
        self.asked = {}

    def _play(self, peer, request, script):
        messages = [one["content"] for one in json.loads(request.body)["messages"]]
        self.asked.setdefault(messages[-1], messages[:-1])
        events = [answers.chunk(word) for word in echo(messages[-1])]
        steps = [answers.stream_head()]
        for event in [*events, answers.chunk(finish="stop"), answers.event(b"[DONE]")]:
            steps += [0.005, answers.as_chunk(event)]
        return super()._play(peer, request, [*steps, answers.LAST_CHUNK])


class Talk:
    """One client with its conversation. `said` has (question, answer as far as it came, whole or not)."""

    def __init__(self, case, number):
        self.case, self.number, self.said = case, number, []
        self.dice = random.Random(number)
        self.thread = threading.Thread(target=self.run)
        self.failure = None

    def run(self):
        try:
            for turn in range(TURNS):
                while not self.ask(f"c{self.number}t{turn}"):
                    play(0.02)  # the store is away, or nobody listens yet
        except Exception as failure:  # told by the test's own thread
            self.failure = failure

    def ask(self, question):
        """False: it was refused, and is to be asked again."""
        try:
            client = Client(self.case.ferry.port)
        except OSError:
            return False
        leaves_after = self.dice.randrange(1, WORDS) if self.dice.random() < 0.1 else None
        body = {"model": "demo", "stream": True, "conversationId": self.number,
                "messages": [{"role": "user", "content": question}]}
        with client:
            try:
                client.send(self.case.request(json.dumps(body).encode()))
                head = client.head()
                if b" 503 " in head[:20]:
                    return False
                assert b" 200 " in head[:20], head
                if leaves_after is not None:
                    for i in range(leaves_after):
                        client.peek_until(f"{question}/{i} ".encode())
                    client.reset()
                    self.said.append((question, False))
                    return True
                client.peek_until(b"data: [DONE]")
                client.peek_until(b"\r\n0\r\n\r\n")
                self.said.append((question, True))
            except (Closed, OSError):
                if client.received:
                    self.said.append((question, False))
                    return True
                # It may have been heard all the same.
                self.said.append((question, False))
                return True
        return True


class UnderLoad:
    rows_for_every_request = False
    options = {"server.threads": 2}

    @classmethod
    def make_upstream(cls):
        return Echo()

    def all_is_stored(self):
        client = self.client()
        client.send((f"GET /v1/conversations HTTP/1.1\r\nHost: f\r\nAuthorization: Bearer {self.key}\r\n"
                     "Connection: close\r\n\r\n").encode())
        if client.response().status != 200:  # what the process before wrote is not stored yet
            return False
        journal = json.loads(self.ferry.admin("/status")[1])["journal"]
        return journal["lag_rows"] == journal["lag_bytes"] == 0

    def messages_of(self, number):
        found, after = [], ""
        while True:
            client = self.client()
            client.send((f"GET /v1/conversations/{number}/messages?limit=100{after} HTTP/1.1\r\nHost: f\r\n"
                         f"Authorization: Bearer {self.key}\r\n\r\n").encode())
            got = client.response()
            self.assertEqual(got.status, 200, got.raw)
            found += got.json["data"]
            if not got.json["has_more"]:
                self.assertEqual([one["position"] for one in found], sorted({one["position"] for one in found}))
                return [(one["role"], one["content"]) for one in found]
            after = f"&after={got.json['last_id']}"

    def disturb(self, talks):
        """Once half is said: a crash, after whatever the store suffers."""
        half = CONVERSATIONS * TURNS // 3
        eventually(lambda: sum(len(one.said) for one in talks) > half, seconds=120)
        self.store_is_away()
        self.ferry.process.kill()
        self.ferry.process.wait()
        self.ferry.start()

    def store_is_away(self):
        pass

    def check(self, talk):
        if talk.failure:
            raise talk.failure
        self.assertEqual(len({question for question, _ in talk.said}), TURNS)
        stored = self.messages_of(talk.number)
        at, of_cut = 0, 0
        for question, is_whole in talk.said:
            full = "".join(echo(question))
            is_there = at < len(stored) and stored[at] == ("user", question)
            if is_whole:
                self.assertTrue(is_there, f"{question} is missing in {stored[max(0, at - 2):at + 4]}")
                self.assertEqual(stored[at + 1], ("assistant", full))
                # Who leaves and asks at once may be ahead of what he left.
                before = [[content for _, content in stored[:end]][-100:] for end in range(at - of_cut, at + 1, 2)]
                self.assertIn(self.upstream.asked[question], before, f"{question} was asked with another history")
            elif is_there:
                self.assertEqual(stored[at + 1][0], "assistant")
                self.assertTrue(full.startswith(stored[at + 1][1]), stored[at + 1])
            at += 2 if is_there else 0
            of_cut = 0 if is_whole else of_cut + (2 if is_there else 0)
        self.assertEqual(stored[at:], [])

    def test_what_is_stored_is_what_was_said(self):
        talks = [Talk(self, number) for number in range(1, CONVERSATIONS + 1)]
        for one in talks:
            one.thread.start()
        try:
            self.disturb(talks)
        finally:
            for one in talks:
                one.thread.join(300)
        eventually(self.all_is_stored, seconds=60)
        for one in talks:
            with self.subTest(conversation=one.number):
                self.check(one)
        whole = sum(is_whole for one in talks for _, is_whole in one.said)
        self.assertGreater(whole, CONVERSATIONS * TURNS // 2)


class OnSqlite(UnderLoad, FerryCase):
    def test_foreign_ids_are_never_found(self):
        self.ferry.sql("INSERT INTO conversations (user_id, id, title, created_at, updated_at) "
                       "VALUES (4711, 815, 'secret', NOW(), NOW());")
        client = self.client()
        seen = set()
        for i in range(FOREIGN_TRIES):
            number = 815 if i % 2 else 10_000_000 + i
            client.send((f"GET /v1/conversations/{number} HTTP/1.1\r\nHost: f\r\n"
                         f"Authorization: Bearer {self.key}\r\n\r\n").encode())
            got = client.response()
            seen.add((got.status, got.body))
        self.assertEqual(len(seen), 1, seen)
        self.assertEqual(next(iter(seen))[0], 404)


class OnPostgres(UnderLoad, PostgresCase):
    def store_is_away(self):
        self.cluster.stop(signal.SIGINT)
        play(AWAY_SECONDS)
        self.cluster.start()


if __name__ == "__main__":
    unittest.main()
