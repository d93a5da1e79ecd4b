// The two ways to the same upstream, and what the cases share. The runner sets the environment.
import assert from "node:assert/strict";
import { test } from "node:test";
import OpenAI from "openai";

function target(url, apiKey) {
  assert.ok(url && apiKey, "run these tests with tests/run sdk");
  return { url, client: new OpenAI({ baseURL: url, apiKey }), control: new URL("/_control/", process.env.DIRECT_URL) };
}

export const directly = target(process.env.DIRECT_URL, "sk-anything");
export const throughFerry = target(process.env.FERRY_URL, process.env.FERRY_KEY);
export const isFerry = ({ client }) => client === throughFerry.client;
export const aimock = target(process.env.AIMOCK_URL, "sk-anything");

// Two tests of one case; the second also compares what both returned.
export function compare(name, run, upstream = directly) {
  let wanted;
  test(`${name}, directly`, async () => {
    wanted = await run(upstream);
  });
  test(`${name}, through Ferry`, async () => {
    assert.deepEqual(await run(throughFerry), wanted);
  });
}

let count = 0;

// Always of the same length, since the upstream counts the tokens of a prompt by its bytes.
export const newNonce = () => `node-${process.pid}-${String(++count).padStart(6, "0")}`;

// Messages whose prompt tells the upstream what to do, and a nonce to find the request again.
export function prompt(action, text = "") {
  const nonce = newNonce();
  const content = `${text} nonce:${nonce} [[mock ${JSON.stringify(action)}]]`;
  return Object.defineProperty({ messages: [{ role: "user", content }] }, "nonce", { value: nonce, enumerable: false });
}

// An answer without what differs between two answers to the same question. Ferry asks for the usage of every stream,
// and such a stream says `usage: null` in its chunks, which means what its absence means.
export function without(value) {
  const changing = new Set(["id", "created", "_request_id", "tool_call_id", "request_id"]);
  const kept = (key, inner) => changing.has(key) || (key === "usage" && inner === null) ? undefined : inner;
  return JSON.parse(JSON.stringify(value, kept));
}

// The chunks of a stream.
export async function chunksOf(client, ask) {
  const chunks = [];
  for await (const chunk of await client.chat.completions.create({ ...ask, stream: true })) chunks.push(without(chunk));
  return chunks;
}

export const textOf = (chunks) => chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join("");

// What the upstream recorded of this nonce; waits until there is an entry, or until it has ended.
export async function ledgerOf(control, nonce, wait = "received") {
  const answer = await fetch(new URL(`ledger?nonce=${nonce}&wait=${wait}&timeout_ms=5000`, control));
  const lines = (await answer.text()).split("\n").filter(Boolean).map((line) => JSON.parse(line));
  assert.ok(lines.length > 0, `the upstream saw nothing of ${nonce}`);
  return lines;
}
