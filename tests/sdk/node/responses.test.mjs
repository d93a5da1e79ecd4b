// Responses, made, streamed, kept and asked for again: the same through Ferry as directly.
import assert from "node:assert/strict";
import OpenAI from "openai";
import {
  compare, compareMetered, errorOf, isFerry, ledgerOf, listed, nonceOf, told, without,
} from "./targets.mjs";
import { forget } from "./metering.mjs";

const weather = {
  type: "function", name: "get_weather", strict: true,
  parameters: {
    type: "object", properties: { location: { type: "string" } }, required: ["location"], additionalProperties: false,
  },
};
const words = "żółć, 你好, 👩‍👩‍👧‍👦, \u2028, \"quoted\" \\ \t end";
const briefly = { "retry-after-ms": "5" };
const ask = (action, more = {}) => ({ model: "mock", input: told(action), ...more });
const kindsOf = (events) => events.map(({ type }) => type);
const textIn = (events) =>
  events.filter(({ type }) => type === "response.output_text.delta").map(({ delta }) => delta).join("");

compareMetered("a response", async ({ client }) => {
  const answer = await client.responses.create(ask(
    { content: "Hello there", prompt_tokens: 11, completion_tokens: 4 },
    { instructions: "be brief", max_output_tokens: 100, metadata: { about: "greetings" } },
  ));
  assert.equal(answer.output_text, "Hello there");
  assert.ok(answer._request_id);
  return without(answer);
});

compareMetered("the body arrives as the SDK wrote it", async ({ client, control }) => {
  const input = told({}, "same text");
  await client.responses.create({ model: "mock", input, truncation: "auto", user: "żółć", top_k: 5 });
  const { body } = (await ledgerOf(control, nonceOf(input))).at(-1);
  return body.replaceAll(nonceOf(input), "NONCE");
});

compareMetered("a stream", async ({ client }) => {
  const events = await listed(client.responses.create(ask({ content: words, chunk_bytes: 3 }, { stream: true })));
  assert.equal(textIn(events), words);
  assert.equal(events.at(-1).type, "response.completed");
  return events;
});

compareMetered("events of the stream helper", async ({ client }) => {
  const helper = client.responses.stream(ask({ reasoning: "let me think", content: "one two three" }));
  const events = [];
  helper.on("event", (event) => events.push(without(event)));
  const last = await helper.finalResponse();
  assert.equal(last.output_text, "one two three");
  return { events, last: without(last) };
});

compareMetered("a helper that goes on with a stream", async ({ client }) => {
  // What the upstream answers stands in tests/support/sdk_operations.py.
  const helper = client.responses.stream({ response_id: "resp_streamed" });
  return kindsOf(await listed(helper));
});

compareMetered("functions, to the end of the conversation", async ({ client, control }) => {
  const calls = { tool_calls: [{ name: "get_weather", arguments: '{"location":"Rome"}' }], prompt_tokens: 5 };
  const helper = client.responses.stream(ask(calls, { tools: [weather] }));
  const first = await helper.finalResponse();
  const call = first.output.find(({ type }) => type === "function_call");
  assert.deepEqual(JSON.parse(call.arguments), { location: "Rome" });
  const result = { type: "function_call_output", call_id: call.call_id, output: '{"sky":"clear"}' };
  const content = told({ content: "sunny", prompt_tokens: 9 });
  const second = await client.responses.create({
    model: "mock", previous_response_id: first.id, input: [result, { role: "user", content }], tools: [weather],
  });
  assert.equal(second.output_text, "sunny");
  const seen = JSON.parse((await ledgerOf(control, nonceOf(content))).at(-1).body);
  assert.equal(seen.previous_response_id, first.id);
  assert.deepEqual(seen.input[0], result);
  return [without(first), without(second)];
});

compareMetered("structured output", async ({ client }) => {
  const properties = { name: { type: "string" }, age: { type: "integer" } };
  const schema = { type: "object", properties, required: ["name", "age"], additionalProperties: false };
  const text = { format: { type: "json_schema", name: "person", strict: true, schema } };
  const answer = await client.responses.parse(ask({ json: { name: "Ada", age: 36 } }, { text }));
  assert.deepEqual(answer.output_parsed, { name: "Ada", age: 36 });
  return without(answer);
});

compareMetered("an answer that ran out of length", async ({ client }) => {
  const whole = await client.responses.create(ask({ content: "one two three" }, { max_output_tokens: 2 }));
  assert.equal(whole.status, "incomplete");
  const streamed = ask({ content: "one two three" }, { max_output_tokens: 2, stream: true });
  return [without(whole), await listed(client.responses.create(streamed))];
});

