"""What providers do wrong. A table for each kind; the words are those of `provider_faults.py`."""
import answers
from provider_faults import (
    PROMPT, SHOWN, TIMES, TOKENS, Broken, Fault, Refused, Right, document, end_of, good, role, story, text_of, words,
)

STREAM, DOCUMENT = (True,), (False,)
UNREACHABLE = Refused(502, ("upstream_unreachable", "upstream_connect_timeout"), ("upstream_error", "upstream_cut"))
SENSELESS = Refused(502, ("upstream_invalid_response",), ("upstream_error", "upstream_cut"))
CUT_SHORT = Refused(
    502, ("upstream_truncated_body", "upstream_stream_interrupted", "upstream_unreachable",
          "upstream_invalid_response"), ("upstream_cut", "upstream_error"))
FAILED = Refused(502, ("upstream_error",))
BUSY = Refused(503, ("upstream_overloaded",))
LATE = Refused(504, ("upstream_timeout", "upstream_stream_timeout"), ("timeout",))
PAGE = b"<html><head><title>502</title></head><body>cloudflare</body></html>"
# Not content, each in its own way.
FILTERED = answers.chunk_without_choices(id="", model="", object="", created=0, prompt_filter_results=[
    {"prompt_index": 0, "content_filter_results": {"hate": {"filtered": False, "severity": "safe"}}}])
EMPTY = answers.chunk("", id="chatcmpl-word")
NO_CONTENT = {"nothing": [], "a_comment": [b": keep-alive\n\n"], "a_role": [role()], "an_empty_delta": [EMPTY],
              "a_filter_result": [FILTERED], "all_of_these": [FILTERED, role(), b": keep-alive\n\n", EMPTY]}


def always(*steps):
    return lambda stream: [list(steps)]


def once(*steps):
    """And then as it should be."""
    return lambda stream: [list(steps), good(stream)]


def error(status, code, kind="some_type", *fields, message="told so"):
    return answers.error_answer(status, message, code, kind, *fields)


def page(status):
    return answers.head(status, "text/html", f"Content-Length: {len(PAGE)}") + PAGE


def begun(events, *end):
    return lambda stream: [[answers.stream_head(), *map(answers.as_chunk, events), *end]]


def part(share, *end):
    """The head of a document, a share of its bytes, and what comes then."""
    body = document()
    return lambda stream: [[answers.head(200, "application/json", f"Content-Length: {len(body)}"),
                            body[: int(len(body) * share)], *end]]


def for_ever(sign):
    """Signs of life that outlast every clock."""
    return [sign, TIMES.between] * int(2 * TIMES.first_byte / TIMES.between)


def limited(*fields):
    return error(429, "rate_limit_exceeded", "requests", *fields, message="slow down")


MOMENT = f"retry-after-ms: {int(TIMES.moment * 1000)}"
BROKEN_OFF = ("upstream_stream_interrupted", "upstream_truncated_body", "upstream_invalid_response")

REFUSALS = {
    "429_that_names_a_moment": Fault(once(limited(MOMENT)), Right("primary"), Right("either"), tries=2),
    "429_that_names_half_a_minute": Fault(
        always(limited("Retry-After: 30")), Refused(429, ("rate_limit_exceeded",), retry_after=30)),
    "429_that_names_no_time": Fault(always(limited()), Refused(429, ("rate_limit_exceeded",)), tries=3),
    "429_once_that_names_no_time": Fault(once(limited()), Right("primary"), Right("either"), tries=2),
    "500_once": Fault(once(error(500, None, "server_error")), Right("primary"), Right("either"), tries=2),
    "500_for_ever": Fault(always(error(500, None, "server_error")), FAILED, tries=3),
    "503_for_ever": Fault(always(error(503, "overloaded")), BUSY, tries=3),
    "503_for_ever_everywhere": Fault(always(error(503, "overloaded")), BUSY, BUSY, tries=3, backup="busy"),
    "401": Fault(always(error(401, "invalid_api_key")), Refused(502, ("upstream_auth_error",))),
    "402": Fault(always(error(402, "pay_first")), Refused(503, ("upstream_insufficient_balance",))),
    "404_of_the_model": Fault(always(error(404, "model_not_found")), Refused(404, ("model_not_found",))),
    "context_too_long": Fault(always(error(400, "context_length_exceeded", "invalid_request_error")),
                              *[Refused(400, ("context_length_exceeded",))] * 2),
    "context_too_long_for_the_first_row": Fault(
        always(error(400, "context_length_exceeded", "invalid_request_error")),
        Refused(400, ("context_length_exceeded",)),
        columns=({"max_context_tokens": "1000"}, {"max_context_tokens": "9000"})),
    "content_that_is_refused": Fault(always(error(400, "content_policy_violation", "invalid_request_error")),
                                     *[Refused(400, ("content_policy_violation",))] * 2),
    "an_html_page_under_502": Fault(always(page(502)), Refused(502, ("upstream_error", "upstream_invalid_response")),
                                    tries=3),
    "an_html_page_under_503": Fault(always(page(503)), Refused(502, ("upstream_invalid_response",)), tries=3),
    "an_html_page_under_200": Fault(always(page(200)), SENSELESS, tries=2),
}

