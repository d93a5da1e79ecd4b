"""What ferry-bench holds does not grow with the number of requests."""
import re
import subprocess
import unittest
from pathlib import Path

from load_bed import LoadTest
from raw_mock import program
from waiting import eventually

FEW, MANY = 50_000, 200_000
MOST_MIB = 3


def held_mib(process):
    return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{process.pid}/status").read_text())[1]) / 1024


class Memory(LoadTest):
    options = ("--no-record",)

    def test_four_times_the_requests_take_no_more_memory(self):
        process = subprocess.Popen(
            [program(), "load", "--base-url", self.url, "--model=mock", "--concurrency=32", f"--requests={MANY + FEW}",
             "--no-stream", "--no-probe", "--quiet", "--input-tokens=16..64", "--csv=/dev/null",
             "--hdr-log=/dev/null"], stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.kill)

        def held_after(requests):
            eventually(lambda: self.mock.stats()["requests"] >= requests, 240, f"{requests} requests")
            self.assertIsNone(process.poll())
            return held_mib(process), held_mib(self.mock.process)
        few, many = held_after(FEW), held_after(MANY)
        for who, before, after in zip(("load", "upstream"), few, many):
            self.assertLess(after - before, MOST_MIB, f"{who} held {before:.1f} MiB, then {after:.1f}")
        said, _ = process.communicate(timeout=240)
        self.assertEqual(process.returncode, 0, said)
        self.assertRegex(said, rf"requests +{MANY + FEW:,} in .* 0 failed")


if __name__ == "__main__":
    unittest.main()
