"""Keys of LiteLLM and new-api that `ferry keys import` brought over, as the official SDK uses them."""
import json
import os
import unittest

import openai

ASK = {"model": "demo", "messages": [{"role": "user", "content": "hello"}]}


class ImportedKeys(unittest.TestCase):
    def test_each_of_them_gets_answers_and_streams(self):
        keys = json.loads(os.environ["FERRY_IMPORTED_KEYS"])
        self.assertGreaterEqual(len(keys), 15)
        for key in keys:
            with openai.OpenAI(base_url=os.environ["FERRY_IMPORTED_URL"], api_key=key, max_retries=0) as client:
                self.assertTrue(client.chat.completions.create(**ASK).choices[0].message.content)
                self.assertTrue([*client.chat.completions.create(**ASK, stream=True)])
                self.assertIn("demo", [one.id for one in client.models.list()])

    def test_another_key_is_refused(self):
        with openai.OpenAI(base_url=os.environ["FERRY_IMPORTED_URL"], api_key="sk-" + "x" * 48) as client:
            with self.assertRaises(openai.AuthenticationError):
                client.chat.completions.create(**ASK)


if __name__ == "__main__":
    unittest.main()
