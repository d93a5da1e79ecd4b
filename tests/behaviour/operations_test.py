"""The whole surface besides chat: forms, ids that return to the account that issued them, files of any size."""
import hashlib
import json
import unittest

import answers
from harness import FerryCase, insert_model
from imposter import Imposter
from waiting import eventually

BOUNDARY = "----ferry-test-7d1f"


def form(*parts, boundary=BOUNDARY):
    """(name, value) or (name, file name, value): the bytes of a form."""
    made = b""
    for name, *rest in parts:
        value = rest[-1] if isinstance(rest[-1], bytes) else rest[-1].encode()
        made += f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"'.encode()
        if len(rest) > 1:
            made += f'; filename="{rest[0]}"\r\nContent-Type: application/octet-stream'.encode()
        made += b"\r\n\r\n" + value + b"\r\n"
    return made + f"--{boundary}--\r\n".encode()


def json_answer(**members):
    return [answers.json_answer(members)]


class Forms(FerryCase):
    @classmethod
    def models(cls):
        return [
            insert_model("demo", cls.upstream.base, upstream_model="'up-1'"),
            insert_model("priced", cls.upstream.base, unit_prices="'{\"seconds\": \"0.0001\"}'"),
        ]

    def post(self, path, body, nonce, *fields, boundary=BOUNDARY):
        head = [f"POST {path} HTTP/1.1", "Host: ferry", f"Authorization: Bearer {self.key}", f"x-request-id: {nonce}",
                f"Content-Type: multipart/form-data; boundary={boundary}", f"Content-Length: {len(body)}", *fields]
        client = self.client()
        client.send(("\r\n".join(head) + "\r\n\r\n").encode() + body)
        return client.response()

    def test_only_the_value_of_model_is_another_upstream(self):
        nonce = self.nonce()
        sound = bytes(range(256)) * 40
        sent = form(("prompt", nonce), ("model", "demo"), ("file", "a.wav", sound), ("response_format", "json"))
        self.upstream.on(nonce, json_answer(text="hi", usage={"type": "duration", "seconds": 2.2}))
        answer = self.post("/v1/audio/transcriptions", sent, nonce)
        self.assertEqual(answer.status, 200, answer.raw)
        seen = self.upstream.wait_for(nonce)
        self.assertEqual(seen.target, "/v1/audio/transcriptions")
        self.assertEqual(seen.fields("content-type"), [f"multipart/form-data; boundary={BOUNDARY}"])
        self.assertEqual(seen.body, sent.replace(b"\r\n\r\ndemo\r\n", b"\r\n\r\nup-1\r\n"))
        self.assert_row(nonce, operation="audio.transcriptions", units=3, unit_kind="seconds", tags='["unpriced"]')

    def test_seconds_are_priced(self):
        nonce = self.nonce()
        self.upstream.on(nonce, json_answer(text="hi", duration="8.1"))
        answer = self.post("/v1/audio/translations", form(("model", "priced"), ("file", "a", nonce)), nonce)
        self.assertEqual(answer.status, 200, answer.raw)
        self.assert_row(nonce, units=9, unit_price_pico=100_000_000, cost_pico=900_000_000, tags=None)

    def test_a_form_without_a_model_gets_the_one_a_deployments_path_names(self):
        nonce = self.nonce()
        self.upstream.on(nonce, json_answer(text="hi"))
        sent = form(("file", "a", nonce))
        answer = self.post("/openai/deployments/demo/audio/transcriptions?api-version=1", sent, nonce)
        self.assertEqual(answer.status, 200, answer.raw)
        self.assertEqual(self.upstream.wait_for(nonce).body, form(("model", "up-1"))[: -len(BOUNDARY) - 6] + sent)

    def test_a_model_that_was_left_out_stays_out_where_one_account_serves_it(self):
        nonce = self.nonce()
        self.upstream.on(nonce, json_answer(id="modr-1", results=[]))
        body = json.dumps({"input": nonce}).encode()
        client = self.client()
        client.send(self.request(body, path="/v1/moderations", nonce=nonce))
        self.assertEqual(client.response().status, 200)
        self.assertEqual(self.upstream.wait_for(nonce).body, body)

    def test_text_passes_as_text(self):
        nonce = self.nonce()
        text = b"1\n00:00:00,000 --> 00:00:01,000\nhi\n"
        self.upstream.on(nonce, [answers.head(200, "text/plain", f"Content-Length: {len(text)}"), text])
        answer = self.post("/v1/audio/transcriptions", form(("model", "demo"), ("file", "a", nonce)), nonce)
        self.assertEqual((answer.status, answer.body), (200, text))
        self.assertEqual(answer.field("content-type"), "text/plain")
        # Nobody said how long it is: that must not look free.
        self.assert_row(nonce, units=None, unit_kind="seconds", tags='["unpriced","unmetered"]')

    def test_ambiguous_forms_are_refused_and_nothing_goes_upstream(self):
        nonce = self.nonce()
        good = form(("model", "demo"), ("file", "a", nonce))
        odd = {
            "two models": form(("model", "demo"), ("file", "a", nonce * 100_000), ("model", "other")),
            "a twin": form(("model", "demo"), ("Model", "other"), ("file", "a", nonce)),
            "no end": good[:-4],
            "bare line feeds": good.replace(b"\r\n", b"\n"),
            "boundary inside": form(("model", "demo"), ("file", "a", f"x\r\n--{BOUNDARY}y {nonce}")),
            "nested": good.replace(b"application/octet-stream", b"multipart/mixed; boundary=x"),
            "10,000 parts": form(*[("x", "y")] * 10_000, ("model", "demo")),
            "no disposition": good.replace(b"Content-Disposition: form-data", b"Content-Disposition: attachment"),
            "no parts": f"--{BOUNDARY}--\r\n".encode(),
        }
        for what, body in odd.items():
            with self.subTest(what):
                answer = self.post("/v1/audio/transcriptions", body, nonce)
                self.assertEqual(answer.status, 400, answer.raw[:500])
                self.assertEqual(answer.json["error"]["type"], "invalid_request_error")
        answer = self.post("/v1/audio/transcriptions", good, nonce, boundary='"')
        self.assertEqual(answer.status, 400, answer.raw[:500])
        self.assertEqual(self.upstream.requests(nonce), [])

    def test_json_where_a_form_is_wanted_is_415(self):
        client = self.client()
        client.send(self.request(b"{}", path="/v1/audio/transcriptions"))
        answer = client.response()
        self.assert_error(answer, 415, "unsupported_media_type")

    def test_a_long_form_waits_in_a_file_and_leaves_none(self):
        nonce = self.nonce()
        sound = hashlib.sha256(b"x").digest() * 100_000
        self.upstream.on(nonce, json_answer(text="hi"))
        sent = form(("file", "a", sound), ("prompt", nonce), ("model", "demo"))
        answer = self.post("/v1/audio/transcriptions", sent, nonce)
        self.assertEqual(answer.status, 200, answer.raw[:500])
        self.assertEqual(self.upstream.wait_for(nonce).body, sent.replace(b"\r\n\r\ndemo\r\n", b"\r\n\r\nup-1\r\n"))

    def test_a_long_form_is_asked_again_elsewhere(self):
        nonce = self.nonce()
        sound = hashlib.sha256(b"y").digest() * 30_000
        self.upstream.on(nonce, [answers.error_answer(500)], json_answer(text="hi"))
        sent = form(("file", "a", sound), ("prompt", nonce), ("model", "priced"))
        answer = self.post("/v1/audio/transcriptions", sent, nonce)
        self.assertEqual(answer.status, 200, answer.raw[:500])
        self.assertEqual([one.body for one in self.upstream.requests(nonce)], [sent, sent])


