"""What goes wrong: exceptions, retries, timeouts and aborted streams are the same through Ferry as directly."""
import asyncio
import json
import time

import openai
from targets import RUNNER, Scenarios, ask, each, error_of, ledger_of, plain, scenario, settle, target

CLASSES = {
    400: openai.BadRequestError, 404: openai.NotFoundError, 409: openai.ConflictError, 413: openai.APIStatusError,
    415: openai.APIStatusError, 422: openai.UnprocessableEntityError, 429: openai.RateLimitError,
    500: openai.InternalServerError, 503: openai.InternalServerError,
}
ABOUT_THE_REQUEST = [status for status in CLASSES if status < 500]


def raises(status):
    async def run(self, target):
        """The class of the exception, streaming or not, and what it carries."""
        once = target.with_options(max_retries=0)
        for stream in (False, True):
            error = await error_of(lambda: once.chat.create(**ask({"status": status}), stream=stream))
            self.assertIs(type(error), CLASSES[status], error)
            if status in ABOUT_THE_REQUEST:
                self.assertEqual(error.status_code, status)
            self.assertTrue(error.body["message"])
            self.assertTrue(error.request_id)
        return type(error).__name__

    run.__name__ = f"the_exception_for_{status}"
    return scenario(run)


Classes = type("Classes", (Scenarios,), {f"for_{status}": raises(status) for status in CLASSES})


class Errors(Scenarios):
    @scenario
    async def what_a_refused_request_is_told(self, target):
        # It names the model: a 404 that does not is about the address that Ferry asked at.
        told = {"message": "too many words for the model", "type": "requests", "param": "messages", "code": "too_long"}
        once, heard = target.with_options(max_retries=0), []
        for status in ABOUT_THE_REQUEST:
            error = await error_of(lambda: once.chat.create(**ask({"status": status, "body": {"error": told}})))
            self.assertEqual((error.param, error.code, error.type), ("messages", "too_long", "requests"))
            heard.append((error.status_code, error.body))
        return heard

    @scenario
    async def a_request_whose_faults_stand_in_a_list(self, target):
        faults = [{"loc": ["body", "x"], "msg": "Extra inputs are not permitted"}]
        told = {"error": {"message": "Invalid request", "type": "t", "details": faults}}
        heard = []
        for body in (told, json.dumps(told) + " and text behind"):
            error = await error_of(lambda: target.chat.create(**ask({"status": 422, "body": body})))
            # Ferry's body is JSON always, and its message has the faults as well.
            self.assertIn("Invalid request", str(error.body))
            heard.append((type(error), error.status_code))
        return heard

    @scenario
    async def a_rate_limit_says_when_to_come_again(self, target):
        once = target.with_options(max_retries=0)
        limited = {"status": 429, "headers": {"retry-after-ms": "300"}}
        error = await error_of(lambda: once.chat.create(**ask(limited)))
        return error.response.headers["retry-after-ms"]

    @scenario
    async def a_stream_that_fails_in_the_middle(self, target):
        stream = await settle(target.chat.create(**ask({"error_after": 2, "interval_ms": 50}), stream=True))
        got = []
        with self.assertRaises(openai.APIError) as failed:
            async for chunk in each(stream):
                got.append(plain(chunk))
        self.assertNotIsInstance(failed.exception, openai.APIStatusError)
        return got

    def test_401_is_for_the_clients_own_key_alone(self):
        asked = ask({"status": 401})
        for kind in ("asynchronous", "synchronous"):
            ferry = target(kind, "through_ferry", "DIRECT").with_options(max_retries=0)
            stranger = ferry.with_options(api_key="fk-0123456789-" + "A" * 43)
            refused = RUNNER.run(error_of(lambda: stranger.chat.create(**ask())))
            self.assertIs(type(refused), openai.AuthenticationError)
            # The upstream refusing Ferry's key is no fault of this client.
            upstream = RUNNER.run(error_of(lambda: ferry.chat.create(**asked)))
            self.assertIs(type(upstream), openai.InternalServerError)
            directly = target(kind, "directly", "DIRECT")
            self.assertIs(type(RUNNER.run(error_of(lambda: directly.chat.create(**asked)))), openai.AuthenticationError)

    def test_an_unknown_model_is_not_found(self):
        for kind in ("asynchronous", "synchronous"):
            ferry = target(kind, "through_ferry", "DIRECT")
            error = RUNNER.run(error_of(lambda: ferry.chat.create(**ask(model="nobody"))))
            self.assertIs(type(error), openai.NotFoundError)
            self.assertEqual(error.code, "model_not_found")


