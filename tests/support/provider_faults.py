"""Providers that misbehave, one scene each: every fault is played streamed and not, where a healthy backup waits and
where nobody else can be asked. A scene has providers, rows and keys of its own, so that none suffers for what another
did. The faults stand in `fault_tables.py`, what must become of them is checked in `fault_case.py`."""
import json
import os
import threading
import time
from dataclasses import dataclass, field

import answers
from client import Client
from harness import insert_model, make_nonce
from imposter import Imposter
from told_stream import read_stream

FULL = os.environ.get("FULL_TIMES") == "1"
TOKENS = 60
PROMPT = 7
SHOWN = "shown"  # a step of a script: goes on when the client has something of the answer


@dataclass(frozen=True)
class Times:
    """Seconds."""

    first_byte: float
    idle: float
    patience: float  # how long a silent provider may hold up a request for which a backup waits
    moment: float  # what a 429 asks for that is worth waiting
    late: float  # when a slow provider says its first token
    between: float  # two signs of life
    slack: float  # what a busy machine, and waits between tries, may add


REAL = Times(first_byte=120, idle=300, patience=8, moment=1, late=20, between=1, slack=4)
SHORT = Times(first_byte=1, idle=0.8, patience=1, moment=0.1, late=0.5, between=0.05, slack=2.5)
TIMES = REAL if FULL else SHORT


@dataclass(frozen=True)
class Right:
    """The whole answer of one of them, as it was given: "primary", "backup" or "either"."""

    by: str


@dataclass(frozen=True)
class Refused:
    status: int
    codes: tuple
    end_reasons: tuple = ("upstream_error",)
    retry_after: int = None


@dataclass(frozen=True)
class Broken:
    """A stream that ends in an error event and without [DONE], behind at least `least` tokens of the story."""

    codes: tuple
    least: int
    end_reasons: tuple


@dataclass(frozen=True)
class Fault:
    plays: object  # function of `stream`: the scripts of one request, of the next, and so on; None where nobody listens
    alone: object  # what the client gets where nobody else can be asked
    backed: object = Right("backup")
    tries: int = 1  # at most so many requests reach the provider
    ways: tuple = (True, False)  # streamed, not
    backup: str = "healthy"  # or another of BACKUPS
    silent: bool = False  # it is given up when a clock has run out
    lasts: float = 0  # how long the fault itself takes
    clock: str = "first_byte"  # which one runs out where nobody else can be asked
    columns: tuple = ({}, {})  # of the rows


def text_of(who):
    return "".join(f"{who}{i} " for i in range(TOKENS))


def words(who="word", first=0, last=TOKENS):
    return [answers.chunk(f"{who}{i} ", id=f"chatcmpl-{who}") for i in range(first, last)]


def role(who="word"):
    choice = {"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": None}
    return answers.chunk_without_choices(id=f"chatcmpl-{who}", choices=[choice])


def story(who="word", done=True):
    """A stream of 60 tokens."""
    return [role(who), *words(who), *end_of(who), *([answers.DONE] if done else [])]


def end_of(who="word", reason="stop"):
    used = answers.chunk_without_choices(id=f"chatcmpl-{who}", usage=answers.usage(PROMPT, TOKENS))
    return [answers.chunk(finish=reason, id=f"chatcmpl-{who}"), used]


def document(who="word"):
    return answers.completion(text_of(who), (PROMPT, TOKENS), id=f"chatcmpl-{who}")


def good(stream, who="word"):
    return answers.chunked_stream(story(who)) if stream else [answers.json_answer(document(who))]


# What it does, as a Fault's `plays`, and how often it may be asked.
BACKUPS = {
    "healthy": (lambda stream: [], 1),
    "dead": (None, 2),
    "silent": (lambda stream: [["stall"]], 1),
    "busy": (lambda stream: [[answers.error_answer(503, "busy", "overloaded")]], 3),
}


@dataclass
class Scene:
    name: str  # of its model, and of what it asks
    fault: Fault
    stream: bool
    backed: bool
    first_id: int
    primary: object = None
    backup: object = None
    nonce: str = field(default_factory=make_nonce)
    shown: threading.Event = field(default_factory=threading.Event)

    @property
    def ids(self):
        return self.first_id, self.first_id + 1

    @property
    def wanted(self):
        return self.fault.backed if self.backed else self.fault.alone

    def open(self):
        self.primary = self._provider("word", self.fault.plays)
        if self.backed:
            self.backup = self._provider("spare", BACKUPS[self.fault.backup][0])
        return self

    def close(self):
        for provider in filter(None, (self.primary, self.backup)):
            provider.close()

    def _provider(self, who, plays):
        if plays is None:
            return Imposter(listens=False)
        made = Imposter()
        made.default = good(self.stream, who)
        made.stall_seconds = 2 * REAL.idle
        if scripts := plays(self.stream):
            made.on(self.nonce, *[[self.shown if step is SHOWN else step for step in script] for script in scripts])
        return made

    def rows(self):
        pairs = list(zip((self.primary, self.backup), self.ids, self.fault.columns))[: 1 + self.backed]
        return [insert_model(self.name, one.base, key=f"key-{number}-canary", id=str(number), priority=str(place),
                             **columns) for place, (one, number, columns) in enumerate(pairs)]

    def body(self, text):
        asked = {"model": self.name, "messages": [{"role": "user", "content": text}], "stream": self.stream}
        return asked | ({"stream_options": {"include_usage": True}} if self.stream else {})


@dataclass
class Heard:
    """What became of one request, whoever asked it."""

    status: int
    seconds: float
    fields: dict = field(default_factory=dict)
    text: str = ""
    finish: str = None
    usage: dict = None
    ids: set = field(default_factory=set)
    error: dict = None
    is_complete: bool = False  # nothing in it says that something is missing
    raw: bytes = b""


def ask_plainly(ferry, key, scene, nonce, *fields):
    """By a plain socket."""
    body = json.dumps(scene.body(nonce)).encode()
    lines = ["POST /v1/chat/completions HTTP/1.1", "Host: ferry", f"Authorization: Bearer {key}",
             f"x-request-id: {nonce}", "Content-Type: application/json", f"Content-Length: {len(body)}", *fields]
    began = time.monotonic()
    with Client(ferry.port, seconds=TIMES.idle + 60 if FULL else 30) as client:
        client.send(("\r\n".join(lines) + "\r\n\r\n").encode() + body)
        if isinstance(scene.wanted, Broken):
            client.peek_until(b'"content":"word')
        scene.shown.set()
        answer = client.response()
    heard = Heard(answer.status, time.monotonic() - began, {key.lower(): value for key, value in answer.fields},
                  raw=bytes(client.received))
    if not heard.fields["content-type"].startswith("text/event-stream"):
        heard.error = answer.json.get("error")
        heard.is_complete = answer.whole and not heard.error
        if heard.is_complete:
            choice, = answer.json["choices"]
            heard.text, heard.finish, heard.usage = choice["message"]["content"], choice["finish_reason"], \
                answer.json["usage"]
            heard.ids = {answer.json["id"]}
        return heard
    told = read_stream(answer.body)
    heard.text, heard.ids, heard.is_complete = told.text, told.ids, told.is_complete and answer.whole
    heard.finish, heard.usage = (told.finishes or [None])[-1], (told.usages or [None])[-1]
    heard.error = told.errors[0] if told.errors else None
    return heard
