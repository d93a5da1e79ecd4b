"""Responses that are made: whole, streamed, with functions and schemas, the same through Ferry as directly."""
import json

import openai
import pydantic
from targets import Scenarios, each, ledger_of, nonce_of, opened, plain, scenario, settle, told

WEATHER = {
    "type": "function", "name": "get_weather", "strict": True,
    "parameters": {
        "type": "object", "properties": {"location": {"type": "string"}}, "required": ["location"],
        "additionalProperties": False,
    },
}
WORDS = "żółć, 你好, 👩‍👩‍👧‍👦, \u2028, \"quoted\" \\ \t end"


class Person(pydantic.BaseModel):
    name: str
    age: int


class GetWeather(pydantic.BaseModel):
    location: str


async def events_of(target, **asked):
    stream = await settle(target.client.responses.create(model="mock", stream=True, **asked))
    return [plain(event) async for event in each(stream)]


async def finished(target, **asked):
    """(all events, the last response) of the stream helper."""
    async with opened(target.client.responses.stream(model="mock", **asked)) as events:
        seen = [plain(event) async for event in each(events)]
        return seen, plain(await settle(events.get_final_response()))


def kinds_of(events):
    return [event["type"] for event in events]


def text_in(events):
    return "".join(event["delta"] for event in events if event["type"] == "response.output_text.delta")


class Answers(Scenarios):
    is_metered = True

    @scenario
    async def create(self, target):
        asked = told({"content": "Hello there", "prompt_tokens": 11, "completion_tokens": 4})
        answer = await settle(target.client.responses.create(
            model="mock", input=asked, instructions="be brief", temperature=0.7, max_output_tokens=100,
            metadata={"about": "greetings"},
        ))
        self.assertEqual(answer.output_text, "Hello there")
        self.assertEqual(answer.usage.total_tokens, 15)
        self.assertTrue(answer._request_id)
        return plain(answer)

    @scenario
    async def unicode(self, target):
        answer = await settle(target.client.responses.create(model="mock", input=told({"content": WORDS}, WORDS)))
        self.assertEqual(answer.output_text, WORDS)
        self.assertEqual(text_in(await events_of(target, input=told({"content": WORDS, "chunk_bytes": 1}))), WORDS)

    @scenario
    async def the_body_arrives_as_the_sdk_wrote_it(self, target):
        asked = told(text="same text")
        more = {"include": ["reasoning.encrypted_content"], "truncation": "auto", "temperature": 1e-7, "user": "żółć"}
        await settle(target.client.responses.create(model="mock", input=asked, **more, extra_body={"top_k": 5}))
        return (await ledger_of(asked))[-1]["body"].replace(nonce_of(asked), "NONCE")

    @scenario
    async def a_list_of_messages_with_a_picture(self, target):
        picture = {"type": "input_image", "image_url": "data:image/png;base64,iVBORw0KGgo=", "detail": "low"}
        text = told({"content": "a picture"})
        asked = [{"role": "user", "content": [{"type": "input_text", "text": text}, picture]}]
        answer = await settle(target.client.responses.create(model="mock", input=asked))
        self.assertEqual(json.loads((await ledger_of(asked))[-1]["body"])["input"], asked)
        return plain(answer)

    @scenario
    async def reasoning(self, target):
        asked = told({"reasoning": "let me think", "content": "forty two", "reasoning_tokens": 3})
        answer = await settle(target.client.responses.create(model="mock", input=asked, reasoning={"effort": "low"}))
        self.assertEqual([item.type for item in answer.output], ["reasoning", "message"])
        self.assertEqual(answer.usage.output_tokens_details.reasoning_tokens, 3)
        return plain(answer)

    @scenario
    async def an_answer_that_ran_out_of_length(self, target):
        asked = told({"content": "one two three four"})
        answer = await settle(target.client.responses.create(model="mock", input=asked, max_output_tokens=2))
        self.assertEqual((answer.status, answer.incomplete_details.reason), ("incomplete", "max_output_tokens"))
        return plain(answer)

    @scenario
    async def a_refusal(self, target):
        asked = told({"refusal": "no", "content": ""})
        answer = await settle(target.client.responses.create(model="mock", input=asked))
        self.assertEqual(answer.output[0].content[-1].refusal, "no")
        return plain(answer)

    @scenario
    async def input_tokens_and_compact(self, target):
        # What the upstream answers stands in tests/support/sdk_operations.py.
        counted = await settle(target.client.responses.input_tokens.count(model="mock", input="how long is this"))
        self.assertEqual(counted.input_tokens, 17)
        compacted = await settle(target.client.responses.compact(model="mock", input="a long talk"))
        self.assertEqual(compacted.object, "response.compaction")
        return plain(counted), plain(compacted)


