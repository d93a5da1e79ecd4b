"""Mixed requests of every kind, with failures and aborts: each usage row says in its unit what the upstream says it
served. LEDGER_REQUESTS (1000) is how many."""
import json
import os
import random
import threading
import unittest

from client import Client, Closed
from mock import FerryBeforeMock
from waiting import eventually, play

REQUESTS = int(os.environ.get("LEDGER_REQUESTS", "1000"))
CLIENTS = 8
FAILURES = [{"status": 500}, {"status": 429}, {"status": 400}, {"cut_at": 20}, {"reset_at": 30}, {"cut_head_at": 10},
            {"fail_times": {"count": 1, "status": 500}}]
BOUNDARY = "ledger-boundary"
# What has no tokens has a price for one of its units.
PRICES = ("'{\"images\": \"0.04\", \"seconds\": \"0.0001\", \"characters\": \"0.000015\", \"bytes\": \"0.000000001\","
          " \"searches\": \"0.002\", \"requests\": \"0.001\"}'")


def form(**parts):
    made = b""
    for name, value in parts.items():
        file = f'; filename="{name}.bin"' if isinstance(value, bytes) else ""
        value = value if isinstance(value, bytes) else value.encode()
        made += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'.encode()
        made += value + b"\r\n"
    return made + f"--{BOUNDARY}--\r\n".encode()


def as_json(**members):
    return json.dumps({"model": "mock", **members}).encode(), "application/json"


def as_form(**parts):
    return form(**parts), f"multipart/form-data; boundary={BOUNDARY}"


# The path, and what a request with this text in it is.
OPERATIONS = {
    "/completions": lambda text, dice: as_json(prompt=text, stream=dice.random() < 0.5),
    "/embeddings": lambda text, dice: as_json(input=[text, "b"], dimensions=8),
    "/responses": lambda text, dice: as_json(input=text, stream=dice.random() < 0.5),
    "/moderations": lambda text, dice: as_json(input=text),
    "/images/generations": lambda text, dice: as_json(prompt=text, n=dice.randrange(1, 4)),
    "/audio/speech": lambda text, dice: as_json(input=text + "\u4f60\U0001f600", voice="alloy"),
    "/audio/transcriptions": lambda text, dice: as_form(model="mock", prompt=text, file=os.urandom(200),
                                                        response_format="verbose_json"),
    "/files": lambda text, dice: as_form(purpose="batch", note=text, file=os.urandom(dice.randrange(1, 5000))),
}


class Plan:
    def __init__(self, number, dice):
        self.nonce = f"u{number}x{dice.randrange(1 << 40):x}"
        self.path = dice.choice(list(OPERATIONS))
        action = {"prompt_tokens": dice.randrange(1, 5000), "completion_tokens": dice.randrange(1, 5000)}
        self.leaves = dice.random() < 0.05
        if self.leaves:
            action["delay_ms"] = 60
        elif dice.random() < 0.15:
            action.update(dice.choice(FAILURES))
        text = f"nonce:{self.nonce} [[mock {json.dumps(action)}]]"
        self.body, self.type = OPERATIONS[self.path](text, dice)

    def request(self, key):
        head = (f"POST /v1{self.path} HTTP/1.1\r\nHost: f\r\nAuthorization: Bearer {key}\r\n"
                f"x-request-id: {self.nonce}\r\nContent-Type: {self.type}\r\nContent-Length: {len(self.body)}\r\n\r\n")
        return head.encode() + self.body


class Ledger(unittest.TestCase):
    def work(self, plans, both):
        for plan in plans:
            client = Client(both.ferry.port, seconds=60)
            try:
                client.send(plan.request(both.key))
                if plan.leaves:
                    play(0.02)
                else:
                    client.response()
            except Closed:
                pass  # cut short, as it was told
            except Exception as error:  # noqa: BLE001: of another thread, for the test to tell
                self.problems.append(f"{plan.path} {plan.nonce}: {error!r}")
            finally:
                client.close()

    def test_rows_say_in_their_units_what_was_served(self):
        seed = int(os.environ.get("LEDGER_SEED", random.randrange(1 << 30)))
        print(f"seed {seed}, {REQUESTS} requests")
        dice = random.Random(seed)
        plans = [Plan(number, dice) for number in range(REQUESTS)]
        self.problems = []
        options = {"usage.flush_interval": "100ms", "retry.backoff_base": "1ms"}
        price = {"input_cost_per_1k": "1", "output_cost_per_1k": "2", "unit_prices": PRICES}
        with FerryBeforeMock(ferry_options=options, rows={"mock": price}) as both:
            workers = [threading.Thread(target=self.work, args=(plans[i::CLIENTS], both)) for i in range(CLIENTS)]
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join()
            self.assertEqual(self.problems, [])
            entries = both.mock.ledger("?wait=ended&timeout_ms=10000")
            asked = {entry["nonce"] for entry in entries}

            def rows():
                found = both.ferry.rows("SELECT * FROM usage_records")
                return {row["client_request_id"]: row for row in found} if len(found) >= len(asked) else None

            found = eventually(rows, 60, "a row for each request")
            served = {entry["nonce"]: entry for entry in entries}  # the last try counts
            for plan in plans:
                with self.subTest(plan.path, nonce=plan.nonce):
                    self.check(plan, found.get(plan.nonce), served.get(plan.nonce))

    def check(self, plan, row, entry):
        if entry is None:
            self.assertTrue(plan.leaves)  # before it was sent
            return
        self.assertIsNotNone(row)
        if row["end_reason"] == "done":
            self.assertEqual((entry["status"], entry["end"]), (200, "completed"))
            if entry["unit_kind"] == "tokens":
                self.assertEqual((row["prompt_tokens"], row["completion_tokens"]),
                                 (entry["prompt_tokens"], entry["completion_tokens"]))
                self.assertIsNone(row["units"])
            else:
                self.assertEqual((row["units"], row["unit_kind"]), (entry["units"], entry["unit_kind"]))
            self.assertIsNone(row["tags"])
            self.assertGreater(row["cost_pico"], 0)
        elif row["units"] is not None:
            self.assertIn(row["end_reason"], ("client_gone", "upstream_cut"))
            self.assertEqual(row["unit_kind"], entry["unit_kind"])
        if not plan.leaves and entry["status"] == 200 and entry["end"] == "completed":
            self.assertEqual(row["end_reason"], "done")


if __name__ == "__main__":
    unittest.main()
