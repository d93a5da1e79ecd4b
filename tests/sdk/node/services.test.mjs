// Rows of the services that have ways of their own: what the SDK makes of them is the same through Ferry as directly.
import assert from "node:assert/strict";
import OpenAI from "openai";
import { chunksOf, compare, isFerry, ledgerOf, prompt, textOf, without } from "./targets.mjs";

// A request waits for its turn behind comments or blank lines.
const deepseek = {
  reasoning: "let me think", content: "forty two", usage: "finish_chunk", prompt_tokens: 9, first_delay_ms: 100,
  keepalive_ms: 20, usage_extra: { prompt_cache_hit_tokens: 4, prompt_cache_miss_tokens: 5 },
};
const qwen = { reasoning: "let me think", content: "forty two", usage: "own_chunk", reasoning_tokens: 3 };

compare("deepseek: create", async ({ client }) => {
  const answer = await client.chat.completions.create({ model: "deepseek-chat", ...prompt(deepseek) });
  assert.equal(answer.choices[0].message.reasoning_content, "let me think");
  assert.equal(answer.usage.prompt_cache_hit_tokens, 4);
  return without(answer);
});

compare("deepseek: stream", async ({ client }) => {
  const chunks = await chunksOf(client, { model: "deepseek-chat", ...prompt(deepseek) });
  assert.equal(textOf(chunks), "forty two");
  assert.equal(chunks.at(-1).usage.prompt_cache_miss_tokens, 5);
  return chunks;
});

compare("deepseek: a message of the developer", async (target) => {
  const { messages, nonce } = prompt({ content: "understood", prompt_tokens: 9 });
  const ask = { model: "deepseek-chat", messages: [{ role: "developer", content: "be brief" }, ...messages] };
  const answer = await target.client.chat.completions.create(ask);
  const seen = JSON.parse((await ledgerOf(target.control, nonce)).at(-1).body);
  // The service does not know that role.
  assert.equal(seen.messages[0].role, isFerry(target) ? "system" : "developer");
  return without(answer);
});

compare("qwen: create", async ({ client }) => {
  const answer = await client.chat.completions.create({ model: "qwen-plus", ...prompt(qwen), top_k: 5 });
  assert.equal(answer.choices[0].message.reasoning_content, "let me think");
  return without(answer);
});

compare("qwen: stream, with usage and without", async ({ client }) => {
  const usage = { stream_options: { include_usage: true } };
  const asked = await chunksOf(client, { model: "qwen-plus", ...prompt(qwen), ...usage });
  assert.deepEqual(asked.at(-1).choices, []);
  const unasked = await chunksOf(client, { model: "qwen-plus", ...prompt(qwen), enable_thinking: true });
  assert.ok(unasked.every((chunk) => chunk.choices.length === 1));
  return { asked, unasked };
});

compare("qwen: a model that answers in streams alone", async (target) => {
  const chat = target.client.chat.completions;
  const ask = { model: "qwen-streams", ...prompt({ ...qwen, prompt_tokens: 7, completion_tokens: 5 }) };
  if (isFerry(target)) {
    const answer = await chat.create(ask);
    assert.equal(answer.choices[0].message.reasoning_content, "let me think");
    return { content: answer.choices[0].message.content, usage: answer.usage };
  }
  await assert.rejects(chat.create(ask), OpenAI.BadRequestError);
  const chunks = await chunksOf(target.client, { ...ask, stream_options: { include_usage: true } });
  return { content: textOf(chunks), usage: chunks.at(-1).usage };
});