class Streams(Scenarios):
    is_metered = True

    @scenario
    async def stream(self, target):
        events = await events_of(target, input=told({"content": "a b c d"}))
        self.assertEqual(text_in(events), "a b c d")
        self.assertEqual(kinds_of(events)[0], "response.created")
        self.assertEqual(kinds_of(events)[-1], "response.completed")
        self.assertEqual([event["sequence_number"] for event in events], list(range(len(events))))
        return events

    @scenario
    async def a_stream_written_byte_by_byte(self, target):
        return await events_of(target, input=told({"content": WORDS, "chunks": 4, "split": 1}))

    @scenario
    async def a_stream_that_stays_silent_for_a_while(self, target):
        return await events_of(target, input=told({"content": "late", "first_delay_ms": 200, "keepalive_ms": 20}))

    @scenario
    async def events_of_the_stream_helper(self, target):
        events, last = await finished(target, input=told({"content": "one two three"}))
        self.assertEqual(last["output"][0]["content"][0]["text"], "one two three")
        self.assertEqual(kinds_of(events)[-1], "response.completed")
        return events, last

    @scenario
    async def reasoning_in_a_stream(self, target):
        return await finished(target, input=told({"reasoning": "let me think", "content": "forty two"}))

    @scenario
    async def an_incomplete_stream(self, target):
        events = await events_of(target, input=told({"content": "one two three"}), max_output_tokens=2)
        self.assertEqual(kinds_of(events)[-1], "response.incomplete")
        return events

    @scenario
    async def a_stream_that_is_not_stored(self, target):
        return await events_of(target, input=told({"content": "forget it"}), store=False)


class Functions(Scenarios):
    is_metered = True

    @scenario
    async def parallel_calls(self, target):
        calls = [{"name": "get_weather", "arguments": '{"location":"Oslo"}'}, {"name": "get_time", "arguments": "{}"}]
        clock = {"type": "function", "name": "get_time", "parameters": {"type": "object", "properties": {}}}
        asked = told({"content": "", "tool_calls": calls})
        answer = await settle(target.client.responses.create(model="mock", input=asked, tools=[WEATHER, clock]))
        called = [item.name for item in answer.output if item.type == "function_call"]
        self.assertEqual(called, ["get_weather", "get_time"])
        return plain(answer)

    @scenario
    async def calls_in_a_stream(self, target):
        calls = [{"name": "get_weather", "arguments": '{"location":"Paris"}'}]
        events, last = await finished(target, input=told({"tool_calls": calls}), tools=[WEATHER])
        done = [event for event in events if event["type"] == "response.function_call_arguments.done"]
        self.assertEqual(json.loads(done[0]["arguments"]), {"location": "Paris"})
        return events, last

    @scenario
    async def a_conversation_with_a_function_to_its_end(self, target):
        create, calls = target.client.responses.create, [{"name": "get_weather", "arguments": '{"location":"Rome"}'}]
        first = await settle(create(
            model="mock", input=told({"tool_calls": calls, "prompt_tokens": 5}), tools=[WEATHER],
        ))
        call = next(item for item in first.output if item.type == "function_call")
        result = {"type": "function_call_output", "call_id": call.call_id, "output": '{"sky":"clear"}'}
        more = {"role": "user", "content": told({"content": "sunny", "prompt_tokens": 9})}
        second = await settle(create(
            model="mock", previous_response_id=first.id, input=[result, more], tools=[WEATHER],
        ))
        self.assertEqual(second.output_text, "sunny")
        self.assertEqual(second.previous_response_id, first.id)
        seen = json.loads((await ledger_of(more))[-1]["body"])
        self.assertEqual(seen["previous_response_id"], first.id)
        self.assertEqual(seen["input"][0], result)
        return plain(first), plain(second)

    @scenario
    async def arguments_parsed_into_models(self, target):
        asked = told({"tool_calls": [{"name": "GetWeather", "arguments": '{"location":"Bern"}'}]})
        tools = [openai.pydantic_function_tool(GetWeather)["function"]]
        tools = [{"type": "function", **tool} for tool in tools]
        answer = await settle(target.client.responses.parse(model="mock", input=asked, tools=tools))
        call = next(item for item in answer.output if item.type == "function_call")
        self.assertEqual(json.loads(call.arguments), {"location": "Bern"})
        return plain(answer)


class StructuredOutput(Scenarios):
    is_metered = True

    @scenario
    async def parse(self, target):
        asked = told({"json": {"name": "Ada", "age": 36}})
        answer = await settle(target.client.responses.parse(model="mock", input=asked, text_format=Person))
        self.assertEqual(answer.output_parsed, Person(name="Ada", age=36))
        sent = json.loads((await ledger_of(asked))[-1]["body"])["text"]
        return plain(answer), sent

    @scenario
    async def parse_in_a_stream(self, target):
        asked = told({"json": {"name": "Ada", "age": 36}, "chunk_bytes": 3})
        async with opened(target.client.responses.stream(model="mock", input=asked, text_format=Person)) as events:
            seen = [plain(event) async for event in each(events)]
            last = await settle(events.get_final_response())
        self.assertEqual(last.output_parsed, Person(name="Ada", age=36))
        return seen, plain(last)
