"""LlamaIndex's models and embeddings for OpenAI: the same through Ferry as directly."""
import os
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / "clients-python"))  # what the clients by others share

import openai  # noqa: E402
import pydantic  # noqa: E402
from clients import WORDS, Clients, all_of, case, error_of, told  # noqa: E402
from llama_index.core.llms import ChatMessage  # noqa: E402
from llama_index.core.prompts import PromptTemplate  # noqa: E402
from llama_index.core.tools import FunctionTool  # noqa: E402
from llama_index.embeddings.openai import OpenAIEmbedding  # noqa: E402
from llama_index.llms.openai import OpenAI, OpenAIResponses  # noqa: E402
from llama_index.llms.openai_like import OpenAILike  # noqa: E402

CLASSES = {
    400: openai.BadRequestError, 404: openai.NotFoundError, 409: openai.ConflictError,
    422: openai.UnprocessableEntityError, 429: openai.RateLimitError,
}
CALLS = {"tool_calls": [{"name": "get_weather", "arguments": '{"location":"Rome"}'}]}
USAGE = {"prompt_tokens": 11, "completion_tokens": 4}


class Person(pydantic.BaseModel):
    name: str
    age: int


def get_weather(location: str) -> str:
    """The weather at a place."""
    return f"sunny in {location}"


WEATHER = FunctionTool.from_defaults(fn=get_weather)


def over(here, **more):
    """What a client is made with."""
    http = {"async_http_client" if here.is_async else "http_client": here.http}
    return {"api_base": here.url, "api_key": here.api_key, "max_retries": 0, **http, **more}


async def call(here, model, name, *asked, **more):
    """The method of this name, or its asynchronous twin."""
    return await getattr(model, f"a{name}")(*asked, **more) if here.is_async else getattr(model, name)(*asked, **more)


async def to_the_end(here, model, name, asked):
    """The same. LlamaIndex asks for a stream when it is read."""
    got = await call(here, model, name, asked)
    return await all_of(got) if "stream" in name else got


def question(action):
    return [ChatMessage(role="system", content="be brief"), ChatMessage(role="user", content=told(action))]


