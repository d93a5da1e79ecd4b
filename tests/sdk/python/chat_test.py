"""Answers, streams, tools and structured output: the official SDK gets the same through Ferry as directly."""
import json
from typing import Literal

import openai
import pydantic
from targets import Scenarios, ask, at_once, chunks_of, each, ledger_of, opened, plain, scenario, settle, text_of

WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather", "strict": True,
        "parameters": {
            "type": "object", "properties": {"location": {"type": "string"}}, "required": ["location"],
            "additionalProperties": False,
        },
    },
}
CLOCK = {
    "type": "function",
    "function": {
        "name": "get_time", "strict": True,
        "parameters": {"type": "object", "properties": {}, "required": [], "additionalProperties": False},
    },
}
WORDS = "żółć, 你好, 👩‍👩‍👧‍👦, e\u0301, \u2028, \"quoted\" \\ \t end"


class Person(pydantic.BaseModel):
    name: str
    age: int
    mood: Literal["merry", "sad"] = "merry"


class GetWeather(pydantic.BaseModel):
    location: str


async def finished(stream):
    """(all events, the last completion) of the stream helper."""
    async with opened(stream) as events:
        told = [plain(event) async for event in each(events)]
        return told, plain(await settle(events.get_final_completion()))


class Answers(Scenarios):
    @scenario
    async def create(self, target):
        asked = ask({"content": "Hello there", "prompt_tokens": 11, "completion_tokens": 4})
        answer = await settle(target.chat.create(**asked, temperature=0.7, max_tokens=100))
        self.assertEqual(answer.choices[0].message.content, "Hello there")
        self.assertEqual(answer.usage.total_tokens, 15)
        return plain(answer)

    @scenario
    async def unicode(self, target):
        answer = await settle(target.chat.create(**ask({"content": WORDS}, text=WORDS)))
        self.assertEqual(answer.choices[0].message.content, WORDS)
        self.assertEqual(text_of(await chunks_of(target, **ask({"content": WORDS, "chunk_bytes": 1}))), WORDS)

    @scenario
    async def empty_content(self, target):
        answer = await settle(target.chat.create(**ask({"content": ""})))
        self.assertEqual(answer.choices[0].message.content, "")
        return plain(answer), await chunks_of(target, **ask({"content": ""}))

    @scenario
    async def reasoning_and_refusals(self, target):
        asked = ask({"content": "42", "reasoning": "because", "reasoning_tokens": 3})
        thought = await settle(target.chat.create(**asked))
        refused = await settle(target.chat.create(**ask({"refusal": "I will not"})))
        self.assertEqual(thought.choices[0].message.reasoning_content, "because")
        self.assertEqual(refused.choices[0].message.refusal, "I will not")
        return plain(thought), plain(refused), await finished(target.chat.stream(**ask({"refusal": "I will not"})))

    @scenario
    async def several_choices(self, target):
        whole = await settle(target.chat.create(**ask({"content": "x"}), n=3))
        self.assertEqual([choice.index for choice in whole.choices], [0, 1, 2])
        return plain(whole), await chunks_of(target, **ask({"content": "x y"}), n=2)

    @scenario
    async def vision_parts(self, target):
        image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo=", "detail": "low"}}
        asked = ask({"content": "a picture"})
        asked["messages"][0]["content"] = [{"type": "text", "text": asked["messages"][0]["content"]}, image]
        answer = await settle(target.chat.create(**asked))
        seen = json.loads((await ledger_of(asked))[-1]["body"])
        self.assertEqual(seen["messages"][0]["content"][1], image)
        return plain(answer)

    @scenario
    async def a_prompt_of_1_mib(self, target):
        asked = ask({"content": "long"}, text="word " * 210_000)
        answer = await settle(target.chat.create(**asked))
        body = json.loads((await ledger_of(asked))[-1]["body"])
        self.assertEqual(body["messages"], asked["messages"])
        return answer.choices[0].message.content

    @scenario
    async def twenty_requests_at_once(self, target):
        def one(number):
            asked = ask({"content": f"answer {number}"})
            if not target.is_async:
                return lambda: target.chat.create(**asked)

            async def call():
                return await target.chat.create(**asked)

            return call

        answers = await at_once([one(number) for number in range(20)])
        return [answer.choices[0].message.content for answer in answers]

    @scenario
    async def the_list_of_models_and_one_of_them(self, target):
        listed = [model.id async for model in each(target.client.models.list())]
        one = await settle(target.client.models.retrieve("mock"))
        nested = await settle(target.client.models.retrieve("org/model"))
        return sorted(listed), [one.id, one.object], [nested.id, nested.object]


