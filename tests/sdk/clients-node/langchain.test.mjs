// LangChain's chat models and embeddings for OpenAI: the same through Ferry as directly.
import assert from "node:assert/strict";
import { HumanMessage, SystemMessage, ToolMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { ChatOpenAI, OpenAIEmbeddings } from "@langchain/openai";
import { z } from "zod";
import { errorOf, plain, suite } from "./clients.mjs";
import { ledgerOf, nonceOf, told } from "./targets.mjs";

process.env.LANGSMITH_TRACING = "false";
process.env.LANGCHAIN_TRACING_V2 = "false";
const configured = ({ baseURL, apiKey, fetch }, more) => ({
  model: "mock", apiKey, maxRetries: 0, configuration: { baseURL, fetch }, ...more,
});
const WAYS = {
  chat: suite((options) => (more) => new ChatOpenAI(configured(options, more))),
  responses: suite((options) => (more) => new ChatOpenAI(configured(options, { useResponsesApi: true, ...more }))),
};
const words = "żółć, 你好, 👩‍👩‍👧‍👦, \u2028, \"quoted\" \\ \t end";
const weather = tool(({ location }) => `sunny in ${location}`, {
  name: "get_weather", description: "The weather at a place", schema: z.object({ location: z.string() }),
});
const calls = { tool_calls: [{ name: "get_weather", arguments: '{"location":"Rome"}' }] };

// What an application reads of a message.
const read = ({ content, tool_calls, usage_metadata, response_metadata, additional_kwargs }) =>
  plain({ content, tool_calls, usage_metadata, response_metadata, additional_kwargs });

for (const [way, compare] of Object.entries(WAYS)) {
  compare(`${way}: invoke`, async (make) => {
    const content = told({ content: words, prompt_tokens: 11, completion_tokens: 4, cached_tokens: 3 });
    const answer = await make().invoke([new SystemMessage("be brief"), new HumanMessage(content)]);
    assert.equal(answer.text, words);
    assert.equal(answer.usage_metadata.total_tokens, 15);
    return read(answer);
  });

  compare(`${way}: the request's body arrives as it was written`, async (make, { control }) => {
    const content = told();
    await make({ temperature: 0.5, maxTokens: 50 }).invoke(content);
    return (await ledgerOf(control, nonceOf(content))).at(-1).body.replaceAll(nonceOf(content), "NONCE");
  });

  compare(`${way}: stream`, async (make) => {
    const content = told({ content: words, chunk_bytes: 3, prompt_tokens: 7, completion_tokens: 5 });
    const pieces = [];
    let whole;
    for await (const piece of await make().stream(content)) {
      pieces.push(read(piece));
      whole = whole ? whole.concat(piece) : piece;
    }
    assert.equal(whole.text, words);
    assert.equal(whole.usage_metadata.total_tokens, 12);
    assert.ok(pieces.length > 5);
    return [pieces, read(whole)];
  });

  compare(`${way}: tools, to the end of the conversation`, async (make) => {
    const model = make().bindTools([weather]);
    const question = new HumanMessage(told({ ...calls, content: "all is well" }));
    const first = await model.invoke([question]);
    assert.deepEqual(first.tool_calls.map(({ name, args }) => [name, args]), [["get_weather", { location: "Rome" }]]);
    const result = await weather.invoke(first.tool_calls[0]);
    assert.ok(result instanceof ToolMessage);
    const last = await model.invoke([question, first, result]);
    assert.equal(last.text, "all is well");
    return [first, result, last].map(read);
  });

  compare(`${way}: parallel tools in a stream`, async (make) => {
    const both = { tool_calls: ["Oslo", "Bern"].map((location) => (
      { name: "get_weather", arguments: JSON.stringify({ location }) })) };
    let whole;
    for await (const piece of await make().bindTools([weather]).stream(told(both))) {
      whole = whole ? whole.concat(piece) : piece;
    }
    assert.deepEqual(whole.tool_calls.map(({ args }) => args.location), ["Oslo", "Bern"]);
    return read(whole);
  });

  compare(`${way}: structured output`, async (make) => {
    const schema = z.object({ name: z.string(), age: z.number() });
    const ada = { name: "Ada", age: 36 };
    const bySchema = await make().withStructuredOutput(schema, { method: "jsonSchema", includeRaw: true })
      .invoke(told({ json: ada }));
    assert.deepEqual(bySchema.parsed, ada);
    const call = { tool_calls: [{ name: "extract", arguments: JSON.stringify(ada) }] };
    const byCall = await make().withStructuredOutput(schema, { method: "functionCalling" }).invoke(told(call));
    assert.deepEqual(byCall, ada);
    return [read(bySchema.raw), byCall];
  });

  compare(`${way}: several at once`, async (make) => {
    const answers = await make().batch([1, 2, 3].map((number) => told({ content: `answer ${number}` })));
    return answers.map(({ text }) => text);
  });

  for (const status of [400, 404, 409, 422, 429]) {
    compare(`${way}: the error for ${status}, whole and streamed`, async (make) => {
      const error = { message: "too many words for the model", type: "requests", param: "messages", code: "long" };
      const content = told({ status, body: { error } });
      const whole = await errorOf(() => make().invoke(content));
      const streamed = await errorOf(() => make().stream(content));
      assert.equal(whole.status, status, whole);
      assert.equal(streamed.status, status, streamed);
      return [whole, streamed].map(({ name, message, code, lc_error_code }) => [name, message, code, lc_error_code]);
    });
  }

  compare(`${way}: an upstream that fails`, async (make) => {
    const error = await errorOf(() => make().invoke(told({ status: 500 })));
    assert.ok(error.status >= 500, error);
  });

  compare(`${way}: an upstream that fails once and then answers`, async (make) => {
    const fail_times = { count: 1, status: 500 };
    return (await make({ maxRetries: 2 }).invoke(told({ content: "second time", fail_times }))).text;
  });

  compare(`${way}: a stream that is left`, async (make, { control }) => {
    const content = told({ chunks: 200, interval_ms: 30 });
    for await (const piece of await make().stream(content)) if (piece.text) break;
    assert.notEqual((await ledgerOf(control, nonceOf(content), "ended")).at(-1).end, "completed");
  });
}

WAYS.chat("embeddings of a text and of several", async (make) => {
  const { clientConfig, apiKey } = make();
  const { baseURL, fetch } = clientConfig;
  const model = new OpenAIEmbeddings(configured({ baseURL, apiKey, fetch }, { dimensions: 16, batchSize: 2 }));
  const one = await model.embedQuery("żółć 你好 👋🏽");
  const several = await model.embedDocuments(["a", "b", "c", "d", "e"]);
  assert.deepEqual([one, ...several].map(({ length }) => length), Array(6).fill(16));
  return [one, several];
});
