// What the mock provider by somebody else serves besides chat: the same through Ferry as directly.
import assert from "node:assert/strict";
import OpenAI, { toFile } from "openai";
import { aimock, compare, errorOf, isFerry, listed, without } from "./targets.mjs";

const model = "third-party";
const wav = () => toFile(Buffer.alloc(64_000, "sound"), "żółć.wav", { type: "audio/wav" });
const png = () => toFile(Buffer.from("a picture"), "a.png", { type: "image/png" });
const compareAimock = (name, run) => compare(name, (target) => run(target.client, target), aimock);

// What each call is refused with: the class of the error, and what it says.
async function refused(...calls) {
  const heard = [];
  for (const call of calls) {
    const error = await errorOf(call);
    assert.equal(error.constructor, OpenAI.BadRequestError);
    heard.push([error.type, error.code, error.error.message]);
  }
  return heard;
}

const ask = (input, more = {}) => ({ model, input, ...more });
const weather = { type: "function", name: "get_weather", parameters: { type: "object", properties: {} } };

compareAimock("a response, whole and in a stream", async (client) => {
  const whole = await client.responses.create(ask("greet me", { instructions: "be brief" }));
  assert.match(whole.output_text, /^Hello/);
  const events = await listed(client.responses.create(ask("greet me", { stream: true })));
  const deltas = events.filter(({ type }) => type === "response.output_text.delta").map(({ delta }) => delta);
  assert.equal(deltas.join(""), whole.output_text);
  assert.ok(deltas.length > 2);
  const helper = client.responses.stream(ask("think about it"));
  return [without(whole), events, without(await helper.finalResponse())];
});

compareAimock("a response with tools, to the end of the conversation", async (client) => {
  const first = await client.responses.create(ask("the weather", { tools: [weather] }));
  const calls = first.output.filter(({ type }) => type === "function_call");
  assert.deepEqual(calls.map(({ name }) => name), ["get_weather", "get_time"]);
  const results = calls.map(({ call_id }) => ({ type: "function_call_output", call_id, output: "mild" }));
  const question = { role: "user", content: "the weather" };
  const last = await client.responses.create(ask([question, ...calls, ...results], { tools: [weather] }));
  assert.equal(last.output_text, "It is mild.");
  const events = await listed(client.responses.create(ask("the weather", { tools: [weather], stream: true })));
  return [without(first), without(last), events];
});

compareAimock("responses that fail", async (client) => {
  const once = client.withOptions({ maxRetries: 0 });
  const errors = { "too many": OpenAI.RateLimitError, "break down": OpenAI.InternalServerError };
  for (const [text, kind] of Object.entries(errors)) {
    assert.equal((await errorOf(() => once.responses.create(ask(text)))).constructor, kind);
    assert.equal((await errorOf(() => once.responses.create(ask(text, { stream: true })))).constructor, kind);
  }
  return refused(() => client.responses.create(ask("refuse this")));
});

compareAimock("a response whose stream is cut", async (client) => {
  const kinds = [];
  // Before something of the answer has come, Ferry says it by the status.
  await assert.rejects(async () => {
    const stream = await client.responses.create(ask("break off", { stream: true }));
    for await (const { type } of stream) kinds.push(type);
  });
  assert.ok(!kinds.includes("response.completed"));
});

compareAimock("embeddings", async (client) => {
  const more = { encoding_format: "float" };
  const one = await client.embeddings.create(ask("embed me", more));
  const several = await client.embeddings.create(ask(["embed me", "embed żółć 👋🏽"], more));
  assert.deepEqual(several.data.map(({ embedding }) => embedding), Array(2).fill([0.25, -0.5, 1, 0.125]));
  return [without(one), without(several), await refused(() => client.embeddings.create(ask("refuse this", more)))];
});

compareAimock("images are generated and edited", async (client, target) => {
  const made = await client.images.generate({ model, prompt: "a hut", n: 2 });
  assert.equal(made.data[1].revised_prompt, "a small hut");
  const edited = await client.images.edit({ model, image: await png(), prompt: "a hut" });
  assert.ok(edited.data[1].b64_json);
  const image = await png();
  const refusals = await refused(
    () => client.images.generate({ model, prompt: "refuse this" }),
    () => client.images.edit({ model, image, prompt: "refuse this" }),
  );
  // A path that is not there is for whoever runs Ferry to see to.
  const gone = await errorOf(() => client.images.createVariation({ model, image }, { maxRetries: 0 }));
  assert.equal(gone.constructor, isFerry(target) ? OpenAI.InternalServerError : OpenAI.NotFoundError);
  return [without(made), without(edited), refusals];
});

compareAimock("speech", async (client) => {
  const ask = { model, voice: "alloy", response_format: "wav" };
  const answer = await client.audio.speech.create({ ...ask, input: "say it" });
  const heard = Buffer.from(await answer.arrayBuffer());
  assert.ok(heard.equals(Buffer.alloc(100_000, "sound")));
  const refusals = await refused(() => client.audio.speech.create({ ...ask, input: "refuse this" }));
  return [answer.headers.get("content-type"), refusals];
});

