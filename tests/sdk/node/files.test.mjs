// Files, uploads, batches, fine-tuning jobs and vector stores: the same through Ferry as directly.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import OpenAI, { toFile } from "openai";
import { compareMetered, errorOf, ledgerOf, listed, newNonce, nonceOf, without } from "./targets.mjs";
import { forget } from "./metering.mjs";

const large = Buffer.alloc(3_000_000, "0123456789abcdef"); // past what either side keeps in memory of a form
const sha256 = (data) => createHash("sha256").update(data).digest("hex");
const lines = (...items) => items.map((item) => `${JSON.stringify(item)}\n`).join("");
const named = (name) => `nonce:${newNonce()} ${name}`;

const file = async (client, content, name = "lines.jsonl", purpose = "user_data") =>
  client.files.create({ file: await toFile(Buffer.from(content), name), purpose });

// What the upstream recorded of the part with a file of this name.
async function seenOf(control, name) {
  const { parts } = (await ledgerOf(control, nonceOf(name))).at(-1);
  return parts.find((part) => part.file_name === name);
}

// Of one page: others use this account meanwhile.
async function listedOf(list, made) {
  const ids = made.map(({ id }) => id);
  const { data } = await list({ limit: 100 });
  return data.map(({ id }) => id).filter((id) => ids.includes(id));
}

compareMetered("a file, from bytes to its end", async ({ client, control }) => {
  const content = Buffer.from(Array.from({ length: 10_240 }, (_, number) => number % 256));
  const name = named("a.bin");
  const made = await file(client, content, name);
  assert.equal(made.filename, name);
  assert.equal((await seenOf(control, name)).sha256, sha256(content));
  assert.deepEqual(await client.files.retrieve(made.id), made);
  const other = await file(client, "{}");
  assert.deepEqual(await listedOf((query) => client.files.list(query), [made, other]), [other.id, made.id]);
  const answer = await client.files.content(made.id);
  assert.ok(content.equals(Buffer.from(await answer.arrayBuffer())));
  assert.equal((await client.files.delete(made.id)).deleted, true);
  for (const call of [client.files.retrieve, client.files.content, client.files.delete]) {
    assert.equal((await errorOf(() => call.call(client.files, made.id))).constructor, OpenAI.NotFoundError);
  }
  return [{ ...without(made), filename: "" }, answer.headers.get("content-type")];
});

compareMetered("a large file", async ({ client, control }) => {
  const name = named("large.bin");
  const made = await file(client, large, name);
  assert.equal((await seenOf(control, name)).sha256, sha256(large));
  // The upstream keeps only the size of it: what comes back are as many random bytes, the same ones each time.
  const first = Buffer.from(await (await client.files.content(made.id)).arrayBuffer());
  const again = createHash("sha256");
  for await (const piece of (await client.files.content(made.id)).body) again.update(piece);
  assert.equal(first.length, large.length);
  assert.equal(sha256(first), again.digest("hex"));
});

compareMetered("an upload in parts", async ({ client, control }) => {
  const names = [named("first"), named("second")];
  const content = [Buffer.from("first "), large];
  const bytes = content[0].length + large.length;
  const what = { filename: "parts.bin", mime_type: "application/octet-stream", purpose: "user_data" };
  const upload = await client.uploads.create({ bytes, ...what });
  const parts = [];
  for (const [number, name] of names.entries()) {
    parts.push(await client.uploads.parts.create(upload.id, { data: await toFile(content[number], name) }));
    assert.equal((await seenOf(control, name)).sha256, sha256(content[number]));
  }
  const whole = await client.uploads.complete(upload.id, { part_ids: parts.map(({ id }) => id) });
  assert.equal((await client.files.retrieve(whole.file.id)).bytes, bytes);
  return [upload, ...parts, whole].map(without);
});

compareMetered("an upload that is cancelled, and one that does not add up", async ({ client }) => {
  const what = { bytes: 10, filename: "a.txt", mime_type: "text/plain", purpose: "user_data" };
  const { id } = await client.uploads.create(what);
  const cancelled = await client.uploads.cancel(id);
  const other = await client.uploads.create(what);
  const error = await errorOf(() => client.uploads.complete(other.id, { part_ids: [] }));
  assert.equal(error.constructor, OpenAI.BadRequestError);
  return [without(cancelled), error.error];
});

async function ended(retrieve, last) {
  const states = [];
  while (states.at(-1) !== last) {
    assert.ok(states.length < 10, states);
    states.push((await retrieve()).status);
  }
  return states;
}

