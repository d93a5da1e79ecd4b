"""The Agents SDK, with its models for Responses and for chat: the same through Ferry as directly."""
import os

os.environ["OPENAI_AGENTS_DISABLE_TRACING"] = "1"

import agents  # noqa: E402 (it reads its environment when it is loaded)
import openai  # noqa: E402
import pydantic  # noqa: E402
from clients import WORDS, Clients, case, error_of, plain, told  # noqa: E402

agents.set_tracing_disabled(True)
CLASSES = {
    400: openai.BadRequestError, 404: openai.NotFoundError, 422: openai.UnprocessableEntityError,
    429: openai.RateLimitError,
}
CALLS = {"tool_calls": [{"name": "get_weather", "arguments": '{"location":"Rome"}'}]}


class Person(pydantic.BaseModel):
    name: str
    age: int


def usages(result):
    return [(one.usage.input_tokens, one.usage.output_tokens, one.usage.total_tokens) for one in result.raw_responses]


class Responses(Clients):
    kinds = ("asynchronous",)  # the SDK has no other
    model_class = agents.OpenAIResponsesModel

    def agent(self, here, **more):
        model = self.model_class(model="mock", openai_client=here.openai)
        settings = agents.ModelSettings(include_usage=True)  # of streams of chat
        return agents.Agent(name="helper", instructions="be brief", model=model, model_settings=settings, **more)

    @case
    async def a_run(self, here):
        question = told({"content": WORDS, "prompt_tokens": 11, "completion_tokens": 4})
        result = await agents.Runner.run(self.agent(here), question)
        self.assertEqual(result.final_output, WORDS)
        self.assertEqual(usages(result), [(11, 4, 15)])
        return [plain(item.to_input_item()) for item in result.new_items]

    @case
    async def a_run_in_a_stream(self, here):
        question = told({"content": WORDS, "chunk_bytes": 3, "prompt_tokens": 7, "completion_tokens": 5})
        result, deltas = agents.Runner.run_streamed(self.agent(here), question), []
        async for event in result.stream_events():
            if event.type == "raw_response_event" and event.data.type == "response.output_text.delta":
                deltas.append(event.data.delta)
        self.assertEqual("".join(deltas), WORDS)
        self.assertEqual(usages(result), [(7, 5, 12)])
        return deltas, result.final_output

    @case
    async def a_tool_to_the_end_of_the_run(self, here):
        places = []

        @agents.function_tool
        def get_weather(location: str) -> str:
            """The weather at a place."""
            places.append(location)
            return "sunny"

        agent, question = self.agent(here, tools=[get_weather]), told({**CALLS, "content": "all is well"})
        result = await agents.Runner.run(agent, question)
        streamed = agents.Runner.run_streamed(agent, question)
        kinds = [event.type async for event in streamed.stream_events()]
        self.assertEqual(places, ["Rome", "Rome"])
        self.assertEqual((result.final_output, streamed.final_output), ("all is well", "all is well"))
        return [plain(item.to_input_item()) for item in result.new_items], usages(result), kinds, usages(streamed)

    @case
    async def structured_output(self, here):
        question = told({"json": {"name": "Ada", "age": 36}})
        result = await agents.Runner.run(self.agent(here, output_type=Person), question)
        self.assertEqual(result.final_output, Person(name="Ada", age=36))
        return result.final_output

    @case
    async def errors(self, here):
        heard = []
        for status, kind in CLASSES.items():
            why = {"message": "too many words for the model", "type": "requests", "param": None, "code": "long"}
            question = told({"status": status, "body": {"error": why}})
            error = await error_of(lambda: agents.Runner.run(self.agent(here), question))
            self.assertIs(type(error), kind, error)
            heard.append((status, error.body))
        return heard

    @case
    async def an_upstream_that_fails(self, here):
        error = await error_of(lambda: agents.Runner.run(self.agent(here), told({"status": 500})))
        self.assertIsInstance(error, openai.InternalServerError)


class Chat(Responses):
    model_class = agents.OpenAIChatCompletionsModel
