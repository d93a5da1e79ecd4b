// Embeddings, images, speech and transcription with the AI SDK: the same through Ferry as directly.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import * as ai from "ai";
import { errorOf, suite } from "./clients.mjs";
import { ledgerOf, nonceOf, told } from "./targets.mjs";

globalThis.AI_SDK_LOG_WARNINGS = false;
const sha256 = (data) => createHash("sha256").update(data).digest("hex");
const openai = suite((options) => createOpenAI(options));
const sound = Buffer.alloc(64_000, "sound");
const makers = {
  openai, compatible: suite((options) => createOpenAICompatible({ name: "ferry", ...options })),
};

for (const [way, compare] of Object.entries(makers)) {
  compare(`${way}: embeddings of a text and of several`, async (provider) => {
    const model = provider.textEmbeddingModel("mock");
    const providerOptions = { [way === "openai" ? "openai" : "ferry"]: { dimensions: 16 } };
    const one = await ai.embed({ model, value: "żółć 你好 👋🏽" });
    assert.equal(one.embedding.length, 1536);
    const several = await ai.embedMany({ model, values: ["a", "b", "x".repeat(5000)], providerOptions });
    assert.deepEqual(several.embeddings.map(({ length }) => length), [16, 16, 16]);
    return [one.embedding, one.usage, several.embeddings, several.usage];
  });

  compare(`${way}: embeddings that are refused`, async (provider) => {
    const value = told({ status: 400, body: { error: { message: "not this", type: "t", param: null, code: "c" } } });
    const error = await errorOf(() => ai.embed({ model: provider.textEmbeddingModel("mock"), value, maxRetries: 0 }));
    assert.equal(error.statusCode, 400);
    return error.message;
  });

  compare(`${way}: images`, async (provider) => {
    const made = await ai.generateImage({ model: provider.imageModel("mock"), prompt: told(), n: 2, size: "512x512" });
    assert.equal(made.images.length, 2);
    assert.equal(made.images[0].mediaType, "image/png");
    return made.images.map(({ base64 }) => base64);
  });
}

openai("images that count tokens", async (provider) => {
  const prompt = told({ prompt_tokens: 7, completion_tokens: 90 });
  const { image, usage } = await ai.generateImage({ model: provider.image("gpt-image-1"), prompt });
  assert.equal(usage.totalTokens, 97);
  return [image.base64, usage];
});

openai("speech", async (provider, { control }) => {
  const text = told({ bytes: 100_000, chunks: 9 }, "żółć");
  const { audio } = await ai.experimental_generateSpeech({ model: provider.speech("mock"), text, voice: "alloy" });
  const { sha256: wanted, body } = (await ledgerOf(control, nonceOf(text), "ended")).at(-1);
  assert.equal(sha256(audio.uint8Array), wanted);
  return [audio.format, body.replaceAll(nonceOf(text), "NONCE")];
});

openai("transcription", async (provider) => {
  const options = { prompt: told({ content: "hello there" }), language: "pl" };
  const heard = await ai.experimental_transcribe({
    model: provider.transcription("mock"), audio: sound, providerOptions: { openai: options },
  });
  assert.equal(heard.text, "hello there");
  return [heard.text, heard.segments, heard.language, heard.durationInSeconds];
});

openai("a transcription that is refused", async (provider) => {
  const prompt = told({ status: 400, body: { error: { message: "too quiet", type: "t", param: null, code: "c" } } });
  const error = await errorOf(() => ai.experimental_transcribe({
    model: provider.transcription("mock"), audio: sound, providerOptions: { openai: { prompt } }, maxRetries: 0,
  }));
  assert.equal(error.statusCode, 400);
  return error.message;
});
