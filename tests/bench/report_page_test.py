"""ferry-bench report: the page in Debian's chromium, and what is no result. Screenshots go to SCREENSHOTS, if given."""
import hashlib
import json
import os
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

import report_samples as samples
from browser import Browser
from raw_mock import program

ROOT = Path(__file__).resolve().parents[2]
VENDOR = ROOT / "bench/page/vendor"
WIDTHS = (1280, 390)
HOSTILE = "503: no worker </script><script>alert(1)</script> & <b> <!-- \u2028"
# Every number on the page, with the object it is of ("0.runs.3": files, then members) and by what it was multiplied.
SHOWN = """[...document.querySelectorAll("[data-key]")].map((one) =>
  [one.textContent, one.dataset.run, one.dataset.key, Number(one.dataset.scale)])"""

BLANK_CHARTS = """[...document.querySelectorAll("canvas")].filter((one) =>
  !one.getContext("2d").getImageData(0, 0, one.width, one.height).data.some((byte) => byte)).length"""


class Folder:
    """Results in files, and the report about them."""

    def __init__(self, test):
        folder = tempfile.TemporaryDirectory()
        test.addCleanup(folder.cleanup)
        self.path = Path(folder.name)

    def write(self, name, result):
        (self.path / name).write_text(result if isinstance(result, str) else json.dumps(result))
        return name

    def report(self, *names, output="report.html"):
        command = [program(), "report", *names, "-o", output]
        return subprocess.run(command, cwd=self.path, capture_output=True, text=True, timeout=30)


def looked_up(results, path, key):
    value = results
    for part in path.split("."):
        value = value[int(part)] if isinstance(value, list) else value[part]
    return value[key]


