"""Providers misbehave, and the official SDK asks: what an application gets is the whole right answer or an exception,
never a part without one. More of it, by a plain client, is in behaviour/provider_faults_test.py."""
import asyncio
import time

import openai
from fault_case import QUICK, FaultsCase, plays
from fault_tables import BROKEN, CONNECTIONS, ODD_ANSWERS, REFUSALS, SILENCES
from provider_faults import Heard
from targets import HTTP_CLIENTS, KINDS, each, settle

ALL = {**REFUSALS, **CONNECTIONS, **SILENCES, **BROKEN, **ODD_ANSWERS}
CHOSEN = {name: ALL[name] for name in (
    "429_that_names_a_moment", "429_that_names_half_a_minute", "500_once", "503_for_ever", "context_too_long",
    "content_that_is_refused", "an_html_page_under_502", "nobody_listens_anywhere", "reset_before_the_head",
    "reset_after_a_role", "cut_within_the_document", "accepted_and_silent", "silent_after_a_role", "comments_for_ever",
    "the_first_token_is_late", "cut_after_40_of_60_tokens", "stalled_after_20_tokens",
    "a_malformed_event_in_the_middle", "an_error_event_in_the_middle", "no_done", "an_empty_200", "an_error_under_200",
    "longer_than_it_is", "labelled_as_text", "a_filtered_answer",
)}


def client_of(kind, ferry, key, nonce, retries):
    """Closed by whoever asked for it."""
    return KINDS[kind](base_url=f"http://127.0.0.1:{ferry.port}/v1", api_key=key, max_retries=retries, timeout=30,
                       http_client=HTTP_CLIENTS[kind](), default_headers={"x-request-id": nonce})


def asks(kind, retries=0):
    async def one(ferry, key, scene, nonce):
        heard, client = Heard(0, 0), client_of(kind, ferry, key, nonce, retries)
        began = time.monotonic()
        try:
            raw = await settle(client.chat.completions.with_raw_response.create(**scene.body(nonce)))
            heard.status, heard.fields = raw.status_code, raw.headers
            await (read_stream if scene.stream else read_document)(heard, scene, raw)
            heard.is_complete = heard.finish is not None
        except openai.APIStatusError as error:
            heard.status, heard.fields, heard.error = error.status_code, error.response.headers, error.body
        except openai.APIError as error:
            heard.error = error.body if isinstance(error.body, dict) else {"message": str(error), "code": None}
        finally:
            await settle(client.close())
        heard.seconds = time.monotonic() - began
        return heard

    return staticmethod(lambda *what: asyncio.run(one(*what)))


async def read_document(heard, scene, raw):
    answer = await settle(raw.parse())
    heard.text, heard.finish = answer.choices[0].message.content, answer.choices[0].finish_reason
    heard.usage, heard.ids = answer.usage.model_dump(), {answer.id}


async def read_stream(heard, scene, raw):
    finish = None
    async for chunk in each(await settle(raw.parse())):
        heard.ids.add(chunk.id)
        heard.usage = chunk.usage.model_dump() if chunk.usage else heard.usage
        for choice in chunk.choices:
            heard.text += choice.delta.content or ""
            finish = choice.finish_reason or finish
        if heard.text:
            scene.shown.set()
    heard.finish = finish  # what the application has when the stream ended as if it were whole


@plays(CHOSEN)
class WithTheSynchronousClient(FaultsCase):
    ask = asks("synchronous")


@plays(CHOSEN)
class WithTheAsynchronousClient(FaultsCase):
    ask = asks("asynchronous")


@plays({name: fault for name, fault in CHOSEN.items() if fault.silent and True in fault.ways})
class AfterAKeepalive(FaultsCase):
    options = {**QUICK, "stream.keepalive": "150ms"}
    head_may_come_early = True
    ask = asks("synchronous")


@plays({name: REFUSALS[name] for name in ("500_once", "503_for_ever", "402")}, ("alone",))
class WithItsOwnRetries(FaultsCase):
    """What Ferry has tried often enough the SDK does not try again."""

    ask = asks("synchronous", retries=2)