CONNECTIONS = {
    "nobody_listens": Fault(None, UNREACHABLE, tries=2),
    "nobody_listens_anywhere": Fault(None, UNREACHABLE, UNREACHABLE, tries=2, backup="dead"),
    "reset_before_the_head": Fault(always("reset"), UNREACHABLE, tries=2),
    "closed_before_the_head": Fault(always("close"), UNREACHABLE, tries=2),
    "reset_once_before_the_head": Fault(once("reset"), Right("primary"), Right("either"), tries=2),
    "reset_within_the_head": Fault(always(b"HTTP/1.1 200 OK\r\nContent-T", "reset"), CUT_SHORT, tries=2),
    **{f"reset_after_{name}": Fault(begun(held, "reset"), CUT_SHORT, tries=2, ways=STREAM)
       for name, held in NO_CONTENT.items()},
    **{f"closed_after_{name}": Fault(begun(held, "close"), CUT_SHORT, tries=2, ways=STREAM)
       for name, held in NO_CONTENT.items()},
    "reset_behind_the_head": Fault(part(0, "reset"), CUT_SHORT, tries=2, ways=DOCUMENT),
    "reset_within_the_document": Fault(part(0.6, "reset"), CUT_SHORT, tries=2, ways=DOCUMENT),
    "cut_within_the_document": Fault(part(0.6, "close"), CUT_SHORT, tries=2, ways=DOCUMENT),
}

SILENCES = {
    "accepted_and_silent": Fault(always("stall"), LATE, silent=True),
    "silent_everywhere": Fault(always("stall"), LATE, LATE, silent=True, backup="silent", lasts=TIMES.first_byte),
    **{f"silent_after_{name}": Fault(begun(held, "stall"), LATE, silent=True, ways=STREAM)
       for name, held in NO_CONTENT.items()},
    "silent_behind_the_head": Fault(part(0, "stall"), LATE, silent=True, ways=DOCUMENT),
    "silent_within_the_document": Fault(part(0.6, "stall"), LATE, silent=True, ways=DOCUMENT, clock="idle"),
    "comments_for_ever": Fault(begun([], *for_ever(answers.as_chunk(b": processing\n\n")), "stall"), LATE,
                               silent=True, ways=STREAM),
    "blank_lines_for_ever": Fault(
        lambda stream: [[answers.stream_head() if stream else answers.head(200, "application/json",
                                                                           "Transfer-Encoding: chunked"),
                         *for_ever(answers.as_chunk(b"\n")), "stall"]], LATE, silent=True),
    "empty_deltas_for_ever": Fault(begun([role()], *for_ever(answers.as_chunk(EMPTY)), "stall"), LATE, silent=True,
                                   ways=STREAM),
    "the_first_token_is_late": Fault(lambda stream: [[TIMES.late, *good(stream)]], Right("primary"), Right("either"),
                                     lasts=TIMES.late),
    "the_first_token_is_late_behind_a_head": Fault(
        begun([], TIMES.late, *map(answers.as_chunk, story()), answers.LAST_CHUNK), Right("primary"),
        Right("either"), lasts=TIMES.late, ways=STREAM),
    "the_first_token_is_late_behind_a_role": Fault(
        begun([role()], TIMES.late, *map(answers.as_chunk, story()), answers.LAST_CHUNK), Right("primary"),
        Right("either"), lasts=TIMES.late, ways=STREAM),
}


def breaks(script, codes, least, end_reasons, **more):
    """In the middle of what the client has already: without stream.rescue a backup changes nothing."""
    return Fault(script, *[Broken(codes, least, end_reasons)] * 2, ways=STREAM, **more)


FORTY, TWENTY = [role(), *words(last=40)], [role(), *words(last=20)]
REST = [*map(answers.as_chunk, [*words(first=20), answers.chunk(finish="stop"), answers.DONE]), answers.LAST_CHUNK]
BROKEN_JSON = b'data: {"id":"chatcmpl-word","choices":[{"index":0,"delta":{"content":"wo\n\n'
ENGINE_DIED = answers.event({"error": {"message": "engine died", "type": "server_error", "code": "engine_died"}})
SSE_OF_LENGTH = answers.head(200, "text/event-stream", "Content-Length: 100000")

