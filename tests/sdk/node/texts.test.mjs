// Completions, embeddings and moderations: the official SDK gets the same through Ferry as directly.
import assert from "node:assert/strict";
import OpenAI from "openai";
import { compareMetered, errorOf, ledgerOf, listed, nonceOf, told, without } from "./targets.mjs";

compareMetered("a completion", async ({ client }) => {
  const prompt = told({ content: "once upon a time", prompt_tokens: 11, completion_tokens: 4 });
  const answer = await client.completions.create({ model: "mock", prompt, max_tokens: 100, n: 2 });
  assert.equal(answer.choices[1].text, "once upon a time");
  return without(answer);
});

compareMetered("a completion as a stream, with usage and without", async ({ client }) => {
  const ask = { model: "mock", prompt: told({ content: "a b c", prompt_tokens: 3 }), stream: true };
  const unasked = await listed(client.completions.create(ask));
  assert.equal(unasked.map((chunk) => chunk.choices[0].text).join(""), "a b c");
  const asked = await listed(client.completions.create({ ...ask, stream_options: { include_usage: true } }));
  assert.equal(asked.at(-1).usage.prompt_tokens, 3);
  return { unasked, asked };
});

compareMetered("embeddings of a text, of several, of tokens", async ({ client }) => {
  const create = (input) => client.embeddings.create({ model: "mock", input, dimensions: 8 });
  const one = await client.embeddings.create({ model: "mock", input: "a text" });
  assert.equal(one.data[0].embedding.length, 1536);
  const several = await create(["żółć", "你好 👋🏽", "x".repeat(5000)]);
  assert.deepEqual(several.data.map(({ index }) => index), [0, 1, 2]);
  return [one, several, await create([1, 20, 300]), await create([[1, 2], [3]])].map(without);
});

compareMetered("embeddings in every encoding", async ({ client }) => {
  const ask = { model: "mock", input: "the same", dimensions: 16 };
  const [byItself, numbers, coded] = [
    await client.embeddings.create(ask),
    await client.embeddings.create({ ...ask, encoding_format: "float" }),
    await client.embeddings.create({ ...ask, encoding_format: "base64" }),
  ];
  assert.equal(typeof byItself.data[0].embedding[0], "number");
  assert.equal(typeof coded.data[0].embedding, "string");
  return [byItself, numbers, coded].map(without);
});

compareMetered("what the SDK asks for embeddings by itself", async ({ client, control }) => {
  const input = told();
  await client.embeddings.create({ model: "mock", input });
  const { body } = (await ledgerOf(control, nonceOf(input))).at(-1);
  assert.equal(JSON.parse(body).encoding_format, "base64");
  return body.replaceAll(nonceOf(input), "NONCE");
});

compareMetered("embeddings of 2048 texts, and of one too many", async ({ client }) => {
  const input = Array.from({ length: 2048 }, (_, number) => `text ${number}`);
  const answer = await client.embeddings.create({ model: "mock", input, dimensions: 64 });
  assert.equal(answer.data.length, 2048);
  const error = await errorOf(() => client.embeddings.create({ model: "mock", input: [...input, "more"] }));
  assert.equal(error.constructor, OpenAI.BadRequestError);
  return [answer.data.at(-1), answer.usage, error.error];
});

compareMetered("moderations of a text, of several, of a picture", async ({ client }) => {
  const create = (input) => client.moderations.create({ model: "mock", input });
  const one = await create("threats of violence");
  assert.equal(one.results[0].categories.violence, true);
  const several = await create(["kind words", "more violence"]);
  assert.deepEqual(several.results.map(({ flagged }) => flagged), [false, true]);
  const picture = { type: "image_url", image_url: { url: "data:image/png;base64,iVBORw0KGgo=" } };
  return [one, several, await create([{ type: "text", text: told() }, picture])].map(without);
});

compareMetered("moderations without a model", async ({ client }) => {
  return without(await client.moderations.create({ input: "kind words" }));
});