class Page(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.browser = Browser()

    @classmethod
    def tearDownClass(cls):
        cls.browser.close()

    def opened(self, name, results, width=1280, dark=False):
        """The report about {file name: result} in the browser; returns the results in the order of the files."""
        folder = Folder(self)
        made = folder.report(*[folder.write(file, result) for file, result in results.items()])
        self.assertEqual(made.returncode, 0, made.stderr)
        self.browser.open(folder.path / "report.html", width, dark=dark)
        if os.environ.get("SCREENSHOTS"):
            self.browser.screenshot(Path(os.environ["SCREENSHOTS"]) / f"{name}-{width}{'-dark' * dark}.png")
        return list(results.values())

    def check_numbers(self, results):
        """Each number is that of the JSON, as far as its digits go; returns the keys of each path."""
        shown = {}
        for text, path, key, scale in self.browser.value(SHOWN):
            plain = text.replace(",", "").replace("\u2212", "-").replace("+", "")
            places = len(plain.partition(".")[2])
            wanted = looked_up(results, path, key) * scale
            self.assertLessEqual(abs(float(plain) - wanted), 0.5001 * 10**-places, (text, path, key, wanted))
            shown.setdefault(path, set()).add(key)
        return shown

    def check_everywhere(self, name, results):
        for width in WIDTHS:
            for dark in (False, True):
                loaded = self.opened(name, results, width, dark)
                self.assertEqual(self.browser.complaints(), [], (width, dark))
                wide = self.browser.value("document.documentElement.scrollWidth")
                self.assertLessEqual(wide, width, (name, dark))
                self.assertEqual(self.browser.value(BLANK_CHARTS), 0, (name, width, dark))
        return loaded

    def title(self):
        return self.browser.value("document.querySelector('h1').textContent").replace("\u202f", " ")

    def texts(self, selector):
        return self.browser.value(f"[...document.querySelectorAll('{selector}')].map((one) => one.textContent)")

    def test_one_run(self):
        run = samples.load(seconds=20, requests=600)
        loaded = self.check_everywhere("one", {"steady.json": run})
        shown = self.check_numbers(loaded)["0"]
        for metric in ("ttft", "itl", "tpot", "e2el"):
            for which in ("mean", "p50", "p90", "p95", "p99", "p999", "max"):
                self.assertIn(f"{which}_{metric}_ms", shown)
        totals = {"request_throughput", "output_throughput", "completed", "failed", "request_goodput"}
        self.assertLessEqual(totals, shown)
        self.assertIn(f"within {run['p50_ttft_ms']:.0f} ms", self.title())
        self.assertEqual(len(self.texts("figure")), 9)  # three CDFs, the tail, two distributions, three of time

    def test_runs_side_by_side_with_errors(self):
        failing = samples.load(seconds=20, requests=600, failing=0.1, bottleneck="its core was taken")
        failing["errors"]["status_503"]["example"] = HOSTILE
        other = samples.load(2, seconds=20, requests=600, ttft_ms=120)
        loaded = self.check_everywhere("two", {"a.json": failing, "b.json": other})
        shown = self.check_numbers(loaded)
        self.assertIn("p99_itl_ms", shown["0"] & shown["1"])
        self.assertIn(f"within {other['p99_ttft_ms']:.0f} ms in b", self.title())
        self.assertEqual(self.texts(".example"), [HOSTILE])
        self.assertIn("60", self.texts(".errors .count"))
        self.assertIn("its core was taken", self.texts(".warning")[0])

    def test_a_sweep_marks_its_knee(self):
        loaded = self.check_everywhere("sweep", {"sweep.json": samples.sweep()})
        shown = self.check_numbers(loaded)
        self.assertEqual([path for path in shown if path.startswith("0.runs.")], [f"0.runs.{i}" for i in range(8)])
        self.assertIn("at concurrency 32", self.title())
        self.assertEqual(self.texts("tr.marked th"), ["32knee"])
        self.assertIn("broke at concurrency 128: 8 % of the requests failed.", self.texts(".deck")[0])

    def test_a_comparison_says_what_is_told(self):
        loaded = self.check_everywhere("compare", {"gateway.json": samples.compare()})
        shown = self.check_numbers(loaded)
        for i in range(7):
            self.assertLessEqual({"a", "b", "low", "high"}, shown[f"0.differences.{i}"])
            self.assertEqual("difference" in shown[f"0.differences.{i}"], loaded[0]["differences"][i]["told"])
        self.assertEqual(self.title(), "ferry begins to answer 90.0 µs later than direct")
        self.assertEqual(len([text for text in self.texts("td.told") if "no difference can be told" in text]), 4)

    def test_a_target_whose_generator_was_late_in_many_runs_is_warned_of_once(self):
        result = samples.compare()
        for run in result["targets"][0]["runs"][:5]:
            run["bottleneck"] = "it was late"
        self.opened("late", {"late.json": result})
        self.assertEqual(len(self.texts(".warning")), 1)
        self.assertIn("direct: ferry-bench was the bottleneck in 5 of 8 runs", self.texts(".warning")[0])
        self.assertIn("once it was late.", self.texts(".warning")[0])

    def test_equal_targets_are_called_so(self):
        self.check_numbers(self.check_everywhere("equal", {"same.json": samples.compare(equal=True)}))
        self.assertEqual(self.title(), "No difference can be told between ferry and direct")

    def test_a_run_in_which_nothing_was_measured_is_a_page_too(self):
        run = samples.load(seconds=5, requests=50)
        for key in [key for key in run if key.endswith("_ms")]:
            run[key] = None
        run.update(completed=0, failed=50, histograms={}, timeline=[], request_throughput=0.0, output_throughput=0.0)
        self.opened("nothing", {"nothing.json": run})
        self.assertEqual(self.browser.complaints(), [])
        self.assertIn("50 of 50 requests failed", self.title())

    def test_tokens_that_came_at_once_are_drawn(self):
        run = samples.load(seconds=20, requests=200)
        run["histograms"]["itl"]["buckets"].insert(0, [0, 5000])
        self.opened("at-once", {"at-once.json": run})
        self.assertEqual(self.browser.value("plots.filter((one) => Object.values(one.chart.scales)"
                                            ".some(({min, max}) => !(max > min))).length"), 0)
        run["histograms"]["itl"]["buckets"] = [[0, 5000]]
        self.opened("all-at-once", {"all-at-once.json": run})
        self.assertEqual(self.browser.complaints(), [])
        self.assertEqual(len(self.texts("figure")), 7)

    def test_on_paper_it_is_light(self):
        self.opened("paper", {"steady.json": samples.load(seconds=5, requests=200)}, dark=True)
        self.browser.value("dispatchEvent(new Event('beforeprint'))")
        background = "getComputedStyle(document.body).backgroundColor"
        self.assertEqual(self.browser.value(background), "rgb(255, 255, 255)")
        self.browser.value("dispatchEvent(new Event('afterprint'))")
        self.assertNotEqual(self.browser.value(background), "rgb(255, 255, 255)")
        self.assertEqual(self.browser.complaints(), [])


class NoResults(unittest.TestCase):
    def test_what_is_no_result_is_named_in_a_sentence(self):
        folder = Folder(self)
        run = samples.load(seconds=5, requests=50)
        for text, wanted in (
            (None, "cannot read x.json: No such file or directory"),
            ("", "x.json is not JSON"),
            ("{", "x.json is not JSON"),
            ("{} {}", "x.json is not JSON"),
            ("[1]", "no result of ferry-bench"),
            ({"completed": 1}, 'it has no "schema"'),
            ({**run, "schema": "ferry-bench/2"}, '"ferry-bench/2", and this ferry-bench reads "ferry-bench/1"'),
            ({**run, "kind": "race"}, 'of a kind that no report is made of ("race")'),
            ({"schema": "ferry-bench/1", "kind": "load"}, 'has no "completed"'),
            ({"schema": "ferry-bench/1", "kind": "sweep", "runs": []}, 'has no "runs"'),
            ({"schema": "ferry-bench/1", "kind": "sweep", "runs": [1]}, 'something in "runs" that is no object'),
            ({"schema": "ferry-bench/1", "kind": "compare", "targets": [{}]}, 'has no "differences"'),
        ):
            if text is not None:
                folder.write("x.json", text)
            made = folder.report("x.json")
            self.assertEqual(made.returncode, 2, wanted)
            self.assertIn(wanted, made.stderr)
            self.assertEqual(len(made.stderr.strip().splitlines()), 1, made.stderr)
            self.assertFalse((folder.path / "report.html").exists())

    def test_a_report_that_cannot_be_written_says_so(self):
        folder = Folder(self)
        made = folder.report(folder.write("x.json", samples.load(seconds=5, requests=50)), output="nowhere/report.html")
        self.assertEqual(made.returncode, 2)
        self.assertIn("-o: cannot write nowhere/report.html: No such file or directory", made.stderr)


class Vendored(unittest.TestCase):
    def test_uplot_is_what_its_hashes_say_and_the_page_names_its_version(self):
        listed = dict(reversed(line.split()) for line in (VENDOR / "SHA256SUMS").read_text().splitlines())
        self.assertEqual(set(listed), {file.name for file in VENDOR.iterdir()} - {"SHA256SUMS"})
        for name, wanted in listed.items():
            self.assertEqual(hashlib.sha256((VENDOR / name).read_bytes()).hexdigest(), wanted, name)
        version = re.search(r"uPlot \(v([\d.]+)\)", (VENDOR / "uPlot.iife.min.js").read_text())[1]
        self.assertIn(f"uPlot {version}, under this licence", (ROOT / "bench/page/page.html").read_text())


if __name__ == "__main__":
    unittest.main()
