"""Lines of published traces are replayed at their times, with their sizes, and with the prefixes they share."""
import csv
import io
import json
import unittest
from pathlib import Path

from load_bed import LoadTest

TRACES = Path(__file__).resolve().parent / "traces"


class Traces(LoadTest):
    def replayed(self, name, speed):
        """When each was due in the trace's own time (ms), and what the server saw of it, both in order."""
        run = self.load(f"--trace={TRACES / name}", f"--trace-speed={speed}", "--no-stream", "--no-probe",
                        files=("json", "csv"))
        self.assertEqual(run.json["failed"], 0, run.errors)
        dues = sorted(float(row["due_s"]) * 1000 * speed for row in csv.DictReader(io.StringIO(run.text["csv"])))
        bodies = [json.loads(entry["body"]) for entry in self.mock.ledger()]
        arrivals = [entry["received_us"] / 1000 * speed for entry in self.mock.ledger()]
        self.assertEqual(len(bodies), len(dues))
        # None is there before it is due; the first may itself be late by as much as a loaded machine makes it.
        for due, arrival in zip(dues, arrivals):
            self.assertGreaterEqual(arrival - arrivals[0] + 250 * speed, due)
        return dues, bodies

    def check(self, name, speed, times, sizes):
        dues, bodies = self.replayed(name, speed)
        for due, time in zip(dues, times, strict=True):
            self.assertAlmostEqual(due, time, delta=0.001 * speed)
        asked = [(len(body["messages"][0]["content"].split()), body["max_tokens"]) for body in bodies]
        self.assertEqual(sorted(asked), sorted(sizes))
        return [body["messages"][0]["content"].split() for body in bodies]

    def test_mooncake(self):
        prompts = self.check("mooncake-conversation.jsonl", 10, [0, 0, 3000, 3000, 5999, 9000, 9000], [
            (2290, 316), (4834, 173), (2012, 354), (915, 355), (1053, 26), (1477, 615), (2293, 31)])
        # All have block 0 of 512 tokens in common, and no other.
        self.assertEqual(len({tuple(words[:512]) for words in prompts}), 1)
        self.assertEqual(len({tuple(words[512:520]) for words in prompts}), len(prompts))

    def test_azure_2023(self):
        self.check("azure-2023-code.csv", 2, [0, 52, 98.189, 140.684, 444.994, 539.187, 1299.312, 1299.337], [
            (4808, 10), (3180, 8), (110, 27), (7433, 14), (34, 12), (374, 14), (1145, 7), (201, 24)])

    def test_azure_2024(self):
        self.check("azure-2024-conversation.csv", 2, [0, 990.07, 1240.07], [(2162, 5), (1024, 40), (88, 250)])


if __name__ == "__main__":
    unittest.main()
