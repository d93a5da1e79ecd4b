"""What the mock provider by somebody else serves besides chat: the same through Ferry as directly, and billed as the
answers count it."""
import base64
import json
import os

import openai
import pydantic
from metering import row_of
from targets import Scenarios, each, error_of, opened, plain, scenario, settle
from waiting import eventually

MODEL = "third-party"
SOUND = ("żółć.wav", b"sound" * 10_000, "audio/wav")
PICTURE = ("a.png", b"a picture", "image/png")
WEATHER = {"type": "function", "name": "get_weather", "parameters": {"type": "object", "properties": {}}}
VECTOR = [0.25, -0.5, 1, 0.125]


class Person(pydantic.BaseModel):
    name: str
    age: int


def ask(text, **members):
    return {"model": MODEL, "input": text, **members}


async def streamed(call, **asked):
    return [plain(event) async for event in each(await settle(call(**asked, stream=True)))]


class Served(Scenarios):
    upstream = "AIMOCK"

    def is_billed(self, target, operation, **wanted):
        """Holds the usage row of the latest answer against what the answer counts."""
        if target.through_ferry:
            request_id = target.meter.heads[-1]["x-ferry-request-id"]
            row = eventually(lambda: row_of(request_id), what="a usage row")
            self.assertEqual({key: row[key] for key in wanted}, wanted)
            self.assertEqual((row["operation"], row["end_reason"]), (operation, "done"))

    async def refused(self, *calls):
        """What each call is refused with."""
        heard = []
        for call in calls:
            error = await error_of(call)
            self.assertIs(type(error), openai.BadRequestError)
            heard.append((error.body["type"], error.body["message"]))
        return heard


class Responses(Served):
    @scenario
    async def whole(self, target):
        answer = await settle(target.client.responses.create(**ask("greet me", instructions="be brief")))
        self.assertTrue(answer.output_text.startswith("Hello"))
        return plain(answer)

    @scenario
    async def with_usage_whole_and_streamed(self, target):
        create = target.client.responses.create
        answer = await settle(create(**ask("count this")))
        self.assertEqual(answer.usage.total_tokens, 15)
        self.is_billed(target, "responses.create", prompt_tokens=11, completion_tokens=4)
        events = await streamed(create, **ask("count this"))
        self.assertEqual(events[-1]["response"]["usage"]["total_tokens"], 15)
        self.is_billed(target, "responses.create", prompt_tokens=11, completion_tokens=4, is_stream=1)
        return plain(answer), events

    @scenario
    async def stream(self, target):
        events = await streamed(target.client.responses.create, **ask("greet me"))
        deltas = [event["delta"] for event in events if event["type"] == "response.output_text.delta"]
        self.assertTrue("".join(deltas).startswith("Hello"))
        self.assertGreater(len(deltas), 2)
        return events

    @scenario
    async def events_of_the_stream_helper(self, target):
        async with opened(target.client.responses.stream(**ask("think about it"))) as stream:
            return [plain(event) async for event in each(stream)], plain(await settle(stream.get_final_response()))

    @scenario
    async def tools_to_the_end_of_the_conversation(self, target):
        create = target.client.responses.create
        first = await settle(create(**ask("the weather", tools=[WEATHER])))
        calls = [item for item in first.output if item.type == "function_call"]
        self.assertEqual([call.name for call in calls], ["get_weather", "get_time"])
        talk = [{"role": "user", "content": "the weather"}]
        for call in calls:
            talk += [call, {"type": "function_call_output", "call_id": call.call_id, "output": "mild"}]
        last = await settle(create(**ask(talk, tools=[WEATHER])))
        self.assertEqual(last.output_text, "It is mild.")
        return plain(first), plain(last), await streamed(create, **ask("the weather", tools=[WEATHER]))

    @scenario
    async def structured_output(self, target):
        answer = await settle(target.client.responses.parse(**ask("who is it", text_format=Person)))
        self.assertEqual(answer.output_parsed, Person(name="Ada", age=36))
        return plain(answer)

    @scenario
    async def errors(self, target):
        create = target.with_options(max_retries=0).client.responses.create
        for text, kind in (("too many", openai.RateLimitError), ("break down", openai.InternalServerError)):
            for stream in (False, True):
                self.assertIs(type(await error_of(lambda: create(**ask(text), stream=stream))), kind)
        return await self.refused(lambda: create(**ask("refuse this")))

    @scenario
    async def a_stream_that_is_cut(self, target):
        kinds = []
        with self.assertRaises(Exception) as failed:  # before something of the answer has come by the status
            stream = await settle(target.client.responses.create(**ask("break off"), stream=True))
            async for event in each(stream):
                kinds.append(event.type)
        self.assertNotIsInstance(failed.exception, AssertionError)
        self.assertNotIn("response.completed", kinds)


