"""What goes wrong with operations besides chat: exceptions, retries, timeouts and what is left in the middle are the
same through Ferry as directly."""
import os
import time

import openai
from targets import (
    RUNNER, Scenarios, at_once, each, error_of, ledger_of, opened, plain, scenario, settle, target, told,
)

BRIEFLY = {"retry-after-ms": "5"}
SOUND = ("sound.wav", bytes(1000))
CLASSES = {
    400: openai.BadRequestError, 409: openai.ConflictError, 413: openai.APIStatusError,
    422: openai.UnprocessableEntityError, 429: openai.RateLimitError, 500: openai.InternalServerError,
    503: openai.InternalServerError,
}


def calls_of(client, action):
    """{name: a call of that operation, at which the upstream does as told}"""
    text = told(action)
    return {
        "completions": lambda: client.completions.create(model="mock", prompt=text),
        "embeddings": lambda: client.embeddings.create(model="mock", input=text, dimensions=4),
        "moderations": lambda: client.moderations.create(model="mock", input=text),
        "responses": lambda: client.responses.create(model="mock", input=text),
        "images": lambda: client.images.generate(model="mock", prompt=text),
        "speech": lambda: client.audio.speech.create(model="mock", voice="alloy", input=text),
        "transcriptions": lambda: client.audio.transcriptions.create(model="mock", file=SOUND, prompt=text),
        "translations": lambda: client.audio.translations.create(
            model="mock", file=SOUND, prompt=text, response_format="verbose_json",
        ),
        "edits": lambda: client.images.edit(model="mock", image=SOUND, prompt=text),
        "files": lambda: client.files.create(file=SOUND, purpose="batch", extra_body={"note": text}),
        "batches": lambda: client.batches.create(
            input_file_id="file-1", endpoint="/v1/embeddings", completion_window="24h", metadata={"about": text},
        ),
        "uploads": lambda: client.uploads.create(bytes=1, filename=text, mime_type="text/plain", purpose="batch"),
        "stores": lambda: client.vector_stores.create(name=text),
        "jobs": lambda: client.fine_tuning.jobs.create(model="mock", training_file="file-1", suffix=text),
    }


class Errors(Scenarios):
    is_metered = True

    @scenario
    async def classes(self, target):
        once, heard = target.with_options(max_retries=0).client, {}
        for status, kind in CLASSES.items():
            for name, call in calls_of(once, {"status": status}).items():
                error = await error_of(call)
                self.assertIs(type(error), kind, (name, status, error))
                self.assertTrue(error.body["message"])
                self.assertTrue(error.request_id)
                heard[name, status] = error.status_code if status < 500 else None
        return heard

    @scenario
    async def what_a_refused_request_is_told(self, target):
        why = {"message": "too many words for the model", "type": "requests", "param": "input", "code": "too_long"}
        once, heard = target.with_options(max_retries=0).client, {}
        for name, call in calls_of(once, {"status": 400, "body": {"error": why}}).items():
            error = await error_of(call)
            self.assertEqual((error.param, error.code, error.type), ("input", "too_long", "requests"), name)
            heard[name] = error.body
        return heard

    @scenario
    async def a_rate_limit_says_when_to_come_again(self, target):
        once, heard = target.with_options(max_retries=0).client, {}
        for name, call in calls_of(once, {"status": 429, "headers": {"retry-after-ms": "300"}}).items():
            heard[name] = (await error_of(call)).response.headers["retry-after-ms"]
        return heard

    @scenario
    async def a_busy_upstream_that_answers_in_the_end(self, target):
        for status in (429, 500):
            failing = {"count": 2, "status": status, "headers": BRIEFLY}
            calls = calls_of(target.client, {"fail_times": failing})
            # These need a file that there is.
            for name in calls.keys() - {"batches", "jobs"}:
                await settle(calls[name]())

    def test_an_unknown_model_is_not_found(self):
        for kind in ("asynchronous", "synchronous"):
            client = target(kind, "through_ferry", "DIRECT").client
            calls = {
                "embeddings": lambda: client.embeddings.create(model="nobody", input="text"),
                "responses": lambda: client.responses.create(model="nobody", input="text"),
                "transcriptions": lambda: client.audio.transcriptions.create(model="nobody", file=SOUND),
                "images": lambda: client.images.generate(model="nobody", prompt="text"),
            }
            for name, call in calls.items():
                error = RUNNER.run(error_of(call))
                self.assertIs(type(error), openai.NotFoundError, name)
                self.assertEqual(error.code, "model_not_found", name)

    def test_what_a_model_does_not_serve_is_a_bad_request(self):
        for kind in ("asynchronous", "synchronous"):
            client = target(kind, "through_ferry", "DIRECT").client
            error = RUNNER.run(error_of(lambda: client.embeddings.create(model="backup", input="text")))
            self.assertIs(type(error), openai.BadRequestError)
            self.assertEqual(error.code, "unsupported_operation")

    def test_what_one_user_got_is_another_ones_404(self):
        for kind in ("asynchronous", "synchronous"):
            ferry = target(kind, "through_ferry", "DIRECT").client
            file = RUNNER.run(settled(ferry.files.create(file=("a.txt", b"mine"), purpose="batch")))
            stranger = ferry.with_options(api_key=os.environ["FERRY_OTHER_KEY"])
            error = RUNNER.run(error_of(lambda: stranger.files.retrieve(file.id)))
            self.assertIs(type(error), openai.NotFoundError)


