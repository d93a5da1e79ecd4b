"""litellm's client: what it makes of the same answers is the same through Ferry as directly."""
import os

os.environ |= {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_MODE": "PRODUCTION", "DO_NOT_TRACK": "1"}

import litellm  # noqa: E402 (it reads its environment when it is loaded)
from clients import WORDS, Clients, case, error_of, plain, told  # noqa: E402

litellm.telemetry = False
litellm.suppress_debug_info = True
WEATHER = {"type": "function", "function": {
    "name": "get_weather", "parameters": {"type": "object", "properties": {"location": {"type": "string"}}},
}}
CLASSES = {
    400: litellm.BadRequestError, 404: litellm.NotFoundError, 422: litellm.BadRequestError,
    429: litellm.RateLimitError,
}


def ask(action=None, **more):
    return {"messages": [{"role": "user", "content": told(action)}], **more}


async def all_of(here, stream):
    """Its streams can be read both ways, but only one of them is right."""
    return [plain(chunk) async for chunk in stream] if here.is_async else [plain(chunk) for chunk in stream]


class Litellm(Clients):
    async def call(self, here, name, **asked):
        """`name` with the client that notes what comes, of the kind that is tested."""
        options = {"model": "openai/mock", "client": here.openai, "max_retries": 0, **asked}
        return await getattr(litellm, f"a{name}")(**options) if here.is_async else getattr(litellm, name)(**options)

    @case
    async def completion(self, here):
        asked = ask({"content": WORDS, "prompt_tokens": 11, "completion_tokens": 4, "cached_tokens": 3})
        answer = await self.call(here, "completion", **asked, temperature=0.5)
        self.assertEqual(answer.choices[0].message.content, WORDS)
        self.assertEqual(answer.usage.total_tokens, 15)
        return plain(answer)

    @case
    async def a_stream(self, here):
        asked = ask({"content": WORDS, "chunk_bytes": 3, "prompt_tokens": 7, "completion_tokens": 5})
        stream = await self.call(here, "completion", **asked, stream=True, stream_options={"include_usage": True})
        chunks = await all_of(here, stream)
        text = "".join(chunk["choices"][0]["delta"].get("content") or "" for chunk in chunks if chunk["choices"])
        self.assertEqual(text, WORDS)
        self.assertEqual(chunks[-1]["usage"]["total_tokens"], 12)
        return chunks

    @case
    async def tools_whole_and_streamed(self, here):
        asked = ask({"tool_calls": [{"name": "get_weather", "arguments": '{"location":"Rome"}'}]}, tools=[WEATHER])
        answer = await self.call(here, "completion", **asked)
        self.assertEqual(answer.choices[0].message.tool_calls[0].function.arguments, '{"location":"Rome"}')
        return plain(answer), await all_of(here, await self.call(here, "completion", **asked, stream=True))

    @case
    async def embeddings(self, here):
        answer = await self.call(here, "embedding", input=["żółć", "你好 👋🏽"])
        self.assertEqual([len(one["embedding"]) for one in answer.data], [1536, 1536])
        return plain(answer)

    @case
    async def errors(self, here):
        heard = []
        for status, kind in CLASSES.items():
            told_why = {"message": "too many words for the model", "type": "requests", "param": None, "code": "long"}
            asked = ask({"status": status, "body": {"error": told_why}})
            for stream in (False, True):
                error = await error_of(lambda: self.call(here, "completion", **asked, stream=stream))
                self.assertIs(type(error), kind, error)
                self.assertEqual(error.status_code, status)
                heard.append(str(error))
        return heard

    @case
    async def an_upstream_that_fails(self, here):
        error = await error_of(lambda: self.call(here, "completion", **ask({"status": 500})))
        # Ferry tells a failure of the upstream from one of its own.
        self.assertIs(type(error), litellm.BadGatewayError if here.through_ferry else litellm.InternalServerError)
