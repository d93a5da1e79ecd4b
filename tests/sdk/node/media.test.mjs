// Images and sound, whole and streamed, in and out: the same through Ferry as directly.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import OpenAI, { toFile } from "openai";
import { compare, compareMetered, errorOf, ledgerOf, listed, nonceOf, told, without } from "./targets.mjs";

const picture = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64",
);
const sound = Buffer.alloc(64_000, "sound"); // two seconds, as the upstream counts
const large = Buffer.alloc(2_000_000, "0123456789abcdef"); // past what is kept in memory of a form
const sha256 = (data) => createHash("sha256").update(data).digest("hex");
const png = (data = picture) => toFile(data, "a.png", { type: "image/png" });
const wav = (data = sound) => toFile(data, "żółć.wav", { type: "audio/wav" });
const coded = { model: "mock", response_format: "b64_json" };
const counted = { model: "gpt-image-1" };
const tokens = { prompt_tokens: 7, completion_tokens: 90 };

compareMetered("images are generated", async ({ client }) => {
  const prompt = told();
  const made = await client.images.generate({ ...coded, prompt, n: 2, size: "1024x1792", quality: "hd" });
  assert.ok(picture.equals(Buffer.from(made.data[1].b64_json, "base64")));
  const byAddress = await client.images.generate({ model: "mock", prompt });
  assert.match(byAddress.data[0].url, /^http/);
  return [without(made), without(await client.images.generate({ ...counted, prompt: told(tokens) }))];
});

compareMetered("images in a stream", async ({ client }) => {
  const stream = { stream: true, partial_images: 2 };
  const events = await listed(client.images.generate({ ...counted, prompt: told(tokens), ...stream }));
  assert.equal(events.length, 3);
  const edit = { ...counted, image: await png(), prompt: told(tokens), ...stream };
  return [events, await listed(client.images.edit(edit))];
});

compareMetered("images are edited and varied", async ({ client, control }) => {
  const prompt = told(tokens);
  const edited = await client.images.edit({ ...counted, image: [await png(), await png(large)], prompt });
  const { parts } = (await ledgerOf(control, nonceOf(prompt))).at(-1);
  const hashes = parts.filter(({ name }) => name === "image[]").map((part) => part.sha256);
  assert.deepEqual(hashes, [sha256(picture), sha256(large)]);
  const masked = await client.images.edit({ ...coded, image: await png(), mask: await png(), prompt: told() });
  const varied = await client.images.createVariation({ ...coded, image: await png(), n: 2 });
  return [edited, masked, varied].map(without);
});

compareMetered("images without a model", async ({ client }) => {
  // OpenAI has a model for these that it takes by itself.
  const ask = { response_format: "b64_json" };
  const made = [
    await client.images.generate({ prompt: "a hut", ...ask }),
    await client.images.edit({ image: await png(), prompt: "a hut", ...ask }),
    await client.images.createVariation({ image: await png(), ...ask }),
  ];
  return made.map(without);
});

compareMetered("images that are refused", async ({ client }) => {
  const told_why = { message: "not this", type: "user_error", param: null, code: "moderation_blocked" };
  const prompt = told({ status: 400, body: { error: told_why } });
  const generated = await errorOf(() => client.images.generate({ model: "mock", prompt }));
  assert.equal(generated.constructor, OpenAI.BadRequestError);
  const image = await png();
  return [generated.error, (await errorOf(() => client.images.edit({ model: "mock", image, prompt }))).error];
});

const speech = { model: "mock", voice: "alloy" };

compareMetered("speech, whole and as it comes", async ({ client, control }) => {
  const types = [];
  for (const response_format of ["mp3", "pcm"]) {
    const input = told({ bytes: 300_000, chunks: 20, interval_ms: 2 }, "żółć");
    const answer = await client.audio.speech.create({ ...speech, input, response_format });
    const got = createHash("sha256");
    for await (const piece of answer.body) got.update(piece);
    assert.equal(got.digest("hex"), (await ledgerOf(control, nonceOf(input), "ended")).at(-1).sha256);
    types.push(answer.headers.get("content-type"));
  }
  return types;
});

compareMetered("speech as events", async ({ client }) => {
  const input = told({ bytes: 3000, chunks: 3, prompt_tokens: 7 });
  const answer = await client.audio.speech.create({ ...speech, input, stream_format: "sse" });
  const lines = (await answer.text()).split("\n").filter((line) => line.startsWith("data:"));
  const kinds = lines.map((line) => JSON.parse(line.slice(5)).type);
  assert.deepEqual(kinds, [...Array(3).fill("speech.audio.delta"), "speech.audio.done"]);
});

compare("speech that is left in the middle", async ({ client, control }) => {
  const input = told({ bytes: 5_000_000, chunk_bytes: 1000, interval_ms: 10 });
  const answer = await client.audio.speech.create({ ...speech, input });
  for await (const _ of answer.body) break;
  assert.notEqual((await ledgerOf(control, nonceOf(input), "ended")).at(-1).end, "completed");
});

const hear = async (client, more) => client.audio.transcriptions.create({ model: "mock", file: await wav(), ...more });

compareMetered("transcriptions as documents", async ({ client }) => {
  const prompt = told({ content: "hello there" });
  const json = await hear(client, { prompt });
  assert.equal(json.text, "hello there");
  const verbose = await hear(client, { prompt, response_format: "verbose_json", timestamp_granularities: ["segment"] });
  assert.equal(verbose.duration, 2);
  const inTokens = await hear(client, { model: "gpt-4o-transcribe", prompt: told({ content: "hi", ...tokens }) });
  return [json, verbose, inTokens].map(without);
});

compareMetered("transcriptions as text", async ({ client }) => {
  const answers = [];
  for (const response_format of ["text", "srt", "vtt"]) {
    answers.push(await hear(client, { prompt: told({ content: "hello there" }), response_format }));
  }
  assert.ok(answers.every((answer) => answer.includes("hello there")));
  return answers;
});

compareMetered("transcriptions in a stream", async ({ client }) => {
  const prompt = told({ content: "one two three", prompt_tokens: 20 });
  const events = await listed(hear(client, { prompt, stream: true }));
  assert.equal(events.at(-1).text, "one two three");
  return [events, await listed(hear(client, { prompt, stream: true, model: "gpt-4o-transcribe" }))];
});

compareMetered("the form arrives as the SDK wrote it", async ({ client, control }) => {
  const prompt = told({ content: "hi" });
  await hear(client, { prompt, file: await wav(large), language: "pl", temperature: 0.2 });
  const { parts } = (await ledgerOf(control, nonceOf(prompt))).at(-1);
  assert.equal(parts.find(({ name }) => name === "file").sha256, sha256(large));
  return parts.map(({ name, content_type, bytes }) => [name, content_type, bytes]);
});

compareMetered("translations", async ({ client }) => {
  const answers = [];
  for (const response_format of ["json", "text", "verbose_json"]) {
    const ask = { model: "mock", file: await wav(), prompt: told({ content: "good day" }), response_format };
    answers.push(without(await client.audio.translations.create(ask)));
  }
  return answers;
});

compare("a stream of a transcription that is cut", async ({ client }) => {
  const stream = await hear(client, { prompt: told({ chunks: 9, interval_ms: 20, cut_at: 300 }), stream: true });
  const seen = [];
  await assert.rejects(async () => {
    for await (const { type } of stream) seen.push(type);
  });
  assert.ok(!seen.includes("transcript.text.done"));
});
