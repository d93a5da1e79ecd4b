"""Whole streams as providers send them, small enough to be broken off at each of their bytes: a plain text, one with
reasoning before it, a Chinese one, tool calls; of chat and of the Responses API. `who` is in their ids; `turn` is the
piece from which on another text is told."""
from dataclasses import dataclass

import answers

PROMPT, COMPLETION = 7, 9
KINDS = ("plain", "reasoning", "chinese", "tools")
APIS = ("chat", "responses")
TEXTS = {
    "plain": ["Hel", "lo", ", how can", " I help", ' "you"?\n', "So."],
    "reasoning": ["The", " answer", " is", " 42."],
    "chinese": ["天空", "是蓝色的，", "因为", "瑞利散射", "🙂。"],
    "tools": [],
}
THOUGHTS = ["They", " ask for", " a number", "."]
ARGUMENTS = ['{"ci', 'ty": "Pa', 'ris", "day', 's": 3}']
TOOL = {"id": "call_1", "type": "function"}


@dataclass(frozen=True)
class Captured:
    body: bytes
    text: str
    reasoning: str
    arguments: dict
    events: tuple


def other(pieces, turn):
    """From a piece on it is another text."""
    return [one if turn is None or place < turn else f"<{place}>" for place, one in enumerate(pieces)]


def captured(api, kind, who="word", turn=None):
    texts = other(TEXTS[kind], turn)
    thoughts = THOUGHTS if kind == "reasoning" else []
    calls = other(ARGUMENTS, turn) if kind == "tools" else []
    events = (_chat if api == "chat" else _responses)(who, thoughts, texts, calls)
    arguments = {0: "".join(calls)} if calls else {}
    return Captured(b"".join(events), "".join(texts), "".join(thoughts), arguments, tuple(events))


def _chat(who, thoughts, texts, calls):
    def delta(finish=None, **members):
        choice = {"index": 0, "delta": members, "finish_reason": finish}
        return answers.event({"id": f"c-{who}", "object": "chat.completion.chunk", "created": 1, "model": "m",
                              "choices": [choice]})

    def call(**members):
        return delta(tool_calls=[{"index": 0, **members}])

    used = {"id": f"c-{who}", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [],
            "usage": answers.usage(PROMPT, COMPLETION)}
    return [
        delta(role="assistant", content=None if calls else ""),
        *[delta(content=None, reasoning_content=one) for one in thoughts], *[delta(content=one) for one in texts],
        *([call(**TOOL, function={"name": "weather", "arguments": ""})] if calls else []),
        *[call(function={"arguments": one}) for one in calls],
        delta("tool_calls" if calls else "stop"), answers.event(used), answers.DONE,
    ]


class _Numbered:
    """Events of the Responses API, each with its number."""

    def __init__(self, who):
        self.made, self.answer = [], {"id": f"r-{who}", "object": "response", "created_at": 1, "model": "m"}

    def add(self, kind, **members):
        value = {"type": f"response.{kind}", "sequence_number": len(self.made), **members}
        self.made.append(f"event: response.{kind}\n".encode() + answers.event(value))

    def item(self, place, item, kind, pieces, whole, part=None):
        """One item of the output: its beginning, its pieces, its end."""
        at = {"item_id": item["id"], "output_index": place}
        at |= {"content_index": 0} if part else {"summary_index": 0} if item["type"] == "reasoning" else {}
        self.add("output_item.added", output_index=place, item={**item, "status": "in_progress"})
        if part:
            self.add("content_part.added", **at, part={"type": part, "text": "", "annotations": []})
        for one in pieces:
            self.add(f"{kind}.delta", **at, delta=one)
        name = "arguments" if item["type"] == "function_call" else "text"
        self.add(f"{kind}.done", **at, **{name: "".join(pieces)})
        if part:
            self.add("content_part.done", **at, part=whole["content"][0])
        self.add("output_item.done", output_index=place, item=whole)
        return whole


def _responses(who, thoughts, texts, calls):
    made, output = _Numbered(who), []
    for kind in ("created", "in_progress"):
        made.add(kind, response={**made.answer, "status": "in_progress", "output": [], "usage": None})
    if thoughts:
        item = {"id": f"rs-{who}", "type": "reasoning", "summary": []}
        whole = {**item, "summary": [{"type": "summary_text", "text": "".join(thoughts)}]}
        output.append(made.item(len(output), item, "reasoning_summary_text", thoughts, whole))
    if texts:
        item = {"id": f"m-{who}", "type": "message", "role": "assistant", "content": []}
        text = {"type": "output_text", "text": "".join(texts), "annotations": []}
        whole = {**item, "status": "completed", "content": [text]}
        output.append(made.item(len(output), item, "output_text", texts, whole, part="output_text"))
    if calls:
        item = {"id": f"f-{who}", "type": "function_call", "call_id": "call_1", "name": "weather", "arguments": ""}
        whole = {**item, "status": "completed", "arguments": "".join(calls)}
        output.append(made.item(len(output), item, "function_call_arguments", calls, whole))
    used = {"input_tokens": PROMPT, "output_tokens": COMPLETION, "total_tokens": PROMPT + COMPLETION}
    made.add("completed", response={**made.answer, "status": "completed", "output": output, "error": None,
                                    "usage": used})
    return made.made
