"""Heads of answers that exceed the usual read buffer: cookies and policies that proxies in front of providers add."""
import json

import answers
from harness import FerryCase, eventually, insert_model


def filler(total, each=1000):
    return [f"X-Filler-{i}: {'x' * (each - 16)}" for i in range(total // each)]


def answer(total, each=1000):
    body = answers.completion()
    last = "x-ratelimit-remaining-requests: 17"
    return answers.head(200, "application/json", *filler(total, each), last, f"Content-Length: {len(body)}") + body


class LargeAnswerHeads(FerryCase):
    options = {"server.threads": 1}

    @classmethod
    def models(cls):
        cls.default = answer(50_000)
        return [insert_model("demo", cls.upstream.base, id="1")]

    def test_heads_up_to_64_kib_are_read_to_their_end_and_the_connection_serves_on(self):
        client, seen = self.client(), set()
        for total in (1_000, 15_000, 16_000, 17_000, 40_000, 63_000, 1_000):
            for each in (200, 1_000, 8_000):
                if each > total:
                    continue
                with self.subTest(total=total, each=each):
                    nonce = self.nonce(answer(total, each))
                    got = self.chat(nonce, client=client)
                    self.assertEqual((got.status, got.body), (200, answers.completion()), got.raw[:500])
                    self.assertEqual(got.field("x-ratelimit-remaining-requests"), "17")
                    self.assertNotIn(b"X-Filler", got.raw)
                    seen.add(self.upstream.wait_for(nonce).connection)
        self.assertEqual(len(seen), 1, "connections were not used again")

    def test_a_head_may_come_in_pieces_after_an_interim_answer_and_before_a_stream(self):
        whole = b"HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n" + answer(30_000)
        nonce = self.nonce(whole[:17], whole[17:10_000], whole[10_000:25_000], whole[25_000:])
        self.assertEqual(self.chat(nonce).body, answers.completion())
        stream = answers.chunked_stream(answers.story())
        head = stream[0].replace(b"\r\n\r\n", b"\r\n" + "\r\n".join(filler(40_000)).encode() + b"\r\n\r\n")
        got = self.stream(self.nonce(head, *stream[1:]))
        self.assertTrue(got.body.endswith(b"data: [DONE]\n\n"), got.raw[-300:])

    def test_a_larger_head_is_refused_and_operators_hear_of_which_limit(self):
        got = self.assert_error(self.chat(self.nonce(answer(70_000))), 502, "upstream_invalid_response")
        self.assertNotIn("header_bytes", got.error["message"])
        request = got.field("x-ferry-request-id")
        eventually(lambda: any(request in line and "upstream.header_bytes" in line
                               for line in self.ferry.log.splitlines()))

    def test_models_test_reads_it_too(self):
        self.upstream.default, before = [self.default], self.upstream.default
        try:
            told = json.loads(self.ferry.run("models", "test", "demo", "--json").stdout)
        finally:
            self.upstream.default = before
        self.assertTrue(told["ok"], told)


class LargerAnswerHeads(FerryCase):
    options = {"upstream.header_bytes": "256KiB"}

    def test_the_limit_is_the_operators(self):
        self.assertEqual(self.chat(self.nonce(answer(200_000))).body, answers.completion())
        self.assert_error(self.chat(self.nonce(answer(300_000))), 502, "upstream_invalid_response")


class SmallerAnswerHeads(FerryCase):
    options = {"upstream.header_bytes": "16KiB"}

    def test_a_small_limit_holds_as_well(self):
        self.assertEqual(self.chat(self.nonce(answer(15_000))).body, answers.completion())
        self.assert_error(self.chat(self.nonce(answer(17_000))), 502, "upstream_invalid_response")
