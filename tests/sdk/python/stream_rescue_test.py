"""A stream dies behind some of its content and goes on at a backup: the official SDK notices nothing. Where the backup
tells another text it raises, as it does for any stream that fails."""
import threading

import openai
from provider_faults import SHOWN, TOKENS, text_of
from rescue_case import DEATHS, RescueCase, dies, forty, same_text, whole
from targets import HTTP_CLIENTS, KINDS, RUNNER, each, opened, settle


class RescuedStreams(RescueCase):
    def prepare_both(self, death, events):
        """(what to ask, what to set once something of the answer has come)."""
        shown = threading.Event()
        nonce = self.nonce(*[shown if step is SHOWN else step for step in dies(forty(), *death)])
        self.spare.on(nonce, *whole(events))
        asked = {"model": "demo", "messages": [{"role": "user", "content": nonce}],
                 "stream_options": {"include_usage": True}, "extra_headers": {"x-request-id": nonce}}
        return asked, shown

    def each_client(self, check):
        for kind in KINDS:
            with self.subTest(kind):
                RUNNER.run(self.with_client(kind, check))

    async def with_client(self, kind, check):
        client = KINDS[kind](base_url=f"http://127.0.0.1:{self.ferry.port}/v1", api_key=self.key, max_retries=0,
                             timeout=20, http_client=HTTP_CLIENTS[kind]())
        try:
            await check(client.chat.completions)
        finally:
            await settle(client.close())

    @staticmethod
    async def read(chat, asked, shown):
        """(text, finish reasons, ids, completion tokens of each usage)."""
        text, finishes, ids, used = "", [], set(), []
        async for chunk in each(await settle(chat.create(stream=True, **asked))):
            shown.set()
            ids.add(chunk.id)
            used += [chunk.usage.completion_tokens] if chunk.usage else []
            for choice in chunk.choices:
                text += choice.delta.content or ""
                finishes += [choice.finish_reason] if choice.finish_reason else []
        return text, finishes, ids, used

    def goes_on(self, death):
        async def check(chat):
            got = await self.read(chat, *self.prepare_both(death, same_text()))
            self.assertEqual(got, (text_of("word"), ["stop"], {"chatcmpl-word"}, [TOKENS]))

        self.each_client(check)

    def test_the_helper_that_puts_a_stream_together_has_one_answer(self):
        async def check(chat):
            asked, shown = self.prepare_both(["close"], same_text())
            async with opened(chat.stream(**asked)) as stream:
                async for _ in each(stream):
                    shown.set()
                answer = await settle(stream.get_final_completion())
            choice, = answer.choices
            self.assertEqual((choice.message.content, choice.finish_reason), (text_of("word"), "stop"))
            self.assertEqual((answer.id, answer.usage.completion_tokens), ("chatcmpl-word", TOKENS))

        self.each_client(check)

    def test_another_text_is_an_exception(self):
        async def check(chat):
            asked = self.prepare_both(["close"], same_text([f"other{i} " for i in range(TOKENS)]))
            with self.assertRaises(openai.APIError):
                await self.read(chat, *asked)

        self.each_client(check)


for _name, _death in DEATHS.items():
    setattr(RescuedStreams, f"test_a_stream_that_{_name}_goes_on", lambda self, death=_death: self.goes_on(death))
