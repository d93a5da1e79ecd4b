"""Rows of services that have ways of their own: what the SDK makes of them is the same through Ferry as directly."""
import json

import openai
from targets import Scenarios, ask, chunks_of, each, error_of, ledger_of, opened, plain, scenario, settle, text_of

QUEUED = {"first_delay_ms": 100, "keepalive_ms": 20}  # waits for its turn behind comments or blank lines
DEEPSEEK = {
    "reasoning": "let me think", "content": "forty two", "usage": "finish_chunk", "prompt_tokens": 9,
    "usage_extra": {"prompt_cache_hit_tokens": 4, "prompt_cache_miss_tokens": 5}, **QUEUED,
}
QWEN = {"reasoning": "let me think", "content": "forty two", "usage": "own_chunk", "reasoning_tokens": 3}
WEATHER = {"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object", "properties": {}}}}


def chunk(delta, **more):
    return {
        "choices": [{"index": 0, "delta": delta, **more}], "object": "chat.completion.chunk", "created": 1764000000,
        "model": "qwen-plus", "id": "chatcmpl-1",
    }


def call(**members):
    return {"tool_calls": [{"index": 0, "type": "function", **members}]}


# Continuations carry an empty id, and usage comes in a chunk of its own without being `null` before.
QWEN_TOOL = [
    chunk({"role": "assistant", **call(id="call_1", function={"name": "get_weather", "arguments": ""})}),
    chunk(call(id="", function={"arguments": '{"location":'})),
    chunk(call(id="", function={"arguments": ' "Paris"}'})),
    chunk({"content": None}, finish_reason="tool_calls"),
    "data: [DONE]\n\n",
]


class Deepseek(Scenarios):
    @scenario
    async def create(self, target):
        answer = await settle(target.chat.create(**ask(DEEPSEEK, model="deepseek-chat")))
        self.assertEqual(answer.choices[0].message.reasoning_content, "let me think")
        self.assertEqual(answer.usage.prompt_cache_hit_tokens, 4)
        return plain(answer)

    @scenario
    async def stream(self, target):
        chunks = await chunks_of(target, **ask(DEEPSEEK, model="deepseek-chat"))
        self.assertEqual(text_of(chunks), "forty two")
        self.assertEqual(chunks[-1]["usage"]["prompt_cache_miss_tokens"], 5)
        return chunks

    @scenario
    async def tools_in_a_stream(self, target):
        asked = ask({"tool_calls": 2, "usage": "finish_chunk", "prompt_tokens": 9, **QUEUED}, model="deepseek-chat")
        async with opened(target.chat.stream(**asked, tools=[WEATHER])) as stream:
            return plain(await settle(stream.get_final_completion()))

    @scenario
    async def a_message_of_the_developer(self, target):
        asked = ask({"content": "understood", "prompt_tokens": 9}, model="deepseek-chat")
        asked["messages"].insert(0, {"role": "developer", "content": "be brief"})
        answer = await settle(target.chat.create(**asked))
        seen = json.loads((await ledger_of(asked))[-1]["body"])
        # The service does not know that role.
        self.assertEqual(seen["messages"][0]["role"], "system" if target.through_ferry else "developer")
        return plain(answer)

    @scenario
    async def an_empty_balance_is_not_the_clients_fault(self, target):
        told = {"message": "Insufficient Balance", "type": "unknown_error", "code": "invalid_request_error"}
        asked = ask({"status": 402, "body": {"error": told}}, model="deepseek-chat")
        error = await error_of(lambda: target.with_options(max_retries=0).chat.create(**asked))
        wanted = openai.InternalServerError if target.through_ferry else openai.APIStatusError
        self.assertIs(type(error), wanted)


class Qwen(Scenarios):
    @scenario
    async def create(self, target):
        answer = await settle(target.chat.create(**ask(QWEN, model="qwen-plus"), extra_body={"top_k": 5}))
        self.assertEqual(answer.choices[0].message.reasoning_content, "let me think")
        return plain(answer)

    @scenario
    async def stream_with_usage(self, target):
        asked = ask(QWEN, model="qwen-plus")
        chunks = await chunks_of(target, **asked, stream_options={"include_usage": True})
        self.assertEqual(chunks[-1]["choices"], [])
        return chunks

    @scenario
    async def stream_without_usage(self, target):
        chunks = await chunks_of(target, **ask(QWEN, model="qwen-plus"), extra_body={"enable_thinking": True})
        self.assertTrue(all(chunk["choices"] for chunk in chunks))
        return chunks

    @scenario
    async def tool_calls_whose_continuations_have_empty_ids(self, target):
        asked = ask({"events": QWEN_TOOL}, model="qwen-plus")
        stream = await settle(target.chat.create(**asked, tools=[WEATHER], stream=True))
        deltas = [got.choices[0].delta async for got in each(stream)]
        called = [delta.tool_calls[0] for delta in deltas if delta.tool_calls]
        self.assertEqual("".join(one.function.arguments for one in called), '{"location": "Paris"}')
        return [(one.id, one.function.name, one.function.arguments) for one in called]

    @scenario
    async def a_model_that_answers_in_streams_alone(self, target):
        asked = ask({**QWEN, "prompt_tokens": 7, "completion_tokens": 5}, model="qwen-streams")
        if target.through_ferry:
            answer = plain(await settle(target.chat.create(**asked)))
        else:
            error = await error_of(lambda: target.chat.create(**asked))
            self.assertIs(type(error), openai.BadRequestError)
            usage = {"stream_options": {"include_usage": True}}
            async with opened(target.chat.stream(**asked, **usage)) as stream:
                answer = plain(await settle(stream.get_final_completion()))
        choice, message = answer["choices"][0], answer["choices"][0]["message"]
        return (
            message["role"], message["content"], message["reasoning_content"], choice["finish_reason"], answer["usage"],
        )

    @scenario
    async def a_model_that_thinks_in_streams_alone(self, target):
        # Directly the client must know this; Ferry asks for the stream itself.
        asked = ask(QWEN, model="qwen-thinks")
        if not target.through_ferry:
            error = await error_of(lambda: target.chat.create(**asked, extra_body={"enable_thinking": True}))
            self.assertIn("non-streaming", error.message)
            chunks = await chunks_of(target, **asked, extra_body={"enable_thinking": True})
            return text_of(chunks)
        answer = await settle(target.chat.create(**asked, extra_body={"enable_thinking": True}))
        self.assertEqual(answer.choices[0].message.reasoning_content, "let me think")
        return answer.choices[0].message.content
