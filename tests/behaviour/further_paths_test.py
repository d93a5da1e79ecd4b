"""Paths below /v1 that no operation has, and that the capabilities of a row name."""
import json
import unittest

import answers
from harness import FerryCase, insert_model


class FurtherPaths(FerryCase):
    @classmethod
    def models(cls):
        return [
            insert_model("reader", cls.upstream.base, upstream_model="'up-ocr'",
                         unit_prices="'{\"requests\": \"0.001\"}'",
                         capabilities="'{\"paths\": [\"/ocr\", \"/deep/er\"]}'"),
            insert_model("demo", cls.upstream.base, upstream_model="'up-1'"),
        ]

    def ask(self, path, nonce, method="POST", **members):
        client = self.client()
        body = json.dumps({"model": "reader", "document": nonce, **members}).encode() if method == "POST" else b""
        client.send(self.request(body, path=path, nonce=nonce, method=method))
        return client.response()

    def test_a_path_that_is_named_is_served_under_every_prefix(self):
        for path in ("/v1/ocr", "/api/v1/ocr", "/v1/deep/er"):
            nonce = self.nonce()
            self.upstream.on(nonce, [answers.json_answer({"pages": [{"markdown": "text"}]})])
            got = self.ask(path, nonce, big=12345678901234567890)
            self.assertEqual((got.status, got.json), (200, {"pages": [{"markdown": "text"}]}))
            seen = self.upstream.wait_for(nonce)
            self.assertEqual(seen.target, path.removeprefix("/api"))
            self.assertEqual(seen.body, json.dumps({"model": "up-ocr", "document": nonce,
                                                    "big": 12345678901234567890}).encode())
            self.assert_row(nonce, operation="other", units=1, unit_kind="requests", cost_pico=1_000_000_000, tags=None)

    def test_what_is_not_json_passes_byte_for_byte(self):
        nonce = self.nonce()
        data = bytes(range(256)) * 10
        self.upstream.on(nonce, answers.head(200, "image/x-thing", f"Content-Length: {len(data)}") + data)
        got = self.ask("/v1/ocr", nonce)
        self.assertEqual((got.status, got.body, got.field("content-type")), (200, data, "image/x-thing"))

    def test_it_is_asked_once(self):
        nonce = self.nonce()
        self.upstream.on(nonce, answers.error_answer(500))
        self.assertEqual(self.ask("/v1/ocr", nonce).status, 502)
        self.assertEqual(len(self.upstream.requests(nonce)), 1)

    def test_other_paths_methods_and_models_are_refused(self):
        self.assert_error(self.ask("/v1/ocrs", self.nonce()), 404, "unknown_url")
        self.assert_error(self.ask("/ocr", self.nonce()), 404, "unknown_url")
        wrong = self.assert_error(self.ask("/v1/ocr", self.nonce(), method="GET"), 405)
        self.assertEqual(wrong.field("allow"), "POST")
        self.assert_error(self.ask("/v1/ocr", self.nonce(), model="demo"), 400, "unsupported_operation")
        self.assert_nothing_upstream()
        done = self.ferry.run("models", "add", "--name", "x", "--endpoint", "https://example.com", "--capabilities",
                              '{"paths": ["/chat/completions"]}', check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("the path of an operation", done.stderr)


if __name__ == "__main__":
    unittest.main()
