"""Responses that are kept and asked for again, and what goes wrong with responses: the same through Ferry."""
import httpx2
import openai
from targets import Scenarios, each, error_of, ledger_of, plain, scenario, settle, told

BRIEFLY = {"retry-after-ms": "5"}


async def made(target, action=None, **more):
    return await settle(target.client.responses.create(model="mock", input=told(action), **more))


class Kept(Scenarios):
    is_metered = True

    @scenario
    async def retrieve(self, target):
        first = await made(target, {"content": "to be kept", "prompt_tokens": 4})
        again = await settle(target.client.responses.retrieve(first.id))
        self.assertEqual(again.id, first.id)
        self.assertEqual(again.output_text, "to be kept")
        return plain(again)

    @scenario
    async def retrieve_what_was_streamed(self, target):
        asked = {"model": "mock", "input": told({"content": "streamed", "prompt_tokens": 4})}
        events = [event async for event in each(await settle(target.client.responses.create(**asked, stream=True)))]
        again = await settle(target.client.responses.retrieve(events[-1].response.id))
        self.assertEqual(again.output_text, "streamed")
        return plain(again)

    @scenario
    async def retrieve_as_a_stream(self, target):
        # What the upstream answers stands in tests/support/sdk_operations.py.
        stream = await settle(target.client.responses.retrieve("resp_streamed", stream=True, starting_after=1))
        events = [plain(event) async for event in each(stream)]
        self.assertEqual([event["type"] for event in events], ["response.created", "response.completed"])
        return events

    @scenario
    async def delete(self, target):
        first = await made(target)
        deleted = await settle(target.client.responses.delete(first.id))
        error = await error_of(lambda: target.client.responses.retrieve(first.id))
        self.assertIs(type(error), openai.NotFoundError)
        self.assertIn(first.id, error.message)
        return deleted

    @scenario
    async def a_response_in_the_background(self, target):
        first = await made(target, {"content": "done", "prompt_tokens": 4}, background=True)
        again = await settle(target.client.responses.retrieve(first.id))
        once_more = await settle(target.client.responses.retrieve(first.id))
        self.assertEqual((first.status, again.status, once_more.status), ("queued", "completed", "completed"))
        return plain(first), plain(again)

    @scenario
    async def cancel(self, target):
        first = await made(target, {"prompt_tokens": 4}, background=True)
        cancelled = await settle(target.client.responses.cancel(first.id))
        again = await settle(target.client.responses.retrieve(first.id))
        self.assertEqual((cancelled.status, again.status), ("cancelled", "cancelled"))
        target.meter.forget()  # the upstream's ledger has what the response would have taken
        return plain(cancelled), plain(again)

    @scenario
    async def cancel_what_cannot_be_cancelled(self, target):
        first = await made(target)
        error = await error_of(lambda: target.client.responses.cancel(first.id))
        self.assertIs(type(error), openai.BadRequestError)
        return error.body

    @scenario
    async def input_items_in_pages(self, target):
        said = [{"role": "user", "content": f"message {number}"} for number in range(5)]
        first = await settle(target.client.responses.create(model="mock", input=said))
        pages = await settle(target.client.responses.input_items.list(first.id, limit=2, order="asc"))
        items = [plain(item) async for item in each(pages)]
        self.assertEqual([item["content"] for item in items], [one["content"] for one in said])
        return items

    @scenario
    async def three_turns_by_previous_response_id(self, target):
        turns = [await made(target, {"content": "one", "prompt_tokens": 1})]
        for word in ("two", "three"):
            action = {"content": word, "prompt_tokens": 1}
            turns.append(await made(target, action, previous_response_id=turns[-1].id))
        self.assertEqual([turn.previous_response_id for turn in turns[1:]], [turn.id for turn in turns[:-1]])
        return [plain(turn) for turn in turns]

    @scenario
    async def a_response_that_is_not_stored(self, target):
        first = await made(target, store=False)
        error = await error_of(lambda: target.client.responses.retrieve(first.id))
        self.assertIs(type(error), openai.NotFoundError)


