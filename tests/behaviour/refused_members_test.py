"""A member that a model refuses: the request is sent again without it, and the model is not asked so again."""
import answers
from harness import FerryCase, eventually, insert_model

REFUSAL = answers.error_answer(
    400, "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
    "unsupported_parameter", "invalid_request_error")
ANSWER = answers.json_answer(answers.completion())


class RefusedMembers(FerryCase):
    options = {"server.threads": 1}  # what was learned is a core's own

    @classmethod
    def models(cls):
        names = ("taught", "bystander", "stubborn", "dying", "booked", "changing")
        return [insert_model(name, cls.upstream.base) for name in names]

    def ask(self, model, *scripts, **members):
        """(the answer, the bodies that reached the upstream)."""
        nonce = self.nonce()
        self.upstream.on(nonce, *scripts)
        answer = self.chat(nonce, model=model, **members)
        return answer, [one.body for one in self.upstream.requests(nonce)]

    def test_it_is_remembered_until_the_catalog_changes(self):
        answer, tries = self.ask("taught", [REFUSAL], [ANSWER], max_tokens=5)
        self.assertEqual((answer.status, len(tries)), (200, 2))
        self.assertEqual(answer.field("x-ferry-adjusted"), "max_tokens")
        answer, tries = self.ask("taught", [ANSWER], max_tokens=5)
        self.assertEqual(len(tries), 1)
        self.assertIn(b'"max_completion_tokens": 5', tries[0])
        self.assertEqual(answer.field("x-ferry-adjusted"), "max_tokens")
        answer, tries = self.ask("taught", [ANSWER])
        self.assertIsNone(answer.field("x-ferry-adjusted"), "this request has no such member")
        answer, tries = self.ask("bystander", [ANSWER], max_tokens=5)
        self.assertIn(b'"max_tokens": 5', tries[0])
        before = answer.field("x-ferry-config-version")
        self.serve("UPDATE ai_models SET display_name = 'x' WHERE model_name = 'taught';")
        self.assertNotEqual(self.ask("bystander", [ANSWER])[0].field("x-ferry-config-version"), before)
        _, tries = self.ask("taught", [ANSWER], max_tokens=5)
        self.assertIn(b'"max_tokens": 5', tries[0])

    def test_it_is_forgotten_when_the_model_has_changed_its_mind(self):
        self.ask("changing", [REFUSAL], [ANSWER], max_tokens=5)
        error = {"message": "m", "type": "t", "param": "max_completion_tokens", "code": "unknown_parameter"}
        other = answers.json_answer({"error": error}, 400)
        answer, tries = self.ask("changing", [other], max_tokens=5)
        self.assertEqual((answer.status, len(tries)), (400, 1))
        _, tries = self.ask("changing", [ANSWER], max_tokens=5)
        self.assertIn(b'"max_tokens": 5', tries[0])

    def test_a_refusal_that_comes_again_is_the_answer(self):
        answer, tries = self.ask("stubborn", [REFUSAL], [REFUSAL], max_tokens=5)
        self.assert_error(answer, 400, "unsupported_parameter")
        self.assertEqual(len(tries), 2)
        _, tries = self.ask("stubborn", [ANSWER], max_tokens=5)
        self.assertIn(b'"max_tokens": 5', tries[0], "what did not help is not remembered")

    def test_a_connection_that_ends_with_the_refusal_does_not_spoil_the_second_try(self):
        answer, tries = self.ask("dying", [REFUSAL, "close"], [ANSWER], max_tokens=5)
        self.assertEqual((answer.status, len(tries)), (200, 2))

    def test_each_try_is_in_the_books(self):
        nonce = self.nonce()
        self.upstream.on(nonce, [REFUSAL], [ANSWER])
        self.chat(nonce, model="booked", max_tokens=5)
        row = self.assert_row(nonce, attempts=2, status=200, prompt_tokens=7, completion_tokens=5)
        tried = self.ferry.rows("SELECT status, error_code FROM usage_attempts WHERE request_id = ? ORDER BY attempt",
                                row["request_id"])
        self.assertEqual([one["status"] for one in tried], [400, 200])
