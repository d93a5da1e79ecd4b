"""ferry-bench load asks what its options say: seen by the mock's ledger."""
import json
import subprocess
import tempfile
import unittest
from collections import Counter
from pathlib import Path

from raw_mock import MockTest, program


class Workload(MockTest):
    def load(self, *options):
        command = [program(), "load", "--base-url", f"http://127.0.0.1:{self.mock.port}/v1", "--no-probe", "--quiet",
                   *map(str, options)]
        return subprocess.run(command, capture_output=True, text=True, timeout=120)

    def asked(self, *options):
        """The ledger of a run that went well, in the order of arrival."""
        ended = self.load(*options)
        self.assertEqual(ended.returncode, 0, ended.stderr + ended.stdout)
        return self.mock.ledger()

    def file(self, text):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = Path(folder.name) / "asked"
        path.write_text(text)
        return path

    def body(self, entry):
        return json.loads(entry["body"])

    def test_models_and_keys_are_mixed_and_members_laid_over(self):
        found = self.asked("--model", "a=3", "--model", "b", "--api-key", "k1", "--api-key", "k2", "--requests", 80,
                           "--concurrency", 2, "--input-tokens", "normal:20,3", "--output-tokens", 3,
                           "--extra-body", '{"temperature": 0.5}', "--prefix-tokens", 9)
        self.assertEqual(len(found), 80)
        models = Counter(entry["model"] for entry in found)
        self.assertTrue(45 <= models["a"] <= 75 and models["a"] + models["b"] == 80, models)
        keys = Counter("Bearer k1" in entry["head"] for entry in found)
        self.assertTrue(min(keys[True], keys[False]) >= 20, keys)
        bodies = [self.body(entry) for entry in found]
        self.assertEqual({(body["temperature"], body["max_tokens"]) for body in bodies}, {(0.5, 3)})
        self.assertEqual(len({body["messages"][0]["content"] for body in bodies}), 1)
        self.assertEqual(len({body["messages"][1]["content"] for body in bodies}), 80)

    def test_a_session_takes_its_answers_along(self):
        found = self.asked("--model", "m", "--requests", 2, "--concurrency", 1, "--turns", 2, "--input-tokens", 5,
                           "--output-tokens", 4)
        first, second = (self.body(entry)["messages"] for entry in found)
        self.assertEqual([m["role"] for m in second], ["user", "assistant", "user"])
        self.assertEqual(second[0], first[0])
        self.assertEqual(second[1]["content"], "Lorem ipsum dolor sit ")

    def test_a_trace_is_replayed_at_its_times(self):
        lines = [{"timestamp": at, "input_length": 600, "output_length": 2, "hash_ids": [1, number]}
                 for number, at in enumerate((7000, 9000, 11_000), 5)]
        found = self.asked("--model", "m", "--trace-speed", 10, "--trace",
                           self.file("".join(json.dumps(line) + "\n" for line in lines)))
        self.assertEqual(len(found), 3)
        texts = [self.body(entry)["messages"][0]["content"].split() for entry in found]
        self.assertEqual([len(text) for text in texts], [600] * 3)
        self.assertEqual(texts[0][:512], texts[2][:512])
        self.assertNotEqual(texts[0][512:], texts[2][512:])
        self.assertGreaterEqual(found[2]["received_us"] - found[0]["received_us"], 350_000)

    def test_prompts_are_asked_as_they_stand(self):
        prompts = self.file('{"prompt": "One"}\n{"messages": [{"role": "user", "content": "Two"}], "top_p": 1}\n')
        found = self.asked("--model", "m", "--requests", 4, "--concurrency", 1, "--no-stream", "--prompts", prompts)
        bodies = [self.body(entry) for entry in found]
        self.assertEqual([body["messages"][0]["content"] for body in bodies], ["One", "Two"] * 2)
        self.assertEqual([body.get("top_p") for body in bodies], [None, 1] * 2)
        self.assertNotIn("stream", bodies[0])

    def test_what_is_wrong_is_said_before_any_load(self):
        bad_line = self.file('{"prompt": "One"}\n{"prompt": }\n')
        for options, said in ((["--model", "m", "--input-tokens", "5..x"], "--input-tokens: \"5..x\" is none of 100"),
                              (["--model", "m", "--think-time", "5"], "--think-time: \"5\" is to be a time"),
                              (["--model", "m", "--prompts-form", "xml"], "--prompts-form: \"xml\" is none of auto|"),
                              (["--model", "m", "--extra-body", "@/nowhere"], "--extra-body: /nowhere cannot be read"),
                              (["--model", "m", "--extra-body", "{"], "--extra-body is not JSON"),
                              (["--model", "m=0"], "a weight is a number above 0"),
                              ([], "--model"),
                              (["--model", "m", "--prompts", bad_line], f"{bad_line}, line 2: is not JSON")):
            ended = self.load("--concurrency", 1, "--requests", 1, *options)
            self.assertEqual(ended.returncode, 2, options)
            self.assertIn(said, ended.stderr)
        self.assertEqual(self.mock.ledger(), [])


if __name__ == "__main__":
    unittest.main()