class Ends(Scenarios):
    @scenario
    async def a_timeout(self, target):
        text = told({"first_delay_ms": 20000})
        impatient = target.with_options(max_retries=0, timeout=0.3).client
        error = await error_of(lambda: impatient.embeddings.create(model="mock", input=text))
        self.assertIs(type(error), openai.APITimeoutError)
        self.assertNotEqual((await ledger_of(text, "ended"))[-1]["end"], "completed")

    @scenario
    async def retry_after_is_waited_for(self, target):
        began, failing = time.monotonic(), {"count": 1, "status": 429, "retry_after": "1"}
        answer = await settle(target.client.embeddings.create(
            model="mock", input=told({"fail_times": failing}), dimensions=4,
        ))
        self.assertGreaterEqual(time.monotonic() - began, 0.95)
        return plain(answer.usage)

    @scenario
    async def an_answer_that_is_cut(self, target):
        once = target.with_options(max_retries=0).client
        error = await error_of(lambda: once.embeddings.create(model="mock", input=told({"cut_at": 2000})))
        # Ferry asks again, and then says what happened.
        kind = openai.InternalServerError if target.through_ferry else openai.APIConnectionError
        self.assertIs(type(error), kind)

    @scenario
    async def a_stream_of_completions_that_is_cut(self, target):
        asked = {"model": "mock", "prompt": told({"chunks": 9, "interval_ms": 20, "cut_at": 600})}
        got = []
        with self.assertRaises(Exception) as failed:
            async for chunk in each(await settle(target.client.completions.create(**asked, stream=True))):
                got.append(chunk)
        self.assertNotIsInstance(failed.exception, AssertionError)
        self.assertTrue(got)

    @scenario
    async def a_stream_of_completions_that_is_left(self, target):
        text = told({"chunks": 200, "interval_ms": 30})
        stream = await settle(target.client.completions.create(model="mock", prompt=text, stream=True))
        async for _ in each(stream):
            break
        await settle(stream.close())
        self.assertNotEqual((await ledger_of(text, "ended"))[-1]["end"], "completed")

    @scenario
    async def a_download_that_is_left(self, target):
        file = await settle(target.client.files.create(file=("large", bytes(8_000_000)), purpose="user_data"))
        content = target.client.files.with_streaming_response.content(file.id)
        async with opened(content) as answer:
            async for _ in each(answer.iter_bytes(1000)):
                break
        # The file is still there, and so is the way to it.
        again = await settle(target.client.files.retrieve(file.id))
        self.assertEqual(again.bytes, 8_000_000)

    @scenario
    async def many_at_once(self, target):
        client, inputs = target.client, [f"text {number}" for number in range(20)]

        def one(text):
            if not target.is_async:
                return lambda: client.embeddings.create(model="mock", input=text, dimensions=4)

            async def call():
                return await client.embeddings.create(model="mock", input=text, dimensions=4)

            return call

        return [plain(answer) for answer in await at_once([one(text) for text in inputs])]


async def settled(value):
    return await settle(value)
