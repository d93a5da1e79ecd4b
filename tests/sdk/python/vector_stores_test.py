"""Vector stores with their files and batches of files, and searches: the same through Ferry as directly."""
import openai
from targets import Scenarios, each, error_of, plain, scenario, settle


async def files_of(target, count):
    make = target.client.files.create
    return [
        await settle(make(file=(f"{number}.txt", b"words " * number), purpose="assistants"))
        for number in range(1, count + 1)
    ]


class Stores(Scenarios):
    is_metered = True

    @scenario
    async def create_and_retrieve(self, target):
        files = await files_of(target, 2)
        made = await settle(target.client.vector_stores.create(
            name="words", file_ids=[file.id for file in files], metadata={"about": "words"},
            expires_after={"anchor": "last_active_at", "days": 7},
        ))
        self.assertEqual((made.file_counts.total, made.usage_bytes), (2, 18))
        again = await settle(target.client.vector_stores.retrieve(made.id))
        self.assertEqual(again, made)
        return plain(made)

    @scenario
    async def list(self, target):
        made = [await settle(target.client.vector_stores.create(name=name)) for name in ("a", "b")]
        page = await settle(target.client.vector_stores.list(limit=100, order="desc"))
        listed = [store for store in page.data if store.id in {store.id for store in made}]
        self.assertEqual([store.name for store in listed], ["b", "a"])

    @scenario
    async def delete(self, target):
        made = await settle(target.client.vector_stores.create(name="short-lived"))
        deleted = await settle(target.client.vector_stores.delete(made.id))
        self.assertEqual((deleted.id, deleted.deleted), (made.id, True))
        for call in (target.client.vector_stores.retrieve, target.client.vector_stores.delete):
            error = await error_of(lambda call=call: call(made.id))
            self.assertIs(type(error), openai.NotFoundError)

    @scenario
    async def files(self, target):
        files = await files_of(target, 3)
        store = await settle(target.client.vector_stores.create(name="grows"))
        added = [
            await settle(target.client.vector_stores.files.create(store.id, file_id=file.id)) for file in files
        ]
        self.assertEqual([one.id for one in added], [file.id for file in files])
        pages = target.client.vector_stores.files.list(store.id, limit=2, order="asc")
        listed = [one async for one in each(pages)]
        self.assertEqual([one.id for one in listed], [file.id for file in files])
        return [plain(one) for one in added], [plain(one) for one in listed]

    @scenario
    async def unknown_ids(self, target):
        stores, heard = target.client.vector_stores, []
        for call in (stores.retrieve, stores.delete, stores.files.list):
            error = await error_of(lambda call=call: call("vs_unknown"))
            self.assertIs(type(error), openai.NotFoundError)
            heard.append(error.body)
        made = await settle(stores.create(name="empty"))
        file = await error_of(lambda: stores.files.create(made.id, file_id="file-unknown"))
        store = await error_of(lambda: stores.create(file_ids=["file-unknown"]))
        return heard, (type(file), file.body), (type(store), store.body)


class Scripted(Scenarios):
    """What the mock provider does not do by itself: tests/support/sdk_operations.py."""

    is_metered = True

    @scenario
    async def update(self, target):
        return plain(await settle(target.client.vector_stores.update("vs_1", name="renamed")))

    @scenario
    async def search(self, target):
        found = await settle(target.client.vector_stores.search(
            "vs_1", query="words", max_num_results=2, rewrite_query=True,
            filters={"type": "eq", "key": "language", "value": "pl"},
        ))
        self.assertEqual([one.score for one in found.data], [0.9, 0.5])
        return [plain(one) for one in found.data]

    @scenario
    async def one_file_of_a_store(self, target):
        files = target.client.vector_stores.files
        content = [plain(part) async for part in each(files.content("file-1", vector_store_id="vs_1"))]
        self.assertEqual([part["text"] for part in content], ["words"])
        target.meter.forget()  # the upstream's ledger takes it for the content of a file, which is counted in bytes
        one = await settle(files.retrieve("file-1", vector_store_id="vs_1"))
        changed = await settle(files.update("file-1", vector_store_id="vs_1", attributes={"language": "pl"}))
        self.assertEqual(changed.attributes, {"language": "pl"})
        deleted = await settle(files.delete("file-1", vector_store_id="vs_1"))
        self.assertTrue(deleted.deleted)
        return plain(one), content, plain(deleted)

    @scenario
    async def a_batch_of_files(self, target):
        batches = target.client.vector_stores.file_batches
        made = await settle(batches.create("vs_1", file_ids=["file-1", "file-2"]))
        self.assertEqual(made.status, "in_progress")
        done = await settle(batches.poll(made.id, vector_store_id="vs_1", poll_interval_ms=5))
        self.assertEqual(done.status, "completed")
        files = [plain(one) async for one in each(batches.list_files(made.id, vector_store_id="vs_1"))]
        self.assertEqual(len(files), 2)
        cancelled = await settle(batches.cancel(made.id, vector_store_id="vs_1"))
        self.assertEqual(cancelled.status, "cancelled")
        return plain(done), files, plain(cancelled)
