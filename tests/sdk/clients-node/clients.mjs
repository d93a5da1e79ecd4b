// What the suites of third-party clients share: every case runs directly and through Ferry, and what it returns must be
// equal; the usage rows of what went through Ferry are held against the upstream's ledger.
import assert from "node:assert/strict";
import { compareMetered } from "./targets.mjs";
import { noting } from "./metering.mjs";

let asked = [];

// The `fetch` that each client is given. A client that went around it would not be metered.
async function fetching(url, options) {
  asked.push(String(url.url ?? url));
  return noting(url, options);
}

// `make` has the client, or what else the case is about, for {baseURL, apiKey, fetch}.
export function suite(make) {
  return (name, run) => compareMetered(name, async (target) => {
    asked = [];
    const here = make({ baseURL: target.url, apiKey: target.client.apiKey, fetch: fetching });
    const got = plain(await run(here, target));
    assert.ok(asked.length > 0, "the client asked nothing");
    assert.ok(asked.every((url) => url.startsWith(target.url)), `the client asked elsewhere: ${asked}`);
    return got;
  });
}

// Without what differs between two answers to the same question, and without what HTTP adds.
const byName = [
  "id", "created", "timestamp", "headers", "request", "url", "providerData", "__openai_function_call_ids__",
];
const byEnd = /(_id|_ids|_at|Id|At)$/;
const changes = (key) => byName.includes(key) || byEnd.test(key);

export function plain(value) {
  const kept = (key, inner) => changes(key) || (key === "usage" && inner === null) ? undefined : inner;
  return value === undefined ? value : JSON.parse(JSON.stringify(value, kept));
}

export async function all(stream) {
  const items = [];
  for await (const item of await stream) items.push(plain(item));
  return items;
}

// The error that a call ends with.
export async function errorOf(call) {
  return call().then(() => assert.fail("the call did not fail"), (reason) => reason);
}