BROKEN = {
    "cut_after_40_of_60_tokens": breaks(begun(FORTY, SHOWN, "close"), BROKEN_OFF, 40, ("upstream_cut",)),
    "reset_after_40_of_60_tokens": breaks(begun(FORTY, SHOWN, "reset"), BROKEN_OFF, 1, ("upstream_cut",)),
    "ended_after_40_of_60_tokens": breaks(begun(FORTY, SHOWN, answers.LAST_CHUNK), BROKEN_OFF, 40, ("upstream_cut",)),
    "shorter_than_its_length": breaks(lambda stream: [[SSE_OF_LENGTH, *FORTY, SHOWN, "close"]], BROKEN_OFF, 40,
                                      ("upstream_cut",)),
    "stalled_after_20_tokens": breaks(begun(TWENTY, SHOWN, "stall"), ("upstream_stream_timeout",), 20, ("timeout",),
                                      silent=True, clock="idle"),
    "a_malformed_event_in_the_middle": breaks(begun(TWENTY, SHOWN, answers.as_chunk(BROKEN_JSON), *REST),
                                              ("upstream_invalid_response", "upstream_stream_interrupted"), 20,
                                              ("upstream_cut", "upstream_error")),
    "an_error_event_in_the_middle": breaks(begun(TWENTY, SHOWN, answers.as_chunk(ENGINE_DIED), *REST),
                                           ("engine_died", "upstream_error", "upstream_stream_interrupted"), 20,
                                           ("upstream_error",)),
    "out_of_resources_in_the_middle": breaks(
        begun(TWENTY, SHOWN, answers.as_chunk(answers.chunk(finish="insufficient_system_resource")),
              answers.as_chunk(answers.DONE), answers.LAST_CHUNK),
        ("upstream_overloaded", "upstream_error", "upstream_stream_interrupted"), 20, ("upstream_error",)),
}


def under(content_type):
    """A good answer with a label that is wrong."""
    def plays(stream):
        body = b"".join(story()) if stream else document()
        return [[answers.head(200, content_type, f"Content-Length: {len(body)}") + body]]

    return plays


FILTERED_ANSWER = {"index": 0, "message": {"role": "assistant", "content": text_of("word")},
                   "finish_reason": "content_filter"}
FILTERED_BODY = answers.completion(tokens=(PROMPT, TOKENS), choices=[FILTERED_ANSWER], id="chatcmpl-word")
FILTERED_STREAM = [role(), *words(), *end_of(reason="content_filter"), answers.DONE]
AS_IT_IS = (Right("primary"), Right("primary"))
LONGER = answers.head(200, "application/json", f"Content-Length: {len(document()) + 10}")

ODD_ANSWERS = {
    "no_done": Fault(lambda stream: [answers.chunked_stream(story(done=False))], *AS_IT_IS, ways=STREAM),
    "no_done_and_closed": Fault(begun(story(done=False), "close"), *AS_IT_IS, ways=STREAM),
    "an_empty_200": Fault(always(answers.json_answer(b"")), SENSELESS, tries=2),
    "a_200_of_an_empty_stream": Fault(begun([], answers.LAST_CHUNK), CUT_SHORT, tries=2, ways=STREAM),
    "a_200_of_done_alone": Fault(begun([answers.DONE], answers.LAST_CHUNK), CUT_SHORT, tries=2, ways=STREAM),
    "an_error_under_200": Fault(always(answers.json_answer({"error": {"message": "no", "type": "server_error",
                                                                      "code": 500}})), FAILED, tries=3),
    "an_error_event_at_first": Fault(begun([role(), answers.event({"error": {
        "message": "no", "type": "server_error", "code": 500}})], answers.LAST_CHUNK), FAILED, tries=3, ways=STREAM),
    "no_choices_under_200": Fault(always(answers.json_answer({"choices": []})), SENSELESS, tries=2),
    "half_a_document": Fault(always(answers.json_answer(document()[:400])), SENSELESS, tries=2, ways=DOCUMENT),
    "longer_than_it_is": Fault(always(LONGER + document(), "close"), CUT_SHORT, tries=2, ways=DOCUMENT),
    "a_malformed_event_at_first": Fault(begun([BROKEN_JSON], *REST), SENSELESS, tries=2, ways=STREAM),
    "labelled_as_text": Fault(under("text/plain"), *AS_IT_IS),
    "labelled_as_bytes": Fault(under("application/octet-stream"), *AS_IT_IS),
    "labelled_as_the_other": Fault(lambda stream: under("application/json" if stream else "text/event-stream")(stream),
                                   *AS_IT_IS),
    "a_picture": Fault(always(answers.head(200, "image/png", "Content-Length: 8") + b"\x89PNG\r\n\x1a\n"), SENSELESS,
                       tries=2),
    "a_document_for_a_stream": Fault(lambda stream: [good(False)], *AS_IT_IS, ways=STREAM),
    "a_stream_for_a_document": Fault(lambda stream: [good(True)], *AS_IT_IS, ways=DOCUMENT),
    "a_filtered_answer": Fault(lambda stream: [answers.chunked_stream(FILTERED_STREAM) if stream
                                               else [answers.json_answer(FILTERED_BODY)]], *AS_IT_IS),
    "out_of_resources_at_first": Fault(begun(
        [role(), answers.chunk(finish="insufficient_system_resource"), answers.DONE], answers.LAST_CHUNK),
        Refused(503, ("upstream_overloaded",)), tries=3, ways=STREAM),
}
