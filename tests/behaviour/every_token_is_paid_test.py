"""Mixed requests over all operations, of whose streams a fifth is left at a random byte and of whose answers a tenth
tells no usage: each row says how its tokens are known, what providers told is exact, estimates add up, nothing is free.

    TOKENS_REQUESTS=10000 python3 tests/support/run_unittests.py /tmp/report.json \\
        tests/behaviour/every_token_is_paid_test.py

TOKENS_REQUESTS (1500) is how many; TOKENS_SEED makes a run again. The mock provider says tokens of o200k_base, one by
one (support/token_texts.json), so what it had sent of a stream that was left is known as well."""
import json
import os
import random
import threading
import unittest
from collections import Counter
from pathlib import Path

from client import Client, Closed
from mock import FerryBeforeMock
from operations_ledger_test import OPERATIONS as OTHERS, PRICES
from waiting import eventually

REQUESTS = int(os.environ.get("TOKENS_REQUESTS", "1500"))
CLIENTS = 12
PERCENT = 3  # that the sum of all estimates may be off
# As `tiktoken` (0.14.0) cuts them; `prompt_tokens` is of the text behind "nonce:123456789 case:123 ".
TEXTS = json.loads((Path(__file__).parents[1] / "support/token_texts.json").read_text())
PRICE = {"input_cost_per_1k": "1", "output_cost_per_1k": "2", "upstream_model": "'gpt-4o'", "unit_prices": PRICES}
FRAME = 7  # of a message of a user: 3, its role, and 3 that open the answer
BEFORE_TOKENS = {"chat.completions": 1, "completions": 0, "responses": 4}  # events of a stream
TOLD = ["own_chunk", "own_chunk_always", "finish_chunk", "choices", "x_groq", "every_chunk"]


def chat(prompt, stream):
    return {"messages": [{"role": "user", "content": prompt}], "stream": stream}


# The path, the name in the books, the members of a request, what surrounds a prompt, the forms in which usage is told.
OPERATIONS = [
    ("/chat/completions", "chat.completions", chat, FRAME, TOLD),
    ("/chat/completions", "chat.completions", chat, FRAME, TOLD),
    ("/responses", "responses", lambda prompt, stream: {"input": prompt, "stream": stream}, FRAME, ["own_chunk"]),
    ("/completions", "completions", lambda prompt, stream: {"prompt": prompt, "stream": stream}, 0, TOLD),
    ("/embeddings", "embeddings", lambda prompt, stream: {"input": prompt, "dimensions": 8}, 0, ["own_chunk"]),
]


class Case:
    """A rule of the mock's script, and the requests that go by it."""

    def __init__(self, number, dice):
        self.number = number
        self.path, self.operation, self.members, frame, told = dice.choice(OPERATIONS)
        self.asked, self.said = dice.choice(TEXTS), dice.choice(TEXTS)
        self.stream = self.operation != "embeddings" and dice.random() < 0.6
        self.is_left = self.stream and dice.random() < 0.2
        self.tells = dice.random() >= 0.1
        action = {"usage": dice.choice(told) if self.tells else dice.choice(["none", "zeros"]),
                  "prompt_tokens": self.asked["prompt_tokens"] + frame, "pieces": self.said["pieces"]}
        if self.is_left:
            action["interval_ms"] = 2
        self.rule = {"match": {"prompt_contains": f"case:{number} "}, "action": action}

    def prompt(self, nonce):
        return f"nonce:{nonce} case:{self.number} " + "".join(self.asked["pieces"])


class Plan:
    def __init__(self, number, cases, dice):
        self.nonce = str(100_000_000 + number)
        self.case, self.leaves_at = None, None
        if dice.random() < 0.15:
            self.path = dice.choice([path for path in OTHERS if path not in {one[0] for one in OPERATIONS}])
            self.body, self.type = OTHERS[self.path](f"nonce:{self.nonce} [[mock {{}}]]", dice)
            return
        self.case = dice.choice(cases)
        self.path, self.type = self.case.path, "application/json"
        members = self.case.members(self.case.prompt(self.nonce), self.case.stream)
        self.body = json.dumps({"model": "mock", **members}).encode()
        if self.case.is_left:
            self.leaves_at = int(dice.random() * sum(len(piece) + 220 for piece in self.case.said["pieces"]))

    def request(self, key):
        head = (f"POST /v1{self.path} HTTP/1.1\r\nHost: f\r\nAuthorization: Bearer {key}\r\n"
                f"x-request-id: {self.nonce}\r\nConnection: close\r\n"
                f"Content-Type: {self.type}\r\nContent-Length: {len(self.body)}\r\n\r\n")
        return head.encode() + self.body