class Retries(Scenarios):
    @scenario
    async def an_upstream_that_fails_twice_and_then_answers(self, target):
        asked = ask({"content": "third time", "fail_times": {"count": 2, "status": 500}})
        answer = await settle(target.chat.create(**asked))
        self.assertEqual(len(await ledger_of(asked, count=3)), 3)
        return answer.choices[0].message.content

    @scenario
    async def the_same_for_a_stream(self, target):
        asked = ask({"content": "third time", "fail_times": {"count": 2, "status": 500}})
        return [plain(chunk) async for chunk in each(await settle(target.chat.create(**asked, stream=True)))]

    async def waits(self, target, least, failing):
        began = time.monotonic()
        asked = ask({"content": "later", "fail_times": {"count": 1, "status": 429, **failing}})
        answer = await settle(target.chat.create(**asked))
        self.assertGreaterEqual(time.monotonic() - began, least)
        return answer.choices[0].message.content

    @scenario
    async def retry_after_is_waited_for(self, target):
        return await self.waits(target, 0.95, {"retry_after": "1"})

    @scenario
    async def retry_after_ms_is_waited_for(self, target):
        # Longer than the SDK would wait by itself.
        return await self.waits(target, 0.75, {"headers": {"retry-after-ms": "800"}})


class Ends(Scenarios):
    async def upstream_end(self, asked):
        return (await ledger_of(asked, "ended"))[-1]["end"]

    @scenario
    async def a_stream_closed_in_the_middle(self, target):
        asked = ask({"chunks": 200, "interval_ms": 30})
        stream = await settle(target.chat.create(**asked, stream=True))
        got = []
        async for chunk in each(stream):
            got.append(plain(chunk))
            if len(got) == 3:
                break
        await settle(stream.close())
        self.assertNotEqual(await self.upstream_end(asked), "completed")
        return len(got)

    @scenario
    async def a_timeout_before_the_answer(self, target):
        asked = ask({"first_delay_ms": 20000})
        impatient = target.with_options(max_retries=0, timeout=0.3)
        error = await error_of(lambda: impatient.chat.create(**asked))
        self.assertIs(type(error), openai.APITimeoutError)
        self.assertNotEqual(await self.upstream_end(asked), "completed")

    @scenario
    async def a_timeout_within_a_stream(self, target):
        asked = ask({"chunks": 9, "stall_at": 900})
        impatient = target.with_options(max_retries=0, timeout=0.3)
        stream = await settle(impatient.chat.create(**asked, stream=True))
        got = []
        with self.assertRaises(openai.APITimeoutError):
            async for chunk in each(stream):
                got.append(chunk)
        self.assertTrue(got)
        await settle(stream.close())
        self.assertNotEqual(await self.upstream_end(asked), "completed")

    def test_a_cancelled_task_ends_the_request_upstream(self):
        async def cancel(client):
            asked = ask({"first_delay_ms": 20000})
            task = asyncio.ensure_future(client.chat.completions.create(**asked))
            await ledger_of(asked)
            task.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await task
            self.assertNotEqual(await self.upstream_end(asked), "completed")

        for way in ("directly", "through_ferry"):
            with self.subTest(way):
                RUNNER.run(cancel(target("asynchronous", way, "DIRECT").client))