class Errors(Scenarios):
    is_metered = True

    @scenario
    async def unknown_ids(self, target):
        responses, heard = target.client.responses, []
        for call in (responses.retrieve, responses.delete, responses.cancel):
            error = await error_of(lambda call=call: call("resp_unknown"))
            heard.append((type(error), error.body))
        previous = await error_of(lambda: made(target, previous_response_id="resp_unknown"))
        self.assertIs(type(previous), openai.NotFoundError)
        self.assertEqual(previous.code, "previous_response_not_found")
        return heard, previous.body

    @scenario
    async def refusals_say_why(self, target):
        told_why = {"message": "too long", "type": "invalid_request_error", "param": "input", "code": "too_long"}
        error = await error_of(lambda: made(target, {"status": 400, "body": {"error": told_why}}))
        self.assertIs(type(error), openai.BadRequestError)
        return error.body

    @scenario
    async def an_upstream_that_is_busy_twice(self, target):
        failing = {"count": 2, "status": 429, "headers": BRIEFLY}
        asked = told({"content": "third time", "fail_times": failing})
        answer = await settle(target.client.responses.create(model="mock", input=asked))
        self.assertEqual(len(await ledger_of(asked, count=3)), 3)
        return answer.output_text

    @scenario
    async def a_failing_upstream_and_a_stream(self, target):
        asked = told({"content": "third time", "fail_times": {"count": 1, "status": 500, "headers": BRIEFLY}})
        stream = await settle(target.client.responses.create(model="mock", input=asked, stream=True))
        return [plain(event) async for event in each(stream)]

    async def broken(self, target, action):
        """The events of a stream that breaks off, and the exception it ends with, if any."""
        asked = {"model": "mock", "input": told({"chunks": 9, "interval_ms": 20, **action})}
        seen = []
        try:
            async for event in each(await settle(target.client.responses.create(**asked, stream=True))):
                seen.append(plain(event))
        except (openai.APIError, httpx2.HTTPError) as error:
            return seen, error
        return seen, None

    @scenario
    async def a_stream_that_fails_in_the_middle(self, target):
        seen, error = await self.broken(target, {"error_after": 2})
        kinds = [event["type"] for event in seen]
        # Directly the SDK hands over OpenAI's event of an error as any other; Ferry's makes it raise.
        if target.through_ferry:
            self.assertIs(type(error), openai.APIError)
        else:
            self.assertEqual((kinds.pop(), error), ("error", None))
        return kinds

    @scenario
    async def a_stream_that_is_cut(self, target):
        seen, error = await self.broken(target, {"cut_at": 3000})
        self.assertIsNotNone(error)
        kinds = [event["type"] for event in seen]
        self.assertNotIn("response.completed", kinds)
        return kinds[:2]

    @scenario
    async def a_stream_that_ends_too_early(self, target):
        response = {"id": "resp_1", "status": "in_progress"}
        delta = {"type": "response.output_text.delta", "sequence_number": 1, "delta": "Lorem"}
        begun = [{"type": "response.created", "sequence_number": 0, "response": response}, delta]
        seen, error = await self.broken(target, {"events": begun})
        # Directly the SDK sees an end like any other. Ferry's answer has not begun yet when it sees it.
        self.assertEqual(type(error), openai.InternalServerError if target.through_ferry else type(None))

    @scenario
    async def a_stream_closed_in_the_middle(self, target):
        asked = told({"chunks": 200, "interval_ms": 30})
        stream = await settle(target.client.responses.create(model="mock", input=asked, stream=True))
        async for event in each(stream):
            if event.type == "response.output_text.delta":
                break
        await settle(stream.close())
        self.assertNotEqual((await ledger_of(asked, "ended"))[-1]["end"], "completed")

    @scenario
    async def a_timeout_before_the_answer(self, target):
        asked = told({"first_delay_ms": 20000})
        impatient = target.with_options(max_retries=0, timeout=0.3)
        error = await error_of(lambda: impatient.client.responses.create(model="mock", input=asked))
        self.assertIs(type(error), openai.APITimeoutError)
        self.assertNotEqual((await ledger_of(asked, "ended"))[-1]["end"], "completed")
