"""What the access log tells of a request that was refused or failed, and what it keeps to itself."""
import json

import answers
from harness import FerryCase, eventually, insert_model


class LogCase(FerryCase):
    def line(self, nonce, member="client_request_id"):
        """The line of the request with this nonce."""
        def find():
            lines = [json.loads(one) for one in self.ferry.output.splitlines() if one.startswith("{")]
            return [one for one in lines if one.get(member) == nonce]

        return eventually(find, what=f"a line for {nonce}")[0]

    def ask(self, body, *fields, path="/v1/chat/completions", method="POST", key=None):
        nonce = self.nonce()
        client = self.client()
        client.send(self.request(body(nonce), *fields, path=path, method=method, key=key, nonce=nonce))
        return client.response(), self.line(nonce)


class TheAccessLog(LogCase):
    @classmethod
    def models(cls):
        return [insert_model("demo", cls.upstream.base, upstream_model="'up-1'"),
                insert_model("seventh", cls.upstream.base, id="7"), insert_model("narrow", cls.upstream.base)]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.narrow_key = cls.ferry.create_key("narrow", "--models", "narrow")

    def setUp(self):
        super().setUp()
        self.secrets.append(self.narrow_key)

    def wanted(self, line, **members):
        self.assertEqual({name: line.get(name) for name in members}, members, line)

    def test_a_model_that_does_not_exist_is_named(self):
        answer, line = self.ask(lambda nonce: self.body(nonce, model="gpt-none"))
        self.assert_error(answer, 404, "model_not_found")
        self.wanted(line, status=404, code="model_not_found", requested_model="gpt-none", model=None)

    def test_a_model_that_is_not_allowed_is_named(self):
        answer, line = self.ask(self.body, key=self.narrow_key)
        self.assert_error(answer, 403, "model_not_allowed")
        self.wanted(line, status=403, code="model_not_allowed", requested_model="demo", key="narrow")

    def test_a_model_that_is_asked_for_by_its_id_is_told_by_id_and_name(self):
        answer, line = self.ask(lambda nonce: self.body(nonce, model=..., id=7))
        self.assertEqual(answer.status, 200)
        self.wanted(line, status=200, code=None, requested_model="id 7", model="seventh")

    def test_a_model_in_a_path_is_named(self):
        answer, line = self.ask(lambda _: b"", path="/v1/models/org%2Fnone", method="GET")
        self.assert_error(answer, 404, "model_not_found")
        self.wanted(line, status=404, code="model_not_found", requested_model="org/none")

    def test_a_body_that_is_refused_has_a_code(self):
        answer, line = self.ask(lambda _: b"{")
        self.assert_error(answer, 400, "invalid_json")
        self.wanted(line, status=400, code="invalid_json", requested_model=None)

    def test_an_unknown_path_has_a_code(self):
        answer, line = self.ask(lambda _: b"", path="/v1/nothing", method="GET")
        self.assert_error(answer, 404, "unknown_url")
        self.wanted(line, status=404, code="unknown_url", path="/v1/nothing")

    def test_what_the_upstream_failed_at_has_a_code_and_the_model(self):
        nonce = self.nonce(answers.json_answer(b"<html>", 500))
        answer = self.chat(nonce)
        line = self.line(nonce)
        self.wanted(line, status=answer.status, code=answer.code, requested_model="demo", model="demo")

    def test_a_stream_that_breaks_has_a_code(self):
        nonce = self.nonce(answers.stream_head(), answers.as_chunk(answers.chunk("a")), 0.05, "cut")
        self.stream(nonce)
        self.wanted(self.line(nonce), status=200, code="upstream_stream_interrupted", requested_model="demo")


class RefusedKeys(LogCase):
    rows_for_every_request = False

    def check(self, key, why, key_id=None, *fields):
        answer, line = self.ask(self.body, *fields, key=key)
        self.assert_error(answer, 401, "invalid_api_key")
        self.assertEqual((line["status"], line["code"]), (401, "invalid_api_key"))
        self.assertEqual((line.get("key_refused"), line.get("key_id")), (why, key_id), line)
        self.assertEqual(line.get("key"), None)
        return answer.body

    def test_operators_see_which_kind_it_is_and_clients_do_not(self):
        gone, old = self.ferry.create_key("gone"), self.ferry.create_key("old")
        self.secrets += [gone, old]
        self.serve("UPDATE api_keys SET is_enabled = 0 WHERE name = 'gone';"
                   "UPDATE api_keys SET expires_at = '2020-01-01 00:00:00' WHERE name = 'old'")
        wrong = self.key[:-1] + ("A" if self.key[-1] != "A" else "B")
        public = {key: key.split("-")[1] for key in (gone, old, self.key)}
        bodies = {
            self.check(gone, "revoked", public[gone]), self.check(old, "expired", public[old]),
            self.check(wrong, "wrong_secret", public[self.key]),
            self.check("fk-0123456789-" + "A" * 43, "unknown", "0123456789"),
            self.check("sk-somebody-elses", "malformed"), self.check(" ", "missing"),
        }
        self.assertEqual(len(bodies), 1, bodies)
        self.check(self.key, "contradictory", None, "api-key: another")


class WhereNoKeyIsRequired(LogCase):
    options = {"auth.required": False}

    def key_of(self, nonce):
        return self.row(nonce)["key_id"]

    def serve(self, *fields):
        nonce = self.nonce()
        raw = self.request(self.body(nonce), *fields, nonce=nonce).replace(
            f"Authorization: Bearer {self.key}\r\n".encode(), b"", 1)
        client = self.client()
        client.send(raw)
        return nonce, client.response()

    def test_a_good_key_says_who_asks(self):
        for field in (f"Authorization: Bearer {self.key}", f"api-key: {self.key}"):
            nonce, answer = self.serve(field)
            self.assertEqual(answer.status, 200)
            self.assertIsNotNone(self.key_of(nonce))
            self.assertEqual(self.line(nonce)["key"], "test")

    def test_a_good_key_brings_its_list_of_models(self):
        narrow = self.ferry.create_key("narrow", "--models", "other")
        self.secrets.append(narrow)
        allowed = lambda: self.serve(f"Authorization: Bearer {narrow}")[1].status == 403
        eventually(allowed, what="the new key")

    def test_no_key_and_one_that_means_nothing_are_nobody(self):
        for fields in ((), ("Authorization: Bearer sk-none",), ("api-key: fk-0123456789-" + "A" * 43,),
                       ("Authorization: Basic dTpw",)):
            nonce, answer = self.serve(*fields)
            self.assertEqual(answer.status, 200)
            self.assertIsNone(self.key_of(nonce))

    def test_two_keys_that_differ_are_401_all_the_same(self):
        _, answer = self.serve(f"Authorization: Bearer {self.key}", "api-key: sk-none")
        self.assert_error(answer, 401, "invalid_api_key")
