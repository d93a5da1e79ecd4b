// What Ferry billed for the answers that a client got, held against what the upstream recorded of them.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";

let heads = [];

// A `fetch` for a client: it notes the heads of the answers.
export async function noting(url, options) {
  const answer = await fetch(url, options);
  heads.push(answer.headers);
  return answer;
}

export function forget() {
  heads = [];
}

// Waits for the usage rows of what went upstream. Both sides are added up: what became of a request in the background
// is only known to a later one.
export async function checkUsage(control) {
  const entries = new Map();
  for (const head of heads) {
    const seenAs = head.get("x-ferry-upstream-request-id");
    if (!seenAs) continue;
    const entry = await entryOf(control, Number(seenAs.split("-").at(-1)));
    // What a broken answer took is known to nobody.
    if (entry.end === "completed" && (entry.usage_sent || !entry.stream)) {
      entries.set(head.get("x-ferry-request-id"), entry);
    }
  }
  const rows = await rowsOf([...entries.keys()]);
  // The answer does not say how much it was, and the row says that.
  const isMetered = (row) => !row.tags?.includes("unmetered");
  for (const row of rows) if (!isMetered(row)) entries.delete(row.request_id);
  const billed = sum(rows.filter(isMetered).map(countsOf));
  assert.deepEqual(billed, sum([...entries.values()].map(countsOf)), "what is billed, and was served");
}

// Of a usage row or of an entry of the ledger: {kind of unit: number of them}.
function countsOf(one) {
  const units = ["tokens", null].includes(one.unit_kind) ? {} : { [one.unit_kind]: one.units };
  // The ledger has tokens too where the answer did not tell them, and where it was an error. What a script answers at a
  // path that the upstream does not know is taken at its word.
  const isTold = (one.usage_sent ?? true) || one.unit_kind === "tokens" || !one.operation;
  if (!isTold || one.status >= 300) return units;
  return { ...units, prompt_tokens: one.prompt_tokens, completion_tokens: one.completion_tokens };
}

// Without zeros.
function sum(counts) {
  const total = {};
  for (const [kind, number] of counts.flatMap(Object.entries)) {
    if (number) total[kind] = (total[kind] ?? 0) + number;
  }
  return total;
}

async function eventually(probe, what) {
  for (const limit = Date.now() + 5000; Date.now() < limit; await pause(10)) {
    const got = await probe();
    if (got) return got;
  }
  assert.fail(`${what} did not come`);
}

function entryOf(control, number) {
  return eventually(async () => {
    const lines = await (await fetch(new URL(`ledger?since=${number - 1}`, control))).text();
    const entry = JSON.parse(lines.slice(0, lines.indexOf("\n")));
    return entry.end && entry;
  }, `the end of the upstream's request ${number}`);
}

// Not read through the program under test.
function rowsOf(ids) {
  const query = `SELECT * FROM usage_records WHERE request_id IN (${ids.map((id) => `'${id}'`).join()})`;
  return eventually(async () => {
    const { stdout } = await promisify(execFile)("sqlite3", ["-readonly", "-json", process.env.FERRY_DATABASE, query]);
    const rows = JSON.parse(stdout || "[]");
    return rows.length === ids.length && rows;
  }, `${ids.length} usage rows`);
}
