"""A service fails in one way or another: the official SDK gets the backup's answer, or an error of the right class."""
import time
import unittest

import openai
from targets import RUNNER, chunks_of, error_of, nonce, settle, target, text_of

ANSWERED = ("503-for-ever", "reset", "silent", "empty-200", "error-under-200", "html-page", "dead")
REFUSED = {
    "content-filter": (openai.BadRequestError, "content_policy_violation"),
    "too-long": (openai.BadRequestError, "context_length_exceeded"),
    "both-dead": (openai.InternalServerError, "upstream_unreachable"),
}


def ask(case):
    return {"model": f"fails-{case}", "messages": [{"role": "user", "content": f"nonce:{nonce()}"}]}


class Failover(unittest.TestCase):
    def each_client(self, check):
        """The SDK's own retries are off: what is tried again here is tried by Ferry."""
        for kind in ("asynchronous", "synchronous"):
            with self.subTest(kind):
                RUNNER.run(check(target(kind, "through_ferry", "DIRECT").with_options(max_retries=0, timeout=20)))

    def answers_through(self, case):
        async def check(ferry):
            raw = await settle(ferry.chat.with_raw_response.create(**ask(case)))
            self.assertEqual(raw.headers["x-ferry-fallback"], "backup")
            self.assertEqual(raw.parse().choices[0].message.content, "from the backup")
            chunks = await chunks_of(ferry, **ask(case))
            self.assertEqual(text_of(chunks), "from the backup")
            self.assertEqual(chunks[-1]["choices"][0]["finish_reason"], "stop")

        self.each_client(check)

    def is_refused(self, case):
        kind, code = REFUSED[case]

        async def check(ferry):
            for stream in (False, True):
                began = time.monotonic()
                error = await error_of(lambda: ferry.chat.create(**ask(case), stream=stream))
                self.assertIs(type(error), kind, error)
                self.assertEqual(error.code, code)
                self.assertLess(time.monotonic() - began, 10)

        self.each_client(check)


for _case in ANSWERED:
    setattr(Failover, f"test_the_backup_answers_after_{_case.replace('-', '_')}",
            lambda self, case=_case: self.answers_through(case))
for _case in REFUSED:
    setattr(Failover, f"test_the_error_of_{_case.replace('-', '_')}", lambda self, case=_case: self.is_refused(case))