class TwoAccounts(FerryCase):
    """Rows of two accounts: what one issued is known to it alone."""

    @classmethod
    def models(cls):
        cls.other = Imposter()
        cls.addClassCleanup(cls.other.close)
        return [
            insert_model("one", cls.upstream.base, api_key="'sk-one'"),
            insert_model("two", cls.other.base, api_key="'sk-two'"),
        ]

    def ask(self, method, path, *fields, body=b"", key=None, nonce=None):
        client = self.client()
        client.send(self.request(body, *fields, path=path, key=key, nonce=nonce, method=method))
        return client.response()

    def issue(self, at, model, nonce):
        """A batch made with the account of this model; its id."""
        made = f"batch-{nonce}"
        at.on(nonce, json_answer(id=made, object="batch", status="validating", errors=None))
        body = json.dumps({"input_file_id": f"file-{nonce}", "endpoint": "/v1/chat/completions"}).encode()
        answer = self.ask("POST", "/v1/batches", f"x-ferry-model: {model}", body=body, nonce=nonce)
        self.assertEqual(answer.status, 200, answer.raw)
        return made

    def test_a_request_that_names_nothing_is_told_what_to_name(self):
        answer = self.ask("GET", "/v1/files")
        self.assert_error(answer, 400, "model_required")
        self.assertIn("x-ferry-model", answer.json["error"]["message"])

    def test_the_header_chooses_the_account_and_stays_here(self):
        nonce = self.nonce()
        made = self.issue(self.other, "two", nonce)
        seen = self.other.wait_for(nonce)
        self.assertEqual(seen.fields("authorization"), ["Bearer sk-two"])
        self.assertEqual(seen.fields("x-ferry-model"), [])
        row = self.row(nonce)
        self.assertEqual((row["operation"], row["units"], row["unit_kind"]), ("batches.create", 1, "requests"))
        self.assertEqual(json.loads(row["issued_ids"]), [made])

    def test_an_id_returns_to_the_account_that_issued_it(self):
        for at, model in ((self.upstream, "one"), (self.other, "two")):
            nonce = self.nonce()
            made = self.issue(at, model, nonce)
            at.on(nonce, json_answer(id=made, object="batch", output_file_id=f"file-out-{nonce}", error_file_id=None))
            answer = self.ask("GET", f"/v1/batches/{made}?include=x&api-version=1&api-key={self.key}")
            self.assertEqual(answer.status, 200, answer.raw)
            seen = at.requests(nonce)
            self.assertEqual(seen[-1].target, f"/v1/batches/{made}?include=x")
            # The file that the batch wrote is with the same account.
            data = b'{"a":1}\n' * 1000
            at.on(nonce, [answers.head(200, "application/octet-stream", "Transfer-Encoding: chunked",
                                       'Content-Disposition: attachment; filename="out.jsonl"'),
                          answers.as_chunk(data), answers.LAST_CHUNK])
            answer = self.ask("GET", f"/v1/files/file-out-{nonce}/content")
            self.assertEqual((answer.status, answer.body), (200, data))
            self.assertEqual(answer.field("content-disposition"), 'attachment; filename="out.jsonl"')
            self.assertEqual(len(at.requests(nonce)), 3)

    def test_an_id_returns_after_a_restart(self):
        nonce = self.nonce()
        made = self.issue(self.other, "two", nonce)
        self.row(nonce)
        self.assertEqual(self.ferry.stop(), 0)
        self.ferry.start()
        self.other.on(nonce, json_answer(id=made, object="batch", status="cancelling"))
        answer = self.ask("POST", f"/v1/batches/{made}/cancel")
        self.assertEqual(answer.status, 200, answer.raw)
        self.assertEqual(len(self.other.requests(nonce)), 2)

    def test_an_id_of_another_key_is_not_there(self):
        nonce = self.nonce()
        made = self.issue(self.other, "two", nonce)
        self.row(nonce)
        stranger = self.create_key("stranger")
        before = len(self.other.requests(nonce))
        for method, path in (("GET", f"/v1/batches/{made}"), ("POST", f"/v1/batches/{made}/cancel")):
            answer = self.ask(method, path, "x-ferry-model: two", key=stranger)
            self.assert_error(answer, 404, "id_not_found")
        body = json.dumps({"input_file_id": made}).encode()
        answer = self.ask("POST", "/v1/batches", "x-ferry-model: two", body=body, key=stranger)
        self.assert_error(answer, 404, "id_not_found")
        self.assertEqual(len(self.other.requests(nonce)), before)

    def test_what_was_done_in_the_background_is_billed_once(self):
        for made, is_late in (("in the background", True), ("at once", False)):
            nonce = self.nonce()
            name = f"resp-{nonce}"
            usage = {"input_tokens": 9, "output_tokens": 12, "total_tokens": 21}
            answer = dict(id=name, object="response", status="completed", background=is_late, output=[])
            first = json_answer(**answer, usage=None if is_late else usage)
            self.other.on(nonce, first, json_answer(**answer, usage=usage))
            body = json.dumps({"model": "two", "input": nonce}).encode()
            self.assertEqual(self.ask("POST", "/v1/responses", body=body, nonce=nonce).status, 200)
            for _ in range(3):
                self.assertEqual(self.ask("GET", f"/v1/responses/{name}").status, 200)
                # The row is in the store, and the process forgets: another replica would know, too.
                self.row(nonce)
            query = "SELECT prompt_tokens FROM usage_records WHERE model_name = 'two' AND operation LIKE 'responses.%'"

            def rows():
                found = self.ferry.rows(query + " ORDER BY started_at")
                return found[-4:] if found and len(found) % 4 == 0 else None

            with self.subTest(made):
                found = eventually(rows, what="four rows")
                self.assertEqual(sorted(row["prompt_tokens"] or 0 for row in found), [0, 0, 0, 9])

    def test_a_model_that_was_left_out_is_the_header_s_or_the_provider_s(self):
        nonce = self.nonce()
        self.other.on(nonce, json_answer(id="modr-1", results=[]))
        body = json.dumps({"input": nonce}).encode()
        self.assert_error(self.ask("POST", "/v1/moderations", body=body, nonce=None), 400, "model_required")
        answer = self.ask("POST", "/v1/moderations", "x-ferry-model: two", body=body, nonce=nonce)
        self.assertEqual(answer.status, 200, answer.raw)
        self.assertEqual(json.loads(self.other.wait_for(nonce).body)["model"], "two")
        self.assert_error(self.ask("POST", "/v1/embeddings", body=body), 400, "missing_model")

    def test_who_asks_about_an_id_does_not_own_it_by_that(self):
        nonce = self.nonce()
        made = f"batch-{nonce}"
        self.other.on(nonce, json_answer(id=made, object="batch", status="completed", output_file_id=None))
        self.assertEqual(self.ask("GET", f"/v1/batches/{made}", "x-ferry-model: two", nonce=nonce).status, 200)
        self.assertIsNone(self.row(nonce)["issued_ids"])
        stranger = self.create_key("second")
        path = f"/v1/batches/{made}"
        answer = self.ask("GET", path, "x-ferry-model: two", key=stranger)
        self.assertEqual(answer.status, 200, answer.raw)

    def test_what_would_act_twice_is_not_asked_again(self):
        nonce = self.nonce()
        self.other.on(nonce, [answers.error_answer(500)])
        body = json.dumps({"input_file_id": f"file-{nonce}"}).encode()
        answer = self.ask("POST", "/v1/batches", "x-ferry-model: two", body=body, nonce=nonce)
        self.assertEqual(answer.status, 502, answer.raw)
        self.assertEqual(len(self.other.requests(nonce)), 1)

    def test_a_body_where_none_is_taken_is_refused(self):
        client = self.client()
        client.send(self.request(b'{"a":1}', "Content-Type: application/json", "Content-Length: 7",
                                 path="/v1/files/file-1", method="DELETE"))
        self.assert_error(client.response(), 400, "invalid_request")


if __name__ == "__main__":
    unittest.main()
