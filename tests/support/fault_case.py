"""The ground of the tests about providers that misbehave: plays the scenes of a table and checks what client, providers
and store saw of each.

FULL_TIMES=1 plays all scenes of a class at once, under the defaults of config/ferry.toml and in real time."""
from concurrent.futures import ThreadPoolExecutor

from cast_case import CastCase
from harness import make_nonce
from provider_faults import BACKUPS, FULL, PROMPT, TIMES, TOKENS, Refused, Right, Scene, ask_plainly, text_of


# As config/ferry.toml has it, where Ferry(options) would have something else.
DEFAULTS = {"retry.backoff_base": "500ms", "retry.retry_after_max": "60s", "stream.rescue": False}
# The same, but for the lengths of time.
QUICK = {**DEFAULTS, "timeouts.first_byte": "1s", "timeouts.idle": "800ms", "timeouts.connect": "1s",
         "retry.backoff_base": "20ms", "retry.backoff_max": "80ms"}


class FaultsCase(CastCase):
    options = DEFAULTS if FULL else QUICK
    times = TIMES
    scenes_of = ()  # (label, fault, stream, backed) of each
    head_may_come_early = FULL  # stream.keepalive is shorter than the silence
    played_at_once = None if FULL else 8  # scenes; None: all of them
    requests_before = 20 if FULL else 0  # by which Ferry knows how long a model takes to its first token
    ask = staticmethod(ask_plainly)

    @classmethod
    def make_cast(cls):
        cls.scenes = {label: Scene(label, fault, stream, backed, 2 * number + 1).open()
                      for number, (label, fault, stream, backed) in enumerate(cls.scenes_of)}
        return list(cls.scenes.values())

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        pool = ThreadPoolExecutor(cls.played_at_once or len(cls.scenes))
        cls.futures = {label: pool.submit(cls.play, scene) for label, scene in sorted(cls.scenes.items())}

    @classmethod
    def play(cls, scene):
        for _ in range(cls.requests_before if scene.fault.plays else 0):
            cls.ask(cls.ferry, cls.key, scene, make_nonce())
        scene.shown.clear()
        return cls.ask(cls.ferry, cls.key, scene, scene.nonce)

    def tries(self, nonce):
        query = ("SELECT a.model_id, a.status, a.error_code FROM usage_attempts a JOIN usage_records r "
                 "ON r.request_id = a.request_id WHERE r.client_request_id = ? ORDER BY a.attempt")
        return [tuple(one.values()) for one in self.ferry.rows(query, nonce)]

    def run_scene(self, label):
        scene = self.scenes[label]
        heard = self.futures[label].result()
        self.received.append(heard.raw)
        told = f"{heard}"[:3000]
        self.assertLess(heard.seconds, self.bound(scene), f"it took too long: {told}")
        self.assertNotIn(b"<html", heard.raw)
        row = self.row(scene.nonce)
        wanted = scene.wanted
        if isinstance(wanted, Right):
            self.check_right(scene, heard, row, told)
        elif isinstance(wanted, Refused):
            self.check_refused(scene, heard, row, told)
        else:
            self.check_broken(scene, heard, row, told)
        self.check_tries(scene, heard, row, told)

    def bound(self, scene):
        fault, times = scene.fault, self.times
        silence = times.patience if scene.backed and fault.clock == "first_byte" else getattr(times, fault.clock)
        return times.slack + fault.lasts + (silence if fault.silent else 0)

    def check_right(self, scene, heard, row, told):
        self.assertEqual(heard.status, 200, told)
        self.assertTrue(heard.is_complete, told)
        who = {text_of("word"): "primary", text_of("spare"): "backup"}.get(heard.text)
        self.assertIn(who, ("primary", "backup") if scene.wanted.by == "either" else (scene.wanted.by,), told)
        self.assertEqual(heard.ids, {"chatcmpl-word" if who == "primary" else "chatcmpl-spare"})
        self.assertIn(heard.finish, ("stop", "content_filter"))
        self.assertEqual(heard.usage["completion_tokens"], TOKENS)
        wanted = {"status": 200, "end_reason": "done", "error_code": None, "model_id": scene.ids[who == "backup"],
                  "prompt_tokens": PROMPT, "completion_tokens": TOKENS, "basis": "provider"}
        self.assertEqual({name: row[name] for name in wanted}, wanted, f"the usage row is {row}")

    def check_refused(self, scene, heard, row, told):
        wanted = scene.wanted
        self.assertFalse(heard.is_complete, told)
        self.assertTrue(heard.error and heard.error["message"], told)
        self.assertIn(heard.error["code"], wanted.codes, told)
        self.assertEqual(heard.text, "", told)
        if not (scene.stream and self.head_may_come_early and scene.fault.silent):
            self.assertEqual(heard.status, wanted.status, told)
        self.assertEqual(heard.fields["content-type"].split(";")[0],
                         "application/json" if heard.status != 200 else "text/event-stream")
        self.check_advice(heard, wanted, told)
        self.assertEqual(row["status"], heard.status)
        self.assertIn(row["end_reason"], wanted.end_reasons, row)
        self.assertIsNotNone(row["error_code"])
        self.assertEqual((row["completion_tokens"] or 0, row["cost_pico"] or 0), (0, 0), row)

    def check_advice(self, heard, wanted, told):
        """What the SDK is told to do next."""
        later, again = heard.fields.get("retry-after"), heard.fields.get("x-should-retry")
        if heard.status == 429:
            self.assertTrue(later or again == "false", told)
        if later:
            self.assertNotEqual(again, "false", told)
        if wanted.retry_after:
            self.assertAlmostEqual(int(later), wanted.retry_after, delta=1, msg=told)

    def check_broken(self, scene, heard, row, told):
        wanted = scene.wanted
        self.assertEqual(heard.status, 200, told)
        self.assertFalse(heard.is_complete, told)
        self.assertIsNotNone(heard.error, told)
        self.assertIn(heard.error["code"], wanted.codes, told)
        self.assertTrue(text_of("word").startswith(heard.text), told)
        self.assertGreaterEqual(heard.text.count(" "), wanted.least, told)
        self.assertEqual((row["status"], row["basis"]), (200, "estimated"), row)
        self.assertIn(row["end_reason"], wanted.end_reasons, row)
        self.assertGreater(row["completion_tokens"], 0, row)
        self.assertGreater(row["prompt_tokens"], 0, row)
        self.assertIsNotNone(row["error_code"], row)

    def check_tries(self, scene, heard, row, told):
        """As many as the policy allows, each in the store as the providers saw it."""
        tries = self.tries(scene.nonce)
        told = f"tries {tries} of {row}\n{told}"
        primary, backup = scene.ids
        counted = [sum(one[0] == number for one in tries) for number in (primary, backup)]
        for number, provider in zip(counted, (scene.primary, scene.backup)):
            if provider and provider.listens:
                self.assertEqual(number, len(provider.requests(scene.nonce)), told)
        by_backup = row["model_id"] == backup
        # A connection that stood idle since the requests before may break without counting for a try.
        self.assertTrue(1 <= counted[0] <= scene.fault.tries + bool(self.requests_before), told)
        most = BACKUPS[scene.fault.backup][1] if by_backup else 0
        self.assertTrue(bool(most) <= counted[1] <= most, told)
        self.assertEqual(row["attempts"], len(tries), told)
        self.assertTrue(all(one[2] for one in tries[:-1]), told)
        self.assertEqual(tries[-1][2] is None, isinstance(scene.wanted, Right), told)
        if "x-ferry-attempts" in heard.fields and heard.status != 200:
            self.assertEqual(heard.fields["x-ferry-attempts"], str(len(tries)), told)


def plays(table, places=("with_a_backup", "alone")):
    """Gives a class of FaultsCase one test for each scene of the table."""

    def fill(case):
        made = [(f"{name}_{'streamed' if stream else 'whole'}_{place}", fault, stream, place == "with_a_backup")
                for name, fault in table.items() for stream in fault.ways for place in places]
        case.scenes_of = [*vars(case).get("scenes_of", ()), *made]
        for label, *_ in made:
            setattr(case, f"test_{label}", lambda self, label=label: self.run_scene(label))
        return case

    return fill
