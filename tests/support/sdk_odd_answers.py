"""Answers of real providers that are odd, and that SDKs read all the same: each a model of the mock provider.

Every one says TEXT and ends in `stop`. Names begin with how they are asked for: `document` whole, `stream` streamed."""
import base64

import answers
import codings
from sdk_failover import CHAT_ALONE

TEXT = "forty two"
PIECES = [answers.chunk("forty"), answers.chunk(" two"), answers.chunk(finish="stop")]
DOCUMENT = answers.completion(TEXT)
STREAM = b"".join([*PIECES, answers.DONE])
# Each as the provider writes it: SDKs hand over what there is, numbers that do not add up too.
USAGES = {
    "hidden-thinking": b'{"prompt_tokens":20,"completion_tokens":198,"total_tokens":623}',
    "a-total-alone": b'{"prompt_tokens":20,"completion_tokens":null,"total_tokens":30}',
    "a-cache-beside-the-input": b'{"input_tokens":20,"output_tokens":5,"cache_read_input_tokens":8,'
                                b'"cache_creation_input_tokens":2}',
    "fractions": b'{"prompt_tokens":10.0,"completion_tokens":14417.92,"total_tokens":14427.92}',
    "an-exponent": b'{"prompt_tokens":1e2,"completion_tokens":5,"total_tokens":105}',
    "digits-in-strings": b'{"prompt_tokens":"10","completion_tokens":"5","total_tokens":"15"}',
}


def bare_chunk(**more):
    body = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": answers.CREATED, "model": "up-1"}
    return answers.event({**body, **more})


def told(*events, **how):
    return {"events": [one.decode() for one in events], **how}


def raw(*parts):
    return {"raw": {"base64": base64.b64encode(b"".join(parts)).decode()}}


def coded(coding):
    """{kind of answer: it in this content coding}"""
    document, stream = codings.encode(coding, DOCUMENT), codings.encode(coding, STREAM)
    field = f"Content-Encoding: {coding}"
    return {
        f"document-in-{coding}": raw(answers.json_answer(document, 200, field)),
        f"stream-in-{coding}": raw(answers.stream_head(field), answers.as_chunk(stream), answers.LAST_CHUNK),
    }


def with_usage(name, usage):
    document = answers.completion(TEXT, None, usage="HERE").replace(b'"HERE"', usage)
    own_chunk = answers.chunk_without_choices(usage="HERE").replace(b'"HERE"', usage)
    return {
        f"document-usage-of-{name}": {"body": document.decode()},
        f"stream-usage-of-{name}": told(*PIECES, own_chunk, answers.DONE),
    }


def zeros_before(data):
    return b"000000" + answers.as_chunk(data)


CHUNKED = answers.head(200, "application/json", "Transfer-Encoding: chunked")
FOR_ALL = {
    # no choices
    "stream-usage-without-choices": told(*PIECES, bare_chunk(usage=answers.usage(7, 5)), answers.DONE),
    "stream-usage-beside-null": told(*PIECES, bare_chunk(choices=None, usage=answers.usage(7, 5)), answers.DONE),
    "stream-null-before-all": told(bare_chunk(choices=None, prompt_filter_results=[]), *PIECES, answers.DONE),
    **{name: action for usage in USAGES.items() for name, action in with_usage(*usage).items()},
    # codings nobody asked for, or that are none
    **coded("gzip"), **coded("deflate"),
    "document-in-an-empty-coding": {"body": DOCUMENT.decode(), "headers": {"Content-Encoding": ""}},
    "stream-in-an-empty-coding": told(*PIECES, answers.DONE, headers={"Content-Encoding": ""}),
    # labels
    "stream-labelled-json": told(*PIECES, answers.DONE, content_type="application/json"),
    "stream-labelled-json-behind-a-comment": told(b": hi\n\n", *PIECES, answers.DONE, content_type="application/json"),
    "stream-labelled-text": told(*PIECES, answers.DONE, content_type="text/plain; charset=utf-8"),
    "stream-labelled-bytes": told(*PIECES, answers.DONE, content_type="application/octet-stream"),
    "stream-without-a-label": raw(
        answers.stream_head().replace(b"Content-Type: text/event-stream\r\n", b""), answers.as_chunk(STREAM),
        answers.LAST_CHUNK,
    ),
    # events
    "stream-done-with-a-blank": told(*PIECES, b"data: [DONE] \n\n"),
    "stream-event-in-two-lines": told(
        PIECES[0].replace(b'"choices":', b'"choices":\ndata: '), *PIECES[1:], answers.DONE,
    ),
    "stream-event-of-2-mb": told(answers.chunk("forty", padding="x" * 2_000_000), *PIECES[1:], answers.DONE),
    "stream-content-of-blocks": told(
        bare_chunk(choices=[{"index": 0, "delta": {"content": [{"type": "thinking"}]}, "finish_reason": None}]),
        *PIECES, answers.DONE,
    ),
    # framing
    "document-behind-a-byte-order-mark": {"body": "\ufeff" + DOCUMENT.decode()},
    "document-zeros-before-sizes": raw(CHUNKED, zeros_before(DOCUMENT), answers.LAST_CHUNK),
    "stream-zeros-before-sizes": raw(answers.stream_head(), *map(zeros_before, PIECES), zeros_before(answers.DONE),
                                     answers.LAST_CHUNK),
}
# What only one of the SDKs can read directly.
LARGE_HEAD = {f"x-padding-{number}": "x" * 4000 for number in range(10)}
FOR_PYTHON = {
    # Node takes heads of 16 KiB.
    "document-behind-a-large-head": {"body": DOCUMENT.decode(), "headers": LARGE_HEAD},
    "stream-behind-a-large-head": told(*PIECES, answers.DONE, headers=LARGE_HEAD),
}
FOR_NODE = {
    # The SDK for Python has no Brotli of its own, and loses the first event behind a byte order mark.
    **coded("br"),
    "stream-behind-a-byte-order-mark": told(b"\xef\xbb\xbf", *PIECES, answers.DONE),
    "stream-labelled-json-behind-a-mark": told(
        b"\xef\xbb\xbf", *PIECES, answers.DONE, content_type="application/json",
    ),
}
WAYS = {**FOR_ALL, **FOR_PYTHON, **FOR_NODE}
RULES = [{"match": {"model": name}, "action": action} for name, action in WAYS.items()]

# Base URLs as SDKs understand them. {model: its endpoint on the mock's host}
PATHS = ["/v2/ai/openai", "/inference", "/serving-endpoints", "/compat", "/openapi", "/models"]
ENDPOINTS = {f"below{path.replace('/', '-')}": path for path in PATHS}


def rows():
    """{model: what its row has beside the mock's endpoint}"""
    elsewhere = {name: {"endpoint": path, "capabilities": CHAT_ALONE} for name, path in ENDPOINTS.items()}
    return {**{name: {} for name in (*WAYS, "no-stream-options")}, **elsewhere}


def for_node():
    """What the tests for Node see of this: environment variables."""
    return {"ODD_ANSWERS": " ".join([*FOR_ALL, *FOR_NODE]), "ODD_PATHS": " ".join(PATHS)}
