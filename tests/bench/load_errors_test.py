"""What goes wrong under load is counted by kind; what is wrong before it is said in a sentence."""
import os
import signal
import socket
import subprocess
import unittest

from load_bed import LoadRun, LoadTest
from raw_mock import Mock, program


class Kinds(LoadTest):
    def kinds(self, action, *options):
        self.script(action)
        run = self.load("--concurrency=1", "--requests=3", "--no-probe", *options)
        self.assertEqual(run.json["completed"] + run.json["failed"], 3)
        return run.errors

    def test_every_way_to_fail_has_its_name(self):
        for action, kind in (({"status": 429}, "http_429"), ({"status": 500}, "http_500"),
                             ({"error_after": 2}, "error_event"), ({"events": ["data: [DONE]\n\n"]}, None),
                             ({"events": [": nothing\n\n"]}, "empty_stream"),
                             ({"events": [{"choices": [{"index": 0, "delta": {"content": "x"}}]}]}, "stream_cut"),
                             ({"cut_at": 300, "framing": "chunked"}, "stream_cut"),
                             ({"reset_at": 300}, "stream_cut"), ({"cut_head_at": 20}, "connection_closed"),
                             ({"reset_at": 0}, "connection_reset"), ({"raw": "no HTTP\r\n\r\n"}, "bad_http"),
                             ({"stream": False}, "not_a_stream")):
            with self.subTest(action=action):
                self.assertEqual(self.kinds(action), {kind: 3} if kind else {})

    def test_whole_answers_that_are_none(self):
        for action, kind in (({"body": "<html>"}, "not_an_answer"),
                             ({"body": {"error": {"message": "no"}}}, "error_answer")):
            with self.subTest(action=action):
                self.assertEqual(self.kinds(action, "--no-stream"), {kind: 3})

    def test_an_answer_that_never_comes_is_a_timeout(self):
        self.assertEqual(self.kinds({"stall_at": 0}, "--timeout=200ms"), {"timeout": 3})

    def test_one_example_is_kept(self):
        self.script({"status": 503, "body": {"error": {"message": "the kettle is empty"}}})
        run = self.load("--concurrency=1", "--requests=2", "--no-probe")
        self.assertIn("the kettle is empty", run.json["errors"]["http_503"]["example"])
        self.assertIn("the kettle is empty", run.said)

    def test_some_may_fail_while_others_do_not(self):
        self.mock.control("script", [{"match": {"every": 4}, "action": {"status": 500}}])
        run = self.load("--concurrency=2", "--requests=40", "--no-probe")
        self.assertEqual((run.json["completed"], run.errors), (30, {"http_500": 10}))


class BeforeAnyLoad(LoadTest):
    def refused(self, *options, url=None):
        run = LoadRun(url or self.url, "--concurrency=1", "--requests=5", *options)
        self.assertEqual(run.code, 2, run.said + run.complaint)
        self.assertEqual(run.said, "")
        self.assertEqual(len(run.complaint.strip().splitlines()), 1, run.complaint)
        self.assertLessEqual(self.mock.stats()["requests"], 1)
        return run.complaint

    def test_what_the_target_refuses_is_explained(self):
        for action, text in (({"status": 401}, "FERRY_BENCH_API_KEY"), ({"status": 404}, "--base-url"),
                             ({"status": 400, "body": {"error": {"message": "no such thing"}}}, "no such thing"),
                             ({"status": 302}, "sends elsewhere"), ({"status": 429}, "limits"),
                             ({"stream": False}, "--no-stream"), ({"events": [": x\n\n"]}, "OpenAI"),
                             ({"raw": "hello\r\n\r\n"}, "HTTP/1.1")):
            with self.subTest(action=action):
                self.mock.control("reset", b"")
                self.script(action)
                self.assertIn(text, self.refused())

    def test_what_cannot_be_meant_is_explained(self):
        for options, url, text in (((), "nonsense", "http://"), ((), "ftp://x/v1", "ftp"),
                                   ((), f"{self.url}/chat/completions", "leave away"),
                                   ((), "http://127.0.0.1:x/v1", "port"),
                                   ((), "http://no-such-host.invalid/v1", "no-such-host.invalid"),
                                   (("--assert=p99<",), None, "--assert"), (("--assert=fast",), None, "--assert"),
                                   (("--slo=speed=3",), None, "--slo"), (("--header=x",), None, "Name: value"),
                                   (("--rate=3",), None, "how much load"), (("--csv=/none/x",), None, "/none/x")):
            with self.subTest(options=options, url=url):
                self.assertIn(text, self.refused(*options, url=url))

    def test_nobody_listening_is_a_question(self):
        with socket.create_server(("127.0.0.1", 0)) as unused:
            port = unused.getsockname()[1]
        self.assertIn("is it running", self.refused(url=f"http://127.0.0.1:{port}/v1"))

    def test_another_machine_is_not_loaded_unasked(self):
        complaint = self.refused("--output-tokens=100", url="http://192.0.2.1/v1")
        self.assertIn("--yes", complaint)
        self.assertIn("5 requests", complaint)
        self.assertIn("500 tokens out", complaint)


class Endings(LoadTest):
    def start(self, *options, mock=None):
        url = f"http://127.0.0.1:{(mock or self.mock).port}/v1"
        process = subprocess.Popen([program(), "load", "--base-url", url, "--model=mock", "--quiet", "--no-probe",
                                    *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        return process

    def test_an_interrupt_ends_it_with_a_report(self):
        self.mock.control("script", [{"match": {"nth": 3}, "action": {"stall_at": 0}}])
        process = self.start("--concurrency=1", "--duration=100s")
        self.mock.ledger(wait="received", count=3)
        process.send_signal(signal.SIGINT)
        said, complaint = process.communicate(timeout=20)
        self.assertEqual(process.returncode, 0, complaint)
        self.assertIn("interrupted", said)
        self.assertRegex(said, r"requests +2 in")
        self.assertRegex(said, r"under way +1 requests")

    def test_a_target_that_dies_is_not_waited_for(self):
        mock = Mock()
        process = self.start("--concurrency=2", "--duration=100s", "--give-up=3s", mock=mock)
        mock.ledger(wait="ended", count=5)
        mock.stop()
        said, complaint = process.communicate(timeout=30)
        self.assertEqual(process.returncode, 1, complaint)
        self.assertIn("the target died", said)
        self.assertIn("connect_failed", said)

    def test_a_target_that_falls_silent_is_not_waited_for(self):
        self.script({"stall_at": 0})
        run = self.load("--concurrency=2", "--duration=100s", "--give-up=300ms", "--no-probe")
        self.assertEqual(run.code, 1)
        self.assertIn("fell silent", run.json["ended_early"])

    def test_assertions_decide_the_exit_code(self):
        for text, code in (("completed==5", 0), ("p99_ttft_ms<60000", 0), ("p50_e2el_ms > 60000", 1),
                           ("error_rate<=0", 0), ("p99_nonsense_ms<1", 1)):
            with self.subTest(text=text):
                run = self.load("--concurrency=1", "--requests=5", "--no-probe", f"--assert={text}")
                self.assertEqual(run.code, code, run.said)
                self.assertEqual("ASSERTION FAILED" in run.said, code == 1)

    def test_the_key_may_come_from_the_environment(self):
        run = self.load("--concurrency=1", "--requests=1", "--no-probe",
                        env={**os.environ, "FERRY_BENCH_API_KEY": "sesame"})
        self.assertEqual(run.json["completed"], 1)
        self.assertIn("Bearer sesame", self.mock.ledger()[0]["head"])


if __name__ == "__main__":
    unittest.main()
