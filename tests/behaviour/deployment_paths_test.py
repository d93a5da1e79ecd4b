"""Clients of Azure name the model in the path; it is the same operation."""
import json

from harness import FerryCase, insert_model

PATH = "/openai/deployments/{}/chat/completions?api-version=2024-10-21"


class DeploymentPaths(FerryCase):
    @classmethod
    def models(cls):
        return [insert_model("demo", cls.upstream.base, upstream_model="'up-1'"),
                insert_model("org/other", cls.upstream.base, upstream_model="'up-2'")]

    def ask(self, name, **members):
        nonce, client = self.nonce(), self.client()
        raw = self.request(self.body(nonce, **members), "api-key: " + self.key, path=PATH.format(name), nonce=nonce)
        client.send(raw)
        return nonce, client.response()

    def test_the_model_of_the_path_is_asked_with_or_without_one_in_the_body(self):
        for name, model, sent in (("demo", ..., "up-1"), ("org%2Fother", ..., "up-2"), ("demo", "demo", "up-1"),
                                  ("org%2Fother", "demo", "up-2")):
            nonce, answer = self.ask(name, model=model)
            self.assertEqual(answer.status, 200, answer.raw)
            seen = self.upstream.wait_for(nonce)
            self.assertEqual(json.loads(seen.body)["model"], sent)
            self.assertNotIn("api-version", seen.target)
            self.assert_row(nonce, operation="chat.completions", upstream_model=sent)

    def test_a_model_that_does_not_exist_is_404(self):
        _, answer = self.ask("nobody", model=...)
        self.assert_error(answer, 404, "model_not_found")