class Texts(Served):
    @scenario
    async def embeddings(self, target):
        create = target.client.embeddings.create
        one = await settle(create(**ask("embed me")))
        several = await settle(create(**ask(["embed me", "embed żółć 👋🏽"], encoding_format="float")))
        self.assertEqual([item.embedding for item in several.data], [VECTOR, VECTOR])
        self.is_billed(target, "embeddings")
        return plain(one), plain(several), await self.refused(lambda: create(**ask("refuse this")))

    @scenario
    async def moderations(self, target):
        create = target.client.moderations.create
        one = await settle(create(**ask("threats of violence")))
        self.assertTrue(one.results[0].flagged)
        several = await settle(create(**ask(["kind words", "more kind words"])))
        of_no_model = await settle(create(input="kind words"))
        self.is_billed(target, "moderations", unit_kind="requests", units=1)
        return plain(one), plain(several), plain(of_no_model.results)

    @scenario
    async def a_rerank(self, target):
        # Reranks stand below another path there: a row of their own.
        below = "" if target.through_ferry else os.environ["AIMOCK_URL"].removesuffix("/v1") + "/v2"
        asked = {"model": "third-party-ranks", "query": "which is it", "documents": ["a tree", "a house"]}
        answer = await settle(target.client.post(f"{below}/rerank", body=asked, cast_to=object))
        self.assertEqual([one["index"] for one in answer["results"]], [1, 0])
        self.is_billed(target, "rerank", unit_kind="searches", units=0)
        return plain(answer)

    @scenario
    async def a_path_of_another_service(self, target):
        asked = {"model": MODEL, "max_tokens": 100, "messages": [{"role": "user", "content": "greet me"}]}
        answer = await settle(target.client.post("/messages", body=asked, cast_to=object))
        self.assertTrue(answer["content"][0]["text"].startswith("Hello"))
        self.is_billed(target, "other", unit_kind="requests", units=1)
        return plain(answer)


class Media(Served):
    @scenario
    async def images(self, target):
        images = target.client.images
        made = await settle(images.generate(model=MODEL, prompt="a hut", n=2))
        self.assertEqual(made.data[1].revised_prompt, "a small hut")
        self.is_billed(target, "images.generations", unit_kind="images", units=2)
        edited = await settle(images.edit(model=MODEL, image=PICTURE, prompt="a hut"))
        self.assertTrue(base64.b64decode(edited.data[1].b64_json).startswith(b"\x89PNG"))
        self.is_billed(target, "images.edits", unit_kind="images", units=2)
        return plain(made), plain(edited), await self.refused(
            lambda: images.generate(model=MODEL, prompt="refuse this"),
            lambda: images.edit(model=MODEL, image=PICTURE, prompt="refuse this"),
        )

    @scenario
    async def a_path_that_is_not_there(self, target):
        images = target.with_options(max_retries=0).client.images
        error = await error_of(lambda: images.create_variation(model=MODEL, image=PICTURE))
        # That is for whoever runs Ferry to see to.
        self.assertIs(type(error), openai.InternalServerError if target.through_ferry else openai.NotFoundError)

    @scenario
    async def speech(self, target):
        create, asked = target.client.audio.speech.create, {"model": MODEL, "voice": "alloy"}
        answer = await settle(create(**asked, input="say it", response_format="wav"))
        self.assertEqual(answer.content, b"sound" * 20_000)
        self.is_billed(target, "audio.speech", unit_kind="characters", units=6)
        kind = answer.response.headers["content-type"]
        return kind, await self.refused(lambda: create(**asked, input="refuse this"))

    @scenario
    async def transcriptions(self, target):
        create, answers = target.client.audio.transcriptions.create, []
        for form in ("json", "verbose_json"):
            answers.append(await settle(create(model=MODEL, file=SOUND, response_format=form)))
            self.assertTrue(answers[-1].text.startswith("good day"))
        self.is_billed(target, "audio.transcriptions", unit_kind="seconds", units=3)
        events = await streamed(create, model=MODEL, file=SOUND)
        self.assertEqual("".join(event.get("delta", "") for event in events), events[-1]["text"])
        self.is_billed(target, "audio.transcriptions", prompt_tokens=14, completion_tokens=9)
        deaf = await self.refused(lambda: create(model="third-party-deaf", file=SOUND))
        return [plain(answer) for answer in answers], events, deaf

    @scenario
    async def translations(self, target):
        create, answers = target.client.audio.translations.create, []
        for form in ("json", "verbose_json"):
            answers.append(await settle(create(model=MODEL, file=SOUND, response_format=form)))
            self.assertTrue(answers[-1].text.startswith("good day"))
        self.is_billed(target, "audio.translations", unit_kind="seconds", units=3)
        deaf = await self.refused(lambda: create(model="third-party-deaf", file=SOUND))
        return [plain(answer) for answer in answers], deaf


