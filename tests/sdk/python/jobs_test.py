"""Batches and fine-tuning jobs, from the file to its results: the same through Ferry as directly."""
import json

import openai
from targets import Scenarios, each, error_of, plain, scenario, settle

QUESTIONS = [
    {"custom_id": f"question-{number}", "method": "POST", "url": "/v1/chat/completions",
     "body": {"model": "mock", "messages": [{"role": "user", "content": f"question {number}"}]}}
    for number in range(3)
]
EXAMPLES = [{"messages": [{"role": "user", "content": "1 + 1"}, {"role": "assistant", "content": "2"}]}] * 10


async def file_of(target, lines, purpose):
    content = "".join(json.dumps(line) + "\n" for line in lines).encode()
    return await settle(target.client.files.create(file=("lines.jsonl", content), purpose=purpose))


async def ended(retrieve, job_id, last):
    """The states that a job went through until `last`, and the job then. It goes on each time it is asked for."""
    states = []
    while len(states) < 10:
        job = await settle(retrieve(job_id))
        states.append(job.status)
        if job.status == last:
            return states, job
    raise AssertionError(f"{job_id} went through {states}")


class Batches(Scenarios):
    is_metered = True

    async def create(self, target, lines=QUESTIONS, **more):
        file = await file_of(target, lines, "batch")
        return await settle(target.client.batches.create(
            input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h", **more,
        ))

    @scenario
    async def to_the_end(self, target):
        made = await self.create(target, metadata={"about": "questions"})
        states, batch = await ended(target.client.batches.retrieve, made.id, "completed")
        self.assertEqual(batch.request_counts.completed, 3)
        # The results are a file that only the batch has named.
        answer = await settle(target.client.files.content(batch.output_file_id))
        results = [json.loads(line) for line in answer.text.splitlines()]
        self.assertEqual([one["custom_id"] for one in results], [one["custom_id"] for one in QUESTIONS])
        self.assertTrue(all(one["response"]["body"]["choices"] for one in results))
        file = await settle(target.client.files.retrieve(batch.output_file_id))
        return plain(made), states, plain(batch), file.object

    @scenario
    async def list(self, target):
        made = [await self.create(target) for _ in range(2)]
        # Others use this account meanwhile.
        page = await settle(target.client.batches.list(limit=100))
        listed = [batch for batch in page.data if batch.id in {batch.id for batch in made}]
        self.assertEqual([batch.id for batch in listed], [made[1].id, made[0].id])

    @scenario
    async def cancel(self, target):
        made = await self.create(target)
        cancelled = await settle(target.client.batches.cancel(made.id))
        self.assertIn(cancelled.status, ("cancelling", "cancelled"))
        return plain(cancelled)

    @scenario
    async def unknown_ids(self, target):
        async def create():
            return await settle(target.client.batches.create(
                input_file_id="file-unknown", endpoint="/v1/chat/completions", completion_window="24h",
            ))

        batches, heard = target.client.batches, []
        for call in (create, lambda: batches.retrieve("batch_unknown"), lambda: batches.cancel("batch_unknown")):
            error = await error_of(call)
            heard.append((type(error), error.body))
        self.assertIs(heard[1][0], openai.NotFoundError)
        return heard


class FineTuning(Scenarios):
    is_metered = True

    async def create(self, target, **more):
        file = await file_of(target, EXAMPLES, "fine-tune")
        return await settle(target.client.fine_tuning.jobs.create(model="mock", training_file=file.id, **more))

    @scenario
    async def to_the_end(self, target):
        made = await self.create(target, suffix="arithmetic", seed=7)
        states, job = await ended(target.client.fine_tuning.jobs.retrieve, made.id, "succeeded")
        self.assertTrue(job.fine_tuned_model)
        events = [plain(event) async for event in each(target.client.fine_tuning.jobs.list_events(made.id, limit=2))]
        self.assertTrue(events)
        made = {**plain(made), "training_file": None}
        return made, states, [event["message"].replace(job.id, "ID") for event in events]

    @scenario
    async def with_a_file_to_validate(self, target):
        validation = await file_of(target, EXAMPLES, "fine-tune")
        made = await self.create(target, validation_file=validation.id)
        self.assertEqual(made.validation_file, validation.id)

    @scenario
    async def list(self, target):
        made = [await self.create(target) for _ in range(2)]
        page = await settle(target.client.fine_tuning.jobs.list(limit=100))
        listed = [job for job in page.data if job.id in {job.id for job in made}]
        self.assertEqual([job.id for job in listed], [made[1].id, made[0].id])

    @scenario
    async def cancel(self, target):
        made = await self.create(target)
        cancelled = await settle(target.client.fine_tuning.jobs.cancel(made.id))
        self.assertEqual(cancelled.status, "cancelled")

    @scenario
    async def pause_resume_and_checkpoints(self, target):
        # What the upstream answers stands in tests/support/sdk_operations.py.
        jobs = target.client.fine_tuning.jobs
        paused = await settle(jobs.pause("ftjob-1"))
        resumed = await settle(jobs.resume("ftjob-1"))
        self.assertEqual((paused.status, resumed.status), ("paused", "queued"))
        checkpoints = [plain(one) async for one in each(jobs.checkpoints.list("ftjob-1"))]
        self.assertEqual(len(checkpoints), 1)
        return checkpoints

    @scenario
    async def unknown_ids(self, target):
        jobs, heard = target.client.fine_tuning.jobs, []
        for call in (jobs.retrieve, jobs.cancel):
            error = await error_of(lambda call=call: call("ftjob-unknown"))
            self.assertIs(type(error), openai.NotFoundError)
            heard.append(error.body)
        file = await error_of(lambda: jobs.create(model="mock", training_file="file-unknown"))
        return heard, type(file), file.body
