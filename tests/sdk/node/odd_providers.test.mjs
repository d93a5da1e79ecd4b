// Providers that are odd, but that the official SDK understands directly: through Ferry the same comes out. What the
// models of ODD_ANSWERS do stands in tests/support/sdk_odd_answers.py.
import assert from "node:assert/strict";
import { AzureOpenAI } from "openai";
import { chunksOf, compare, isFerry, ledgerOf, prompt, textOf, without } from "./targets.mjs";

const said = "forty two";
const chunk = (delta, finish_reason = null) => ({
  id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model: "m",
  choices: [{ index: 0, delta, finish_reason }],
});
const pieces = [chunk({ content: "forty" }), chunk({ content: " two" }), chunk({}, "stop")];
const done = "data: [DONE]\n\n";

async function readDocument(client, model) {
  const answer = without(await client.chat.completions.create({ model, ...prompt({}) }));
  assert.equal(answer.choices[0].message.content, said);
  assert.equal(answer.choices[0].finish_reason, "stop");
  assert.ok(answer.usage);
  return answer;
}

async function readStream(client, model) {
  const asked = await chunksOf(client, { model, ...prompt({}), stream_options: { include_usage: true } });
  // Where a provider has no list of choices, Ferry has an empty one.
  const chunks = asked.map((one) => ({ ...one, choices: one.choices ?? [] }));
  const texts = chunks.map((one) => one.choices[0]?.delta.content).filter((content) => typeof content === "string");
  assert.equal(texts.join(""), said);
  assert.equal(chunks.findLast((one) => one.choices.length).choices[0].finish_reason, "stop");
  assert.equal("usage" in chunks.at(-1), model.includes("-usage-"));
  return chunks;
}

for (const model of process.env.ODD_ANSWERS.split(" ")) {
  const read = model.startsWith("document") ? readDocument : readStream;
  compare(model.replaceAll("-", " "), ({ client }) => read(client, model));
}

// Such a provider reports usage to who asks for it: Ferry does, and this client does not.
for (const [name, choices] of [["without choices", {}], ["beside null", { choices: null }]]) {
  compare(`usage ${name} that nobody asked for`, async (target) => {
    const usage = { prompt_tokens: 7, completion_tokens: 5, total_tokens: 12 };
    const { choices: _, ...bare } = chunk({});
    const reported = isFerry(target) ? [{ ...bare, ...choices, usage }] : [];
    const ask = prompt({ events: [...pieces, ...reported, done] });
    const chunks = await chunksOf(target.client, { model: "mock", ...ask });
    assert.equal(textOf(chunks), said);
    return chunks;
  });
}

compare("a stream that is left behind its finish", async ({ client }) => {
  const ask = { model: "mock", ...prompt({ content: said, interval_ms: 5 }), stream: true };
  const got = [];
  for await (const one of await client.chat.completions.create(ask)) {
    got.push(without(one));
    if (one.choices[0].finish_reason) break;
  }
  assert.equal(textOf(got), said);
  return got;
});

compare("a provider that fails over stream_options", async (target) => {
  // The SDK did not send them; Ferry did.
  const body = { error: { message: "got an unexpected keyword argument stream_options" } };
  const failing = isFerry(target) ? { fail_times: { count: 1, status: 500, body } } : {};
  const ask = prompt({ content: said, ...failing });
  const chunks = await chunksOf(target.client.withOptions({ maxRetries: 0 }), { model: "no-stream-options", ...ask });
  assert.ok(!("stream_options" in JSON.parse((await ledgerOf(target.control, ask.nonce)).at(-1).body)));
  assert.equal(textOf(chunks), said);
  return chunks;
});

compare("an empty text with a finish reason", async ({ client }) => {
  const answer = await client.chat.completions.create({ model: "mock", ...prompt({ content: "", prompt_tokens: 7 }) });
  assert.equal(answer.choices[0].message.content, "");
  return [without(answer), await chunksOf(client, { model: "mock", ...prompt({ content: "" }) })];
});

for (const path of process.env.ODD_PATHS.split(" ")) {
  compare(`a path is a base URL: ${path}`, async (target) => {
    const here = { baseURL: new URL(path, target.url).href };
    const client = isFerry(target) ? target.client : target.client.withOptions(here);
    const ask = prompt({ content: path, prompt_tokens: 7 });
    const answer = await client.chat.completions.create({ model: `below${path.replaceAll("/", "-")}`, ...ask });
    const seen = (await ledgerOf(target.control, ask.nonce)).at(-1).target;
    assert.equal(seen, `${path}/chat/completions`);
    return [without(answer), seen];
  });
}

compare("the client for Azure", async ({ client, url }) => {
  const options = { endpoint: new URL(url).origin, apiKey: client.apiKey, apiVersion: "2024-10-21" };
  const azure = new AzureOpenAI(options);
  const whole = await azure.chat.completions.create({ model: "mock", ...prompt({ content: said, prompt_tokens: 7 }) });
  assert.equal(whole.choices[0].message.content, said);
  const filtered = { ...chunk({}), choices: [], prompt_filter_results: [{ prompt_index: 0 }] };
  const chunks = await chunksOf(azure, { model: "mock", ...prompt({ events: [filtered, ...pieces, done] }) });
  assert.equal(textOf(chunks), said);
  return [without(whole), chunks];
});

compare("an id of null", async ({ client }) => {
  const ask = { model: "mock", ...prompt({ content: said, prompt_tokens: 7 }), id: null };
  return without(await client.chat.completions.create(ask));
});