compareMetered("input tokens, and what is compacted", async ({ client }) => {
  const counted = await client.responses.inputTokens.count({ model: "mock", input: "how long is this" });
  const compacted = await client.responses.compact({ model: "mock", input: "a long talk" });
  return [without(counted), without(compacted)];
});

compareMetered("a response is retrieved", async ({ client }) => {
  const made = await client.responses.create(ask({ content: "to be kept", prompt_tokens: 4 }));
  const again = await client.responses.retrieve(made.id);
  assert.equal(again.id, made.id);
  assert.equal(again.output_text, "to be kept");
  return without(again);
});

compareMetered("a response is deleted", async ({ client }) => {
  const { id } = await client.responses.create(ask({}));
  await client.responses.delete(id);
  assert.equal((await errorOf(() => client.responses.retrieve(id))).constructor, OpenAI.NotFoundError);
});

compareMetered("a response in the background", async ({ client }) => {
  const made = await client.responses.create(ask({ content: "done", prompt_tokens: 4 }, { background: true }));
  const again = await client.responses.retrieve(made.id);
  const onceMore = await client.responses.retrieve(made.id);
  assert.deepEqual([made.status, again.status, onceMore.status], ["queued", "completed", "completed"]);
  return without(again);
});

compareMetered("a response is cancelled", async ({ client }) => {
  const { id } = await client.responses.create(ask({ prompt_tokens: 4 }, { background: true }));
  const cancelled = await client.responses.cancel(id);
  assert.equal(cancelled.status, "cancelled");
  forget(); // the upstream's ledger has what the response would have taken
  return without(cancelled);
});

compareMetered("input items in pages", async ({ client }) => {
  const input = Array.from({ length: 5 }, (_, number) => ({ role: "user", content: `message ${number}` }));
  const { id } = await client.responses.create({ model: "mock", input });
  const items = await listed(client.responses.inputItems.list(id, { limit: 2, order: "asc" }));
  assert.deepEqual(items.map(({ content }) => content), input.map(({ content }) => content));
  return items;
});

compareMetered("unknown ids", async ({ client }) => {
  const unknown = "resp_unknown";
  const calls = [
    () => client.responses.retrieve(unknown), () => client.responses.delete(unknown),
    () => client.responses.cancel(unknown), () => client.responses.inputItems.list(unknown),
    () => client.responses.create(ask({}, { previous_response_id: unknown })),
  ];
  const heard = [];
  for (const call of calls) {
    const error = await errorOf(call);
    assert.equal(error.constructor, OpenAI.NotFoundError);
    heard.push(error.error);
  }
  assert.equal(heard.at(-1).code, "previous_response_not_found");
  return heard;
});

compareMetered("an upstream that is busy twice", async ({ client }) => {
  const failing = { count: 2, status: 429, headers: briefly };
  const answer = await client.responses.create(ask({ content: "third time", fail_times: failing }));
  return answer.output_text;
});

// The events of a stream that breaks off, and what was thrown, if anything.
async function broken(client, action) {
  const seen = [];
  try {
    const asked = ask({ chunks: 9, interval_ms: 20, ...action }, { stream: true });
    for await (const { type } of await client.responses.create(asked)) seen.push(type);
  } catch (error) {
    return { seen, error };
  }
  return { seen };
}

compare("a stream that fails in the middle", async (target) => {
  const { seen, error } = await broken(target.client, { error_after: 2 });
  // Directly the SDK may hand over OpenAI's event of an error as any other; Ferry's makes it throw.
  if (isFerry(target)) assert.ok(error instanceof OpenAI.APIError);
  assert.ok(!seen.includes("response.completed"));
  return seen.filter((type) => type !== "error");
});

compare("a stream that is cut", async ({ client }) => {
  const { seen, error } = await broken(client, { cut_at: 3000 });
  assert.ok(error);
  assert.ok(!seen.includes("response.completed"));
});

compare("a stream that is left", async ({ client, control }) => {
  const asked = ask({ chunks: 200, interval_ms: 30 }, { stream: true });
  const stream = await client.responses.create(asked);
  for await (const { type } of stream) if (type === "response.output_text.delta") stream.controller.abort();
  assert.notEqual((await ledgerOf(control, nonceOf(asked.input), "ended")).at(-1).end, "completed");
});

compare("abort before the answer", async ({ client, control }) => {
  const asked = ask({ first_delay_ms: 20000 });
  const controller = new AbortController();
  const answer = client.responses.create(asked, { signal: controller.signal });
  const ended = answer.then(() => null, (reason) => reason.constructor.name);
  await ledgerOf(control, nonceOf(asked.input));
  controller.abort();
  assert.ok(["APIUserAbortError", "DOMException"].includes(await ended));
  assert.notEqual((await ledgerOf(control, nonceOf(asked.input), "ended")).at(-1).end, "completed");
});
