"""Providers whose models can be down for a while, and people who ask on meanwhile."""
import json
import threading
import time
from dataclasses import dataclass

import answers
from client import Client
from harness import insert_model, make_nonce
from imposter import Imposter
from told_stream import read_stream

DOWN = {
    "busy": [answers.error_answer(503, "busy", "overloaded")],
    "failing": [answers.error_answer(500, "no", "server_error")],
    "reset": ["reset"],
    "silent": ["stall"],
}


class Provider(Imposter):
    """What it does depends on the model that it is asked for. A good answer says which model gave it."""

    def __init__(self, listens=True):
        self.down = {}  # {model: one of the ways above}
        super().__init__(listens=listens)

    def script_for(self, request):
        asked = json.loads(request.body)
        request.model, request.was_down = asked["model"], self.down.get(asked["model"])
        if request.was_down:
            return DOWN[request.was_down]
        if asked.get("stream"):
            return answers.chunked_stream([answers.chunk(request.model), answers.chunk(finish="stop"), answers.DONE])
        return [answers.json_answer(answers.completion(request.model))]

    def asked_for(self, model):
        """The requests for it, in the order in which they came."""
        return [one for one in list(self.served) if getattr(one, "model", None) == model]


@dataclass
class Reply:
    began: float
    seconds: float
    status: int
    text: str  # of a whole answer; else empty
    code: str
    nonce: str
    fields: dict

    @property
    def ended(self):
        return self.began + self.seconds


def ask(ferry, key, model, stream, client=None):
    nonce = make_nonce()
    body = json.dumps({"model": model, "messages": [{"role": "user", "content": nonce}], "stream": stream}).encode()
    lines = ["POST /v1/chat/completions HTTP/1.1", "Host: ferry", f"Authorization: Bearer {key}",
             f"x-request-id: {nonce}", "Content-Type: application/json", f"Content-Length: {len(body)}"]
    began = time.monotonic()
    with client or Client(ferry.port, seconds=30) as connected:
        connected.send(("\r\n".join(lines) + "\r\n\r\n").encode() + body)
        answer = connected.response()
    reply = Reply(began, time.monotonic() - began, answer.status, "", None, nonce,
                  {name.lower(): value for name, value in answer.fields})
    if (answer.field("content-type") or "").startswith("text/event-stream"):
        told = read_stream(answer.body)
        reply.text = told.text if told.is_complete else ""
        reply.code = told.errors[0]["code"] if told.errors else None
    elif answer.status == 200:
        reply.text = answer.json["choices"][0]["message"]["content"]
    else:
        reply.code = answer.code
    return reply


@dataclass
class Pair:
    """A model of two rows: which of their endpoints and keys are the same?"""

    name: str
    way: str  # how the primary is down
    primary_at: Provider
    backup_at: Provider
    keys: tuple

    @property
    def primary(self):
        return f"{self.name}-primary"

    @property
    def backup(self):
        return f"{self.name}-backup"

    def rows(self):
        places = (self.primary_at, self.backup_at)
        return [insert_model(self.name, place.base, key=key, priority=str(rank), upstream_model=f"'{model}'")
                for rank, (place, key, model) in enumerate(zip(places, self.keys, (self.primary, self.backup)))]

    def go_down(self, *, both=False):
        self.primary_at.down[self.primary] = self.way
        if both:
            self.backup_at.down[self.backup] = self.way

    def close(self):
        for provider in {self.primary_at, self.backup_at}:
            provider.close()

    def recover(self):
        if not self.primary_at.listens:
            self.primary_at.listen()
        self.primary_at.down.pop(self.primary, None)
        self.backup_at.down.pop(self.backup, None)
        return time.monotonic()


def make_pair(name, way, places):
    """`places`: one endpoint and one key, one endpoint and two keys, or two of both."""
    key = f"sk-{name}"
    if places == "two_endpoints":
        listens = way != "nobody_listens"
        return Pair(name, way if listens else None, Provider(listens), Provider(), (key + "-1", key + "-2"))
    one = Provider()
    return Pair(name, way, one, one, (key + "-1", key + "-1" if places == "one_key" else key + "-2"))


class Crowd:
    """Clients that ask again as soon as they have their answer, or an error and a moment."""

    def __init__(self, count, ask_once, pause):
        self.replies, self.wrong = [], []
        self._over, self._ask, self._pause = threading.Event(), ask_once, pause
        self._threads = [threading.Thread(target=self._work, args=(number,)) for number in range(count)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _work(self, number):
        try:
            while not self._over.is_set():
                self.replies.append(self._ask(number))
                self._over.wait(self._pause)
        except Exception as wrong:
            self.wrong.append(wrong)