class Streams(Scenarios):
    @scenario
    async def stream(self, target):
        chunks = await chunks_of(target, **ask({"content": "a b c d"}))
        self.assertEqual(text_of(chunks), "a b c d")
        self.assertTrue(all(len(chunk["choices"]) == 1 for chunk in chunks), "a usage chunk nobody asked for")
        return chunks

    @scenario
    async def stream_with_usage(self, target):
        asked = ask({"content": "a b", "prompt_tokens": 3, "completion_tokens": 2, "cached_tokens": 1})
        chunks = await chunks_of(target, **asked, stream_options={"include_usage": True})
        self.assertEqual(chunks[-1]["usage"]["total_tokens"], 5)
        return chunks

    @scenario
    async def a_stream_written_byte_by_byte(self, target):
        return await chunks_of(target, **ask({"content": WORDS, "chunks": 4, "split": 1}))

    @scenario
    async def events_of_the_stream_helper(self, target):
        events, last = await finished(target.chat.stream(**ask({"content": "one two three"})))
        self.assertEqual(last["choices"][0]["message"]["content"], "one two three")
        return events, last

    @scenario
    async def a_stream_that_stays_silent_for_a_while(self, target):
        asked = ask({"content": "late", "first_delay_ms": 200, "keepalive_ms": 20})
        return await chunks_of(target, **asked)


class Tools(Scenarios):
    @scenario
    async def tools(self, target):
        asked = ask({"tool_calls": [{"name": "get_weather", "arguments": '{"location":"Paris"}'}]})
        answer = await settle(target.chat.create(**asked, tools=[WEATHER], tool_choice="auto"))
        self.assertEqual(answer.choices[0].finish_reason, "tool_calls")
        call = answer.choices[0].message.tool_calls[0]
        self.assertEqual(json.loads(call.function.arguments), {"location": "Paris"})
        return plain(answer)

    @scenario
    async def parallel_tools_in_a_stream(self, target):
        calls = [{"name": "get_weather", "arguments": '{"location":"Oslo"}'}, {"name": "get_time", "arguments": "{}"}]
        events, last = await finished(
            target.chat.stream(**ask({"tool_calls": calls}), tools=[WEATHER, CLOCK], parallel_tool_calls=True)
        )
        called = [call["function"]["name"] for call in last["choices"][0]["message"]["tool_calls"]]
        self.assertEqual(called, ["get_weather", "get_time"])
        return events, last

    @scenario
    async def a_conversation_with_a_tool_to_its_end(self, target):
        asked = ask({"content": "sunny", "tool_calls": [{"name": "get_weather", "arguments": '{"location":"Rome"}'}]})
        first = await settle(target.chat.create(**asked, tools=[WEATHER]))
        message = first.choices[0].message
        result = {"role": "tool", "tool_call_id": message.tool_calls[0].id, "content": '{"sky":"clear"}'}
        asked["messages"] += [message, result]
        second = await settle(target.chat.create(**asked, tools=[WEATHER]))
        self.assertEqual(second.choices[0].message.content, "sunny")
        return plain(first), plain(second)

    @scenario
    async def tools_parsed_into_models(self, target):
        asked = ask({"tool_calls": [{"name": "GetWeather", "arguments": '{"location":"Bern"}'}]})
        answer = await settle(target.chat.parse(**asked, tools=[openai.pydantic_function_tool(GetWeather)]))
        parsed = answer.choices[0].message.tool_calls[0].function.parsed_arguments
        self.assertEqual(parsed, GetWeather(location="Bern"))
        return plain(answer)


class StructuredOutput(Scenarios):
    @scenario
    async def parse(self, target):
        answer = await settle(target.chat.parse(**ask({"json": {"name": "Ada", "age": 36}}), response_format=Person))
        self.assertEqual(answer.choices[0].message.parsed, Person(name="Ada", age=36))
        return plain(answer)

    @scenario
    async def parse_in_a_stream(self, target):
        asked = ask({"json": {"name": "Ada", "age": 36, "mood": "sad"}, "chunk_bytes": 3})
        events, last = await finished(target.chat.stream(**asked, response_format=Person))
        self.assertEqual(last["choices"][0]["message"]["parsed"], {"name": "Ada", "age": 36, "mood": "sad"})
        return events, last

    @scenario
    async def the_schema_arrives_as_the_sdk_wrote_it(self, target):
        asked = ask({"json": {"name": "Ada", "age": 36}})
        await settle(target.chat.parse(**asked, response_format=Person))
        return json.loads((await ledger_of(asked))[-1]["body"])["response_format"]

    @scenario
    async def an_answer_that_ran_out_of_length_or_was_filtered(self, target):
        kinds = {"length": openai.LengthFinishReasonError, "content_filter": openai.ContentFilterFinishReasonError}
        for reason, kind in kinds.items():
            asked = ask({"json": {"name": "Ada"}, "finish_reason": reason})
            with self.assertRaises(kind):
                await settle(target.chat.parse(**asked, response_format=Person))

    @scenario
    async def an_answer_that_does_not_fit_the_schema(self, target):
        with self.assertRaises(pydantic.ValidationError):
            await settle(target.chat.parse(**ask({"json": {"name": 1}}), response_format=Person))
