// Starts the mock provider of @copilotkit/aimock and prints its address. As CommonJS, which runs on Node 18 too.
const { LLMock } = require("@copilotkit/aimock");

const mock = new LLMock({ port: 0, strict: true, logLevel: "silent" });
const asks = (words, more = {}) => ({ userMessage: words, endpoint: "chat", ...more });
const error = (status, message, code) => ({ status, error: { message, type: "invalid_request_error", code } });

mock.on(asks("greet me"), { content: "Hello from a mock of somebody else: żółć 你好 👋🏽 and so on, in several pieces." });
mock.on(asks("the weather", { hasToolResult: false }), {
  toolCalls: [{ name: "get_weather", arguments: '{"location":"Paris"}' }, { name: "get_time", arguments: "{}" }],
});
mock.on(asks("the weather", { hasToolResult: true }), { content: "It is mild." });
mock.on(asks("who is it"), { content: '{"name":"Ada","age":36}' });
mock.on(asks("think about it"), { content: "forty two", reasoning: "one step after the other" });
mock.on(asks("refuse this"), error(400, "I do not like this question", "disliked"));
mock.on(asks("too many"), error(429, "slow down", "rate_limit_exceeded"));
mock.on(asks("break down"), error(500, "the mock broke down", "server_error"));
mock.on(asks("cut this"), { content: "one two three four five six seven eight nine" }, { truncateAfterChunks: 3, latency: 20 });
// A stream of Responses has three events before its first word.
const late = { truncateAfterChunks: 5, chunkSize: 4, latency: 20 };
mock.on(asks("break off"), { content: "one two three four five six seven" }, late);
mock.on(asks("count this"), { content: "one two three", usage: { input_tokens: 11, output_tokens: 4 } });

const tries = new Map(); // by the text of the question
const fails = ({ messages }) => {
  const text = messages.at(-1)?.content; // what is asked without messages has none
  if (!text?.startsWith?.("flaky")) return false;
  tries.set(text, (tries.get(text) ?? 0) + 1);
  return tries.get(text) <= 2;
};
mock.on({ predicate: fails }, error(500, "not yet", "server_error"));
mock.on(asks("flaky"), { content: "third time" });

// What is no conversation. Images that are edited are matched as those that are made, recordings by nothing they hold.
const disliked = error(400, "I do not like this question", "disliked");
const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const url = "http://images.invalid/1.png";
for (const endpoint of ["image", "speech"]) mock.on({ userMessage: "refuse this", endpoint }, disliked);
mock.onImage("a hut", { images: [{ url }, { b64Json: pixel, revisedPrompt: "a small hut" }] });
mock.onSpeech("say it", { audio: Buffer.alloc(100_000, "sound").toString("base64"), format: "wav" });
mock.onEmbedding("refuse this", disliked);
mock.onEmbedding("embed", { embedding: [0.25, -0.5, 1, 0.125] });

const transcription = {
  text: "good day to you: żółć 你好, and so on, in several pieces", language: "english", duration: 2.5,
  usage: { type: "tokens", input_tokens: 14, output_tokens: 9, total_tokens: 23 },
};
for (const endpoint of ["transcription", "translation"]) {
  mock.on({ endpoint, model: "third-party-deaf" }, disliked);
  mock.on({ endpoint }, { transcription });
}

const categories = { violence: true, hate: false };
mock.onModerate("violence", { flagged: true, categories, category_scores: { violence: 0.9, hate: 0.1 } });
mock.onModerate(/./, { flagged: false, categories: { violence: false }, category_scores: { violence: 0.01 } });
mock.onRerank("which is it", [{ index: 1, relevance_score: 0.9 }, { index: 0, relevance_score: 0.2 }]);

mock.start().then(() => console.log(`${mock.url}/v1`));
