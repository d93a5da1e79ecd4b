"""Plays every file of tests/golden/cases; README.md beside this file says how a case is written."""
import json
import threading
from pathlib import Path

import answers
import codings
from harness import FerryCase, insert_model

CASES = sorted((Path(__file__).resolve().parent / "cases").glob("*.case"))


class Case:
    def __init__(self, file, nonce=""):
        self.sections, lines = {}, None
        for line in file.read_text().splitlines():
            if line.startswith("=== "):
                lines = self.sections.setdefault(line[4:].strip(), [])
            elif lines is not None and line.strip():
                lines.append(line.replace("NONCE", nonce).replace("MODEL", file.stem))

    def split(self, name):
        """(bytes of the section, its directives as (word, rest))."""
        data, directives = b"", []
        for line in self.sections.get(name, []):
            got = as_bytes(line)
            if got is None:
                word, _, rest = line.partition(" ")
                directives.append((word, rest))
            else:
                data += got
        return data, directives

    def rest_of(self, name, word):
        return [rest for found, rest in self.split(name)[1] if found == word]


def as_bytes(line):
    mark, text = line[:1], line[2:]
    if line[1:2] not in ("", " "):
        return None
    if mark == "x":
        return bytes.fromhex(text)
    ends = {"|": "\n", "^": "\r\n", ">": ""}
    return (text + ends[mark]).encode() if mark in ends else None


class Shown(threading.Event):
    """The client has been shown this text: only then does the upstream go on."""

    def __init__(self, text):
        super().__init__()
        self.text = text.encode()


def writes_of(case, section, size):
    """The upstream's body as the writes it goes out in; a number is a pause, an event is waited for."""
    writes, data = [], b""
    for line in [*case.sections.get(section, []), "pause 0"]:
        got = as_bytes(line)
        if got is not None:
            data += got
        elif line.startswith(("pause ", "shown ")):
            step = size or len(data) or 1
            writes += [data[i : i + step] for i in range(0, len(data), step)]
            word, rest = line.split(" ", 1)
            writes += [float(rest) if word == "pause" else Shown(rest)]
            data = b""
    return writes


def coded(writes, told):
    """The same writes in the codings that `told` names, each flushed. Behind `but` stands what is wrong at the end."""
    names, _, fault = told.partition(" but ")
    encoder = codings.encoder(names)
    made = [encoder.add(one) if isinstance(one, bytes) else one for one in writes]
    last = max(i for i, one in enumerate(made) if isinstance(one, bytes))
    end = encoder.end()
    made[last] += {"": end, "cut": end[:-1], "more": end + b"more"}[fault]
    return made


def script_of(case, section):
    """The upstream's steps."""
    told = dict(case.split(section)[1])
    head, end = told["head"].split(" ", 3), told.get("end")
    status, kind, framing = int(head[0]), head[1], head[2] if len(head) > 2 else "length"
    fields = head[3:]
    writes = writes_of(case, section, int(told.get("split", 0)))
    if "coding" in told:
        writes = coded(writes, told["coding"])
    if framing == "chunked":
        fields.append("Transfer-Encoding: chunked")
        writes = [answers.as_chunk(one) if isinstance(one, bytes) else one for one in writes]
        writes += [] if end else [answers.LAST_CHUNK]
    elif framing == "close":
        fields.append("Connection: close")
        end = end or "close"
    else:
        fields.append(f"Content-Length: {sum(len(one) for one in writes if isinstance(one, bytes))}")
    return [answers.head(status, kind, *fields), *writes, *([end] if end else [])]


class Golden(FerryCase):
    # A case tells of one try.
    options = {"timeouts.idle": "2s", "timeouts.first_byte": "2s", "retry.attempts": 1, "stream.rescue": False}

    @classmethod
    def models(cls):
        renamed = insert_model("renamed", cls.upstream.base, upstream_model="'up-1'")
        return [insert_model("demo", cls.upstream.base), renamed, *map(cls.own_model, CASES)]

    @classmethod
    def own_model(cls, file):
        """The row that a case has for itself alone."""
        case = Case(file)
        columns = dict(line.split(" = ", 1) for line in case.sections.get("model", []))
        provider = columns.pop("provider", "other")
        return insert_model(file.stem, cls.upstream.base, provider, upstream_model="'up-1'", **columns)

    def play(self, file):
        nonce = self.nonce()
        case = Case(file, nonce)
        tries = [name for name in ("upstream", "then upstream", "at last upstream") if name in case.sections]
        scripts = [script_of(case, name) for name in tries]
        self.upstream.on(nonce, *scripts)
        client = self.client()
        awaited = [step for script in scripts for step in script if isinstance(step, Shown)]
        if awaited:
            client.record = lambda data: self.note(client, data, awaited)
        body, directives = case.split("client")
        told = {"path": "/v1/chat/completions", "method": "POST", **dict(directives)}
        fields = case.rest_of("client", "field")
        client.send(self.request(body, *fields, path=told["path"], nonce=nonce, method=told["method"]))
        leaves = case.rest_of("client sees", "leaves")
        if leaves:
            client.until(leaves[0].removeprefix("after ").encode())
            client.close()
        else:
            self.check_answer(case, client.response())
        for count, name in enumerate(tries, 1):
            if f"{name} sees" in case.sections:
                self.check_request(self.upstream.wait_for(nonce, count), *case.split(f"{name} sees"))
        self.assertEqual(len(self.upstream.requests(nonce)), len(tries))
        wanted = dict(line.split(" = ", 1) for line in case.sections.get("usage", []))
        if wanted:
            values = {name: json.loads(value) for name, value in wanted.items()}
            row = self.assert_row(nonce, **{name: value for name, value in values.items() if value != "some"})
            for name in [name for name, value in values.items() if value == "some"]:
                self.assertTrue(row[name], f"{name} of {row}")

    def note(self, client, data, awaited):
        self.received.append(data)
        for one in awaited:
            if one.text in client.received:
                one.set()

    def check_request(self, served, body, directives):
        if body:
            self.assertEqual(served.body, body)
        for word, rest in directives:
            if word == "field":
                name, value = rest.split(": ", 1)
                self.assertEqual(served.fields(name), [value])
            elif word == "no-field":
                self.assertEqual(served.fields(rest), [])
            elif word == "path":
                self.assertEqual(served.target, rest)

    def check_answer(self, case, answer):
        wanted, directives = case.split("client sees")
        told = dict(directives)
        self.assertEqual(answer.status, int(told.get("status", 200)), answer.raw[:2000])
        body = answer.body
        if "then" in told:
            self.assertTrue(body.startswith(wanted), body)
            body = self.check_error_event(body[len(wanted) :], told["then"].removeprefix("error").strip())
        elif "error" in told:
            self.assert_error(answer, answer.status, told["error"] or None)
        elif wanted:
            self.assertEqual(body, wanted)
        for word, rest in directives:
            if word == "contains":
                self.assertIn(rest.encode(), answer.body)
            elif word == "lacks":
                self.assertNotIn(rest.encode(), answer.body)
            elif word == "field":
                name, value = rest.split(": ", 1)
                self.assertEqual(answer.field(name), value)
            elif word == "no-field":
                self.assertIsNone(answer.field(rest))

    def check_error_event(self, rest, code):
        events = [one for one in rest.split(b"\n\n") if one]
        self.assertEqual(len(events), 1, rest)
        error = json.loads(events[0].removeprefix(b"data: "))["error"]
        self.assertIn("message", error)
        if code:
            self.assertEqual(error["code"], code)


for case_file in CASES:
    setattr(Golden, "test_" + case_file.stem, lambda self, file=case_file: self.play(file))
