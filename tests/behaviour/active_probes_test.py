"""Those that are left alone are asked for their models, which costs nothing: an answer ends the cooldown, and no
connection begins it anew."""
import signal
import time

import answers
import circuits_test as circuits
from failover_case import BUSY
from imposter import Imposter
from nobody import port_of_nobody
from waiting import eventually

COOLDOWN = 4.0
MODELS = {"list": [answers.json_answer({"object": "list", "data": []})], "none": [answers.error_answer(404)],
          "refused": [answers.error_answer(401)], "limited": [answers.error_answer(429)],
          "failing": [answers.error_answer(502)], "broken": [b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "close"],
          "silent": ["stall"]}  # which is still waited for when Ferry stops
ROWS = {name: number for number, name in enumerate([*MODELS, "away"], 40)}


class Lister(Imposter):
    """Its models are as MODELS has it for the key's row."""

    def script_for(self, request):
        if request.target.endswith("/models"):
            return MODELS[list(ROWS)[self.row_of(request) - 40]]
        return super().script_for(request)

    @staticmethod
    def row_of(request):
        return int(request.fields("authorization")[0].split("-")[1])


class ActiveProbes(circuits.CircuitCase):
    options = {**circuits.CircuitCase.options, "circuit.cooldown": f"{COOLDOWN:.0f}s", "retry.backoff_base": "1ms"}

    @classmethod
    def make_upstream(cls):
        return Lister()

    @classmethod
    def models(cls):
        away = f"http://127.0.0.1:{port_of_nobody()}/v1"
        return [cls.row_of(number, name, away if name == "away" else None) for name, number in ROWS.items()]

    def listed(self):
        """How often each row was asked for its models."""
        asked = [one for one in self.upstream.served if one.target == "/v1/models"]
        self.assertEqual({one.head.split(b" ")[0] for one in asked}, {b"GET"} if asked else set())
        names = list(ROWS)
        return {name: sum(names[Lister.row_of(one) - 40] == name for one in asked) for name in names}

    def told(self, outcome):
        return self.ferry.metric("ferry_circuit_probes_total", outcome=outcome)

    def begin(self):
        self.ferry.configure(**self.options, **{"circuit.probe": "models"})
        self.ferry.process.send_signal(signal.SIGHUP)

    def test_end_a_cooldown_or_begin_it_anew(self):
        for name, number in ROWS.items():
            refused = self.chat(self.nonce(*BUSY * 3), model=name)
            if name == "away":
                refused = self.chat(self.nonce(), model=name)
            self.assertGreaterEqual(refused.status, 500)
            self.assertEqual((self.circuits()[number]["state"], self.circuits()[number]["probe"]), ("open", None))
        began = time.monotonic()
        self.begin()
        chats = sum(one.target.endswith("completions") for one in self.upstream.served)
        eventually(lambda: self.ferry.metric("ferry_journal_lag_rows") == 0)
        rows = self.ferry.rows("SELECT count(*) AS n FROM usage_attempts")
        wanted = {"well": 2, "refused": 2, "failed": 2, "unreachable": 1}
        eventually(lambda: {name: self.told(name) for name in wanted} == wanted, COOLDOWN)
        self.assertLess(time.monotonic() - began, COOLDOWN - 1)
        now = self.circuits()
        stands = {name: (now[number]["state"], now[number]["probe"]) for name, number in ROWS.items()}
        self.assertEqual(stands, {"list": ("half_open", "well"), "none": ("half_open", "well"),
                                  "refused": ("open", "refused"), "limited": ("open", "refused"),
                                  "failing": ("open", "failed"), "broken": ("open", "failed"),
                                  "silent": ("open", None), "away": ("open", "unreachable")})
        self.assertLess(now[ROWS["failing"]]["left_ms"], COOLDOWN * 600)
        self.assertGreater(now[ROWS["away"]]["left_ms"], COOLDOWN * 600)
        self.assertEqual(self.listed(), {**dict.fromkeys(MODELS, 1), "away": 0})
        # Nobody has paid for any of it.
        self.assertEqual(sum(one.target.endswith("completions") for one in self.upstream.served), chats)
        self.assertEqual(self.ferry.rows("SELECT count(*) AS n FROM usage_attempts"), rows)
        # It is a request that closes the circuit, or opens it again.
        self.assertEqual(self.chat(self.nonce(), model="list").status, 200)
        self.assertNotIn(ROWS["list"], self.circuits())
        self.assert_error(self.chat(self.nonce(*BUSY), model="none"), 503)
        self.assertGreater(self.circuits()[ROWS["none"]]["left_ms"], COOLDOWN * 1100)
        self.assert_error(self.chat(self.nonce(), model="failing"), 503)
