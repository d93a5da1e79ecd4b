"""Completions, embeddings and moderations: the official SDK gets the same through Ferry as directly."""
import base64
import json
import struct

import openai
from targets import Scenarios, each, error_of, ledger_of, nonce_of, plain, scenario, settle, told

TEXTS = ["żółć", "你好 👋🏽", "", "x" * 5000]


class Completions(Scenarios):
    is_metered = True

    @scenario
    async def create(self, target):
        prompt = told({"content": "once upon a time", "prompt_tokens": 11, "completion_tokens": 4})
        answer = await settle(target.client.completions.create(model="mock", prompt=prompt, max_tokens=100, echo=False))
        self.assertEqual(answer.choices[0].text, "once upon a time")
        self.assertEqual(answer.usage.total_tokens, 15)
        return plain(answer)

    @scenario
    async def stream(self, target):
        asked = {"model": "mock", "prompt": told({"content": "a b c"})}
        stream = await settle(target.client.completions.create(**asked, stream=True))
        chunks = [plain(one) async for one in each(stream)]
        self.assertEqual("".join(one["choices"][0]["text"] for one in chunks), "a b c")
        return chunks

    @scenario
    async def stream_with_usage(self, target):
        asked = {"model": "mock", "prompt": told({"content": "a b", "prompt_tokens": 3, "completion_tokens": 2})}
        usage = {"stream": True, "stream_options": {"include_usage": True}}
        chunks = [plain(one) async for one in each(await settle(target.client.completions.create(**asked, **usage)))]
        self.assertEqual(chunks[-1]["usage"]["total_tokens"], 5)
        return chunks

    @scenario
    async def several_choices(self, target):
        asked = {"model": "mock", "prompt": told({"content": "x", "prompt_tokens": 2}), "n": 3}
        answer = await settle(target.client.completions.create(**asked))
        self.assertEqual([choice.index for choice in answer.choices], [0, 1, 2])
        return plain(answer)

    @scenario
    async def the_body_arrives_as_the_sdk_wrote_it(self, target):
        prompt = told()
        more = {"suffix": "żółć", "logprobs": 2, "best_of": 2, "logit_bias": {"50256": -100}, "temperature": 1e-7}
        await settle(target.client.completions.create(model="mock", prompt=prompt, **more))
        return (await ledger_of(prompt))[-1]["body"].replace(nonce_of(prompt), "NONCE")


class Embeddings(Scenarios):
    is_metered = True

    async def create(self, target, **asked):
        return await settle(target.client.embeddings.create(model="mock", **asked))

    @scenario
    async def of_a_text(self, target):
        answer = await self.create(target, input="a text")
        self.assertEqual(len(answer.data[0].embedding), 1536)
        self.assertIsInstance(answer.data[0].embedding[0], float)
        return plain(answer)

    @scenario
    async def of_several_texts(self, target):
        answer = await self.create(target, input=TEXTS, dimensions=8)
        self.assertEqual([one.index for one in answer.data], [0, 1, 2, 3])
        self.assertNotEqual(answer.data[0].embedding, answer.data[1].embedding)
        return plain(answer)

    @scenario
    async def of_tokens(self, target):
        one = await self.create(target, input=[1, 20, 300], dimensions=4)
        several = await self.create(target, input=[[1, 2], [3], [4, 5, 6]], dimensions=4)
        self.assertEqual([len(one.data), len(several.data)], [1, 3])
        return plain(one), plain(several)

    @scenario
    async def in_every_encoding(self, target):
        by_itself = await self.create(target, input="the same", dimensions=16)
        numbers = await self.create(target, input="the same", dimensions=16, encoding_format="float")
        coded = await self.create(target, input="the same", dimensions=16, encoding_format="base64")
        decoded = list(struct.unpack("<16f", base64.b64decode(coded.data[0].embedding)))
        self.assertEqual(by_itself.data[0].embedding, decoded)
        return plain(by_itself), plain(numbers), plain(coded)

    @scenario
    async def what_the_sdk_asks_for_by_itself(self, target):
        text = told()
        await self.create(target, input=text)
        body = (await ledger_of(text))[-1]["body"]
        self.assertEqual(json.loads(body)["encoding_format"], "base64")
        return body.replace(nonce_of(text), "NONCE")

    @scenario
    async def of_2048_texts(self, target):
        answer = await self.create(target, input=[f"text {number}" for number in range(2048)], dimensions=64)
        self.assertEqual(answer.data[-1].index, 2047)
        return answer.data[-1].embedding, answer.usage.total_tokens

    @scenario
    async def of_too_many_texts(self, target):
        error = await error_of(lambda: self.create(target, input=["text"] * 2049))
        self.assertIs(type(error), openai.BadRequestError)
        return error.body


class Moderations(Scenarios):
    is_metered = True

    @scenario
    async def of_a_text_and_of_several(self, target):
        one = await settle(target.client.moderations.create(model="mock", input="threats of violence"))
        several = await settle(target.client.moderations.create(model="mock", input=["kind words", "more violence"]))
        self.assertTrue(one.results[0].categories.violence)
        self.assertEqual([result.flagged for result in several.results], [False, True])
        return plain(one), plain(several)

    @scenario
    async def of_a_picture(self, target):
        picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}
        asked = [{"type": "text", "text": told()}, picture]
        answer = await settle(target.client.moderations.create(model="mock", input=asked))
        self.assertEqual(json.loads((await ledger_of(asked))[-1]["body"])["input"], asked)
        return plain(answer)

    @scenario
    async def without_a_model(self, target):
        # The SDK names none by itself.
        return plain(await settle(target.client.moderations.create(input="kind words")))
