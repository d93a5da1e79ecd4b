"""ferry-bench load counts what was asked and answered, in every operation and form."""
import base64
import contextlib
import csv
import io
import json
import struct
import tempfile
import unittest
import zlib

from load_bed import LoadRun, LoadTest
from raw_mock import make_certificate

LATENCIES = [f"{statistic}_{name}_ms" for name in ("ttft", "tpot", "itl", "e2el")
             for statistic in ("mean", "median", "std", "p50", "p90", "p95", "p99", "p999", "max")]


class Answers(LoadTest):
    def test_the_count_is_exact_and_everything_adds_up(self):
        run = self.load("--concurrency=7", "--requests=50", "--no-probe", files=("json", "csv", "hdr-log"))
        self.assertEqual(run.code, 0)
        seen = run.json
        self.assertEqual((seen["completed"], seen["failed"], seen["errors"]), (50, 0, {}))
        self.assertEqual(self.mock.stats()["requests"], 50)
        self.assertEqual(seen["connections"]["opened"], 7)
        self.assertEqual(seen["connections"]["reused"], 43)
        self.assertEqual(seen["tokens_counted_by"], "usage")
        entries = self.mock.ledger()
        self.assertEqual(seen["total_output_tokens"], sum(e["completion_tokens"] for e in entries))
        self.assertEqual(seen["total_input_tokens"], sum(e["prompt_tokens"] for e in entries))
        for name in LATENCIES:
            self.assertIsInstance(seen[name], float, name)
        self.assertAlmostEqual(seen["request_throughput"], 50 / seen["duration"], 3)
        self.assertEqual(sum(count for _, count in seen["histograms"]["ttft"]["buckets"]), 50)
        self.assertEqual(sum(point["completed"] for point in seen["timeline"]), 50)
        rows = list(csv.DictReader(io.StringIO(run.text["csv"])))
        self.assertEqual(len(rows), 50)
        self.assertEqual({row["status"] for row in rows}, {"200"})
        self.assertAlmostEqual(max(float(row["e2el_ms"]) for row in rows), seen["max_e2el_ms"], 2)
        self.assertIn("Tag=ttft,", run.text["hdr-log"])

    def test_every_operation_is_asked_in_its_form(self):
        for operation, path in (("chat", "chat.completions"), ("completions", "completions"),
                                ("embeddings", "embeddings"), ("responses", "responses")):
            for form in ("--stream", "--no-stream"):
                with self.subTest(operation=operation, form=form):
                    self.mock.control("reset", b"")
                    run = self.load(f"--operation={operation}", form, "--concurrency=2", "--requests=6", "--no-probe")
                    self.assertEqual((run.json["completed"], run.json["errors"]), (6, {}))
                    entries = self.mock.ledger()
                    self.assertEqual({entry["operation"] for entry in entries}, {path})
                    streams = form == "--stream" and operation != "embeddings"
                    self.assertEqual({entry["stream"] for entry in entries}, {streams})
                    self.assertEqual(run.json["p50_ttft_ms"] is not None, streams)
                    self.assertEqual(run.json["total_output_tokens"], sum(e["completion_tokens"] for e in entries))

    def test_without_a_usage_chunks_are_counted_and_that_is_said(self):
        self.script({"usage": "none", "chunks": 5})
        run = self.load("--concurrency=1", "--requests=4", "--no-probe")
        self.assertEqual((run.json["tokens_counted_by"], run.json["total_output_tokens"]), ("chunks", 20))
        self.assertIn("by the chunks", run.said)
        self.script({"usage": "none", "chunks": 5}, {"chunks": 5, "completion_tokens": 9})
        run = self.load("--concurrency=1", "--requests=2", "--no-probe")
        self.assertEqual((run.json["tokens_counted_by"], run.json["total_output_tokens"]), ("mixed", 14))

    def test_streams_in_any_pieces_are_one_and_the_same(self):
        for framing in ("chunked", "close", "length"):
            for split in (1, 7, [100, 1]):
                self.script({"framing": framing, "split": split, "chunks": 3, "leading_blank_lines": 2})
                run = self.load("--concurrency=1", "--requests=2", "--no-probe")
                self.assertEqual((run.json["completed"], run.json["errors"]), (2, {}), (framing, split))
                self.assertEqual(sum(n for _, n in run.json["histograms"]["itl"]["buckets"]), 4, (framing, split))

    def test_a_connection_that_the_server_closed_meanwhile_costs_nothing(self):
        self.script({"close_silently": True})
        run = self.load("--concurrency=1", "--requests=5", "--no-probe", "--no-stream")
        self.assertEqual((run.json["completed"], run.json["errors"]), (5, {}))

    def test_keys_models_and_headers_are_mixed_and_sent(self):
        run = self.load("--concurrency=2", "--requests=40", "--no-probe", "--api-key=one", "--api-key=two=3",
                        "--model=other=3", "--header=X-Team: blue", "--extra-body={\"top_k\": 5}")
        self.assertEqual(run.json["completed"], 40)
        entries = self.mock.ledger()
        self.assertEqual({json.loads(e["body"])["top_k"] for e in entries}, {5})
        self.assertTrue(all("x-team: blue" in e["head"].lower() for e in entries))
        ones = sum("Bearer one" in entry["head"] for entry in entries)
        self.assertTrue(0 < ones < 20, ones)
        self.assertEqual({entry["model"] for entry in entries}, {"mock", "other"})

    def test_a_session_repeats_what_was_answered(self):
        self.script({"content": "a \"blue\" moon", "chunk_bytes": 3})
        run = self.load("--concurrency=1", "--requests=3", "--turns=3", "--no-probe")
        self.assertEqual(run.json["completed"], 3)
        messages = [json.loads(entry["body"])["messages"] for entry in self.mock.ledger()]
        self.assertEqual([len(list_) for list_ in messages], [1, 3, 5])
        self.assertEqual(messages[2][1], {"role": "assistant", "content": "a \"blue\" moon"})

    def test_a_warm_up_is_left_out(self):
        self.script({"delay_ms": 20})
        run = self.load("--concurrency=1", "--requests=5", "--warmup=200ms", "--no-probe", files=("json", "csv"))
        self.assertEqual(run.json["completed"], 5)
        self.assertEqual(len(run.text["csv"].splitlines()), 6)
        self.assertGreater(self.mock.stats()["requests"], 10)


