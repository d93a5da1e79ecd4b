// A mock provider by somebody else as the upstream: what the SDK makes of it is the same through Ferry as directly.
import assert from "node:assert/strict";
import OpenAI from "openai";
import { aimock, chunksOf, compare, newNonce, textOf, without } from "./targets.mjs";

const question = (content) => ({ model: "third-party", messages: [{ role: "user", content }] });
const tools = [{ type: "function", function: { name: "get_weather", parameters: { type: "object", properties: {} } } }];
const compareAimock = (name, run) => compare(name, ({ client }) => run(client), aimock);

compareAimock("create", async (client) => {
  const answer = await client.chat.completions.create(question("greet me"));
  assert.match(answer.choices[0].message.content, /^Hello/);
  return without(answer);
});

compareAimock("stream, with usage and without", async (client) => {
  const unasked = await chunksOf(client, question("greet me"));
  assert.match(textOf(unasked), /^Hello/);
  const asked = await chunksOf(client, { ...question("greet me"), stream_options: { include_usage: true } });
  assert.ok(asked.at(-1).usage.total_tokens);
  return { unasked, asked };
});

compareAimock("parallel tools, whole and in a stream", async (client) => {
  const answer = await client.chat.completions.create({ ...question("the weather"), tools });
  const called = answer.choices[0].message.tool_calls.map((call) => call.function.name);
  assert.deepEqual(called, ["get_weather", "get_time"]);
  const helper = client.chat.completions.stream({ ...question("the weather"), tools });
  return { whole: without(answer), streamed: without(await helper.finalMessage()) };
});

compareAimock("a conversation with tools to its end", async (client) => {
  const { messages, model } = question("the weather");
  const { message } = (await client.chat.completions.create({ model, messages, tools })).choices[0];
  const results = message.tool_calls.map(({ id }) => ({ role: "tool", tool_call_id: id, content: "mild" }));
  const answer = await client.chat.completions.create({ model, messages: [...messages, message, ...results], tools });
  assert.equal(answer.choices[0].message.content, "It is mild.");
  return without(answer);
});

compareAimock("reasoning", async (client) => {
  const answer = await client.chat.completions.create(question("think about it"));
  assert.equal(answer.choices[0].message.reasoning_content, "one step after the other");
  return { whole: without(answer), chunks: await chunksOf(client, question("think about it")) };
});

const errors = { "refuse this": "BadRequestError", "too many": "RateLimitError", "break down": "InternalServerError" };
for (const [text, name] of Object.entries(errors)) {
  compareAimock(`${name}, streaming or not`, async (client) => {
    for (const stream of [false, true]) {
      const asked = client.chat.completions.create({ ...question(text), stream }, { maxRetries: 0 });
      await assert.rejects(asked, OpenAI[name]);
    }
  });
}

compareAimock("an upstream that fails twice and then answers", async (client) => {
  const answer = await client.chat.completions.create(question(`flaky ${newNonce()}`));
  return answer.choices[0].message.content;
});

compareAimock("a stream that is cut", async (client) => {
  const stream = await client.chat.completions.create({ ...question("cut this"), stream: true });
  let text = "";
  await assert.rejects(async () => {
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
  });
  return text;
});
