"""Clients hear what they can act on. Hosts, rows, addresses, keys of the configuration and advice stand in the log,
with the request's id, and on /status."""
import json
import re
import shutil
import tempfile
from pathlib import Path

import answers
from harness import FerryCase, eventually, insert_model
from imposter import Imposter
from nobody import port_of_nobody
from tls_upstream_test import make_certificate, server_context

OPERATORS_WORDS = re.compile(
    r"127\.0\.0\.1|169\.254|localhost|no-such-host|api_\w+|auth_scheme|ai_models|\w+_ms|\brow\b|denied"
    r"|(timeouts|upstream|limits|server|stream|retry)\.\w"
)


class OperatorsHearWhy(FerryCase):
    options = {"timeouts.first_byte": "300ms", "timeouts.connect": "1s", "timeouts.idle": "300ms", "retry.attempts": 1,
               "limits.json_body_bytes": "64KiB", "limits.header_bytes": "4KiB", "circuit.minimum_requests": 1}

    @classmethod
    def make_upstream(cls):
        folder = Path(tempfile.mkdtemp(prefix="ferry-why-"))
        cls.addClassCleanup(shutil.rmtree, folder)
        cls.stranger = Imposter(server_context(*make_certificate(folder, "stranger")))
        cls.addClassCleanup(cls.stranger.close)
        return super().make_upstream()

    @classmethod
    def models(cls):
        cls.closed = port_of_nobody()
        return [
            insert_model("demo", cls.upstream.base), insert_model("refused", f"http://127.0.0.1:{cls.closed}/v1"),
            insert_model("nameless", "http://no-such-host.invalid/v1"),
            insert_model("metadata", "http://169.254.169.254/v1"),
            insert_model("unknown-authority", f"https://127.0.0.1:{cls.stranger.port}/v1"),
        ]

    def hear(self, *script, status=None, **members):
        """The answer to a chat that fails, and what the log says of that request."""
        nonce = self.nonce(*script)
        answer = self.chat(nonce, **members)
        self.assert_error(answer, status or answer.status)
        self.assertNotRegex(answer.error["message"], OPERATORS_WORDS)
        return answer, self.log_of(answer)

    def log_of(self, answer):
        request = answer.field("x-ferry-request-id")

        def lines():
            read = [json.loads(line) for line in self.ferry.log_file.read_text().splitlines() if line.startswith("{")]
            return [one["message"] for one in read if request in one.get("message", "")]

        return "\n".join(eventually(lines, what=f"a line of the log about {request}"))

    def test_why_there_was_no_connection(self):
        for model, wanted in {
            "refused": ("upstream_unreachable", f"127.0.0.1:{self.closed}", "refused"),
            "nameless": ("upstream_dns_error", "no-such-host.invalid", "api_endpoint"),
            "metadata": ("upstream_unreachable", "169.254.169.254", "upstream.denied_networks"),
            "unknown-authority": ("upstream_tls_error", f"127.0.0.1:{self.stranger.port}", "TLS:", "certificate"),
        }.items():
            with self.subTest(model=model):
                answer, log = self.hear(model=model)
                self.assertEqual(answer.code, wanted[0])
                for word in (*wanted, f"'{model}'", "row "):
                    self.assertIn(word, log)

    def test_which_time_ran_out(self):
        _, log = self.hear("stall", status=504)
        self.assertIn("timeouts.first_byte", log)
        begun = answers.head(200, "application/json", "Content-Length: 100") + b'{"id":'
        _, log = self.hear(begun, "stall", status=504)
        self.assertIn("timeouts.idle", log)

    def test_what_the_provider_says_of_our_account(self):
        for status, code, advice in ((401, "upstream_auth_error", "api_key"),
                                     (403, "upstream_permission_denied", "api_key"),
                                     (402, "upstream_insufficient_balance", "Top up")):
            with self.subTest(status=status):
                answer, log = self.hear(answers.error_answer(status, "organization org-77 of this key"))
                self.assertEqual(answer.code, code)
                self.assertNotIn("org-77", answer.error["message"])
                self.assertIn("org-77", log)
                self.assertIn(advice, log)

    def test_where_a_page_came_from_that_is_no_answer(self):
        page = answers.head(200, "text/html", "Content-Length: 6") + b"<html>"
        _, log = self.hear(page, status=502)
        self.assertIn("api_endpoint", log)

    def test_a_limit_is_a_number_not_a_key_of_the_configuration(self):
        answer = self.chat(self.nonce(), filler="x" * 70_000)
        self.assert_error(answer, 413)
        self.assertIn("65536", answer.error["message"])
        self.assertNotIn("limits.", answer.error["message"])
        client = self.client()
        client.send(self.request(self.body(self.nonce()), "X-Filler: " + "x" * 5000))
        answer = client.response()
        self.assert_error(answer, 431)
        self.assertIn("4096", answer.error["message"])
        self.assertNotIn("limits.", answer.error["message"])

    def test_status_tells_why_an_endpoint_is_left_alone(self):
        self.hear(model="refused")

        def circuits():
            told = json.loads(self.ferry.admin("/status")[1])["circuits"]
            return [one for one in told if str(self.closed) in one["host"]]

        self.assertIn("refused", eventually(circuits)[0]["reason"])
