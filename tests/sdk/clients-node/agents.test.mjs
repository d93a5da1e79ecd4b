// The Agents SDK, with its models for Responses and for chat: the same through Ferry as directly.
import assert from "node:assert/strict";
import { Agent, Runner, setTracingDisabled, tool } from "@openai/agents-core";
import { OpenAIProvider } from "@openai/agents-openai";
import OpenAI from "openai";
import { z } from "zod";
import { errorOf, plain, suite } from "./clients.mjs";
import { ledgerOf, nonceOf, told } from "./targets.mjs";

setTracingDisabled(true);
const runner = (options, useResponses) => new Runner({
  modelProvider: new OpenAIProvider({ openAIClient: new OpenAI({ ...options, maxRetries: 0 }), useResponses }),
  tracingDisabled: true,
});
const WAYS = {
  responses: suite((options) => runner(options, true)), chat: suite((options) => runner(options, false)),
};
const why = { message: "too many words for the model", type: "requests", param: "messages", code: "long" };
const words = "żółć, 你好, 👩‍👩‍👧‍👦, \u2028, \"quoted\" \\ \t end";
const named = (more = {}) => new Agent({ name: "helper", instructions: "be brief", model: "mock", ...more });
const weather = (places) => tool({
  name: "get_weather", description: "The weather at a place", parameters: z.object({ location: z.string() }),
  execute: ({ location }) => {
    places.push(location);
    return `sunny in ${location}`;
  },
});
const calls = { tool_calls: [{ name: "get_weather", arguments: '{"location":"Rome"}' }] };

// What an application reads of a run.
const read = (result) => plain({
  output: result.finalOutput, history: result.history, usage: result.rawResponses.map(({ usage }) => usage),
});

for (const [way, compare] of Object.entries(WAYS)) {
  compare(`${way}: a run`, async (here) => {
    const asked = told({ content: words, prompt_tokens: 11, completion_tokens: 4 });
    const result = await here.run(named(), asked);
    assert.equal(result.finalOutput, words);
    assert.equal(result.rawResponses[0].usage.totalTokens, 15);
    return JSON.parse(JSON.stringify(read(result)).replaceAll(nonceOf(asked), "NONCE"));
  });

  compare(`${way}: the request's body arrives as it was written`, async (here, { control }) => {
    const asked = told();
    await here.run(named({ modelSettings: { temperature: 0.5, maxTokens: 50 } }), asked);
    return (await ledgerOf(control, nonceOf(asked))).at(-1).body.replaceAll(nonceOf(asked), "NONCE");
  });

  compare(`${way}: a run in a stream`, async (here) => {
    const asked = told({ content: words, chunk_bytes: 3, prompt_tokens: 7, completion_tokens: 5 });
    const result = await here.run(named(), asked, { stream: true });
    const deltas = [];
    for await (const { type, data } of result) {
      if (type === "raw_model_stream_event" && data.type === "output_text_delta") deltas.push(data.delta);
    }
    await result.completed;
    assert.equal(deltas.join(""), words);
    assert.equal(result.finalOutput, words);
    return [deltas, result.rawResponses.map(({ usage }) => usage)];
  });

  compare(`${way}: a tool, to the end of the run`, async (here) => {
    const places = [];
    const asked = told({ ...calls, content: "all is well" });
    const result = await here.run(named({ tools: [weather(places)] }), asked);
    assert.deepEqual(places, ["Rome"]);
    assert.equal(result.rawResponses.length, 2);
    return JSON.parse(JSON.stringify(read(result)).replaceAll(nonceOf(asked), "NONCE"));
  });

  compare(`${way}: a tool in a stream`, async (here) => {
    const places = [];
    const asked = told({ ...calls, content: "all is well" });
    const result = await here.run(named({ tools: [weather(places)] }), asked, { stream: true });
    const kinds = [];
    for await (const event of result) kinds.push(event.name ?? event.data?.type ?? event.type);
    await result.completed;
    assert.deepEqual(places, ["Rome"]);
    return [kinds, result.finalOutput];
  });

  compare(`${way}: structured output`, async (here) => {
    const outputType = z.object({ name: z.string(), age: z.number() });
    const result = await here.run(named({ outputType }), told({ json: { name: "Ada", age: 36 } }));
    assert.deepEqual(result.finalOutput, { name: "Ada", age: 36 });
    return result.finalOutput;
  });

  for (const status of [400, 404, 422, 429]) {
    compare(`${way}: the error for ${status}, whole and streamed`, async (here) => {
      const asked = told({ status, body: { error: why } });
      const whole = await errorOf(() => here.run(named(), asked));
      const streamed = await errorOf(async () => {
        const result = await here.run(named(), asked, { stream: true });
        for await (const _ of result);
        await result.completed;
      });
      assert.equal(whole.status, status, whole);
      assert.equal(streamed.status, status, streamed);
      return [whole, streamed].map(({ constructor, message, code, error }) => [constructor.name, message, code, error]);
    });
  }

  compare(`${way}: an upstream that fails`, async (here) => {
    const error = await errorOf(() => here.run(named(), told({ status: 500 })));
    assert.ok(error instanceof OpenAI.InternalServerError, error);
  });
}
