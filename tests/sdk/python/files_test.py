"""Files and uploads: the official SDK sends and gets the same bytes through Ferry as directly."""
import hashlib
import io
import pathlib
import tempfile

import openai
from targets import Scenarios, each, error_of, ledger_of, nonce, opened, plain, scenario, settle

LARGE = bytes(range(256)) * 12_000  # 3 MB: past what either side keeps in memory of a form


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def lines(count=3):
    return "".join(f'{{"number":{number}}}\n' for number in range(count)).encode()


def named(name):
    """A name of a file by which the upstream finds the request again: of a form it looks at the names."""
    return f"nonce:{nonce()} {name}"


async def seen_of(name):
    """What the upstream recorded of the part with a file of this name."""
    parts = (await ledger_of(name))[-1]["parts"]
    return next(part for part in parts if part.get("file_name") == name)


async def create(target, content, name="lines.jsonl", purpose="user_data", **more):
    return await settle(target.client.files.create(file=(name, content), purpose=purpose, **more))


class Files(Scenarios):
    is_metered = True

    @scenario
    async def create_from_bytes(self, target):
        content, name = lines(), named("lines.jsonl")
        made = await create(target, content, name)
        self.assertEqual((made.bytes, made.filename, made.purpose), (len(content), name, "user_data"))
        part = await seen_of(name)
        self.assertEqual((part["bytes"], part["sha256"]), (len(content), sha256(content)))

    @scenario
    async def create_from_a_path_and_from_something_open(self, target):
        content = lines()
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "żółć.jsonl"
            path.write_bytes(content)
            of_path = await settle(target.client.files.create(file=path, purpose="batch"))
        of_open = await settle(target.client.files.create(file=io.BytesIO(content), purpose="batch"))
        self.assertEqual((of_path.filename, of_path.bytes), ("żółć.jsonl", len(content)))
        return plain(of_path), plain(of_open)

    @scenario
    async def expiry_and_type_arrive(self, target):
        name = named("lines.jsonl")
        await settle(target.client.files.create(
            file=(name, lines(), "application/jsonl"), purpose="batch",
            expires_after={"anchor": "created_at", "seconds": 3600},
        ))
        parts = (await ledger_of(name))[-1]["parts"]
        return [[one[key] for key in ("name", "content_type", "bytes", "sha256")] for one in parts]

    @scenario
    async def retrieve_and_list(self, target):
        made = [await create(target, lines(number)) for number in (1, 2)]
        one = await settle(target.client.files.retrieve(made[0].id))
        self.assertEqual(one, made[0])
        # Others use this account meanwhile.
        page = await settle(target.client.files.list(limit=100, order="desc"))
        listed = [file for file in page.data if file.id in {file.id for file in made}]
        self.assertEqual([file.id for file in listed], [made[1].id, made[0].id])
        return plain(one), [plain(file) for file in listed]

    @scenario
    async def content(self, target):
        content = bytes(range(256)) * 40
        made = await create(target, content, "a.bin")
        answer = await settle(target.client.files.content(made.id))
        self.assertEqual(answer.content, content)
        async with opened(target.client.files.with_streaming_response.content(made.id)) as answer:
            self.assertEqual(await settle(answer.read()), content)
        return answer.headers["content-type"], answer.headers.get("content-length")

    @scenario
    async def delete(self, target):
        made = await create(target, lines())
        deleted = await settle(target.client.files.delete(made.id))
        self.assertEqual((deleted.id, deleted.deleted), (made.id, True))
        for call in (target.client.files.retrieve, target.client.files.content, target.client.files.delete):
            error = await error_of(lambda call=call: call(made.id))
            self.assertIs(type(error), openai.NotFoundError)
        return plain(deleted)

    @scenario
    async def a_large_one(self, target):
        name = named("large.bin")
        made = await create(target, LARGE, name)
        self.assertEqual(made.bytes, len(LARGE))
        self.assertEqual((await seen_of(name))["sha256"], sha256(LARGE))
        # The upstream keeps only the size of it: what comes back are as many random bytes, the same ones each time.
        first = await settle(target.client.files.content(made.id))
        async with opened(target.client.files.with_streaming_response.content(made.id)) as answer:
            again = b"".join([piece async for piece in each(answer.iter_bytes(65536))])
        self.assertEqual(len(first.content), len(LARGE))
        self.assertEqual(sha256(first.content), sha256(again))

    @scenario
    async def unknown_ids(self, target):
        heard = []
        for call in (target.client.files.retrieve, target.client.files.content, target.client.files.delete):
            error = await error_of(lambda call=call: call("file-unknown"))
            self.assertIs(type(error), openai.NotFoundError)
            heard.append(error.body)
        return heard


class Uploads(Scenarios):
    is_metered = True

    async def create(self, target, size, **more):
        return await settle(target.client.uploads.create(
            bytes=size, filename="parts.jsonl", mime_type="text/jsonl", purpose="batch", **more,
        ))

    @scenario
    async def in_parts(self, target):
        content = [lines(2), lines(3)]
        upload = await self.create(target, sum(map(len, content)))
        self.assertEqual(upload.status, "pending")
        parts = [await settle(target.client.uploads.parts.create(upload.id, data=data)) for data in content]
        whole = await settle(target.client.uploads.complete(upload.id, part_ids=[part.id for part in parts]))
        self.assertEqual((whole.status, whole.file.bytes), ("completed", sum(map(len, content))))
        # What came out of it is a file as any other.
        file = await settle(target.client.files.retrieve(whole.file.id))
        answer = await settle(target.client.files.content(whole.file.id))
        self.assertEqual(answer.content, b"".join(content))
        return plain(upload), [plain(part) for part in parts], plain(whole), plain(file)

    @scenario
    async def by_the_helper(self, target):
        content = lines(200)
        whole = await settle(target.client.uploads.upload_file_chunked(
            file=content, filename="lines.jsonl", bytes=len(content), mime_type="text/jsonl", purpose="batch",
            part_size=4096,
        ))
        answer = await settle(target.client.files.content(whole.file.id))
        self.assertEqual(answer.content, content)
        return plain(whole)

    @scenario
    async def a_large_part(self, target):
        name = named("part")
        upload = await self.create(target, len(LARGE))
        part = await settle(target.client.uploads.parts.create(upload.id, data=(name, LARGE)))
        seen = await seen_of(name)
        self.assertEqual((seen["bytes"], seen["sha256"]), (len(LARGE), sha256(LARGE)))
        return plain(await settle(target.client.uploads.complete(upload.id, part_ids=[part.id])))

    @scenario
    async def cancel(self, target):
        upload = await self.create(target, 10)
        cancelled = await settle(target.client.uploads.cancel(upload.id))
        self.assertEqual(cancelled.status, "cancelled")
        late = await error_of(lambda: target.client.uploads.parts.create(upload.id, data=b"0123456789"))
        self.assertIs(type(late), openai.BadRequestError)
        return plain(cancelled), late.body

    @scenario
    async def what_does_not_add_up(self, target):
        upload = await self.create(target, 100)
        part = await settle(target.client.uploads.parts.create(upload.id, data=b"short"))
        error = await error_of(lambda: target.client.uploads.complete(upload.id, part_ids=[part.id]))
        self.assertIs(type(error), openai.BadRequestError)
        unknown = await error_of(lambda: target.client.uploads.complete("upload_unknown", part_ids=[]))
        self.assertIs(type(unknown), openai.NotFoundError)
        return error.body, unknown.body
