// The two ways to the same upstream, and what the cases share. The runner sets the environment.
import assert from "node:assert/strict";
import { test } from "node:test";
import OpenAI from "openai";
import { checkUsage, forget, noting } from "./metering.mjs";

function target(url, apiKey) {
  assert.ok(url && apiKey, "run these tests with tests/run sdk");
  const client = new OpenAI({ baseURL: url, apiKey, fetch: noting });
  return { url, client, control: new URL("/_control/", process.env.DIRECT_URL) };
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

// The same, and the usage rows of what goes through Ferry are held against the upstream's ledger.
export function compareMetered(name, run) {
  compare(name, async (target) => {
    forget();
    const got = await run(target);
    if (isFerry(target)) await checkUsage(target.control);
    return got;
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

// The same as a text, for what is asked otherwise than by messages.
export const told = (action = {}, text = "") => prompt(action, text).messages[0].content;

export const nonceOf = (text) => text.match(/.*nonce:([\w-]+)/)[1];

// An answer without what differs between two answers to the same question. Ferry asks for the usage of every stream,
// and such a stream says `usage: null` in its chunks, which means what its absence means.
export function without(value) {
  const changing = /^(id|created)$|_(id|ids|at)$/;
  const kept = (key, inner) => changing.test(key) || (key === "usage" && inner === null) ? undefined : inner;
  return JSON.parse(JSON.stringify(value, kept));
}

// The chunks of a stream.
export async function chunksOf(client, ask) {
  const chunks = [];
  for await (const chunk of await client.chat.completions.create({ ...ask, stream: true })) chunks.push(without(chunk));
  return chunks;
}

export async function listed(stream) {
  const items = [];
  for await (const item of await stream) items.push(without(item));
  return items;
}

// The class of the error that a call ends with, and what it carries.
export async function errorOf(call) {
  const error = await call().then(() => assert.fail("the call did not fail"), (reason) => reason);
  assert.ok(error instanceof OpenAI.APIError, error);
  return error;
}

export const textOf = (chunks) => chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join("");

// What the upstream recorded of this nonce; waits until there is an entry, or until it has ended.
export async function ledgerOf(control, nonce, wait = "received") {
  const answer = await fetch(new URL(`ledger?nonce=${nonce}&wait=${wait}&timeout_ms=5000`, control));
  const lines = (await answer.text()).split("\n").filter(Boolean).map((line) => JSON.parse(line));
  assert.ok(lines.length > 0, `the upstream saw nothing of ${nonce}`);
  return lines;
}
