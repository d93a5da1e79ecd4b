"""The model table is live: a change is served within a second, a bad row is named and harms no other."""
import json
import os
import time

import answers
from harness import UPSTREAM_KEY, FerryCase, eventually, insert_model, quote

LIVE_WITHIN = 1.0


class ModelTable(FerryCase):
    environment = {"FERRY_TEST_UPSTREAM_KEY": UPSTREAM_KEY}

    def ask(self, **members):
        nonce = self.nonce()
        return nonce, self.chat(nonce, **members)

    def served_within_a_second(self, statement, probe):
        self.ferry.sql(statement)
        eventually(probe, seconds=LIVE_WITHIN, what=statement)

    def endpoint(self, marker):
        return f"http://127.0.0.1:{self.upstream.port}/{marker}/v1"

    def test_a_new_row_is_served_within_a_second(self):
        self.served_within_a_second(insert_model("fresh", self.upstream.base),
                                    lambda: self.ask(model="fresh")[1].status == 200)

    def test_an_update_a_disable_and_a_delete_are_served_within_a_second(self):
        self.serve(insert_model("changing", self.endpoint("before")))

        def target():
            nonce, answer = self.ask(model="changing")
            return self.upstream.wait_for(nonce).target if answer.status == 200 else answer.status

        move = f"UPDATE ai_models SET api_endpoint = {quote(self.endpoint('after'))} WHERE model_name = 'changing';"
        self.served_within_a_second(move, lambda: target() == "/after/v1/chat/completions")
        self.served_within_a_second("UPDATE ai_models SET is_enabled = 0 WHERE model_name = 'changing';",
                                    lambda: self.ask(model="changing")[1].status == 404)
        self.serve("UPDATE ai_models SET is_enabled = 1 WHERE model_name = 'changing';")
        self.served_within_a_second("DELETE FROM ai_models WHERE model_name = 'changing';",
                                    lambda: self.ask(model="changing")[1].status == 404)

    def test_a_refused_row_is_warned_of_when_it_is_new_not_at_every_change(self):
        def is_served(name):
            return self.ask(model=name)[1].status == 200

        def warnings(name):
            return sum("is not served" in line and name in line for line in self.ferry.log.splitlines())

        self.ferry.sql(insert_model("wrong-1", "ftp://nowhere"))
        key, sha = "public_id, key_sha256, name, allowed_models", 64 * "0"
        self.ferry.sql(f"INSERT INTO api_keys ({key}) VALUES ('0123456789', '{sha}', 'wrong-key', '5');")
        eventually(lambda: warnings("wrong-1") and warnings("wrong-key"), what="the warnings")
        self.ferry.sql(insert_model("right-1", self.upstream.base) + insert_model("wrong-2", "ftp://nowhere"))
        eventually(lambda: is_served("right-1"))
        self.ferry.create_key("another")
        self.ferry.sql(insert_model("right-2", self.upstream.base))
        eventually(lambda: is_served("right-2"))
        self.assertEqual([warnings(name) for name in ("wrong-1", "wrong-2", "wrong-key")], [1, 1, 1])

    def test_a_change_is_counted_once_in_the_version_the_client_sees(self):
        served = lambda: int(self.ask()[1].field("x-ferry-config-version"))
        stored = lambda: self.ferry.rows("SELECT version FROM catalog_version")[0]["version"]
        before = stored()
        eventually(lambda: served() == before, what="the changes made before")
        self.ferry.sql("UPDATE ai_models SET display_name = 'x' WHERE model_name = 'demo';")
        eventually(lambda: served() > before, seconds=LIVE_WITHIN)
        self.assertEqual((served(), stored()), (before + 1, before + 1))

    def test_a_request_keeps_the_snapshot_it_began_with(self):
        self.serve(insert_model("pinned", self.upstream.base, cost_per_1k_tokens="0.001"))
        nonce = self.nonce(1.0, answers.json_answer(answers.completion()))
        client = self.client()
        client.send(self.request(self.body(nonce, model="pinned"), nonce=nonce))
        self.upstream.wait_for(nonce)
        self.ferry.sql("UPDATE ai_models SET cost_per_1k_tokens = 5, is_enabled = 0 WHERE model_name = 'pinned';")
        self.assertEqual(client.response().status, 200)
        self.assert_row(nonce, cost_pico=12 * 1_000_000)

    def test_the_client_of_a_refused_row_hears_that_it_cannot_be_served_and_of_a_disabled_one_that_it_is_unknown(self):
        self.serve("INSERT INTO ai_models (id, model_name, api_endpoint, api_key) VALUES "
                   "(701, 'without-its-key', 'http://127.0.0.1/v1', 'env:FERRY_NO_SUCH_VARIABLE');")
        answer = self.ask(model="without-its-key")[1]
        self.assert_error(answer, 503, "model_unavailable")
        self.assertNotIn("FERRY_NO_SUCH_VARIABLE", answer.raw.decode())
        self.assert_error(self.ask(model=..., id=701)[1], 503, "model_unavailable")
        client = self.client()
        client.send(self.request(b"", path="/v1/models/without-its-key", method="GET"))
        self.assert_error(client.response(), 503, "model_unavailable")
        other = self.create_key("other", "--models", "demo")
        client = self.client()
        client.send(self.request(self.body(self.nonce(), model="without-its-key"), key=other))
        self.assert_error(client.response(), 403)
        status = json.loads(self.ferry.admin("/status")[1])["catalog"]["refused"]
        self.assertIn("FERRY_NO_SUCH_VARIABLE", next(row["reason"] for row in status if row["id"] == 701))
        self.serve("UPDATE ai_models SET is_enabled = 0 WHERE id = 701;")
        self.assert_error(self.ask(model="without-its-key")[1], 404, "model_not_found")
        self.assert_nothing_upstream()

    def test_a_bad_row_is_named_in_log_and_status_and_the_others_are_served(self):
        bad = {
            "bad-scheme": insert_model("bad-scheme", "ftp://127.0.0.1/v1"),
            "bad-userinfo": insert_model("bad-userinfo", "http://user:pw@127.0.0.1/v1"),
            "bad-injection": insert_model("bad-injection", "http://127.0.0.1/v1\r\nX-Injected: 1"),
            "bad-key": insert_model("bad-key", self.upstream.base, key="sk-bad\r\nX-Injected: 1"),
            "bad-env": insert_model("bad-env", self.upstream.base, key="env:FERRY_NO_SUCH_VARIABLE"),
            "bad-file": insert_model("bad-file", self.upstream.base, key="file:/no/such/file"),
            "bad-headers": insert_model("bad-headers", self.upstream.base, extra_headers="'[1]'"),
        }
        for statement in bad.values():
            self.ferry.sql(statement)
        for name in bad:
            with self.subTest(row=name):
                eventually(lambda: name in self.ferry.admin("/status")[1], what=f"{name} in /status")
                self.ferry.says(name)
                answer = self.ask(model=name)[1]
                self.assertGreaterEqual(answer.status, 400)
                self.assert_error(answer, answer.status)
        self.assertEqual(self.ask()[1].status, 200)
        self.assertNotIn(b"X-Injected", self.upstream.raw)
        self.assertIsInstance(json.loads(self.ferry.admin("/status")[1]), dict)

    def test_keys_are_read_from_environment_and_file(self):
        path = self.ferry.folder / "upstream.key"
        path.write_text(UPSTREAM_KEY + "\n")
        os.chmod(path, 0o600)
        for name, key in {"by-env": "env:FERRY_TEST_UPSTREAM_KEY", "by-file": f"file:{path}"}.items():
            self.serve(insert_model(name, self.upstream.base, key=key))
            nonce, _ = self.ask(model=name)
            self.assertEqual(self.upstream.wait_for(nonce).fields("authorization"), [f"Bearer {UPSTREAM_KEY}"])

    def test_an_empty_key_sends_no_credentials(self):
        self.serve(insert_model("keyless", self.upstream.base, key=""))
        nonce, _ = self.ask(model="keyless")
        self.assertEqual(self.upstream.wait_for(nonce).fields("authorization"), [])

    def test_auth_schemes(self):
        for scheme, field, value in (("api-key", "api-key", UPSTREAM_KEY), ("x-api-key", "x-api-key", UPSTREAM_KEY),
                                     ("bearer", "authorization", f"Bearer {UPSTREAM_KEY}")):
            name = f"auth-{scheme}"
            self.serve(insert_model(name, self.upstream.base, auth_scheme=quote(scheme)))
            nonce, _ = self.ask(model=name)
            seen = self.upstream.wait_for(nonce)
            self.assertEqual(seen.fields(field), [value])
            if field != "authorization":
                self.assertEqual(seen.fields("authorization"), [])

    def test_endpoints_are_joined(self):
        forms = {"/v1": "/v1/chat/completions", "/v1/": "/v1/chat/completions", "": "/v1/chat/completions",
                 "/v1/chat/completions": "/v1/chat/completions", "/api/paas/v4": "/api/paas/v4/chat/completions",
                 "/x/chat/completions?api-version=1": "/x/chat/completions?api-version=1",
                 "/v1?api-version=2": "/v1/chat/completions?api-version=2", "/inference": "/inference/chat/completions",
                 "/v2/ai/openai": "/v2/ai/openai/chat/completions"}
        for number, (path, wanted) in enumerate(forms.items()):
            with self.subTest(path=path):
                name = f"join-{number}"
                self.serve(insert_model(name, f"http://127.0.0.1:{self.upstream.port}{path}"))
                nonce, _ = self.ask(model=name)
                self.assertEqual(self.upstream.wait_for(nonce).target, wanted)

    def test_any_provider_value_is_served(self):
        for number, provider in enumerate(("Other", " other ", "OTHER", "some new service", "")):
            name = f"provider-{number}"
            self.serve(insert_model(name, self.upstream.base, provider=provider))

    def test_a_secret_in_extra_headers_that_the_upstream_repeats_does_not_reach_the_client(self):
        token = "topsecret-" + "v4lue" * 4
        self.secrets.append(token)
        self.serve(insert_model("tenant", self.upstream.base, extra_headers="'{\"X-Token\":\"%s\"}'" % token))
        for secret in (token, UPSTREAM_KEY):
            refusal = answers.error_answer(400, f"bad token {secret}")
            self.assert_error(self.chat(self.nonce(refusal), model="tenant"), 400)
            failure = [answers.chunk("x"), answers.event({"error": {"message": f"bad token {secret}"}})]
            self.chat(self.nonce(*answers.chunked_stream(failure)), model="tenant", stream=True)

    def test_extra_headers_and_a_timeout_of_the_row_are_obeyed(self):
        self.serve(insert_model("extra", self.upstream.base, extra_headers="'{\"X-Tenant\":\"t-1\"}'",
                                    first_byte_timeout_ms="300"))
        nonce = self.nonce("stall")
        began = time.monotonic()
        self.assert_error(self.chat(nonce, model="extra"), 504, "upstream_timeout")
        self.assertLess(time.monotonic() - began, 3)
        self.assertEqual(self.upstream.wait_for(nonce).fields("x-tenant"), ["t-1"])
