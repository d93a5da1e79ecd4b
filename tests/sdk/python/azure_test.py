"""The client for Azure: models are deployments in the path, everything else stands below /openai, and every request has
an api-version. The same through Ferry as directly."""
import openai
from targets import Scenarios, ask, each, error_of, ledger_of, opened, plain, scenario, settle, told

SOUND = bytes(range(256)) * 250
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(100)


class Azure(Scenarios):
    upstream = "AZURE"
    is_metered = True

    async def target_of(self, asked):
        """The path and query that the upstream was asked at."""
        return (await ledger_of(asked))[-1]["target"]

    @scenario
    async def chat(self, target):
        asked = ask({"content": "Hello", "prompt_tokens": 3})
        whole = await settle(target.chat.create(**asked))
        seen = await self.target_of(asked)
        stream = await settle(target.chat.create(**ask({"content": "a b"}), stream=True))
        async with opened(target.chat.stream(**ask({"content": "c d"}))) as helped:
            last = await settle(helped.get_final_completion())
        # What is not Azure is asked as OpenAI.
        wanted = "/v1/chat/completions" if target.through_ferry else (
            "/openai/deployments/mock/chat/completions?api-version=2024-10-21"
        )
        self.assertEqual(seen, wanted)
        return plain(whole), [plain(chunk) async for chunk in each(stream)], plain(last)

    @scenario
    async def texts(self, target):
        completed = await settle(target.client.completions.create(
            model="mock", prompt=told({"content": "once", "prompt_tokens": 3}),
        ))
        embedded = await settle(target.client.embeddings.create(model="mock", input=["a", "b"], dimensions=8))
        return plain(completed), plain(embedded)

    @scenario
    async def images(self, target):
        images, asked = target.client.images, {"model": "mock", "response_format": "b64_json"}
        made = await settle(images.generate(prompt=told(), n=2, **asked))
        edited = await settle(images.edit(image=("a.png", PICTURE), prompt=told(), **asked))
        return plain(made), plain(edited)

    @scenario
    async def sound(self, target):
        audio, file = target.client.audio, ("sound.wav", SOUND)
        spoken = await settle(audio.speech.create(model="mock", voice="alloy", input=told({"bytes": 100})))
        heard = await settle(audio.transcriptions.create(model="mock", file=file, prompt=told({"content": "hi"})))
        told_of = await settle(audio.translations.create(
            model="mock", file=file, prompt=told({"content": "hi"}), response_format="verbose_json",
        ))
        return len(spoken.content), plain(heard), plain(told_of)

    @scenario
    async def responses(self, target):
        first = await settle(target.client.responses.create(
            model="mock", input=told({"content": "one", "prompt_tokens": 3}),
        ))
        second = await settle(target.client.responses.create(
            model="mock", input=told({"content": "two", "prompt_tokens": 3}), stream=True,
            previous_response_id=first.id,
        ))
        events = [plain(event) async for event in each(second)]
        items = [plain(item) async for item in each(target.client.responses.input_items.list(first.id))]
        deleted = await settle(target.client.responses.delete(first.id))
        return plain(first), events, len(items), deleted

    @scenario
    async def files_and_batches(self, target):
        line = b'{"custom_id":"1","method":"POST","url":"/chat/completions","body":{"model":"mock","messages":[]}}\n'
        file = await settle(target.client.files.create(file=("lines.jsonl", line), purpose="batch"))
        content = await settle(target.client.files.content(file.id))
        self.assertEqual(content.content, line)
        batch = await settle(target.client.batches.create(
            input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h",
        ))
        cancelled = await settle(target.client.batches.cancel(batch.id))
        await settle(target.client.files.delete(file.id))
        return plain(file), batch.status, cancelled.status

    @scenario
    async def jobs_stores_and_uploads(self, target):
        file = await settle(target.client.files.create(file=("lines.jsonl", b"{}\n"), purpose="fine-tune"))
        job = await settle(target.client.fine_tuning.jobs.create(model="mock", training_file=file.id))
        store = await settle(target.client.vector_stores.create(file_ids=[file.id]))
        upload = await settle(target.client.uploads.create(
            bytes=3, filename="a.txt", mime_type="text/plain", purpose="assistants",
        ))
        part = await settle(target.client.uploads.parts.create(upload.id, data=b"abc"))
        whole = await settle(target.client.uploads.complete(upload.id, part_ids=[part.id]))
        return job.status, store.file_counts.total, plain(whole)

    @scenario
    async def errors(self, target):
        once = target.with_options(max_retries=0)
        heard = []
        for status in (400, 404, 429):
            error = await error_of(lambda: once.chat.create(**ask({"status": status})))
            heard.append((type(error), error.status_code))
        file = await error_of(lambda: once.client.files.retrieve("file-unknown"))
        self.assertIs(type(file), openai.NotFoundError)
        return heard, file.body
