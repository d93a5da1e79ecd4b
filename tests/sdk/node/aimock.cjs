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

const tries = new Map(); // by the text of the question
const fails = ({ messages }) => {
  const text = messages.at(-1).content;
  if (!text.startsWith("flaky")) return false;
  tries.set(text, (tries.get(text) ?? 0) + 1);
  return tries.get(text) <= 2;
};
mock.on({ predicate: fails }, error(500, "not yet", "server_error"));
mock.on(asks("flaky"), { content: "third time" });

mock.start().then(() => console.log(`${mock.url}/v1`));
