// The client for Azure: models are deployments in the path, everything else stands below /openai, and every request has
// an api-version. The same through Ferry as directly.
import assert from "node:assert/strict";
import OpenAI, { AzureOpenAI, toFile } from "openai";
import { noting } from "./metering.mjs";
import {
  chunksOf, compareMetered, errorOf, isFerry, ledgerOf, listed, nonceOf, prompt, told, without,
} from "./targets.mjs";

const sound = () => toFile(Buffer.alloc(64_000, "sound"), "sound.wav");
const compareAzure = (name, run) => compareMetered(name, (target) => {
  const options = { endpoint: new URL(target.url).origin, apiKey: target.client.apiKey, apiVersion: "2024-10-21" };
  return run(new AzureOpenAI({ ...options, fetch: noting }), target);
});

compareAzure("chat", async (client, target) => {
  const ask = { model: "mock", ...prompt({ content: "a b", prompt_tokens: 3 }) };
  const answer = await client.chat.completions.create(ask);
  const seen = (await ledgerOf(target.control, nonceOf(ask.messages[0].content))).at(-1).target;
  // What is not Azure is asked as OpenAI.
  const direct = "/openai/deployments/mock/chat/completions?api-version=2024-10-21";
  assert.equal(seen, isFerry(target) ? "/v1/chat/completions" : direct);
  return [without(answer), await chunksOf(client, { model: "mock", ...prompt({ content: "c d" }) })];
});

compareAzure("texts", async (client) => {
  const completed = await client.completions.create({ model: "mock", prompt: told({ prompt_tokens: 3 }) });
  const embedded = await client.embeddings.create({ model: "mock", input: ["a", "b"], dimensions: 8 });
  return [without(completed), without(embedded)];
});

compareAzure("images and sound", async (client) => {
  const coded = { model: "mock", prompt: told(), response_format: "b64_json" };
  const made = await client.images.generate(coded);
  const edited = await client.images.edit({ ...coded, image: await sound() });
  const spoken = await client.audio.speech.create({ model: "mock", voice: "alloy", input: told({ bytes: 100 }) });
  const file = await sound();
  const heard = await client.audio.transcriptions.create({ model: "mock", file, prompt: told({ content: "hi" }) });
  return [without(made), without(edited), (await spoken.arrayBuffer()).byteLength, without(heard)];
});

compareAzure("responses", async (client) => {
  const first = await client.responses.create({ model: "mock", input: told({ content: "one", prompt_tokens: 3 }) });
  const more = { previous_response_id: first.id, stream: true };
  const input = told({ content: "two", prompt_tokens: 3 });
  const events = await listed(client.responses.create({ model: "mock", input, ...more }));
  const items = await listed(client.responses.inputItems.list(first.id));
  await client.responses.delete(first.id);
  return [without(first), events, items.length];
});

compareAzure("files, batches, jobs, stores and uploads", async (client) => {
  const file = await client.files.create({ file: await toFile(Buffer.from("{}\n"), "a.jsonl"), purpose: "batch" });
  assert.equal(await (await client.files.content(file.id)).text(), "{}\n");
  const what = { input_file_id: file.id, endpoint: "/v1/chat/completions", completion_window: "24h" };
  const batch = await client.batches.create(what);
  const cancelled = await client.batches.cancel(batch.id);
  const job = await client.fineTuning.jobs.create({ model: "mock", training_file: file.id });
  const store = await client.vectorStores.create({ file_ids: [file.id] });
  const names = { filename: "a.txt", mime_type: "text/plain", purpose: "assistants" };
  const upload = await client.uploads.create({ bytes: 3, ...names });
  const part = await client.uploads.parts.create(upload.id, { data: await toFile(Buffer.from("abc"), "part") });
  const whole = await client.uploads.complete(upload.id, { part_ids: [part.id] });
  return [without(file), cancelled.status, job.status, store.file_counts, without(whole)];
});

compareAzure("errors", async (client) => {
  const heard = [];
  for (const status of [400, 404, 429]) {
    const ask = { model: "mock", ...prompt({ status }) };
    heard.push((await errorOf(() => client.chat.completions.create(ask, { maxRetries: 0 }))).status);
  }
  const unknown = await errorOf(() => client.files.retrieve("file-unknown"));
  assert.equal(unknown.constructor, OpenAI.NotFoundError);
  return [heard, unknown.error];
});
