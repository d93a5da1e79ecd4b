"""What a client makes of an event stream: every event is read as strictly as the official SDKs read it, or more so."""
import json
from dataclasses import dataclass, field


@dataclass
class Told:
    text: str = ""
    reasoning: str = ""
    calls: list = field(default_factory=list)  # names of tools
    arguments: dict = field(default_factory=dict)  # of tool calls, by index
    ids: set = field(default_factory=set)
    finishes: list = field(default_factory=list)
    usages: list = field(default_factory=list)
    errors: list = field(default_factory=list)
    comments: list = field(default_factory=list)
    numbers: list = field(default_factory=list)  # sequence numbers of a Responses stream
    kinds: list = field(default_factory=list)  # its types of events, deltas that follow each other as one
    items: dict = field(default_factory=dict)  # the ids of each item of its output
    whole: str = None  # the text that the last event of a Responses stream repeats
    done: int = 0

    @property
    def is_complete(self):
        return bool(self.done and self.finishes) and not self.errors


def read_stream(body):
    """Raises AssertionError where an event is not whole, no JSON, or follows the end."""
    told = Told()
    assert body == b"" or body.endswith(b"\n\n"), f"the last event lacks its end: {body[-200:]!r}"
    for block in body.split(b"\n\n")[:-1]:
        lines = block.split(b"\n")
        told.comments += [line.decode() for line in lines if line.startswith(b":")]
        data = [line.removeprefix(b"data:").removeprefix(b" ") for line in lines if line.startswith(b"data:")]
        if not data:
            continue
        assert not told.done and not told.errors, f"an event behind the end: {block!r}"
        _learn(told, b"\n".join(data))
    return told


def _learn(told, data):
    if data == b"[DONE]":
        told.done += 1
        return
    try:
        value = json.loads(data)
    except ValueError:
        raise AssertionError(f"an event that is no JSON: {data!r}") from None
    if "type" in value:
        _learn_typed(told, value)
    elif value.get("error"):
        assert {"message", "type", "param", "code"} <= set(value["error"]), value
        told.errors.append(value["error"])
    else:
        _learn_chunk(told, value)


def _learn_chunk(told, value):
    if value.get("id"):
        told.ids.add(value["id"])
    if value.get("usage"):
        told.usages.append(value["usage"])
    for choice in value.get("choices") or []:
        delta = choice.get("delta") or {}
        told.text += delta.get("content") or ""
        told.reasoning += delta.get("reasoning_content") or ""
        for call in delta.get("tool_calls") or []:
            told.calls += [call["function"]["name"]] if call["function"].get("name") else []
            before = told.arguments.get(call["index"], "")
            told.arguments[call["index"]] = before + call["function"].get("arguments", "")
        if choice.get("finish_reason"):
            told.finishes.append(choice["finish_reason"])


def _learn_typed(told, value):
    """An event of the Responses API, which ends by its last event and not by [DONE]."""
    kind, answer = value["type"], value.get("response") or {}
    told.numbers.append(value.get("sequence_number"))
    if told.kinds[-1:] != [kind]:
        told.kinds.append(kind)
    if answer.get("id"):
        told.ids.add(answer["id"])
    if "output_index" in value:
        named = value.get("item_id") or value["item"]["id"]
        told.items.setdefault(value["output_index"], set()).add(named)
    for place, item in enumerate(answer.get("output") or []):
        told.items.setdefault(place, set()).add(item["id"])
    if kind == "response.output_item.added" and value["item"]["type"] == "function_call":
        told.calls.append(value["item"]["name"])
    elif kind == "response.output_text.delta":
        told.text += value["delta"]
    elif kind == "response.reasoning_summary_text.delta":
        told.reasoning += value["delta"]
    elif kind == "response.function_call_arguments.delta":
        told.arguments[value["output_index"]] = told.arguments.get(value["output_index"], "") + value["delta"]
    elif kind == "error":
        told.errors.append(value.get("error") or value)
    elif kind == "response.failed":
        told.errors.append(answer.get("error") or value)
    elif kind == "response.completed":
        told.finishes.append(answer["status"])
        told.usages.append(answer.get("usage"))
        told.whole = "".join(part["text"] for item in answer["output"] for part in item.get("content") or []
                             if part["type"] == "output_text")
        told.done += 1