async def file_of(target, content, purpose):
    return await settle(target.client.files.create(file=("żółć.jsonl", content), purpose=purpose))


async def states_until(last, retrieve, made):
    """The states it went through until `last`, and what it was then. It goes on each time it is asked for."""
    states = []
    while len(states) < 10:
        job = await settle(retrieve(made.id))
        states.append(job.status)
        if job.status == last:
            return states, job
    raise AssertionError(f"{made.id} went through {states}")


class Kept(Served):
    async def is_listed(self, listing, made):
        # Of one page: others use this account meanwhile.
        page = await settle(listing(limit=100))
        self.assertIn(made.id, [one.id for one in page.data])

    @scenario
    async def a_file_from_its_bytes_to_its_end(self, target):
        files, content = target.client.files, bytes(range(256)) * 400
        made = await file_of(target, content, "user_data")
        self.assertEqual((made.filename, made.bytes), ("żółć.jsonl", len(content)))
        self.is_billed(target, "files.create", unit_kind="bytes", units=len(content))
        self.assertEqual(await settle(files.retrieve(made.id)), made)
        await self.is_listed(files.list, made)
        answer = await settle(files.content(made.id))
        self.assertEqual(answer.content, content)
        deleted = await settle(files.delete(made.id))
        refused = await self.refused(lambda: file_of(target, b"x", "no such purpose"))
        return plain(made), plain(deleted), answer.response.headers["content-type"], refused

    @scenario
    async def ids_that_are_unknown(self, target):
        # This upstream's errors have neither `param` nor `code`.
        client, file = target.with_options(max_retries=0).client, await file_of(target, b"x", "user_data")
        await settle(client.files.delete(file.id))
        for call, unknown in ((client.files.retrieve, file.id), (client.files.content, "file-unknown"),
                              (client.batches.retrieve, "batch_unknown")):
            error = await error_of(lambda call=call, unknown=unknown: call(unknown))
            self.assertIs(type(error), openai.NotFoundError)

    async def batch(self, target):
        endpoint = "/v1/chat/completions"
        line = {"custom_id": "question-1", "method": "POST", "url": endpoint, "body": {"model": MODEL}}
        file = await file_of(target, json.dumps(line).encode() + b"\n", "batch")
        return await settle(target.client.batches.create(
            input_file_id=file.id, endpoint=endpoint, completion_window="24h", metadata={"about": "questions"},
        ))

    @scenario
    async def a_batch_to_its_end(self, target):
        batches, made = target.client.batches, await self.batch(target)
        await self.is_listed(batches.list, made)
        states, ended = await states_until("completed", batches.retrieve, made)
        output = await settle(target.client.files.content(ended.output_file_id))
        result = json.loads(output.text)
        self.assertEqual(result["custom_id"], "question-1")
        late = await self.refused(lambda: batches.cancel(made.id))
        return plain(made), states, plain(ended), plain(result["response"]["body"]), late

    @scenario
    async def a_batch_that_is_cancelled(self, target):
        made = await self.batch(target)
        cancelled = await settle(target.client.batches.cancel(made.id))
        self.assertEqual(cancelled.status, "cancelling")
        return plain(cancelled)

    @scenario
    async def fine_tuning(self, target):
        jobs, file = target.client.fine_tuning.jobs, await file_of(target, b"{}\n", "fine-tune")
        made = await settle(jobs.create(model=MODEL, training_file=file.id, suffix="x", seed=7))
        await self.is_listed(jobs.list, made)
        states, ended = await states_until("succeeded", jobs.retrieve, made)
        events = [event.message async for event in each(jobs.list_events(made.id, limit=1))]
        self.assertGreater(len(events), 2)
        other = await settle(jobs.create(model=MODEL, training_file=file.id))
        cancelled = await settle(jobs.cancel(other.id))
        self.assertEqual(cancelled.status, "cancelled")
        events = [text.replace(ended.fine_tuned_model, "MODEL") for text in events]
        return {**plain(made), "training_file": None}, states, events
