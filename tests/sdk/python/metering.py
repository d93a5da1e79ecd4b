"""What Ferry billed for the answers that a client got, held against what the upstream recorded of them."""
import json
import os
import sqlite3
import urllib.request
from collections import Counter

from waiting import eventually


class Meter:
    """Notes the heads of one client's answers; `hooks` are for its HTTP client."""

    def __init__(self, is_async):
        self.heads = []
        self.hooks = {"response": [self.note_async if is_async else self.note]}

    def note(self, response):
        self.heads.append(response.headers)

    async def note_async(self, response):
        self.note(response)

    def forget(self):
        self.heads.clear()

    def check(self, test):
        """Waits for the usage rows of what went upstream. Both sides are added up: what became of a request in the
        background is only known to a later one."""
        billed, served = Counter(), Counter()
        for head in self.heads:
            seen_as = head.get("x-ferry-upstream-request-id")
            entry = entry_of(int(seen_as.rpartition("-")[2])) if seen_as else None
            # What a broken answer took is known to nobody.
            if entry and entry["end"] == "completed" and (entry["usage_sent"] or not entry["stream"]):
                row = eventually(lambda: row_of(head["x-ferry-request-id"]), what="a usage row")
                if "unmetered" in (row["tags"] or ""):
                    continue  # the answer does not say how much it was, and the row says that
                billed.update(counts_of(row))
                served.update(counts_of(entry))
        test.assertEqual(billed, served, "what is billed, and what was served")


def counts_of(one):
    """Of a usage row or of an entry of the ledger: {kind of unit: number of them}, without zeros."""
    tokens = {kind: one[kind] or 0 for kind in ("prompt_tokens", "completion_tokens")}
    units = {} if one["unit_kind"] in ("tokens", None) else {one["unit_kind"]: one["units"] or 0}
    # The ledger has tokens too where the answer did not tell them, and where it was an error. What a script answers at
    # a path that the upstream does not know is taken at its word.
    is_told = one.get("usage_sent", True) or one["unit_kind"] == "tokens" or not one["operation"]
    counts = tokens | units if is_told and one["status"] < 300 else units
    return {kind: number for kind, number in counts.items() if number}


def entry_of(number):
    """What the upstream recorded of its request of this number, once it has ended."""
    address = os.environ["DIRECT_URL"].removesuffix("/v1") + f"/_control/ledger?since={number - 1}"

    def read():
        with urllib.request.urlopen(address, timeout=10) as answer:
            entry = json.loads(answer.readline())
            return entry if entry["end"] else None

    return eventually(read, what=f"the end of the upstream's request {number}")


def row_of(request_id):
    """Read with Python's own SQLite, not through the program under test."""
    with sqlite3.connect(f"file:{os.environ['FERRY_DATABASE']}?mode=ro", uri=True, timeout=10) as store:
        store.row_factory = sqlite3.Row
        row = store.execute("SELECT * FROM usage_records WHERE request_id = ?", (request_id,)).fetchone()
        return row and dict(row)
