"""The ground of the tests about clients that leave: plays the scenes of a table, measures and looks at what is left."""
from exposition import Scrape
from harness import FerryCase, insert_model
from imposter import Imposter
from leaving import Scene, Silence, ends_of, full_listener, play
from waiting import eventually

ENDED = "SELECT client_request_id AS nonce, status, end_reason FROM usage_records"
CLOSED_WITHIN = 0.1
TRIES = 3  # a busy machine may be late once; it is not late three times
GAUGES = ("ferry_open_connections", "ferry_open_requests", "ferry_open_streams", "ferry_body_memory_bytes",
          "ferry_answer_memory_bytes", "ferry_journal_open_requests")


class LeavingCase(FerryCase):
    options = {"stream.rescue": True, "retry.retry_after_max": "60s"}
    rows_for_every_request = False  # here they are looked at together
    ways = ("close", "reset")
    rounds = 4  # all scenes at the same time in each
    keys = {}
    phases = {}

    @classmethod
    def setUpClass(cls):
        cls.spare, cls.silence = Imposter(), Silence()
        cls.full_port, cls.full = full_listener()
        cls.scenes = [Scene(None, name, phase, how) for name, phase in cls.phases.items() for how in cls.ways]
        super().setUpClass()

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        cls.silence.close()
        cls.spare.close()
        for one in cls.full:
            one.close()

    @classmethod
    def models(cls):
        rows = [insert_model("demo", cls.upstream.base, priority="0"), insert_model("alone", cls.upstream.base),
                insert_model("demo", cls.spare.base, priority="1"),
                insert_model("full", f"http://127.0.0.1:{cls.full_port}/v1")]
        return rows + [cls.row_of_scene(one.name, one.phase) for one in cls.scenes if one.phase.model == "{scene}"]

    @classmethod
    def row_of_scene(cls, name, phase):
        key = f"sk-canary-{name}"
        if phase.at != "silence":
            return insert_model(name, cls.upstream.base, key=key)
        here = f"127.0.0.1:{cls.silence.listen(name)}"
        if name.startswith("asking"):
            return insert_model(name, "http://provider.test/v1", key=key, proxy=f"'http://{here}'")
        return insert_model(name, f"{'https' if name.startswith('in-a-hand') else 'http'}://{here}/v1", key=key)

    def gauges(self):
        told = Scrape(self.ferry.admin("/metrics")[1])
        return {**{name: told.value(name) for name in GAUGES},
                "in use": told.value("ferry_upstream_connections", state="in_use")}

    def rows_of(self, nonces):
        """Once all are in the store and nothing is on its way there."""
        eventually(lambda: self.ferry.metric("ferry_journal_lag_rows") == 0)
        return [row for row in self.ferry.rows(ENDED) if row["nonce"] in nonces]

    def check_rows(self):
        rows = self.rows_of({one.nonce for one in self.scenes})
        self.assertEqual(sorted(row["nonce"] for row in rows),
                         sorted(one.nonce for one in self.scenes if one.phase.has_row))
        self.assertLessEqual({(row["status"], row["end_reason"]) for row in rows}, {(499, "client_gone")})

    def ends(self):
        nonces, found = {one.nonce for one in self.scenes if one.phase.at in ("books", "log")}, {}

        def are_told():
            found.update(ends_of(self.ferry.output, nonces))
            return len(found) == len(nonces)

        eventually(are_told, what="a line of the access log for each")
        return found

    def begin_round(self):
        """All clients have left; returns what the gauges were before."""
        before = eventually(lambda: (now := self.gauges())["ferry_open_requests"] == 0 and now)
        for one in self.scenes:
            one.case = self
        play(self.scenes)
        return before

    def end_round(self, before):
        """How long it was until the end: [(seconds, scene)]."""
        eventually(lambda: self.gauges() == before, what=f"gauges as in {before}")
        self.check_rows()
        ends = self.ends()
        return [(seconds, one.name) for one in self.scenes if (seconds := one.took(ends)) is not None]

    def closed_in_time(self):
        for _ in range(TRIES):
            took = sorted(one for _ in range(self.rounds) for one in self.end_round(self.begin_round()))
            print(f"{len(took)} clients left: {took[len(took) // 2][0] * 1000:.1f} ms at the median, "
                  f"{took[-1][0] * 1000:.1f} ms at most")
            if took[len(took) * 99 // 100 - 1][0] < CLOSED_WITHIN:
                return
        self.fail(f"it took too long at last for {took[-10:]}")
