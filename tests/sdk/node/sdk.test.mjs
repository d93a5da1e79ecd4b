// The official OpenAI SDK, unmodified: what it does directly against an upstream it does through Ferry as well.
// Every case runs against both with the same code, and what it returns must be equal.
import assert from "node:assert/strict";
import { test } from "node:test";
import OpenAI from "openai";
import { compare, directly, ledgerOf, prompt, throughFerry, without } from "./targets.mjs";

const weather = {
  type: "function",
  function: {
    name: "get_weather",
    description: "The weather at a place",
    parameters: { type: "object", properties: { location: { type: "string" } }, required: ["location"] },
  },
};
const clock = { type: "function", function: { name: "get_time", parameters: { type: "object", properties: {} } } };

compare("create", async ({ client }) => {
  const ask = prompt({ content: "Hello there", prompt_tokens: 11, completion_tokens: 4 });
  const answer = await client.chat.completions.create({ model: "mock", ...ask, temperature: 0.7, max_tokens: 100 });
  assert.equal(answer.choices[0].message.content, "Hello there");
  assert.deepEqual(answer.usage.total_tokens, 15);
  return without(answer);
});

compare("the request body arrives as the SDK wrote it", async ({ client, control }) => {
  const ask = prompt({}, "same-text");
  const more = { seed: 12, stop: ["a", "b"], logit_bias: { 50256: -100 } };
  await client.chat.completions.create({ model: "mock", ...ask, ...more });
  const seen = (await ledgerOf(control, ask.nonce)).at(-1).body;
  return seen.replaceAll(ask.nonce, "NONCE");
});

compare("stream", async ({ client }) => {
  const ask = prompt({ content: "a b c d" });
  const stream = await client.chat.completions.create({ model: "mock", ...ask, stream: true });
  const chunks = [];
  for await (const chunk of stream) chunks.push(without(chunk));
  assert.equal(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join(""), "a b c d");
  assert.ok(chunks.every((chunk) => chunk.choices.length === 1), "a usage chunk nobody asked for");
  return chunks;
});

compare("stream with usage", async ({ client }) => {
  const ask = prompt({ content: "a b", prompt_tokens: 3, completion_tokens: 2 });
  const options = { stream: true, stream_options: { include_usage: true } };
  const chunks = [];
  for await (const chunk of await client.chat.completions.create({ model: "mock", ...ask, ...options })) {
    chunks.push(without(chunk));
  }
  assert.equal(chunks.at(-1).usage.total_tokens, 5);
  return chunks;
});

compare("events of the stream helper", async ({ client }) => {
  const events = [];
  const helper = client.chat.completions.stream({ model: "mock", ...prompt({ content: "one two three" }) });
  for (const name of ["connect", "content", "message", "finalContent", "finalMessage", "end", "error"]) {
    helper.on(name, (...told) => events.push([name, without(told)]));
  }
  const last = await helper.finalChatCompletion();
  assert.equal(last.choices[0].message.content, "one two three");
  await helper.done();
  return { events, last: without(last) };
});

compare("tools", async ({ client }) => {
  const ask = prompt({ tool_calls: [{ name: "get_weather", arguments: '{"location":"Paris"}' }] });
  const answer = await client.chat.completions.create({ model: "mock", ...ask, tools: [weather] });
  assert.equal(answer.choices[0].finish_reason, "tool_calls");
  assert.deepEqual(JSON.parse(answer.choices[0].message.tool_calls[0].function.arguments), { location: "Paris" });
  return without(answer);
});

compare("parallel tools in a stream", async ({ client }) => {
  const calls = [{ name: "get_weather", arguments: '{"location":"Oslo"}' }, { name: "get_time", arguments: "{}" }];
  const helper = client.chat.completions.stream({
    model: "mock", ...prompt({ tool_calls: calls }), tools: [weather, clock], parallel_tool_calls: true,
  });
  const message = await helper.finalMessage();
  assert.deepEqual(message.tool_calls.map((call) => call.function.name), ["get_weather", "get_time"]);
  return without(message);
});

