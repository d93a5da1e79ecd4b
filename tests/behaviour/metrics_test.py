"""What an operator sees: /metrics, /status, the access log and the log of slow requests tell what really happened."""
import json
import re
import unittest

import answers
from exposition import Scrape, Wrong
from ferry import ROOT
from harness import UPSTREAM_KEY, FerryCase, eventually, insert_model
from imposter import RESET

PRICE = 2_000_000  # pico-units per token
WORDS = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
OURS = re.compile(r"(ferry|process|gen_ai)_\w+")


def expressions(value):
    """Every member `expr` of a document."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in ("expr", "query", "definition") and isinstance(inner, str) and inner != "prometheus":
                yield inner
            else:
                yield from expressions(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from expressions(inner)


class Observed(FerryCase):
    def scrape(self):
        status, text = self.ferry.admin("/metrics")
        self.assertEqual(status, 200)
        self.text = text
        return Scrape(text)

    def moved(self, before, **wanted):
        """Waits until each metric has moved so far since `before`; wanted: name=(by how much, labels)."""
        def all_there():
            now = self.scrape()
            found = {name: now.value(name, **labels) - before.value(name, **labels)
                     for name, (_, labels) in wanted.items()}
            self.found = found
            return found == {name: by for name, (by, _) in wanted.items()}
        try:
            eventually(all_there)
        except AssertionError:
            self.assertEqual(self.found, {name: by for name, (by, _) in wanted.items()})


class CountersAreExact(Observed):
    @classmethod
    def models(cls):
        return [
            insert_model("demo", cls.upstream.base),
            insert_model("first", cls.upstream.base, fallback_model="'demo'"),
            insert_model("gone", "http://127.0.0.1:1/v1"),
            insert_model("unpriced", cls.upstream.base, cost_per_1k_tokens="0"),
            insert_model("free", cls.upstream.base, cost_per_1k_tokens="0", input_cost_per_1k="0",
                         output_cost_per_1k="0"),
        ]

    def test_whole_answers(self):
        before = self.scrape()
        labels = {"model": "demo", "provider": "other", "stream": "false", "operation": "chat.completions"}
        for _ in range(10):
            told = answers.completion(tokens=None, usage=answers.usage(
                7, 5, prompt_tokens_details={"cached_tokens": 3}, completion_tokens_details={"reasoning_tokens": 2}))
            nonce = self.nonce(answers.json_answer(told))
            self.assertEqual(self.chat(nonce).status, 200)
        self.moved(
            before, ferry_requests_total=(10, {**labels, "status": "2xx"}),
            ferry_request_duration_seconds_count=(10, labels),
            ferry_requests_ended_total=(10, {"model": "demo", "end_reason": "done"}),
            ferry_cost_pico_total=(120 * PRICE, {"model": "demo", "currency": "USD"}),
            ferry_request_overhead_seconds_count=(10, {}), ferry_time_to_first_token_seconds_count=(0, {}),
            gen_ai_server_request_duration_seconds_count=(10, {"gen_ai_request_model": "demo",
                                                               "gen_ai_operation_name": "chat"}),
            gen_ai_client_token_usage_sum=(70, {"gen_ai_token_type": "input"}),
            ferry_request_heads_total=(10, {}), ferry_errors_total=(0, {}), ferry_refusals_total=(0, {}))
        after = self.scrape()
        for kind, by in {"prompt": 70, "completion": 50, "cached": 30, "reasoning": 20, "audio": 0}.items():
            moved = after.value("ferry_tokens_total", type=kind) - before.value("ferry_tokens_total", type=kind)
            self.assertEqual(moved, by, kind)
        self.assertEqual(after.value("ferry_open_requests"), 0)

    def test_odd_usage_is_counted_by_its_tag(self):
        before = self.scrape()
        for told in ({"prompt_tokens": -1, "completion_tokens": 5}, {"prompt_tokens": 7, "completion_tokens": 1e12},
                     {"prompt_tokens": 9, "completion_tokens": 5, "total_tokens": 10}):
            nonce = self.nonce(answers.json_answer(answers.completion(tokens=None, usage=told)))
            self.assertEqual(self.chat(nonce).status, 200)
        after = self.scrape()
        for code in ("usage_odd", "usage_implausible", "usage_unreconciled"):
            count = [at.value("ferry_usage_marks_total", code=code) for at in (before, after)]
            self.assertEqual(count[1] - count[0], 1, code)

    def test_what_a_model_of_unknown_price_answers_is_counted(self):
        before = self.scrape()
        for model in ("unpriced", "demo", "free"):
            self.assertEqual(self.chat(self.nonce(), model=model).status, 200)
        moved = self.scrape().value("ferry_unpriced_requests_total") - before.value("ferry_unpriced_requests_total")
        self.assertEqual(moved, 1)

    def test_the_money_is_that_of_the_rows(self):
        before = self.scrape()
        for tokens in ((1, 1), (1000, 999), (123_456, 7)):
            nonce = self.nonce(answers.json_answer(answers.completion(tokens=tokens)))
            self.chat(nonce)
            self.row(nonce)
        total = sum(row["cost_pico"] for row in self.ferry.rows())
        self.assertEqual(eventually(lambda: self.scrape().value("ferry_cost_pico_total") == total), True)
        self.assertGreater(total, before.value("ferry_cost_pico_total"))

    def test_streams(self):
        before = self.scrape()
        nonce = self.nonce(answers.stream_head(), *(part for word in answers.story() for part in
                                                     (answers.as_chunk(word), 0.02)), b"0\r\n\r\n")
        self.assertTrue(self.stream(nonce).whole)
        labels = {"model": "demo", "provider": "other"}
        self.moved(before, ferry_requests_total=(1, {**labels, "stream": "true", "status": "2xx"}),
                   ferry_time_to_first_token_seconds_count=(1, labels),
                   gen_ai_server_time_to_first_token_seconds_count=(1, {"gen_ai_provider_name": "other"}),
                   ferry_tokens_total=(12, labels), ferry_open_streams=(0, {}))
        chunks = "ferry_stream_chunk_interval_seconds"
        moved = self.scrape().value(chunks + "_count") - before.value(chunks + "_count")
        self.assertGreaterEqual(moved, 3)
        self.assertGreaterEqual(self.scrape().value(chunks + "_sum") - before.value(chunks + "_sum"), 0.05)

    def test_an_open_stream_is_a_gauge(self):
        nonce = self.nonce(answers.stream_head(), answers.as_chunk(answers.chunk("word0 ")), "stall")
        client = self.client()
        client.send(self.request(self.body(nonce, stream=True), nonce=nonce))
        client.until(b"word0")
        now = self.scrape()
        self.assertEqual((now.value("ferry_open_streams"), now.value("ferry_open_requests")), (1, 1))
        eventually(lambda: self.scrape().value("ferry_upstream_connections", state="in_use") == 1)
        before = self.scrape()
        client.close()
        self.moved(before, ferry_open_streams=(-1, {}), ferry_requests_ended_total=(1, {"end_reason": "client_gone"}))

    def test_failures_and_tries(self):
        before = self.scrape()
        refused = self.nonce(answers.json_answer(b'{"error":{"message":"no","code":"bad_thing"}}', status=400))
        self.assertEqual(self.chat(refused).status, 400)
        broken = self.nonce([RESET], [answers.json_answer(answers.completion())])
        self.chat(broken)
        tries = self.row(broken)["attempts"]
        gone = self.nonce()
        self.assertEqual(self.chat(gone, model="gone").status, 502)
        self.row(gone)
        unreachable = self.ferry.rows("SELECT 1 FROM usage_records WHERE error_code = 'upstream_unreachable'")
        self.moved(before, ferry_errors_total=(len(unreachable), {"code": "upstream_unreachable"}),
                   ferry_requests_total=(1, {"model": "gone", "status": "5xx"}))
        now = self.scrape()
        retried = now.value("ferry_retries_total", model="demo") - before.value("ferry_retries_total", model="demo")
        self.assertEqual(retried, tries - 1)
        self.assertGreaterEqual(now.value("ferry_upstream_failures_total", code="upstream_unreachable"), 1)
        eventually(lambda: self.scrape().value("ferry_upstream_connect_failures_total", endpoint="http://127.0.0.1:1"))

    def test_unknown_models_do_not_make_labels(self):
        before = self.scrape()
        client = self.client()
        for i in range(2000):
            client.send(self.request(self.body(f"nobody-{i}", model=f"unknown-{i}")))
            self.assertEqual(client.response().status, 404)
        self.moved(before, ferry_refusals_total=(2000, {"code": "model_not_found"}),
                   ferry_requests_total=(2000, {"model": "other", "status": "4xx"}))
        self.assertNotIn("unknown-", self.text)
        self.assertEqual(len(self.text.splitlines()), len(eventually(lambda: self.scrape() and self.text).splitlines()))

    def test_what_an_upstream_makes_up_is_no_label(self):
        for code in ("sk-1234567890abcdef", "x" * 60, "with space", 'quo"te'):
            body = answers.compact({"error": {"message": "no", "code": code}})
            self.chat(self.nonce(answers.json_answer(body, status=400)))
        self.scrape()
        for part in ("sk-123", "xxxxx", "with space", "quo"):
            self.assertNotIn(part, self.text)

    def test_no_secret_stands_in_the_scrape_or_the_status(self):
        self.chat(self.nonce())
        self.scrape()
        for text in (self.text, self.ferry.admin("/status")[1]):
            for secret in (UPSTREAM_KEY, self.key):
                self.assertNotIn(secret, text)


class TheDocumentIsValid(Observed):
    def test_every_family_has_help_and_type_and_a_name_in_base_units(self):
        self.chat(self.nonce())
        for name, family in self.scrape().families.items():
            self.assertRegex(name, r"^(ferry|process|gen_ai)_[a-z_]+$")
            self.assertEqual(name.endswith("_total"), family.type == "counter", name)
            self.assertNotRegex(name, r"_(ms|us|millis\w*|micros\w*|kib|mb|kb)(_total)?$")

    def test_the_answer_has_the_right_type_and_head_has_no_body(self):
        client = self.client(self.ferry.admin_port)
        client.send(b"GET /metrics HTTP/1.1\r\nHost: f\r\n\r\n")
        got = client.response()
        self.assertEqual(got.field("content-type"), "text/plain; version=0.0.4; charset=utf-8")
        client.send(b"HEAD /metrics HTTP/1.1\r\nHost: f\r\nConnection: close\r\n\r\n")
        rest = b""
        while more := client.socket.recv(65536):
            rest += more
        self.assertTrue(rest.startswith(b"HTTP/1.1 200 ") and rest.endswith(b"\r\n\r\n"), rest[:200])

    def test_the_parser_is_strict(self):
        good = '# HELP a A.\n# TYPE a counter\na{b="c"} 1\n'
        Scrape(good)
        for bad in ("a 1\n", good[:-1], good + 'a{b="c"} 2\n', good.replace('"c"', "c"), good.replace(" A.", ""),
                    good.replace("} 1", "} -1"), good + good, '# HELP h H.\n# TYPE h histogram\nh_bucket{le="1"} 1\n'):
            with self.assertRaises(Wrong):
                Scrape(bad)

    def test_dashboard_and_alerts_name_only_metrics_that_exist(self):
        self.chat(self.nonce())
        names = set(self.scrape().names())
        dashboard = json.loads((ROOT / "deploy/grafana/ferry.json").read_text())
        alerts = (ROOT / "deploy/prometheus/alerts.yml").read_text()
        rules = re.findall(r"^\s+expr: (.+)$", alerts, re.MULTILINE)
        self.assertEqual(len(rules), len(re.findall(r"^\s+- alert: \w+$", alerts, re.MULTILINE)))
        asked = [*expressions(dashboard), *rules]
        self.assertGreater(len(asked), 25)
        asked.remove('up{job="ferry"} == 0')  # of Prometheus itself
        for expression in asked:
            used = {word for word in WORDS.findall(re.sub(r'"[^"]*"', "", expression)) if OURS.fullmatch(word)}
            self.assertTrue(used, expression)
            self.assertLessEqual(used, names, expression)


class StatusAndLogs(Observed):
    options = {"log.slow": "150ms"}

    def log_line(self, nonce):
        def find():
            return next((json.loads(line) for line in self.ferry.log.splitlines()
                         if f'"client_request_id":"{nonce}"' in line), None)
        return eventually(find)

    def test_the_status_tells_everything_in_one_document(self):
        self.chat(self.nonce())
        eventually(lambda: json.loads(self.ferry.admin("/status")[1])["upstreams"])
        told = json.loads(self.ferry.admin("/status")[1])
        self.assertEqual(told["config"], str(self.ferry.config))
        self.assertEqual(told["limits"]["max_connections_configured"], 10000)
        self.assertGreaterEqual(sum(core["requests"] for core in told["cores"]), 1)
        self.assertEqual(told["upstreams"][0]["endpoint"], f"http://127.0.0.1:{self.upstream.port}")
        self.assertGreaterEqual(told["catalog"]["age_us"], 0)
        self.assertIsNone(told["degraded"])
        self.assertEqual(told["state"], "serving")

    def test_the_access_log_has_the_phases(self):
        nonce = self.nonce(0.05, answers.json_answer(answers.completion(), 200, "x-request-id: up-77"))
        self.chat(nonce)
        line = self.log_line(nonce)
        self.assertEqual(line["upstream_request_id"], "up-77")
        self.assertGreaterEqual(line["upstream_ttfb_us"], 50_000)
        self.assertGreaterEqual(line["duration_us"], line["upstream_ttfb_us"] + line["overhead_us"])
        self.assertLess(line["overhead_us"], 50_000)

    def test_a_slow_body_is_the_clients_time(self):
        nonce = self.nonce()
        whole = self.request(self.body(nonce), nonce=nonce)
        client = self.client()
        client.send(whole[:-10])
        # Ferry has the head, and waits for the rest.
        eventually(lambda: self.scrape().value("ferry_open_requests") == 1)
        client.send(whole[-10:])
        self.assertEqual(client.response().status, 200)
        line = self.log_line(nonce)
        self.assertGreater(line["body_us"], 0)
        self.assertLessEqual(line["body_us"], line["duration_us"])

    def test_a_slow_request_is_told_with_its_phases_and_a_quick_one_is_not(self):
        slow, quick = self.nonce(0.2, answers.json_answer(answers.completion())), self.nonce()
        self.chat(slow)
        self.chat(quick)
        ids = [self.log_line(one)["request_id"] for one in (slow, quick)]
        told = eventually(lambda: [line for line in self.ferry.log.splitlines() if "Slow request" in line])
        told = [line for line in told if ids[0] in line or ids[1] in line]
        self.assertEqual(len(told), 1, told)
        self.assertIn(ids[0], told[0])
        self.assertIn('"warn', told[0])
        self.assertRegex(told[0], r"upstream's head 2\d{5}")

    def test_a_long_stream_that_began_at_once_is_not_slow(self):
        nonce = self.nonce(answers.stream_head(), *(part for word in answers.story() for part in
                                                     (answers.as_chunk(word), 0.05)), b"0\r\n\r\n")
        self.assertTrue(self.stream(nonce).whole)
        line = self.log_line(nonce)
        self.assertGreater(line["duration_us"], 150_000)
        self.assertLess(line["ttft_us"], 150_000)
        self.assertNotIn(f"Slow request {line['request_id']}", self.ferry.log)


if __name__ == "__main__":
    unittest.main()
