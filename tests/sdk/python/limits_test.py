"""What the SDK's users see of limits is what they see of OpenAI: six headers, their numbers, spans as Go writes them
(https://platform.openai.com/docs/guides/rate-limits, "Rate limits in headers"), and a RateLimitError."""
import os
import re
import unittest

import openai
from targets import RUNNER, ask, each, settle

KINDS = {"asynchronous": openai.AsyncOpenAI, "synchronous": openai.OpenAI}
OF = [f"x-ratelimit-{part}-{what}" for what in ("requests", "tokens") for part in ("limit", "remaining", "reset")]
SPAN = re.compile(r"(?=\d)(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)(ms|s))?")


def seconds(text):
    """Of a span as Go writes it: 0s, 12ms, 1s, 1m30.951s, 6m0s, 24h0m0s."""
    hours, minutes, rest, unit = SPAN.fullmatch(text).groups()
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + float(rest or 0) / (1000 if unit == "ms" else 1)


class Limits(unittest.TestCase):
    def clients(self, key):
        for kind, made in KINDS.items():
            with self.subTest(kind):
                client = made(base_url=os.environ["FERRY_URL"], api_key=os.environ[key], max_retries=0)
                yield client
                RUNNER.run(settle(client.close()))

    def seen(self, headers):
        found = {name: value for name, value in headers.items() if name.startswith("x-ratelimit-")}
        self.assertEqual(sorted(found), sorted(OF))
        numbers = [int(found[name]) for name in OF if "reset" not in name]
        return numbers, [seconds(found[name]) for name in OF if "reset" in name]

    async def asked(self, client, stream):
        """Numbers and spans of one chat, of 30 tokens."""
        tokens = {"prompt_tokens": 20, "completion_tokens": 10}
        asked = {**ask(tokens), "stream": stream, "max_tokens": 10}
        raw = await settle(client.chat.completions.with_raw_response.create(**asked))
        seen, parsed = self.seen(raw.headers), await settle(raw.parse())
        if stream:
            self.assertTrue([chunk async for chunk in each(parsed)])
        return seen

    def test_headers_are_those_of_openai(self):
        for client in self.clients("FERRY_LIMITED_KEY"):
            async def chats():
                return [await self.asked(client, stream) for stream in (False, True, False)]

            seen = RUNNER.run(chats())
            for number, ((limit, left, limit_of_tokens, tokens_left), spans) in enumerate(seen):
                self.assertEqual((limit, limit_of_tokens), (1000, 1000000))
                self.assertEqual(left, seen[0][0][1] - number)
                self.assertTrue(0 < tokens_left < limit_of_tokens)
                for span in spans:
                    self.assertTrue(0 < span <= 61, span)
            self.assertLess(seen[2][0][3], seen[0][0][3])

    def test_who_asks_too_often_gets_a_rate_limit_error_that_says_when(self):
        for client in self.clients("FERRY_REFUSED_KEY"):
            async def until_refused():
                for _ in range(3):
                    await self.asked_once(client)

            with self.assertRaises(openai.RateLimitError) as refused:
                RUNNER.run(until_refused())
            error = refused.exception
            self.assertEqual((error.status_code, error.code), (429, "rate_limit_exceeded"))
            headers = error.response.headers
            self.assertEqual([headers[OF[0]], headers[OF[1]]], ["1", "0"])
            self.assertTrue(0 < seconds(headers[OF[2]]) <= 61)
            wait = int(headers["retry-after-ms"]) / 1000
            self.assertTrue(0 < wait <= int(headers["retry-after"]) < wait + 1)

    async def asked_once(self, client):
        return await settle(client.chat.completions.create(**ask({})))

    def test_spans_are_read_as_go_writes_them(self):
        spans = {"0s": 0, "12ms": 0.012, "1s": 1, "1m30.951s": 90.951, "6m0s": 360, "24h0m0s": 86400}
        self.assertEqual({text: seconds(text) for text in spans}, spans)


if __name__ == "__main__":
    unittest.main()