compare("a run of tools to its end", async ({ client }) => {
  const places = [];
  const runner = client.chat.completions.runTools({
    model: "mock",
    ...prompt({ tool_calls: [{ name: "get_weather", arguments: '{"location":"Rome"}' }] }),
    tools: [{ type: "function", function: {
      ...weather.function, parse: JSON.parse,
      function: ({ location }) => { places.push(location); return "sunny"; },
    } }],
  });
  const content = await runner.finalContent();
  assert.deepEqual(places, ["Rome"]);
  return { content, places };
});

compare("structured output", async ({ client }) => {
  const properties = { name: { type: "string" }, age: { type: "integer" } };
  const schema = { type: "object", properties, required: ["name", "age"], additionalProperties: false };
  const answer = await client.chat.completions.parse({
    model: "mock", ...prompt({ json: { name: "Ada", age: 36 } }),
    response_format: { type: "json_schema", json_schema: { name: "person", strict: true, schema } },
  });
  assert.deepEqual(JSON.parse(answer.choices[0].message.content), { name: "Ada", age: 36 });
  return without(answer);
});

compare("several choices", async ({ client }) => {
  const whole = await client.chat.completions.create({ model: "mock", ...prompt({ content: "x" }), n: 3 });
  assert.deepEqual(whole.choices.map((choice) => choice.index), [0, 1, 2]);
  const chunks = [];
  for await (const chunk of await client.chat.completions.create({
    model: "mock", ...prompt({ content: "x y" }), n: 2, stream: true,
  })) chunks.push(without(chunk));
  return { whole: without(whole), chunks };
});

compare("vision parts", async ({ client, control }) => {
  const { messages, nonce } = prompt({ content: "a picture" });
  const image = { type: "image_url", image_url: { url: "data:image/png;base64,iVBORw0KGgo=", detail: "low" } };
  const answer = await client.chat.completions.create({
    model: "mock", messages: [{ role: "user", content: [{ type: "text", text: messages[0].content }, image] }],
  });
  const seen = JSON.parse((await ledgerOf(control, nonce)).at(-1).body);
  assert.deepEqual(seen.messages[0].content[1], image);
  return without(answer);
});

compare("unknown extra parameters, and a header", async ({ client, control }) => {
  const ask = prompt({});
  const extra = { thinking: { type: "enabled" }, top_k: 20, x_number: 1e-7, x_list: [1, [2, { three: null }]] };
  const headers = { "OpenAI-Beta": "all=v9" };
  await client.chat.completions.create({ model: "mock", ...ask, ...extra }, { headers });
  const { head, body } = (await ledgerOf(control, ask.nonce)).at(-1);
  const seen = JSON.parse(body);
  for (const [name, value] of Object.entries(extra)) assert.deepEqual(seen[name], value);
  assert.match(head, /^openai-beta: all=v9\r$/im);
});

compare("the list of models, and one of them", async ({ client }) => {
  const listed = [];
  for await (const model of client.models.list()) listed.push(model.id);
  const one = await client.models.retrieve("mock");
  const nested = await client.models.retrieve("org/model");
  return { listed: listed.sort(), one: [one.id, one.object], nested: [nested.id, nested.object] };
});

compare("abort in mid-stream", async ({ client, control }) => {
  const ask = prompt({ chunks: 200, interval_ms: 30 });
  const stream = await client.chat.completions.create({ model: "mock", ...ask, stream: true });
  let count = 0;
  for await (const _ of stream) if (++count === 3) stream.controller.abort();
  assert.equal(count, 3);
  const { end } = (await ledgerOf(control, ask.nonce, "ended")).at(-1);
  assert.notEqual(end, "completed");
});

compare("abort before the answer", async ({ client, control }) => {
  const ask = prompt({ first_delay_ms: 5000 });
  const controller = new AbortController();
  const asked = client.chat.completions.create({ model: "mock", ...ask }, { signal: controller.signal });
  await ledgerOf(control, ask.nonce, "received");
  controller.abort();
  const error = await asked.then(() => null, (reason) => reason.constructor.name);
  assert.ok(["APIUserAbortError", "DOMException"].includes(error), error);
  assert.notEqual((await ledgerOf(control, ask.nonce, "ended")).at(-1).end, "completed");
});

