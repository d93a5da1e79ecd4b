// Asks by the official SDK what it reads, a JSON object a line, and writes a line when there is something of an answer
// and one when it has ended: for provider_faults_test.py, which plays the providers.
import { createInterface } from "node:readline";
import OpenAI from "openai";

const say = (told) => process.stdout.write(JSON.stringify(told) + "\n");
const fieldsOf = (headers) => Object.fromEntries(headers ?? []);

async function readStream(heard, stream, shown) {
  let finish = null;
  for await (const chunk of stream) {
    heard.ids.push(chunk.id);
    heard.usage = chunk.usage ?? heard.usage;
    for (const choice of chunk.choices) {
      heard.text += choice.delta.content ?? "";
      finish = choice.finish_reason ?? finish;
    }
    if (heard.text) shown();
  }
  heard.finish = finish; // what the application has when the stream ended as if it were whole
}

function readDocument(heard, answer) {
  const [choice] = answer.choices;
  heard.text = choice.message.content;
  heard.finish = choice.finish_reason;
  heard.usage = answer.usage;
  heard.ids.push(answer.id);
}

async function ask({ number, url, key, nonce, retries, body }) {
  const heard = { status: 0, fields: {}, text: "", finish: null, usage: null, ids: [], error: null };
  const client = new OpenAI({
    baseURL: url, apiKey: key, maxRetries: retries, timeout: 30_000, defaultHeaders: { "x-request-id": nonce },
  });
  const began = performance.now();
  try {
    const { data, response } = await client.chat.completions.create(body).withResponse();
    Object.assign(heard, { status: response.status, fields: fieldsOf(response.headers) });
    if (body.stream) await readStream(heard, data, () => say({ number, shown: true }));
    else readDocument(heard, data);
  } catch (error) {
    if (!(error instanceof OpenAI.APIError)) throw error;
    if (error.status) Object.assign(heard, { status: error.status, fields: fieldsOf(error.headers) });
    heard.error = error.error ?? { message: error.message, code: null };
  }
  say({ number, heard: { ...heard, seconds: (performance.now() - began) / 1000 } });
}

for await (const line of createInterface({ input: process.stdin })) {
  const wanted = JSON.parse(line);
  ask(wanted).catch((error) => say({ number: wanted.number, failed: String(error.stack) }));
}
