"""A provider is down for a while. Alone: nobody multiplies what clients ask. With a backup: everybody is answered, the
provider is left alone but for a probe now and then, and it has its work back with the first probe that succeeds.

Times are a twentieth of those of a real outage: 3 s for a minute, a request each 0.2 s, circuits likewise. FULL_TIMES=1
plays the outages of a primary under the defaults of config/ferry.toml and in real time."""
from concurrent.futures import ThreadPoolExecutor

from cast_case import CastCase
from fault_case import DEFAULTS
from outage import Crowd, ask, make_pair
from provider_faults import FULL
from waiting import eventually, paced, play

AS_DEPLOYED = {"retry.budget": 0.2, "circuit.minimum_requests": 5, "circuit.cooldown": "5s",
               "circuit.cooldown_max": "60s"}
CIRCUIT = {**AS_DEPLOYED, "circuit.cooldown": "250ms", "circuit.cooldown_max": "2s", "circuit.window": "3s"}
QUICK = {**CIRCUIT, "timeouts.connect": "250ms", "timeouts.first_byte": "400ms", "retry.backoff_base": "25ms",
         "retry.backoff_max": "400ms", "retry.retry_after_max": "3s"}
SCALE = 20 if FULL else 1
OUTAGE, EACH, AFTERWARDS, COOLDOWN_MAX = 3 * SCALE, 0.2 * SCALE, 4 * SCALE, 3 * SCALE if FULL else 2
UNTIL_OPEN = 6  # tries: two requests of three
PROBES = 6  # after 0.25, 0.5, 1, 2 s, and some for chance
WAYS = [(way, places) for way in ("busy", "failing", "reset", "silent")
        for places in ("one_key", "two_keys", "two_endpoints")] + [("nobody_listens", "two_endpoints")]


class Outages(CastCase):
    options = {**DEFAULTS, **AS_DEPLOYED} if FULL else QUICK

    @classmethod
    def make_cast(cls):
        cls.pairs = {f"{way}_{places}": make_pair(f"{way}-{places}", way, places) for way, places in WAYS}
        return list(cls.pairs.values())

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        pool = ThreadPoolExecutor(len(cls.pairs))
        cls.histories = {name: pool.submit(cls.history, pair) for name, pair in cls.pairs.items()}

    @classmethod
    def history(cls, pair):
        """(when the primary recovered, replies during the outage, replies after it)."""
        def again(number):
            return ask(cls.ferry, cls.key, pair.name, stream=number % 2 == 0)

        for number in range(20 if FULL and pair.primary_at.listens else 0):
            again(number)  # so that Ferry knows how long it takes to its first token
        pair.go_down()
        during = [again(number) for number in paced(range(round(OUTAGE / EACH)), EACH)]
        recovered, after = pair.recover(), []
        for number in paced(range(round(AFTERWARDS / EACH)), EACH):
            after.append(again(number))
        return recovered, during, after

    def tries_at_primary(self, pair, reply):
        """So many of this request, by what the store says: connections that failed are among them."""
        query = ("SELECT count(*) AS n FROM usage_attempts a JOIN usage_records r ON r.request_id = a.request_id "
                 "JOIN ai_models m ON m.id = a.model_id WHERE r.client_request_id = ? AND m.upstream_model = ?")
        self.row(reply.nonce)
        return self.ferry.rows(query, reply.nonce, pair.primary)[0]["n"]

    def survives(self, name):
        pair = self.pairs[name]
        recovered, during, after = self.histories[name].result()
        for reply in during + after:
            self.assertEqual((reply.status, reply.code), (200, None), reply)
            self.assertIn(reply.text, (pair.primary, pair.backup), reply)
        self.assertEqual({reply.text for reply in during}, {pair.backup})
        tries = [self.tries_at_primary(pair, reply) for reply in during]
        # A reset of a connection that stood idle since a good answer proves nothing: that try is made again.
        probe = 2 if pair.way == "reset" and (FULL or pair.primary_at is pair.backup_at) else 1
        most = UNTIL_OPEN + probe * PROBES
        self.assertLessEqual(sum(tries), most, f"tries at the primary, request by request: {tries}")
        opened = next((n + 1 for n in range(len(tries)) if sum(tries[: n + 1]) >= UNTIL_OPEN), len(tries))
        self.assertLessEqual(max(tries[opened:], default=0), probe, f"a probe is one try: {tries}")
        self.assertIn(0, tries, "the primary was asked each time")
        # Its first probe after the recovery succeeds, and from then on it is the one that answers.
        came_back = [reply.text == pair.primary for reply in after]
        self.assertIn(True, came_back, "the primary was not used again")
        first = came_back.index(True)
        self.assertLess(after[first].began - recovered, COOLDOWN_MAX + 2 * EACH, "later than circuit.cooldown_max")
        self.assertTrue(all(came_back[first:]), came_back)
        tries = [self.tries_at_primary(pair, reply) for reply in after]
        self.assertEqual(tries, [int(is_back) for is_back in came_back])