const classes = {
  400: "BadRequestError", 404: "NotFoundError", 409: "ConflictError", 413: "APIError", 415: "APIError",
  422: "UnprocessableEntityError", 429: "RateLimitError", 500: "InternalServerError",
};
for (const [status, name] of Object.entries(classes)) {
  compare(`the error class of ${status}`, async ({ client }) => {
    for (const stream of [false, true]) {
      const ask = { model: "mock", ...prompt({ status: Number(status) }), stream };
      await assert.rejects(client.chat.completions.create(ask, { maxRetries: 0 }), (error) => {
        assert.equal(error.constructor, OpenAI[name], `${error.constructor.name}: ${error.message}`);
        if (status < 500) assert.equal(error.status, Number(status));
        assert.ok(error.error.message);
        return true;
      });
    }
    return name;
  });
}

compare("what a refused request is told", async ({ client }) => {
  const told = { message: "too many words for the model", type: "requests", param: "messages", code: "too_long" };
  const heard = [];
  for (const status of Object.keys(classes).map(Number).filter((status) => status < 500)) {
    const ask = { model: "mock", ...prompt({ status, body: { error: told } }) };
    await assert.rejects(client.chat.completions.create(ask, { maxRetries: 0 }), (error) => {
      heard.push([error.status, error.error]);
      assert.deepEqual(error.error, told);
      return true;
    });
  }
  return heard;
});

test("the error class of 401 is for the client's own key alone", async () => {
  const stranger = new OpenAI({ baseURL: throughFerry.url, apiKey: "fk-0123456789-" + "A".repeat(43), maxRetries: 0 });
  await assert.rejects(stranger.chat.completions.create({ model: "mock", ...prompt({}) }), OpenAI.AuthenticationError);
  // The upstream refusing Ferry's key is no fault of this client.
  const ask = { model: "mock", ...prompt({ status: 401 }) };
  await assert.rejects(directly.client.chat.completions.create(ask), OpenAI.AuthenticationError);
  await assert.rejects(throughFerry.client.chat.completions.create(ask, { maxRetries: 0 }), OpenAI.InternalServerError);
});

test("the error class of an unknown model is NotFoundError", async () => {
  const asked = throughFerry.client.chat.completions.create({ model: "nobody", ...prompt({}) });
  await assert.rejects(asked, (error) => error instanceof OpenAI.NotFoundError && error.code === "model_not_found");
});

compare("an upstream that fails twice and then answers", async ({ client }) => {
  const ask = prompt({ content: "third time", fail_times: { count: 2, status: 500 } });
  const answer = await client.chat.completions.create({ model: "mock", ...ask });
  return answer.choices[0].message.content;
});

compare("retry-after is waited for", async ({ client }) => {
  const ask = prompt({ content: "later", fail_times: { count: 1, status: 429, retry_after: "1" } });
  const began = Date.now();
  const answer = await client.chat.completions.create({ model: "mock", ...ask });
  assert.ok(Date.now() - began >= 950, `waited ${Date.now() - began} ms`);
  return answer.choices[0].message.content;
});

compare("a stream that fails in the middle throws", async ({ client }) => {
  const ask = prompt({ error_after: 2, interval_ms: 50 });
  const stream = await client.chat.completions.create({ model: "mock", ...ask, stream: true });
  let count = 0;
  await assert.rejects(async () => {
    for await (const _ of stream) count++;
  }, OpenAI.APIError);
  return count > 0;
});

compare("request ids", async ({ client }) => {
  const { data, request_id, response } = await client.chat.completions
    .create({ model: "mock", ...prompt({}) }).withResponse();
  assert.ok(request_id);
  assert.equal(request_id, response.headers.get("x-request-id"));
  assert.equal(data._request_id, request_id);
});

compare("twenty requests at once", async ({ client }) => {
  const asked = Array.from({ length: 20 }, (_, i) =>
    client.chat.completions.create({ model: "mock", ...prompt({ content: `answer ${i}` }) }));
  return (await Promise.all(asked)).map((answer) => answer.choices[0].message.content);
});