class Chat(Clients):
    """The model that knows OpenAI's own by their names."""

    def model(self, here, **more):
        return OpenAI(**over(here, **{"model": "gpt-4o-mini", **more}))

    @case
    async def complete(self, here):
        answer = await call(here, self.model(here), "complete", told({"content": WORDS, **USAGE}))
        self.assertEqual(answer.text, WORDS)
        return answer

    @case
    async def stream_complete(self, here):
        asked = told({"content": WORDS, "chunk_bytes": 3, **USAGE})
        pieces = await all_of(await call(here, self.model(here), "stream_complete", asked))
        self.assertEqual(pieces[-1]["text"], WORDS)
        self.assertGreater(len(pieces), 5)
        return pieces

    @case
    async def chat(self, here):
        answer = await call(here, self.model(here), "chat", question({"content": WORDS, "cached_tokens": 3, **USAGE}))
        self.assertEqual(answer.message.content, WORDS)
        self.assertEqual(answer.raw.usage.total_tokens, 15)
        return answer

    @case
    async def stream_chat(self, here):
        asked = question({"content": WORDS, "chunk_bytes": 3, **USAGE})
        pieces = await all_of(await call(here, self.model(here), "stream_chat", asked))
        self.assertEqual("".join(piece["delta"] or "" for piece in pieces), WORDS)
        return pieces

    @case
    async def tools_to_the_end_of_the_conversation(self, here):
        model, asked = self.model(here), question({**CALLS, **USAGE, "content": "well"})
        first = await call(here, model, "chat_with_tools", [WEATHER], chat_history=asked)
        calls = model.get_tool_calls_from_response(first)
        self.assertEqual([(one.tool_name, one.tool_kwargs) for one in calls], [("get_weather", {"location": "Rome"})])
        result = ChatMessage(role="tool", content="sunny", additional_kwargs={"tool_call_id": calls[0].tool_id})
        talk = [*asked, first.message, result]
        last = await call(here, model, "chat_with_tools", [WEATHER], chat_history=talk)
        self.assertEqual(last.message.content, "well")
        pieces = await all_of(await call(here, model, "stream_chat_with_tools", [WEATHER], chat_history=asked))
        return first, last, pieces

    @case
    async def predict_and_call(self, here):
        answer = await call(here, self.model(here), "predict_and_call", [WEATHER], user_msg=told(CALLS))
        self.assertEqual(answer.response, "sunny in Rome")

    @case
    async def structured_output(self, here):
        asked = {"asked": told({"json": {"name": "Ada", "age": 36}})}
        answer = await call(here, self.model(here), "structured_predict", Person, PromptTemplate("{asked}"), **asked)
        self.assertEqual(answer, Person(name="Ada", age=36))

    @case
    async def errors(self, here):
        heard, model = [], self.model(here)
        for status, kind in CLASSES.items():
            why = {"message": "too many words for the model", "type": "requests", "param": None, "code": "long"}
            asked = question({"status": status, "body": {"error": why}})
            for name in ("chat", "stream_chat"):
                error = await error_of(lambda: to_the_end(here, model, name, asked))
                self.assertIs(type(error), kind, error)
                heard.append((type(error).__name__, error.status_code, error.body))
        return heard

    @case
    async def an_upstream_that_fails(self, here):
        error = await error_of(lambda: call(here, self.model(here), "chat", question({"status": 500})))
        self.assertIsInstance(error, openai.InternalServerError)

    @case
    async def a_model_and_a_key_that_nobody_knows(self, here):
        # Ferry knows that by itself, the mock provider is told so.
        unknown = {404: ({"model": "gpt-4o"}, openai.NotFoundError)}
        unknown[401] = ({"api_key": "fk-nobody"}, openai.AuthenticationError)
        for status, (more, kind) in unknown.items():
            model = self.model(here, **more)
            asked = question({} if here.through_ferry else {"status": status})
            for name in ("chat", "stream_chat"):
                self.assertIs(type(await error_of(lambda: to_the_end(here, model, name, asked))), kind)


class Like(Chat):
    """The model for whatever speaks like OpenAI."""

    def model(self, here, **more):
        kinds = {"is_chat_model": True, "is_function_calling_model": True, "should_use_structured_outputs": True}
        return OpenAILike(**over(here, **{"model": "mock", **kinds, **more}))


class Responses(Chat):
    def model(self, here, **more):
        return OpenAIResponses(**over(here, **{"model": "gpt-4o-mini", **more}))


class Completions(Clients):
    @case
    async def whole_and_to_the_end(self, here):
        model, asked = OpenAILike(model="mock", **over(here)), told({"content": WORDS, "chunk_bytes": 3, **USAGE})
        whole = await call(here, model, "complete", asked)
        pieces = await all_of(await call(here, model, "stream_complete", asked))
        self.assertEqual((whole.text, pieces[-1]["text"]), (WORDS, WORDS))
        return whole, pieces


class Embeddings(Clients):
    def model(self, here, **more):
        return OpenAIEmbedding(model_name="mock", dimensions=16, embed_batch_size=2, **over(here, **more))

    @case
    async def of_a_text_and_of_several(self, here):
        model, texts = self.model(here), ["a", "b", "żółć 你好 👋🏽"]
        if here.is_async:
            one, query = await model.aget_text_embedding("one"), await model.aget_query_embedding("two")
            several = await model.aget_text_embedding_batch(texts)
        else:
            one, query = model.get_text_embedding("one"), model.get_query_embedding("two")
            several = model.get_text_embedding_batch(texts)
        self.assertEqual([len(vector) for vector in (one, query, *several)], [16] * 5)
        return one, query, several

    @case
    async def errors(self, here):
        why = {"message": "too many words for the model", "type": "requests", "param": None, "code": "long"}
        heard, model = [], self.model(here)
        for status in (400, 429):
            asked = told({"status": status, "body": {"error": why}})
            ask = model.aget_text_embedding if here.is_async else model.get_text_embedding
            error = await error_of(lambda: ask(asked))
            self.assertIs(type(error), CLASSES[status])
            heard.append(error.body)
        return heard