for _way, _places in WAYS:
    _name = f"{_way}_{_places}"
    setattr(Outages, f"test_a_primary_that_is_{_name}", lambda self, name=_name: self.survives(name))


class RareRequests(CastCase):
    """Whoever asks seldom, or waits long for each silence, never has five failures within the window."""

    options = {**QUICK, "circuit.window": "1s", "circuit.cooldown": "5s", "circuit.cooldown_max": "60s"}

    @classmethod
    def make_cast(cls):
        return [make_pair("rare", "silent", "two_endpoints")]

    def test_find_a_silent_primary_left_alone_all_the_same(self):
        pair, = self.cast
        pair.go_down()
        replies = [ask(self.ferry, self.key, "rare", stream=number % 2 == 0) for number in range(12)]
        self.assertEqual({reply.text for reply in replies}, {pair.backup})
        self.assertLessEqual(len(pair.primary_at.served), 8, [reply.seconds for reply in replies])


class Amplification(CastCase):
    """All providers are busy while 20 clients ask on."""

    options = {**QUICK, "retry.backoff_base": "500ms", "retry.backoff_max": "8s", "circuit.cooldown_max": "1s"}
    CLIENTS, SECONDS = 20, 4
    AT_FIRST = 60  # requests on their way before anybody knows: three tries of each client

    @classmethod
    def make_cast(cls):
        return [make_pair(places, "busy", places) for places in ("one_key", "two_keys", "two_endpoints")]

    @classmethod
    def models(cls):
        alone = [pair.rows()[0].replace(f"'{pair.name}'", f"'{pair.name}-alone'", 2) for pair in cls.cast]
        return [*super().models(), *alone]

    def asked(self, pair):
        return sum(len(provider.served) for provider in {pair.primary_at, pair.backup_at})

    def suffers(self, pair, model):
        pair.go_down(both=True)
        before = self.asked(pair)
        with Crowd(self.CLIENTS, lambda n: ask(self.ferry, self.key, model, n % 2 == 0), 0.05) as crowd:
            play(self.SECONDS)
            during = list(crowd.replies)
            asked = self.asked(pair) - before
            recovered = pair.recover()
            eventually(lambda: any(reply.text == pair.primary for reply in crowd.replies), 10, "the primary again")
            play(1)
        self.assertEqual(crowd.wrong, [])
        for reply in during:
            self.assertEqual((reply.status, reply.code), (503, "upstream_overloaded"), reply)
            self.assertLess(reply.seconds, 4, reply)
        told = f"{asked} requests for {len(during)} of clients"
        self.assertGreater(len(during), 2 * self.CLIENTS, told)
        self.assertLessEqual(asked, 1.1 * len(during) + self.AT_FIRST, told)
        return recovered, [reply for reply in crowd.replies if reply.began > recovered]

    def test_and_a_crowd_that_a_backup_serves_sends_one_probe_at_a_time(self):
        pair = self.cast[-1]
        pair.go_down()
        before = len(pair.primary_at.served)
        with Crowd(self.CLIENTS, lambda n: ask(self.ferry, self.key, pair.name, n % 2 == 0), 0.05) as crowd:
            play(self.SECONDS)
            asked = len(pair.primary_at.served) - before
        pair.recover()
        self.assertEqual(crowd.wrong, [])
        self.assertEqual({(reply.status, reply.text) for reply in crowd.replies}, {(200, pair.backup)})
        # Each client may be on its way before anybody knows, and some may have been told to come again.
        self.assertLessEqual(asked, self.CLIENTS + 10 + PROBES, f"of {len(crowd.replies)} requests")

    def check(self, pair, model):
        recovered, after = self.suffers(pair, model)
        # Whose probe comes first is chance: from then on everybody is answered, and by the primary once it is back.
        for texts, wanted in (((pair.primary, pair.backup), {pair.primary, pair.backup}),
                              ((pair.primary,), {pair.primary})):
            first = min(reply.ended for reply in after if reply.text in texts)
            self.assertLess(first - recovered, 1.5, f"{texts} answered later than circuit.cooldown_max")
            later = [reply for reply in after if reply.began > first + 0.1]
            self.assertEqual({reply.status for reply in later}, {200})
            self.assertLessEqual({reply.text for reply in later}, wanted)


for _places in ("one_key", "two_keys", "two_endpoints"):
    for _end in ("", "-alone"):
        setattr(Amplification, f"test_of_{_places}{_end.replace('-', '_')}", lambda self, p=_places, e=_end: self.check(
            next(pair for pair in self.cast if pair.name == p), p + e))
