"""What the suites of third-party clients share. A case is written once and runs four times: synchronously and
asynchronously, each directly and through Ferry. All four must return the same, and the usage rows of what went through
Ferry are held against the upstream's ledger."""
import functools
import inspect
import itertools
import os
import re
import sys
import unittest
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / "python"))  # what the suites of the official SDK share

from metering import Meter  # noqa: E402
from targets import HTTP_CLIENTS, KINDS, RUNNER, WAYS, each, settle, told  # noqa: E402, F401 (told is for the suites)

WORDS = "żółć, 你好, 👩‍👩‍👧‍👦, \u2028, \"quoted\" \\ \t end"
CHANGING = re.compile(r"^(id|created|timestamp|headers|run_id)$|(_id|_ids|_at|Id|At)$")


class Here:
    """One way to the upstream. `openai` is a client of the official SDK over the HTTP clients that note what comes."""

    def __init__(self, kind, way):
        self.is_async = kind == "asynchronous"
        self.through_ferry = way == "through_ferry"
        self.url = os.environ["FERRY_URL" if self.through_ferry else "DIRECT_URL"]
        self.api_key = os.environ["FERRY_KEY"] if self.through_ferry else "sk-anything"
        self.meter = Meter(self.is_async)
        self.http = HTTP_CLIENTS[kind](event_hooks=self.meter.hooks)
        self.openai = KINDS[kind](base_url=self.url, api_key=self.api_key, http_client=self.http, max_retries=0)

    async def close(self):
        await settle(self.http.aclose() if self.is_async else self.http.close())


def case(run):
    """Marks a coroutine function of (self, here) in a class of Clients."""
    run.is_case = True
    return run


class Clients(unittest.TestCase):
    kinds = tuple(KINDS)
    maxDiff = 4000

    def __init_subclass__(cls):
        cls.wanted = {}
        for run in [run for run in vars(cls).values() if getattr(run, "is_case", False)]:
            for kind, way in itertools.product(cls.kinds, WAYS):  # by their names the direct ones run first
                setattr(cls, f"test_{run.__name__}__{kind}_{way}", functools.partialmethod(compare, run, kind, way))


async def asked(test, run, kind, way):
    here = Here(kind, way)
    try:
        got = await run(test, here)
        test.assertTrue(here.meter.heads, "the client asked nothing, or past the HTTP client it was given")
    finally:
        await here.close()
    return plain(got), here.meter


def compare(test, run, kind, way):
    name = f"{run.__name__}__{kind}"
    if name not in test.wanted:
        test.wanted[name], _ = RUNNER.run(asked(test, run, kind, "directly"))
    if way == "directly":
        return
    got, meter = RUNNER.run(asked(test, run, kind, way))
    test.assertEqual(got, test.wanted[name])
    meter.check(test)


def plain(value):
    """Without what differs between two answers to the same question."""
    if hasattr(value, "model_dump"):
        value = value.model_dump(mode="json", warnings=False)
    if isinstance(value, dict):
        kept = {key: inner for key, inner in value.items() if not CHANGING.search(str(key))}
        return {key: plain(inner) for key, inner in kept.items() if not (key == "usage" and inner is None)}
    return [plain(one) for one in value] if isinstance(value, (list, tuple)) else value


async def all_of(stream):
    return [plain(item) async for item in each(stream)]


async def error_of(call):
    """The exception that a call ends with, or the stream that it gives."""
    try:
        got = await settle(call())
        if hasattr(got, "__aiter__") or inspect.isgenerator(got):
            await all_of(got)
    except Exception as error:
        return error
    raise AssertionError("the call did not fail")
