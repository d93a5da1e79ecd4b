"""Providers that are odd, but that the official SDK understands directly: through Ferry the same comes out."""
import json

import openai
from answers import DONE, usage
from sdk_odd_answers import ENDPOINTS, FOR_ALL, FOR_PYTHON, PIECES, TEXT, bare_chunk, told
from targets import Scenarios, ask, chunks_of, each, error_of, ledger_of, opened, plain, scenario, settle, text_of


def texts_of(chunks):
    """The text, without content that is none."""
    deltas = [chunk["choices"][0]["delta"] for chunk in chunks if chunk["choices"]]
    return "".join(delta["content"] for delta in deltas if isinstance(delta.get("content"), str))


async def walked(target, **asked):
    """The chunks of a stream; where a provider has no list of choices, Ferry has an empty one."""
    return [{**chunk, "choices": chunk.get("choices") or []} for chunk in await chunks_of(target, **asked)]


def reads(name):
    async def document(self, target):
        answer = plain(await settle(target.chat.create(**ask(model=name))))
        self.assertEqual(answer["choices"][0]["message"]["content"], TEXT)
        self.assertEqual(answer["choices"][0]["finish_reason"], "stop")
        self.assertIn("usage", answer)
        return answer

    async def stream(self, target):
        chunks = await walked(target, **ask(model=name), stream_options={"include_usage": True})
        self.assertEqual(texts_of(chunks), TEXT)
        self.assertEqual([one["choices"][0]["finish_reason"] for one in chunks if one["choices"]][-1], "stop")
        self.assertEqual("usage" in chunks[-1], "-usage-" in name)
        return chunks

    run = document if name.startswith("document") else stream
    run.__name__ = name.replace("-", "_")
    return scenario(run)


OddAnswers = type("OddAnswers", (Scenarios,), {name: reads(name) for name in {**FOR_ALL, **FOR_PYTHON}})


class OddStreams(Scenarios):
    async def usage_nobody_asked_for(self, target, **choices):
        """Such a provider reports usage to who asks for it: Ferry does, and this client does not."""
        reported = [bare_chunk(usage=usage(7, 5), **choices)] if target.through_ferry else []
        chunks = await chunks_of(target, **ask(told(*PIECES, *reported, DONE)))
        self.assertEqual(text_of(chunks), TEXT)
        return chunks

    @scenario
    async def usage_without_choices_that_nobody_asked_for(self, target):
        return await self.usage_nobody_asked_for(target)

    @scenario
    async def usage_beside_null_that_nobody_asked_for(self, target):
        return await self.usage_nobody_asked_for(target, choices=None)

    @scenario
    async def the_helper_reads_a_stream_whose_usage_has_no_choices(self, target):
        reported = [bare_chunk(usage=usage(7, 5))] if target.through_ferry else []
        async with opened(target.chat.stream(**ask(told(*PIECES, *reported, DONE)))) as stream:
            return plain(await settle(stream.get_final_completion()))

    @scenario
    async def a_stream_that_is_left_behind_its_finish(self, target):
        stream = await settle(target.chat.create(**ask({"content": TEXT, "interval_ms": 5}), stream=True))
        got = []
        async for chunk in each(stream):
            got.append(plain(chunk))
            if chunk.choices[0].finish_reason:
                break
        await settle(stream.close())
        self.assertEqual(text_of(got), TEXT)
        return got

    @scenario
    async def a_provider_that_fails_over_stream_options(self, target):
        # The SDK did not send them; Ferry did.
        refused = {"error": {"message": "got an unexpected keyword argument stream_options"}}
        failing = {"fail_times": {"count": 1, "status": 500, "body": refused}} if target.through_ferry else {}
        asked = ask({"content": TEXT, **failing}, model="no-stream-options")
        chunks = await chunks_of(target.with_options(max_retries=0), **asked)
        self.assertNotIn("stream_options", json.loads((await ledger_of(asked))[-1]["body"]))
        self.assertEqual(text_of(chunks), TEXT)
        return chunks


class OddPaths(Scenarios):
    @scenario
    async def a_path_is_a_base_url(self, target):
        seen = []
        for model, path in ENDPOINTS.items():
            client = target
            if not target.through_ferry:
                client = target.with_options(base_url=str(target.client.base_url.join(path)))
            asked = ask({"content": path}, model=model)
            answer = await settle(client.chat.create(**asked))
            seen.append((answer.choices[0].message.content, (await ledger_of(asked))[-1]["target"]))
        self.assertEqual(seen, [(path, f"{path}/chat/completions") for path in ENDPOINTS.values()])
        return seen

    @scenario
    async def the_client_for_azure(self, target):
        kind = openai.AsyncAzureOpenAI if target.is_async else openai.AzureOpenAI
        origin = str(target.client.base_url).removesuffix("/v1/")
        filtered = bare_chunk(choices=[], prompt_filter_results=[{"prompt_index": 0, "content_filter_results": {}}])
        client = kind(azure_endpoint=origin, api_key=target.client.api_key, api_version="2024-10-21")
        async with opened(client) as azure:
            whole = await settle(azure.chat.completions.create(**ask({"content": TEXT, "prompt_tokens": 7})))
            asked = ask(told(filtered, *PIECES, DONE))
            stream = await settle(azure.chat.completions.create(**asked, stream=True))
            chunks = [plain(chunk) async for chunk in each(stream)]
            gone = await error_of(lambda: azure.chat.completions.create(**ask({"status": 404})))
        self.assertEqual(whole.choices[0].message.content, TEXT)
        self.assertEqual(text_of(chunks), TEXT)
        return plain(whole), chunks, type(gone)

    @scenario
    async def an_id_of_null(self, target):
        asked = ask({"content": TEXT, "prompt_tokens": 7})
        return plain(await settle(target.chat.create(**asked, extra_body={"id": None})))
