"""Speech, transcriptions and translations, whole and streamed: the same through Ferry as directly."""
import hashlib
import json

import openai
from targets import Scenarios, each, error_of, ledger_of, opened, plain, scenario, settle, told

SOUND = bytes(range(256)) * 250  # 64,000 bytes: two seconds, as the upstream counts
LARGE = SOUND * 40


class Speech(Scenarios):
    is_metered = True

    async def sent(self, text):
        """The hash of what the upstream sent."""
        return (await ledger_of(text, "ended"))[-1]["sha256"]

    @scenario
    async def whole(self, target):
        text = told({"bytes": 50_000}, "żółć")
        answer = await settle(target.client.audio.speech.create(model="mock", voice="alloy", input=text))
        self.assertEqual(len(answer.content), 50_000)
        self.assertEqual(hashlib.sha256(answer.content).hexdigest(), await self.sent(text))
        return answer.response.headers["content-type"]

    @scenario
    async def in_every_format(self, target):
        kinds = []
        for form in ("mp3", "opus", "aac", "flac", "wav", "pcm"):
            answer = await settle(target.client.audio.speech.create(
                model="mock", voice="alloy", input="short", response_format=form, speed=1.5, instructions="slowly",
            ))
            kinds.append(answer.response.headers["content-type"])
        return kinds

    @scenario
    async def as_it_comes(self, target):
        text = told({"bytes": 300_000, "chunks": 20, "interval_ms": 5})
        speech, got = target.client.audio.speech.with_streaming_response, hashlib.sha256()
        async with opened(speech.create(model="mock", voice="alloy", input=text, response_format="pcm")) as answer:
            async for piece in each(answer.iter_bytes(4096)):
                got.update(piece)
        self.assertEqual(got.hexdigest(), await self.sent(text))

    @scenario
    async def as_events(self, target):
        text = told({"bytes": 3000, "chunks": 3, "prompt_tokens": 7})
        speech, kinds = target.client.audio.speech.with_streaming_response, []
        async with opened(speech.create(model="mock", voice="alloy", input=text, stream_format="sse")) as answer:
            async for line in each(answer.iter_lines()):
                if line.startswith("data:"):
                    kinds.append(json.loads(line[5:])["type"])
        self.assertEqual(kinds, ["speech.audio.delta"] * 3 + ["speech.audio.done"])
        return answer.headers["content-type"].split(";")[0]

    @scenario
    async def what_is_refused(self, target):
        error = await error_of(lambda: target.client.audio.speech.create(model="mock", voice="alloy", input=""))
        self.assertIs(type(error), openai.BadRequestError)
        busy = told({"status": 429, "headers": {"retry-after-ms": "5"}})
        once = target.with_options(max_retries=0).client.audio.speech
        limited = await error_of(lambda: once.create(model="mock", voice="alloy", input=busy))
        self.assertIs(type(limited), openai.RateLimitError)
        return error.body, limited.response.headers["retry-after-ms"]

    @scenario
    async def that_is_cut(self, target):
        text = told({"bytes": 100_000, "cut_at": 60_000})
        with self.assertRaises(Exception) as failed:
            await settle(target.with_options(max_retries=0).client.audio.speech.create(
                model="mock", voice="alloy", input=text,
            ))
        self.assertNotIsInstance(failed.exception, AssertionError)

    @scenario
    async def that_is_left_in_the_middle(self, target):
        text = told({"bytes": 5_000_000, "chunk_bytes": 1000, "interval_ms": 10})
        speech = target.client.audio.speech.with_streaming_response
        async with opened(speech.create(model="mock", voice="alloy", input=text)) as answer:
            async for _ in each(answer.iter_bytes(1000)):
                break
        self.assertNotEqual((await ledger_of(text, "ended"))[-1]["end"], "completed")


class Transcriptions(Scenarios):
    is_metered = True

    async def create(self, target, prompt=None, model="mock", file=None, **more):
        file = file or ("sound.wav", SOUND)
        prompt = prompt or told({"content": "hello there"})
        return await settle(target.client.audio.transcriptions.create(model=model, file=file, prompt=prompt, **more))

    @scenario
    async def as_json(self, target):
        answer = await self.create(target)
        self.assertEqual(answer.text, "hello there")
        return plain(answer)

    @scenario
    async def as_text_and_subtitles(self, target):
        answers = [await self.create(target, response_format=form) for form in ("text", "srt", "vtt")]
        self.assertTrue(all("hello there" in one for one in answers))
        return answers

    @scenario
    async def verbose(self, target):
        answer = await self.create(target, response_format="verbose_json", timestamp_granularities=["segment"])
        self.assertEqual((answer.duration, answer.segments[0].text), (2.0, "hello there"))
        return plain(answer)

    @scenario
    async def counted_in_tokens(self, target):
        answer = await self.create(
            target, told({"content": "hi", "prompt_tokens": 20, "completion_tokens": 2}), model="gpt-4o-transcribe",
        )
        self.assertEqual(answer.usage.total_tokens, 22)
        return plain(answer)

    @scenario
    async def stream(self, target):
        made = []
        for model in ("mock", "gpt-4o-transcribe"):
            prompt = told({"content": "one two three", "prompt_tokens": 20})
            stream = await self.create(target, prompt, model=model, stream=True)
            made.append([plain(event) async for event in each(stream)])
            self.assertEqual(made[-1][-1]["text"], "one two three")
        return made

    @scenario
    async def the_form_arrives_as_the_sdk_wrote_it(self, target):
        prompt = told({"content": "hi"})
        await self.create(
            target, prompt, file=("żółć.wav", LARGE, "audio/wav"), language="pl", temperature=0.2,
            extra_body={"x_extra": "1"},
        )
        parts = (await ledger_of(prompt))[-1]["parts"]
        sound = next(part for part in parts if part["name"] == "file")
        self.assertEqual(sound["sha256"], hashlib.sha256(LARGE).hexdigest())
        return [[part["name"], part.get("content_type"), part["bytes"]] for part in parts]

    @scenario
    async def translations(self, target):
        translate, answers = target.client.audio.translations.create, []
        for form in ("json", "text", "srt", "vtt", "verbose_json"):
            answer = await settle(translate(
                model="mock", file=("sound.wav", SOUND), prompt=told({"content": "good day"}), response_format=form,
            ))
            self.assertIn("good day", answer if isinstance(answer, str) else answer.text)
            answers.append(plain(answer))
        return answers

    @scenario
    async def what_is_refused(self, target):
        told_why = {"message": "Invalid file format.", "type": "invalid_request_error", "param": None, "code": None}
        error = await error_of(lambda: self.create(target, told({"status": 400, "body": {"error": told_why}})))
        self.assertIs(type(error), openai.BadRequestError)
        return error.body

    @scenario
    async def an_upstream_that_fails_twice_and_then_answers(self, target):
        failing = {"count": 2, "status": 500, "headers": {"retry-after-ms": "5"}}
        answer = await self.create(target, told({"content": "third time", "fail_times": failing}))
        return answer.text

    @scenario
    async def a_stream_that_is_cut(self, target):
        stream = await self.create(target, told({"chunks": 9, "interval_ms": 20, "cut_at": 300}), stream=True)
        seen = []
        with self.assertRaises(Exception) as failed:
            async for event in each(stream):
                seen.append(event.type)
        self.assertNotIsInstance(failed.exception, AssertionError)
        self.assertNotIn("transcript.text.done", seen)
