"""LangChain's chat models and embeddings for OpenAI: the same through Ferry as directly."""
import os

os.environ |= {"LANGSMITH_TRACING": "false", "LANGCHAIN_TRACING_V2": "false"}

import openai  # noqa: E402 (LangChain reads its environment when it is loaded)
import pydantic  # noqa: E402
from clients import WORDS, Clients, all_of, case, error_of, told  # noqa: E402
from langchain_core.messages import HumanMessage, ToolMessage  # noqa: E402
from langchain_openai import ChatOpenAI, OpenAIEmbeddings  # noqa: E402

CLASSES = {
    400: openai.BadRequestError, 404: openai.NotFoundError, 409: openai.ConflictError,
    422: openai.UnprocessableEntityError, 429: openai.RateLimitError,
}
CALLS = {"tool_calls": [{"name": "GetWeather", "arguments": '{"location":"Rome"}'}]}


class GetWeather(pydantic.BaseModel):
    """The weather at a place."""

    location: str


class Person(pydantic.BaseModel):
    name: str
    age: int


def over(here, **more):
    """What a client is made with."""
    http = {"http_async_client" if here.is_async else "http_client": here.http}
    return {"model": "mock", "base_url": here.url, "api_key": here.api_key, "max_retries": 0, **http, **more}


async def invoke(here, model, question):
    return await model.ainvoke(question) if here.is_async else model.invoke(question)


def stream(here, model, question):
    return model.astream(question) if here.is_async else model.stream(question)


class Chat(Clients):
    def model(self, here, **more):
        return ChatOpenAI(**over(here, **more))

    @case
    async def invoke(self, here):
        question = told({"content": WORDS, "prompt_tokens": 11, "completion_tokens": 4, "cached_tokens": 3})
        answer = await invoke(here, self.model(here), question)
        self.assertEqual(answer.text, WORDS)
        self.assertEqual(answer.usage_metadata["total_tokens"], 15)
        return answer

    @case
    async def a_stream(self, here):
        question = told({"content": WORDS, "chunk_bytes": 3, "prompt_tokens": 7, "completion_tokens": 5})
        pieces = await all_of(stream(here, self.model(here, stream_usage=True), question))
        self.assertGreater(len(pieces), 5)
        self.assertEqual(sum((piece["usage_metadata"] or {}).get("total_tokens", 0) for piece in pieces), 12)
        return pieces

    @case
    async def tools_to_the_end_of_the_conversation(self, here):
        model, question = self.model(here).bind_tools([GetWeather]), HumanMessage(told({**CALLS, "content": "well"}))
        first = await invoke(here, model, [question])
        self.assertEqual([call["args"] for call in first.tool_calls], [{"location": "Rome"}])
        result = ToolMessage("sunny", tool_call_id=first.tool_calls[0]["id"])
        last = await invoke(here, model, [question, first, result])
        self.assertEqual(last.text, "well")
        return first, last, await all_of(stream(here, model, [question]))

    @case
    async def structured_output(self, here):
        model = self.model(here).with_structured_output(Person, method="json_schema")
        answer = await invoke(here, model, told({"json": {"name": "Ada", "age": 36}}))
        self.assertEqual(answer, Person(name="Ada", age=36))
        return answer

    @case
    async def errors(self, here):
        heard, model = [], self.model(here)
        for status, kind in CLASSES.items():
            why = {"message": "too many words for the model", "type": "requests", "param": None, "code": "long"}
            question = told({"status": status, "body": {"error": why}})
            for call in (lambda: invoke(here, model, question), lambda: stream(here, model, question)):
                error = await error_of(call)
                self.assertIsInstance(error, kind, error)
                heard.append((type(error).__name__, error.status_code, error.body))
        return heard

    @case
    async def an_upstream_that_fails(self, here):
        error = await error_of(lambda: invoke(here, self.model(here), told({"status": 500})))
        self.assertIsInstance(error, openai.InternalServerError)


class Responses(Chat):
    def model(self, here, **more):
        return ChatOpenAI(**over(here, use_responses_api=True, **more))


class Embeddings(Clients):
    @case
    async def of_a_text_and_of_several(self, here):
        # What counts tokens would be loaded from the network.
        model = OpenAIEmbeddings(**over(here, dimensions=16, check_embedding_ctx_length=False))
        texts = ["a", "b", "żółć 你好 👋🏽"]
        one = await model.aembed_query("one") if here.is_async else model.embed_query("one")
        several = await model.aembed_documents(texts) if here.is_async else model.embed_documents(texts)
        self.assertEqual([len(vector) for vector in (one, *several)], [16] * 4)
        return one, several
