// The AI SDK with its providers for OpenAI and for what is compatible: the same through Ferry as directly.
import assert from "node:assert/strict";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import * as ai from "ai";
import { z } from "zod";
import { all, errorOf, suite } from "./clients.mjs";
import { ledgerOf, nonceOf, told } from "./targets.mjs";

globalThis.AI_SDK_LOG_WARNINGS = false;
const openai = (options) => createOpenAI(options);
const compatible = ({ baseURL, apiKey, fetch }) => createOpenAICompatible({ name: "ferry", baseURL, apiKey, fetch });
const WAYS = {
  "openai.chat": suite((options) => openai(options).chat("mock")),
  "openai.responses": suite((options) => openai(options).responses("mock")),
  compatible: suite((options) => compatible(options).chatModel("mock")),
};
const why = { message: "too many words for the model", type: "requests", param: "messages", code: "long" };
const words = "żółć, 你好, 👩‍👩‍👧‍👦, \u2028, \"quoted\" \\ \t end";
const weather = (places) => ai.tool({
  description: "The weather at a place", inputSchema: z.object({ location: z.string() }),
  execute: ({ location }) => {
    places.push(location);
    return "sunny";
  },
});
const calls = { tool_calls: [{ name: "get_weather", arguments: '{"location":"Rome"}' }] };
const person = z.object({ name: z.string(), age: z.number() });
const ada = { name: "Ada", age: 36 };
const once = { maxRetries: 0 };

for (const [way, compare] of Object.entries(WAYS)) {
  compare(`${way}: generateText`, async (model) => {
    const prompt = told({ content: words, prompt_tokens: 11, completion_tokens: 4, cached_tokens: 3 });
    const { text, usage, finishReason, response } = await ai.generateText({ model, system: "be brief", prompt });
    assert.equal(text, words);
    assert.equal(usage.totalTokens, 15);
    assert.equal(finishReason, "stop");
    return { text, usage, finishReason, model: response.modelId };
  });

  compare(`${way}: the request's body arrives as it was written`, async (model, { control }) => {
    const prompt = told({});
    await ai.generateText({ model, prompt, temperature: 0.5, maxOutputTokens: 50, seed: 7, stopSequences: ["a"] });
    return (await ledgerOf(control, nonceOf(prompt))).at(-1).body.replaceAll(nonceOf(prompt), "NONCE");
  });

  compare(`${way}: streamText`, async (model) => {
    const prompt = told({ content: words, chunk_bytes: 3, prompt_tokens: 7, completion_tokens: 5 });
    const result = ai.streamText({ model, prompt });
    const parts = await all(result.fullStream);
    assert.equal(await result.text, words);
    assert.ok(parts.filter(({ type }) => type === "text-delta").length > 5);
    return { parts, usage: await result.totalUsage, reason: await result.finishReason };
  });

  compare(`${way}: reasoning, whole and streamed`, async (model) => {
    const prompt = told({ reasoning: "let me think", content: "forty two", reasoning_tokens: 3 });
    const whole = await ai.generateText({ model, prompt });
    assert.equal(whole.text, "forty two");
    return [whole.reasoningText, whole.usage, await all(ai.streamText({ model, prompt }).fullStream)];
  });

  compare(`${way}: a tool, to the end of the conversation`, async (model) => {
    const places = [];
    const ask = { model, prompt: told({ ...calls, content: "all is well" }), stopWhen: ai.stepCountIs(3) };
    const result = await ai.generateText({ ...ask, tools: { get_weather: weather(places) } });
    assert.deepEqual(places, ["Rome"]);
    assert.equal(result.steps.length, 2);
    return { text: result.text, steps: result.steps.map(({ content, usage }) => [content, usage]) };
  });

  compare(`${way}: parallel tools in a stream`, async (model) => {
    const places = [];
    const both = { tool_calls: ["Oslo", "Bern"].map((location) => (
      { name: "get_weather", arguments: JSON.stringify({ location }) })) };
    const result = ai.streamText({ model, prompt: told(both), tools: { get_weather: weather(places) } });
    const parts = await all(result.fullStream);
    assert.deepEqual(places.sort(), ["Bern", "Oslo"]);
    return parts.filter(({ type }) => type !== "tool-result"); // these come in any order
  });

  compare(`${way}: structured output, whole and streamed`, async (model) => {
    const prompt = told({ json: ada, chunk_bytes: 4 });
    const whole = await ai.generateText({ model, prompt, output: ai.Output.object({ schema: person }) });
    assert.deepEqual(whole.output, ada);
    const streamed = ai.streamText({ model, prompt, output: ai.Output.object({ schema: person }) });
    const partial = await all(streamed.partialOutputStream);
    assert.deepEqual(partial.at(-1), ada);
    return [whole.usage, partial, await streamed.usage];
  });

  compare(`${way}: output that does not fit the schema`, async (model) => {
    const ask = { model, prompt: told({ json: { name: 1 } }), output: ai.Output.object({ schema: person }) };
    const error = await errorOf(async () => (await ai.generateText(ask)).output);
    assert.ok(ai.NoObjectGeneratedError.isInstance(error), error);
    return error.text;
  });

  compare(`${way}: an answer that ran out of length`, async (model) => {
    const { finishReason, text } = await ai.generateText({
      model, prompt: told({ content: "one two three four", finish_reason: "length" }),
    });
    assert.equal(finishReason, "length");
    return text;
  });

  for (const status of [400, 404, 409, 413, 422, 429]) {
    compare(`${way}: the error for ${status}, whole and streamed`, async (model) => {
      const prompt = told({ status, body: { error: why } });
      const error = await errorOf(() => ai.generateText({ model, prompt, ...once }));
      assert.ok(ai.APICallError.isInstance(error), error);
      assert.equal(error.statusCode, status);
      assert.equal(error.isRetryable, status === 409 || status === 429);
      let streamed;
      await ai.streamText({ model, prompt, ...once, onError: ({ error }) => (streamed = error) }).consumeStream();
      assert.equal(streamed.statusCode, status);
      return [error.name, error.message, error.data, streamed.message];
    });
  }

  compare(`${way}: an upstream that fails`, async (model) => {
    const error = await errorOf(() => ai.generateText({ model, prompt: told({ status: 500 }), ...once }));
    assert.ok(ai.APICallError.isInstance(error) && error.isRetryable && error.statusCode >= 500, error);
  });

  compare(`${way}: a stream that fails in the middle`, async (model) => {
    let failed = 0;
    const prompt = told({ error_after: 2, interval_ms: 20 });
    const result = ai.streamText({ model, prompt, ...once, onError: () => failed++ });
    const deltas = (await all(result.fullStream)).filter(({ type }) => type === "text-delta");
    assert.ok(failed > 0, "nobody was told that the stream failed");
    return deltas;
  });

  compare(`${way}: a stream that is left`, async (model, { control }) => {
    const prompt = told({ chunks: 200, interval_ms: 30 });
    const leave = new AbortController();
    const parts = ai.streamText({ model, prompt, abortSignal: leave.signal }).fullStream;
    for await (const { type } of parts) if (type === "text-delta") leave.abort();
    assert.notEqual((await ledgerOf(control, nonceOf(prompt), "ended")).at(-1).end, "completed");
  });
}
