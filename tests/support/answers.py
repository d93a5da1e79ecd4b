"""Bytes of an OpenAI-compatible provider: whole answers, events, streams, and the three ways HTTP frames a body."""
import json

REASONS = {200: "OK", 302: "Found", 400: "Bad Request", 401: "Unauthorized", 402: "Payment Required",
           403: "Forbidden", 404: "Not Found", 429: "Too Many Requests", 500: "Internal Server Error",
           502: "Bad Gateway", 503: "Service Unavailable"}
CREATED = 1_764_000_000
DONE = b"data: [DONE]\n\n"


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def usage(prompt, completion, **more):
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion, **more}


def completion(text="Hello", tokens=(7, 5), **more):
    """The JSON body of a whole answer."""
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    body = {"id": "chatcmpl-1", "object": "chat.completion", "created": CREATED, "model": "up-1", "choices": [choice]}
    if tokens:
        body["usage"] = usage(*tokens)
    return compact({**body, **more})


def event(value):
    return b"data: " + (value if isinstance(value, bytes) else compact(value)) + b"\n\n"


def chunk(text=None, finish=None, **more):
    """One event of a stream with one choice."""
    delta = {} if text is None else {"content": text}
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    body = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": CREATED, "model": "up-1"}
    return event({**body, "choices": [choice], **more})


def usage_chunk(prompt, completed, **more):
    return chunk_without_choices(usage=usage(prompt, completed, **more))


def chunk_without_choices(**more):
    body = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": CREATED, "model": "up-1", "choices": []}
    return event({**body, **more})


def words(count=3):
    return [chunk(f"word{i} ") for i in range(count)]


def story(count=3, tokens=(7, 5), done=True):
    """The events of a whole stream; its usage stands in a chunk of its own, as OpenAI sends it when asked."""
    events = [*words(count), chunk(finish="stop")]
    if tokens:
        events.append(usage_chunk(*tokens))
    return events + ([DONE] if done else [])


def head(status=200, content_type="application/json", *fields):
    lines = [f"HTTP/1.1 {status} {REASONS.get(status, 'Status')}", f"Content-Type: {content_type}", *fields]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def json_answer(body, status=200, *fields):
    body = body if isinstance(body, bytes) else compact(body)
    return head(status, "application/json", f"Content-Length: {len(body)}", *fields) + body


def error_answer(status, message="told so", code="some_code", kind="some_type", *fields):
    return json_answer({"error": {"message": message, "type": kind, "param": None, "code": code}}, status, *fields)


def as_chunk(data):
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


LAST_CHUNK = b"0\r\n\r\n"


def stream_head(*fields):
    return head(200, "text/event-stream", "Transfer-Encoding: chunked", *fields)


def chunked_stream(events):
    """Steps of a script: the head, then each event in a chunk of its own."""
    return [stream_head(), *[as_chunk(one) for one in events], LAST_CHUNK]
