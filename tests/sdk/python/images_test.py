"""Images: generated, edited, varied and streamed, the same through Ferry as directly."""
import base64
import hashlib
import io

import openai
from targets import Scenarios, each, error_of, ledger_of, plain, scenario, settle, told

PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
LARGE = PICTURE + bytes(range(256)) * 8000  # 2 MB: past what a form is kept in memory for


def seen_parts(entry):
    return [[part[key] for key in ("name", "content_type", "bytes", "sha256")] for part in entry["parts"]]


class Images(Scenarios):
    is_metered = True

    @scenario
    async def generate(self, target):
        answer = await settle(target.client.images.generate(
            model="mock", prompt=told(), n=2, size="1024x1792", quality="hd", response_format="b64_json",
        ))
        self.assertEqual(base64.b64decode(answer.data[0].b64_json), PICTURE)
        return plain(answer)

    @scenario
    async def generate_by_address(self, target):
        answer = await settle(target.client.images.generate(model="mock", prompt=told(), n=3))
        self.assertTrue(all(one.url.startswith("http://mock.invalid/images/") for one in answer.data))
        return len(answer.data)

    @scenario
    async def images_counted_in_tokens(self, target):
        answer = await settle(target.client.images.generate(
            model="gpt-image-1", prompt=told({"prompt_tokens": 7, "completion_tokens": 90}), quality="high",
        ))
        self.assertEqual(answer.usage.total_tokens, 97)
        return plain(answer)

    @scenario
    async def a_large_one(self, target):
        answer = await settle(target.client.images.generate(
            model="gpt-image-1", prompt=told({"bytes": 3_000_000, "prompt_tokens": 7}),
        ))
        return len(base64.b64decode(answer.data[0].b64_json))

    @scenario
    async def stream(self, target):
        events = [plain(event) async for event in each(await settle(target.client.images.generate(
            model="gpt-image-1", prompt=told({"prompt_tokens": 7, "completion_tokens": 9}), stream=True,
            partial_images=2,
        )))]
        kinds = [event["type"] for event in events]
        self.assertEqual(kinds, ["image_generation.partial_image"] * 2 + ["image_generation.completed"])
        return events

    @scenario
    async def edit(self, target):
        prompt = told()
        answer = await settle(target.client.images.edit(
            model="mock", image=("a.png", PICTURE, "image/png"), mask=("m.png", PICTURE, "image/png"), prompt=prompt,
            n=2, response_format="b64_json",
        ))
        seen = (await ledger_of(prompt))[-1]
        self.assertEqual(sorted(part["name"] for part in seen["parts"]),
                         ["image", "mask", "model", "n", "prompt", "response_format"])
        return plain(answer), seen_parts({"parts": [part for part in seen["parts"] if part["name"] != "prompt"]})

    @scenario
    async def edit_several(self, target):
        prompt = told({"prompt_tokens": 7, "completion_tokens": 90})
        pictures = [("a.png", PICTURE, "image/png"), ("b.png", LARGE, "image/png")]
        answer = await settle(target.client.images.edit(model="gpt-image-1", image=pictures, prompt=prompt))
        hashes = [part["sha256"] for part in (await ledger_of(prompt))[-1]["parts"] if part["name"] == "image[]"]
        self.assertEqual(hashes, [hashlib.sha256(picture[1]).hexdigest() for picture in pictures])
        return plain(answer)

    @scenario
    async def stream_of_an_edit(self, target):
        events = [plain(event) async for event in each(await settle(target.client.images.edit(
            model="gpt-image-1", image=("a.png", PICTURE), prompt=told({"prompt_tokens": 7, "completion_tokens": 9}),
            stream=True, partial_images=1,
        )))]
        self.assertEqual([event["type"] for event in events], ["image_edit.partial_image", "image_edit.completed"])
        return events

    @scenario
    async def variation(self, target):
        answer = await settle(target.client.images.create_variation(
            model="mock", image=io.BytesIO(PICTURE), n=2, response_format="b64_json",
        ))
        self.assertEqual(len(answer.data), 2)
        return plain(answer)

    @scenario
    async def without_a_model(self, target):
        # OpenAI has a model for these that it takes by itself.
        images, asked = target.client.images, {"response_format": "b64_json"}
        made = [
            await settle(images.generate(prompt="a hut", **asked)),
            await settle(images.edit(image=("a.png", PICTURE), prompt="a hut", **asked)),
            await settle(images.create_variation(image=("a.png", PICTURE), **asked)),
        ]
        return [plain(one) for one in made]

    @scenario
    async def what_is_refused(self, target):
        policy = {"message": "not this", "type": "image_generation_user_error", "param": None,
                  "code": "moderation_blocked"}
        asked = {"model": "mock", "prompt": told({"status": 400, "body": {"error": policy}})}
        error = await error_of(lambda: target.client.images.generate(**asked))
        self.assertIs(type(error), openai.BadRequestError)
        edit = await error_of(lambda: target.client.images.edit(image=("a.png", PICTURE), **asked))
        empty = await error_of(lambda: target.client.images.generate(model="mock", prompt=""))
        self.assertIs(type(empty), openai.BadRequestError)
        return error.body, edit.body, empty.body

    @scenario
    async def a_stream_that_is_cut(self, target):
        asked = {"model": "gpt-image-1", "prompt": told({"bytes": 3000, "cut_at": 6000, "prompt_tokens": 7})}
        seen = []
        with self.assertRaises(Exception) as failed:
            async for event in each(await settle(target.client.images.generate(
                **asked, stream=True, partial_images=3,
            ))):
                seen.append(event.type)
        self.assertNotIsInstance(failed.exception, AssertionError)
        self.assertNotIn("image_generation.completed", seen)