class EveryTokenIsPaid(unittest.TestCase):
    def work(self, plans, both):
        for plan in plans:
            client = Client(both.ferry.port, seconds=60)
            try:
                client.send(plan.request(both.key))
                if plan.leaves_at is None:
                    answer = client.response()
                    if answer.status != 200 or not answer.whole:
                        self.problems.append(f"{plan.path} {plan.nonce}: {answer.raw[:500]!r}")
                else:
                    client.head()
                    client.exactly(plan.leaves_at)
            except Closed:
                pass  # it was at its end before that byte
            except Exception as error:  # noqa: BLE001: of another thread, for the test to tell
                self.problems.append(f"{plan.path} {plan.nonce}: {error!r}")
            finally:
                client.close()

    def test_every_row_says_how_its_tokens_are_known_and_none_is_free(self):
        seed = int(os.environ.get("TOKENS_SEED", random.randrange(1 << 30)))
        print(f"seed {seed}, {REQUESTS} requests")
        dice = random.Random(seed)
        cases = [Case(100 + number, dice) for number in range(600)]
        plans = [Plan(number, cases, dice) for number in range(REQUESTS)]
        self.problems = []
        with FerryBeforeMock(ferry_options={"usage.flush_interval": "100ms"}, rows={"mock": PRICE},
                             rules=[one.rule for one in cases]) as both:
            workers = [threading.Thread(target=self.work, args=(plans[i::CLIENTS], both)) for i in range(CLIENTS)]
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join()
            self.assertEqual(self.problems, [])
            entries = {one["nonce"]: one for one in both.mock.ledger(f"?wait=ended&count={REQUESTS}&timeout_ms=20000")}

            def rows():
                found = both.ferry.rows("SELECT * FROM usage_records")
                return {row["client_request_id"]: row for row in found} if len(found) >= len(entries) else None

            found = eventually(rows, 60, "a row for each request")
        self.assertEqual(set(found), {plan.nonce for plan in plans})
        self.assertEqual(set(entries), set(found))
        self.sums = {what: [0, 0] for what in ("prompts", "answers", "answers counted aloud")}  # in the rows, true
        for plan in plans:
            with self.subTest(plan.path, nonce=plan.nonce):
                self.check(plan, found[plan.nonce], entries[plan.nonce])
        self.check_sums(Counter((one["operation"], one["basis"]) for one in found.values()))

    def check(self, plan, row, entry):
        told = f"row {row}\nledger { {k: v for k, v in entry.items() if k not in ('body', 'head')} }"
        self.assertGreater(row["cost_pico"], 0, told)
        if plan.case is None and entry["unit_kind"] != "tokens":
            self.assertEqual((row["units"], row["unit_kind"]), (entry["units"], entry["unit_kind"]), told)
            return
        true = entry["prompt_tokens"], entry["completion_tokens"]
        if plan.leaves_at is None or row["end_reason"] == "done":
            self.assertEqual(row["end_reason"], "done", told)
            tells = plan.case is None or plan.case.tells
            self.assertEqual(row["basis"], "provider" if tells else "estimated", told)
        elif entry["end"] != "completed":
            true = true[0], self.sent(plan, entry)
            self.assertIn(row["end_reason"], ("client_gone", "done"), told)
            if not entry["usage_sent"]:
                self.assertEqual(row["basis"], "estimated", told)
            elif row["basis"] == "partial":  # the provider counts aloud
                self.assertEqual(plan.case.rule["action"]["usage"], "every_chunk", told)
                self.assertEqual(row["prompt_tokens"], true[0], told)
                self.add("answers counted aloud", row["completion_tokens"], entry["completion_tokens_sent"])
                return
        if row["basis"] == "provider":
            counts = row["prompt_tokens"], row["completion_tokens"] or 0
            self.assertEqual(counts, self.told(plan, entry, true), told)
        else:
            self.assertEqual(row["basis"], "estimated", told)
            self.add("prompts", row["prompt_tokens"], true[0])
            self.add("answers", row["completion_tokens"], true[1])

    def sent(self, plan, entry):
        tokens = len(plan.case.said["pieces"])
        return max(0, min(tokens, entry["events"] - BEFORE_TOKENS[plan.case.operation]))

    def told(self, plan, entry, true):
        """What the provider's own numbers are: of a stream that was left, those it had told by then."""
        is_cut = plan.leaves_at is not None and entry["end"] != "completed"
        return (true[0], entry["completion_tokens_sent"]) if is_cut and entry["usage_sent"] else true

    def add(self, what, counted, true):
        self.sums[what][0] += counted or 0
        self.sums[what][1] += true

    def check_sums(self, counts):
        for one, count in sorted(counts.items()):
            print(f"{count:>6}  {' '.join(one)}")
        self.sums["all estimates"] = [sum(values) for values in zip(self.sums["prompts"], self.sums["answers"])]
        for what, (counted, true) in self.sums.items():
            print(f"{what}: {counted} of {true} tokens, {100 * (counted / max(true, 1) - 1):+.2f} %")
        for what in ("all estimates", "answers counted aloud"):
            counted, true = self.sums[what]
            self.assertLessEqual(abs(counted - true) * 100, PERCENT * true, what)
        self.assertGreater(self.sums["all estimates"][1], 0)


if __name__ == "__main__":
    unittest.main()
