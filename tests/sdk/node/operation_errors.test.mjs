// What goes wrong with operations besides chat: errors, retries and what is left in the middle are the same through
// Ferry as directly.
import assert from "node:assert/strict";
import { test } from "node:test";
import OpenAI, { toFile } from "openai";
import {
  compare, compareMetered, errorOf, isFerry, ledgerOf, newNonce, nonceOf, throughFerry, told, without,
} from "./targets.mjs";

const sound = await toFile(Buffer.alloc(1000), "sound.wav");
const classes = {
  400: "BadRequestError", 409: "ConflictError", 413: "APIError", 422: "UnprocessableEntityError",
  429: "RateLimitError", 500: "InternalServerError", 503: "InternalServerError",
};

// {name: a call of that operation, at which the upstream does as told}
function callsOf(client, action) {
  const text = told(action);
  const batch = { input_file_id: "file-1", endpoint: "/v1/embeddings", completion_window: "24h" };
  const upload = { bytes: 1, mime_type: "text/plain", purpose: "batch" };
  return {
    completions: () => client.completions.create({ model: "mock", prompt: text }),
    embeddings: () => client.embeddings.create({ model: "mock", input: text, dimensions: 4 }),
    moderations: () => client.moderations.create({ model: "mock", input: text }),
    responses: () => client.responses.create({ model: "mock", input: text }),
    images: () => client.images.generate({ model: "mock", prompt: text }),
    edits: () => client.images.edit({ model: "mock", image: sound, prompt: text }),
    speech: () => client.audio.speech.create({ model: "mock", voice: "alloy", input: text }),
    transcriptions: () => client.audio.transcriptions.create({ model: "mock", file: sound, prompt: text }),
    stores: () => client.vectorStores.create({ name: text }),
    uploads: () => client.uploads.create({ ...upload, filename: text }),
    batches: () => client.batches.create({ ...batch, metadata: { about: text } }),
    jobs: () => client.fineTuning.jobs.create({ model: "mock", training_file: "file-1", suffix: text }),
  };
}

compareMetered("the classes of errors", async ({ client }) => {
  const once = client.withOptions({ maxRetries: 0 });
  const heard = {};
  for (const [status, kind] of Object.entries(classes)) {
    for (const [name, call] of Object.entries(callsOf(once, { status: Number(status) }))) {
      const error = await errorOf(call);
      assert.equal(error.constructor, OpenAI[kind], `${name}, ${status}: ${error.message}`);
      assert.ok(error.error.message);
      if (status < 500) heard[`${name} ${status}`] = error.status;
    }
  }
  return heard;
});

compareMetered("what a refused request is told", async ({ client }) => {
  const why = { message: "too many words for the model", type: "requests", param: "input", code: "too_long" };
  const heard = {};
  for (const [name, call] of Object.entries(callsOf(client, { status: 400, body: { error: why } }))) {
    heard[name] = (await errorOf(call)).error;
    assert.deepEqual(heard[name], why, name);
  }
  return heard;
});

compareMetered("a busy upstream that answers in the end", async ({ client }) => {
  for (const status of [429, 500]) {
    const failing = { count: 2, status, headers: { "retry-after-ms": "5" } };
    const calls = callsOf(client, { fail_times: failing });
    // These need a file that there is.
    for (const [name, call] of Object.entries(calls)) if (!["batches", "jobs"].includes(name)) await call();
  }
});

compare("an answer that is cut", async (target) => {
  const once = target.client.withOptions({ maxRetries: 0 });
  const asked = once.embeddings.create({ model: "mock", input: told({ cut_at: 2000 }) });
  const error = await asked.then(() => assert.fail("it did not fail"), (reason) => reason);
  // Ferry asks again, and then says what happened.
  if (isFerry(target)) assert.equal(error.constructor, OpenAI.InternalServerError);
});

compare("a stream of completions that is cut", async ({ client }) => {
  const ask = { model: "mock", prompt: told({ chunks: 9, interval_ms: 20, cut_at: 600 }), stream: true };
  let count = 0;
  await assert.rejects(async () => {
    for await (const _ of await client.completions.create(ask)) count++;
  });
  assert.ok(count > 0);
});

compare("abort before the answer", async ({ client, control }) => {
  const input = told({ first_delay_ms: 20000 });
  const controller = new AbortController();
  const answer = client.embeddings.create({ model: "mock", input }, { signal: controller.signal });
  const ended = answer.then(() => null, (reason) => reason.constructor.name);
  await ledgerOf(control, nonceOf(input));
  controller.abort();
  assert.ok(["APIUserAbortError", "DOMException"].includes(await ended));
  assert.notEqual((await ledgerOf(control, nonceOf(input), "ended")).at(-1).end, "completed");
});

compare("a timeout", async ({ client, control }) => {
  const input = told({ delay_ms: 20000 });
  const impatient = client.withOptions({ timeout: 300, maxRetries: 0 });
  const error = await errorOf(() => impatient.embeddings.create({ model: "mock", input }));
  assert.equal(error.constructor, OpenAI.APIConnectionTimeoutError);
  assert.notEqual((await ledgerOf(control, nonceOf(input), "ended")).at(-1).end, "completed");
});

compareMetered("request ids", async ({ client }) => {
  const { data, request_id } = await client.embeddings
    .create({ model: "mock", input: newNonce(), dimensions: 4 }).withResponse();
  assert.ok(request_id);
  assert.equal(data._request_id, request_id);
});

compareMetered("twenty at once", async ({ client }) => {
  const input = Array.from({ length: 20 }, (_, number) => `text ${number}`);
  const made = input.map((text) => client.embeddings.create({ model: "mock", input: text, dimensions: 4 }));
  return (await Promise.all(made)).map(without);
});

test("an unknown model is not found, and one that does not serve it is a bad request", async () => {
  const { client } = throughFerry;
  const unknown = await errorOf(() => client.embeddings.create({ model: "nobody", input: "text" }));
  assert.deepEqual([unknown.constructor, unknown.code], [OpenAI.NotFoundError, "model_not_found"]);
  const unserved = await errorOf(() => client.embeddings.create({ model: "backup", input: "text" }));
  assert.deepEqual([unserved.constructor, unserved.code], [OpenAI.BadRequestError, "unsupported_operation"]);
});

test("what one user got is another one's 404", async () => {
  const { id } = await throughFerry.client.files.create({ file: sound, purpose: "user_data" });
  const stranger = throughFerry.client.withOptions({ apiKey: process.env.FERRY_OTHER_KEY });
  assert.equal((await errorOf(() => stranger.files.retrieve(id))).constructor, OpenAI.NotFoundError);
});