compareAimock("transcriptions and translations", async (client) => {
  const { transcriptions, translations } = client.audio;
  const answers = [];
  for (const response_format of ["json", "verbose_json"]) {
    for (const kind of [transcriptions, translations]) {
      answers.push(without(await kind.create({ model, file: await wav(), response_format })));
      assert.match(answers.at(-1).text, /^good day/);
    }
  }
  const events = await listed(transcriptions.create({ model, file: await wav(), stream: true }));
  assert.equal(events.at(-1).usage.total_tokens, 23);
  assert.equal(events.filter(({ delta }) => delta).map(({ delta }) => delta).join(""), events.at(-1).text);
  const file = await wav();
  const deaf = { model: "third-party-deaf", file };
  return [answers, events, await refused(() => transcriptions.create(deaf), () => translations.create(deaf))];
});

compareAimock("moderations, of a model and of none", async (client) => {
  const one = await client.moderations.create(ask("threats of violence"));
  assert.equal(one.results[0].flagged, true);
  const several = await client.moderations.create(ask(["kind words", "more kind words"]));
  const { results } = await client.moderations.create({ input: "kind words" });
  return [without(one), without(several), results];
});

compareAimock("a rerank, and a path of another service", async (client, target) => {
  // Reranks stand below another path there: a row of their own.
  const below = isFerry(target) ? "" : target.url.replace(/v1$/, "v2");
  const documents = ["a tree", "a house"];
  const rerank = { model: "third-party-ranks", query: "which is it", documents };
  const ranked = await client.post(`${below}/rerank`, { body: rerank });
  assert.deepEqual(ranked.results.map(({ index }) => index), [1, 0]);
  const messages = [{ role: "user", content: "greet me" }];
  const answer = await client.post("/messages", { body: { model, max_tokens: 100, messages } });
  assert.match(answer.content[0].text, /^Hello/);
  return [without(ranked), without(answer)];
});

// Of one page: others use this account meanwhile.
async function isListed(list, { id }) {
  const { data } = await list({ limit: 100 });
  assert.ok(data.some((one) => one.id === id));
}

const create = async (client, content, purpose) =>
  client.files.create({ file: await toFile(Buffer.from(content), "żółć.jsonl"), purpose });

compareAimock("a file, from its bytes to its end", async (client) => {
  const made = await create(client, '{"number":1}\n', "user_data");
  assert.deepEqual(await client.files.retrieve(made.id), made);
  await isListed((query) => client.files.list(query), made);
  const answer = await client.files.content(made.id);
  assert.equal(await answer.text(), '{"number":1}\n');
  const deleted = await client.files.delete(made.id);
  // This upstream's errors have neither `param` nor `code`.
  const gone = await errorOf(() => client.files.retrieve(made.id, { maxRetries: 0 }));
  assert.equal(gone.constructor, OpenAI.NotFoundError);
  const { message } = (await errorOf(() => create(client, "x", "no such purpose"))).error;
  return [without(made), without(deleted), answer.headers.get("content-type"), message];
});

const questions = { endpoint: "/v1/chat/completions", completion_window: "24h" };
const line = JSON.stringify({ custom_id: "question-1", method: "POST", url: questions.endpoint, body: { model } });

compareAimock("a batch to its end, and one that is cancelled", async (client) => {
  const { id: input_file_id } = await create(client, `${line}\n`, "batch");
  const made = await client.batches.create({ input_file_id, ...questions });
  const states = [(await client.batches.retrieve(made.id)).status];
  const ended = await client.batches.retrieve(made.id);
  const result = JSON.parse(await (await client.files.content(ended.output_file_id)).text());
  assert.equal(result.custom_id, "question-1");
  await isListed((query) => client.batches.list(query), made);
  const other = await client.batches.create({ input_file_id, ...questions });
  const cancelled = await client.batches.cancel(other.id);
  const { message, type } = (await errorOf(() => client.batches.cancel(made.id))).error;
  return [without(made), states, without(ended), without(result.response.body), without(cancelled), message, type];
});

compareAimock("a fine-tuning job to its end, and one that is cancelled", async (client) => {
  const { jobs } = client.fineTuning;
  const { id: training_file } = await create(client, "{}\n", "fine-tune");
  const made = await jobs.create({ model, training_file, suffix: "x", seed: 7 });
  await isListed((query) => jobs.list(query), made);
  const states = [];
  let job = made;
  for (; job.status !== "succeeded" && states.length < 10; states.push(job.status)) job = await jobs.retrieve(made.id);
  const events = await listed(jobs.listEvents(made.id, { limit: 1 }));
  const other = await jobs.create({ model, training_file, seed: 7 });
  const cancelled = await jobs.cancel(other.id);
  assert.equal(cancelled.status, "cancelled");
  assert.match(job.fine_tuned_model, /^ft:third-party/);
  const texts = events.map(({ message }) => message.replaceAll(job.fine_tuned_model, "MODEL"));
  return [{ ...without(made), training_file: "" }, states, texts];
});