const question = (number) => ({
  custom_id: `question-${number}`, method: "POST", url: "/v1/chat/completions",
  body: { model: "mock", messages: [{ role: "user", content: "question" }] },
});
const questions = { endpoint: "/v1/chat/completions", completion_window: "24h" };

compareMetered("a batch to its end", async ({ client }) => {
  const input = await file(client, lines(question(1), question(2)), "lines.jsonl", "batch");
  const made = await client.batches.create({ input_file_id: input.id, ...questions });
  const states = await ended(() => client.batches.retrieve(made.id), "completed");
  const { output_file_id } = await client.batches.retrieve(made.id);
  const results = (await (await client.files.content(output_file_id)).text()).trim().split("\n").map(JSON.parse);
  assert.deepEqual(results.map(({ custom_id }) => custom_id), ["question-1", "question-2"]);
  assert.deepEqual(await listedOf((query) => client.batches.list(query), [made]), [made.id]);
  return [without(made), states];
});

compareMetered("a batch that is cancelled, and unknown ones", async ({ client }) => {
  const input = await file(client, lines(question(1)), "lines.jsonl", "batch");
  const { id } = await client.batches.create({ input_file_id: input.id, ...questions });
  const cancelled = await client.batches.cancel(id);
  const unknown = await errorOf(() => client.batches.retrieve("batch_unknown"));
  const noFile = await errorOf(() => client.batches.create({ input_file_id: "file-unknown", ...questions }));
  return [without(cancelled), unknown.error, noFile.error];
});

compareMetered("fine-tuning jobs", async ({ client }) => {
  const { jobs } = client.fineTuning;
  const input = await file(client, lines({ messages: [] }), "lines.jsonl", "fine-tune");
  const made = await jobs.create({ model: "mock", training_file: input.id, suffix: "x" });
  const states = await ended(() => jobs.retrieve(made.id), "succeeded");
  const events = await listed(jobs.listEvents(made.id, { limit: 1 }));
  assert.ok(events.length > 0);
  assert.deepEqual(await listedOf((query) => jobs.list(query), [made]), [made.id]);
  const other = await jobs.create({ model: "mock", training_file: input.id });
  const cancelled = await jobs.cancel(other.id);
  const error = await errorOf(() => jobs.retrieve("ftjob-unknown"));
  return [states, events.length, cancelled.status, error.error];
});

compareMetered("what is scripted of fine-tuning jobs", async ({ client }) => {
  const { jobs } = client.fineTuning;
  const checkpoints = await listed(jobs.checkpoints.list("ftjob-1"));
  return [await jobs.pause("ftjob-1"), await jobs.resume("ftjob-1")].map(without).concat(checkpoints);
});

compareMetered("vector stores", async ({ client }) => {
  const { vectorStores } = client;
  const files = [await file(client, "words"), await file(client, "more words")];
  const store = await vectorStores.create({ name: "words", file_ids: [files[0].id], metadata: { about: "words" } });
  assert.deepEqual(await vectorStores.retrieve(store.id), store);
  assert.equal((await vectorStores.files.create(store.id, { file_id: files[1].id })).id, files[1].id);
  const inStore = [];
  for await (const { id } of vectorStores.files.list(store.id, { limit: 1, order: "asc" })) inStore.push(id);
  assert.deepEqual(inStore, files.map(({ id }) => id));
  assert.deepEqual(await listedOf((query) => vectorStores.list(query), [store]), [store.id]);
  const deleted = await vectorStores.delete(store.id);
  const error = await errorOf(() => vectorStores.retrieve("vs_unknown"));
  return [without(store), without(deleted), error.error];
});

compareMetered("what is scripted of vector stores", async ({ client }) => {
  const { vectorStores } = client;
  const inStore = { vector_store_id: "vs_1" };
  const content = await listed(vectorStores.files.content("file-1", inStore));
  forget(); // the upstream's ledger takes it for the content of a file, which is counted in bytes
  const { fileBatches, files } = vectorStores;
  const batch = await fileBatches.createAndPoll("vs_1", { file_ids: ["file-1", "file-2"] }, { pollIntervalMs: 5 });
  assert.equal(batch.status, "completed");
  return [
    content, await listed(vectorStores.search("vs_1", { query: "words", max_num_results: 2 })),
    await listed(fileBatches.listFiles("vsfb_1", inStore)),
    ...[
      await vectorStores.update("vs_1", { name: "renamed" }), await files.retrieve("file-1", inStore),
      await files.update("file-1", { ...inStore, attributes: { language: "pl" } }),
      await files.delete("file-1", inStore), batch, await fileBatches.cancel("vsfb_1", inStore),
    ].map(without),
  ];
});
