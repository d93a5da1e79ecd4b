"""A client may leave at any moment. Whatever its request is waiting for then, the upstream is closed within 100 ms, the
books have one row that says so if they were open, and nothing of the request stays behind."""
import answers
import tls_listener_test as tls
from failover_case import COMMENT, ROLE, STREAM, begun
from harness import insert_model
from leaving import SHOWN, Phase, connecting_to
from leaving_case import LeavingCase
from provider_faults import role, words

WORD = begun(answers.chunk("word0 "))
LARGE = [answers.as_chunk(answers.chunk("x" * 60_000))] * 400  # 24 MB
DOCUMENT = answers.completion("x" * 1000)
NOT_HERE = [answers.error_answer(404, "no such model", "model_not_found", "invalid_request_error")]
LATER = [answers.error_answer(429, "slow down", "rate_limit_exceeded", "requests", "retry-after-ms: 1500")]
CUT = [answers.stream_head(), *map(answers.as_chunk, [role(), *words(last=40)]), SHOWN, "close"]


def document_head(length):
    return answers.head(200, "application/json", f"Content-Length: {length}")


def again(count):
    """What the spare one says of the text that the client has 40 words of."""
    return begun(role("spare"), *[answers.chunk(f"word{i} ", id="chatcmpl-spare") for i in range(count)])


PHASES = {
    "mid head": Phase(at="nobody", cut=200),
    "mid body": Phase(at="nobody", cut=10),
    "connecting": Phase(at="books", model="full", waits=lambda scene: connecting_to(scene.case.full_port) > 0),
    "asking a proxy": Phase(at="silence", model="{scene}"),
    "in a handshake": Phase(at="silence", model="{scene}"),
    "sending a long body": Phase(at="silence", model="{scene}", filler=1_000_000),
    "waiting for a document": Phase(stream=False),
    "waiting for a stream": Phase(),
    "with more sent ahead than is read": Phase(ahead=60_000),
    "behind the head of a document": Phase([document_head(900), "stall"], stream=False),
    "behind the head of a stream": Phase([*begun(), "stall"]),
    "behind a role": Phase([*begun(ROLE), "stall"]),
    "in a document": Phase([document_head(len(DOCUMENT)) + DOCUMENT[:500], "stall"], stream=False),
    "in a stream": Phase([*WORD, "stall"], shows=b"word0"),
    "in an event": Phase([*WORD, answers.as_chunk(answers.chunk("word1 ")[:60]), "stall"], shows=b"word0"),
    "between signs of life": Phase([*WORD, answers.as_chunk(COMMENT), "stall"], shows=COMMENT),
    "behind the finish reason": Phase([*begun(*answers.story()[:-1]), "stall"], shows=b'"stop"'),
    "reading nothing of a stream": Phase([answers.stream_head(), *LARGE, "stall"], reads=False),
    "reading nothing of a document": Phase(
        [document_head(24_000_000), DOCUMENT[:200], *[b"x" * 60_000] * 390, "stall"], stream=False, reads=False),
    "before a further try": Phase(LATER, at="books", model="{scene}", waits=lambda scene: scene.is_told_to_wait()),
    "at the second row": Phase(NOT_HERE, ["stall"], at="spare", model="demo"),
    "at the second row in a stream": Phase(NOT_HERE, [*WORD, "stall"], at="spare", model="demo", shows=b"word0"),
    "waiting for a rescue": Phase(CUT, ["stall"], at="spare", model="demo"),
    "in a rescue that repeats": Phase(CUT, [*again(20), "stall"], at="spare", model="demo"),
    "in a rescue that went on": Phase(CUT, [*again(45), "stall"], at="spare", model="demo", shows=b"word44"),
    "asked of two, at the first": Phase(["stall"], ["stall"], model="hedged", waits=lambda scene: scene.is_hedged()),
    "asked of two, at the second": Phase([*begun(ROLE), "stall"], ["stall"], at="spare", model="hedged"),
    "at a second that won": Phase(["stall"], [*WORD, "stall"], at="spare", model="hedged", shows=b"word0"),
    "probing a circuit": Phase(model="{scene}", stream=False),
    "probing a circuit by a stream": Phase([*begun(ROLE), "stall"], model="{scene}"),
}


class ClientsLeave(LeavingCase):
    options = {**LeavingCase.options, "hedge.max_share": 1, "hedge.max_cost_share": 1}
    phases = PHASES

    @classmethod
    def models(cls):
        return [*super().models(),
                insert_model("hedged", cls.upstream.base, priority="0", capabilities="'{\"hedge\": true}'"),
                insert_model("hedged", cls.spare.base, priority="1")]

    def test_in_every_phase(self):
        probes = [one.name for one in self.scenes if one.name.startswith("probing")]
        for name in probes:
            refused = self.nonce(answers.error_answer(401, code="invalid_api_key"))
            self.assertEqual(self.chat(refused, model=name).status, 502)
        for _ in range(21):  # by which Ferry knows when the first is late
            self.assertEqual(self.chat(self.nonce(STREAM), model="hedged", stream=True).status, 200)
        self.closed_in_time()
        for one in self.scenes:
            asked = len(self.upstream.requests(one.nonce))
            self.assertEqual(asked, one.phase.at in ("upstream", "spare") or one.phase.first is LATER, one.name)
        self.assertEqual(connecting_to(self.full_port), 0)
        # Whoever probed has given the circuit back.
        for name in probes:
            self.assertEqual(self.chat(self.nonce(), model=name).status, 200)


class ClientsLeaveOverTls(tls.WithTlsListener, ClientsLeave):
    options = {**ClientsLeave.options, "stream.keepalive": "100ms"}
    ways = ("goodbye", "reset")
    rounds = 2
