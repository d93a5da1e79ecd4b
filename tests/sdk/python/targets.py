"""The ways to the same upstream, and what the scenarios share. The runner sets the environment.

A scenario is written once and runs four times: with the asynchronous and with the synchronous client, each directly and
through Ferry. All four must return the same."""
import asyncio
import atexit
import contextlib
import functools
import inspect
import itertools
import json
import os
import unittest
import urllib.request

import openai
from metering import Meter

KINDS = {"asynchronous": openai.AsyncOpenAI, "synchronous": openai.OpenAI}
AZURE_KINDS = {"asynchronous": openai.AsyncAzureOpenAI, "synchronous": openai.AzureOpenAI}
HTTP_CLIENTS = {"asynchronous": openai.DefaultAsyncHttpxClient, "synchronous": openai.DefaultHttpxClient}
WAYS = ("directly", "through_ferry")
CHANGING = {"id", "created"}
CHANGING_ENDS = ("_id", "_ids", "_at")

# One event loop for all tests, so that the clients keep their connections.
RUNNER = asyncio.Runner()
_numbers = itertools.count(1)


class Target:
    """One client. `settle`, `each` and `opened` below let a scenario treat both kinds alike."""

    def __init__(self, kind, way, upstream):
        self.is_async = kind == "asynchronous"
        self.through_ferry = way == "through_ferry"
        self.meter = Meter(self.is_async)
        self.client = self.made(kind, "DIRECT" if upstream == "AZURE" else upstream, is_azure=upstream == "AZURE")

    def made(self, kind, upstream, is_azure):
        url = os.environ["FERRY_URL" if self.through_ferry else f"{upstream}_URL"]
        options = {
            "api_key": os.environ["FERRY_KEY"] if self.through_ferry else "sk-anything",
            "http_client": HTTP_CLIENTS[kind](event_hooks=self.meter.hooks),
        }
        if is_azure:
            endpoint = url.removesuffix("/v1")
            return AZURE_KINDS[kind](azure_endpoint=endpoint, api_version="2024-10-21", **options)
        return KINDS[kind](base_url=url, **options)

    @property
    def chat(self):
        return self.client.chat.completions

    def with_options(self, **options):
        """The same, with other options of the client."""
        other = object.__new__(Target)
        other.__dict__ = dict(self.__dict__, client=self.client.with_options(**options))
        return other


@functools.cache
def target(kind, way, upstream):
    made = Target(kind, way, upstream)
    atexit.register(lambda: RUNNER.run(settle(made.client.close())))
    return made


async def settle(value):
    """The value, awaited if the client is asynchronous."""
    return await value if inspect.isawaitable(value) else value


async def each(stream):
    if hasattr(stream, "__aiter__"):
        async for item in stream:
            yield item
    else:
        for item in stream:
            yield item


@contextlib.asynccontextmanager
async def opened(manager):
    if hasattr(manager, "__aenter__"):
        async with manager as inside:
            yield inside
    else:
        with manager as inside:
            yield inside


async def at_once(calls):
    """The results of functions that each make one call."""
    if all(map(inspect.iscoroutinefunction, calls)):
        return await asyncio.gather(*(call() for call in calls))
    return await asyncio.gather(*(asyncio.to_thread(call) for call in calls))


def scenario(run):
    """Marks a coroutine function of (self, target) in a class of Scenarios."""
    run.is_scenario = True
    return run


class Scenarios(unittest.TestCase):
    # Which variable names the upstream's address: DIRECT_URL. AZURE is the same one, asked by the client for Azure.
    upstream = "DIRECT"
    is_metered = False  # whether the usage rows of what goes through Ferry are held against the upstream's ledger
    maxDiff = 4000

    def __init_subclass__(cls):
        cls.wanted = {}
        for run in [run for run in vars(cls).values() if getattr(run, "is_scenario", False)]:
            for kind, way in itertools.product(KINDS, WAYS):  # by their names the direct one runs first
                setattr(cls, f"test_{run.__name__}__{kind}_{way}", functools.partialmethod(compare, run, kind, way))


def compare(test, run, kind, way):
    name = run.__name__
    if name not in test.wanted:
        test.wanted[name] = RUNNER.run(run(test, target(kind, "directly", test.upstream)))
        if way == "directly":
            return
    here = target(kind, way, test.upstream)
    here.meter.forget()
    test.assertEqual(RUNNER.run(run(test, here)), test.wanted[name])
    if test.is_metered and here.through_ferry:
        here.meter.check(test)


def ask(action=None, text="", model="mock"):
    """What to ask so that the upstream does as told."""
    content = f"{text} nonce:{nonce()} [[mock {json.dumps(action or {})}]]"
    return {"model": model, "messages": [{"role": "user", "content": content}]}


def nonce():
    """Always of the same length, since the upstream counts the tokens of a prompt by its bytes."""
    return f"python-{os.getpid()}-{next(_numbers):06}"


def told(action=None, text=""):
    """A text that tells the upstream what to do, for what is asked otherwise than by messages."""
    return ask(action, text)["messages"][0]["content"]


def nonce_of(asked):
    return json.dumps(asked).rpartition("nonce:")[2].split()[0]


def plain(answer):
    """An answer without what differs between two answers to the same question. Ferry asks for the usage of every
    stream, and such a stream says `usage: null` in its chunks, which means what its absence means."""
    if hasattr(answer, "model_dump"):
        answer = answer.model_dump(mode="json", exclude_unset=True, warnings=False)
    if isinstance(answer, dict):
        kept = {key: value for key, value in answer.items() if key not in CHANGING and not key.endswith(CHANGING_ENDS)}
        return {key: plain(value) for key, value in kept.items() if not (key == "usage" and value is None)}
    return [plain(one) for one in answer] if isinstance(answer, list) else answer


async def chunks_of(target, **asked):
    return [plain(chunk) async for chunk in each(await settle(target.chat.create(stream=True, **asked)))]


def text_of(chunks):
    return "".join(chunk["choices"][0]["delta"].get("content") or "" for chunk in chunks if chunk["choices"])


async def ledger_of(asked, wait="received", count=1):
    """What the upstream recorded of a question; waits until there is an entry, or until it has ended."""
    address = os.environ["DIRECT_URL"].removesuffix("/v1") + "/_control/ledger"
    query = f"?nonce={nonce_of(asked)}&wait={wait}&count={count}&timeout_ms=5000"

    def read():
        with urllib.request.urlopen(address + query, timeout=10) as answer:
            return [json.loads(line) for line in answer.read().splitlines() if line]

    entries = await asyncio.to_thread(read)
    assert entries, f"the upstream saw nothing of {asked}"
    return entries


async def error_of(call):
    """The exception that the call ends with."""
    try:
        await settle(call())
    except openai.OpenAIError as error:
        return error
    raise AssertionError("the call did not fail")
