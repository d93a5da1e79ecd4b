"""What passes beside the answer: request bodies, headers, request ids, raw responses, connections."""
import json

from targets import Scenarios, ask, each, ledger_of, nonce_of, opened, plain, scenario, settle


def data_of(lines):
    return [plain(json.loads(line[5:])) if "[DONE]" not in line else line for line in lines if line.startswith("data:")]


class Requests(Scenarios):
    @scenario
    async def the_body_arrives_as_the_sdk_wrote_it(self, target):
        asked = ask(text="same text")
        more = {"seed": 12, "stop": ["a", "b"], "logit_bias": {"50256": -100}, "temperature": 1e-7, "user": "żółć"}
        await settle(target.chat.create(**asked, **more))
        return (await ledger_of(asked))[-1]["body"].replace(nonce_of(asked), "NONCE")

    @scenario
    async def unknown_parameters_headers_and_queries(self, target):
        asked = ask({"content": "fine"})
        extra = {"thinking": {"type": "enabled"}, "top_k": 20, "x_number": 1e-7, "x_list": [1, [2, {"three": None}]]}
        headers = {"X-Extra": "1", "OpenAI-Beta": "all=v9"}
        answer = await settle(target.chat.create(
            **asked, extra_body=extra, extra_headers=headers, extra_query={"q": "1 2"},
        ))
        entry = (await ledger_of(asked))[-1]
        seen = json.loads(entry["body"])
        self.assertEqual({name: seen[name] for name in extra}, extra)
        self.assertIn("openai-beta: all=v9\r\n", entry["head"].lower())
        return plain(answer)

    @scenario
    async def keep_alive_connections_are_used_again(self, target):
        async def local_port():
            raw = await settle(target.chat.with_raw_response.create(**ask({})))
            return raw.http_response.extensions["network_stream"].get_extra_info("client_addr")[1]

        first = await local_port()
        again = [await local_port() == first for _ in range(3)]
        self.assertEqual(again, [True] * 3)


class Responses(Scenarios):
    @scenario
    async def request_ids(self, target):
        answer = await settle(target.chat.create(**ask({})))
        self.assertTrue(answer._request_id)
        raw = await settle(target.chat.with_raw_response.create(**ask({})))
        self.assertEqual(raw.request_id, raw.headers["x-request-id"])
        self.assertEqual(raw.parse()._request_id, raw.request_id)

    @scenario
    async def a_raw_response(self, target):
        raw = await settle(target.chat.with_raw_response.create(**ask({"content": "raw"})))
        body = json.loads(raw.content)
        kind = raw.headers["content-type"].split(";")[0]
        return raw.status_code, raw.http_version, kind, plain(body), plain(raw.parse())

    @scenario
    async def a_raw_response_of_a_stream(self, target):
        raw = await settle(target.chat.with_raw_response.create(**ask({"content": "raw words"}), stream=True))
        return [plain(chunk) async for chunk in each(raw.parse())]

    @scenario
    async def with_streaming_response(self, target):
        async with opened(target.chat.with_streaming_response.create(**ask({"content": "whole"}))) as response:
            return response.status_code, plain(json.loads(await settle(response.read())))

    @scenario
    async def lines_of_with_streaming_response(self, target):
        asked = ask({"content": "line by line"})
        async with opened(target.chat.with_streaming_response.create(**asked, stream=True)) as response:
            lines = [line async for line in each(response.iter_lines())]
        self.assertEqual([line for line in lines if line][-1], "data: [DONE]")
        return response.headers["content-type"].split(";")[0], data_of(lines)

    @scenario
    async def rate_limits_are_shown(self, target):
        limits = {"x-ratelimit-remaining-requests": "17", "x-ratelimit-reset-tokens": "6m0s"}
        raw = await settle(target.chat.with_raw_response.create(**ask({"headers": limits})))
        return {name: raw.headers.get(name) for name in limits}
