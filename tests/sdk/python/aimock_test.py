"""A mock provider by somebody else as the upstream: what the SDK makes of it is the same through Ferry as directly."""
import openai
import pydantic
from targets import Scenarios, chunks_of, each, error_of, nonce, opened, plain, scenario, settle, text_of

WEATHER = {"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object", "properties": {}}}}
ERRORS = {
    "refuse this": openai.BadRequestError, "too many": openai.RateLimitError,
    "break down": openai.InternalServerError,
}


class Person(pydantic.BaseModel):
    name: str
    age: int


def ask(text, **members):
    return {"model": "third-party", "messages": [{"role": "user", "content": text}], **members}


class Aimock(Scenarios):
    upstream = "AIMOCK"

    @scenario
    async def create(self, target):
        answer = await settle(target.chat.create(**ask("greet me")))
        self.assertTrue(answer.choices[0].message.content.startswith("Hello"))
        self.assertEqual(answer.usage.total_tokens, answer.usage.prompt_tokens + answer.usage.completion_tokens)
        return plain(answer)

    @scenario
    async def stream(self, target):
        chunks = await chunks_of(target, **ask("greet me"))
        self.assertTrue(text_of(chunks).startswith("Hello"))
        return chunks

    @scenario
    async def stream_with_usage(self, target):
        chunks = await chunks_of(target, **ask("greet me", stream_options={"include_usage": True}))
        self.assertTrue(chunks[-1]["usage"]["total_tokens"])
        return chunks

    @scenario
    async def events_of_the_stream_helper(self, target):
        async with opened(target.chat.stream(**ask("greet me"))) as stream:
            return [plain(event) async for event in each(stream)], plain(await settle(stream.get_final_completion()))

    @scenario
    async def parallel_tools(self, target):
        answer = await settle(target.chat.create(**ask("the weather", tools=[WEATHER])))
        called = [call.function.name for call in answer.choices[0].message.tool_calls]
        self.assertEqual(called, ["get_weather", "get_time"])
        return plain(answer), await chunks_of(target, **ask("the weather", tools=[WEATHER]))

    @scenario
    async def a_conversation_with_tools_to_its_end(self, target):
        asked = ask("the weather", tools=[WEATHER])
        message = (await settle(target.chat.create(**asked))).choices[0].message
        asked["messages"] += [message]
        for call in message.tool_calls:
            asked["messages"] += [{"role": "tool", "tool_call_id": call.id, "content": "mild"}]
        answer = await settle(target.chat.create(**asked))
        self.assertEqual(answer.choices[0].message.content, "It is mild.")
        return plain(answer)

    @scenario
    async def structured_output(self, target):
        answer = await settle(target.chat.parse(**ask("who is it"), response_format=Person))
        self.assertEqual(answer.choices[0].message.parsed, Person(name="Ada", age=36))
        return plain(answer)

    @scenario
    async def reasoning(self, target):
        answer = await settle(target.chat.create(**ask("think about it")))
        self.assertEqual(answer.choices[0].message.reasoning_content, "one step after the other")
        return plain(answer), await chunks_of(target, **ask("think about it"))

    @scenario
    async def errors(self, target):
        once, seen = target.with_options(max_retries=0), []
        for text, kind in ERRORS.items():
            for stream in (False, True):
                error = await error_of(lambda: once.chat.create(**ask(text), stream=stream))
                self.assertIs(type(error), kind, error)
                seen.append((kind.__name__, error.body["message"]) if kind is openai.BadRequestError else kind.__name__)
        return seen

    @scenario
    async def an_upstream_that_fails_twice_and_then_answers(self, target):
        answer = await settle(target.chat.create(**ask(f"flaky {nonce()}")))
        return answer.choices[0].message.content

    @scenario
    async def a_stream_that_is_cut(self, target):
        stream = await settle(target.chat.create(**ask("cut this"), stream=True))
        got, failed = [], None
        try:
            async for chunk in each(stream):
                got.append(plain(chunk))
        except Exception as error:
            failed = error
        return text_of(got), failed is not None