class OverTls(unittest.TestCase):
    def test_certificates_are_verified_unless_told_otherwise(self):
        with tempfile.TemporaryDirectory() as folder:
            certificate, key = make_certificate(folder)
            with_tls = type("WithTls", (LoadTest,), {"options": ("--tls-cert", certificate, "--tls-key", key)})
            with_tls.setUpClass()
            self.addCleanup(with_tls.tearDownClass)
            options = ("--concurrency=3", "--requests=9", "--api-key=k")
            run = LoadRun(with_tls.url, *options, "--insecure")
            self.assertEqual((run.code, run.json["completed"]), (0, 9), run.complaint)
            run = LoadRun(with_tls.url, *options)
            self.assertEqual(run.code, 2)
            self.assertIn("certificate", run.complaint)
            run = LoadRun(with_tls.url, *options, "--ca-file", certificate)  # it is for mock.test
            self.assertEqual(run.code, 2)
            self.assertIn("mismatch", run.complaint)
            run = LoadRun(with_tls.url.replace("https", "http"), *options)
            self.assertEqual(run.code, 2)
            self.assertIn("https://", run.complaint)


def decoded(text):
    """{largest value of a slot: count} of an HdrHistogram in its compressed V2 form, of three digits."""
    outer = base64.b64decode(text)
    assert struct.unpack(">II", outer[:8]) == (0x1c849314, len(outer) - 8)
    plain = zlib.decompress(outer[8:])
    cookie, length, offset, digits, lowest, _, ratio = struct.unpack(">IIIIQQd", plain[:40])
    assert (cookie, length, offset, digits, lowest, ratio) == (0x1c849313, len(plain) - 40, 0, 3, 1, 1.0)
    found, slot, at = {}, 0, 40
    while at < len(plain):
        number = shift = 0
        while True:
            byte = plain[at]
            at += 1
            number |= (byte if shift == 56 else byte & 0x7f) << shift
            shift += 7
            if byte < 0x80 or shift > 56:
                break
        number = (number >> 1) ^ -(number & 1)
        if number < 0:
            slot -= number
            continue
        doublings = max(0, slot // 1024 - 1)
        found[((slot - 1024 * doublings + 1) << doublings) - 1] = number
        slot += 1
    return found


class HdrLog(LoadTest):
    def test_it_says_what_the_json_says(self):
        run = self.load("--concurrency=4", "--requests=200", "--no-probe", files=("json", "hdr-log"))
        values = []
        for line in run.text["hdr-log"].splitlines():
            if line.startswith("Tag=ttft,"):
                coded = line.split(",")[4]
                values += [value for value, count in decoded(coded).items() for _ in range(count)]
                with contextlib.suppress(ImportError):  # by its published reader too, where that is installed
                    from hdrh.histogram import HdrHistogram
                    self.assertEqual(HdrHistogram.decode(coded).get_total_count(), sum(decoded(coded).values()))
        self.assertEqual(len(values), 200)
        for percent, name in ((50, "p50"), (90, "p90"), (99, "p99")):
            seen = sorted(values)[2 * percent - 1] / 1e6
            self.assertAlmostEqual(seen, run.json[f"{name}_ttft_ms"], delta=seen * 0.0011)


if __name__ == "__main__":
    unittest.main()
