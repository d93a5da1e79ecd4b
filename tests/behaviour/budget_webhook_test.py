"""That a budget is used up is told to a webhook, once, and nobody waits for it."""
import signal
import tempfile
import threading
import time
from pathlib import Path

from budget_case import Budgeted
from harness import eventually
from own_ferry import OwnFerry
from postgres_case import PostgresCase, PostgresFerry
from receiver import Receiver, signature
from tls_upstream_test import make_certificate, server_context

KEY = "whsec-1c0ffee"


class Told(Budgeted):
    statuses, tls = (), None

    @classmethod
    def setUpClass(cls):
        cls.receiver = Receiver(cls.statuses, cls.tls)
        cls.addClassCleanup(cls.receiver.close)
        cls.options = {"budget.webhook": cls.receiver.url, "budget.webhook_secret": KEY, **cls.options}
        super().setUpClass()

    def exhaust(self, name, *more, client=None):
        key = self.create_key(name, "--budget", "0.10", *more)
        self.assertEqual(self.ask(key, tokens=10, max_tokens=10, client=client).status, 200)
        self.is_used_up(self.ask(key, max_tokens=10, client=client))
        return key

    def told_of(self, name, event, seconds=5):
        def found():
            return [one for one in self.receiver.messages
                    if one.document["party"]["name"] == name and one.document["event"] == event]
        return eventually(found, seconds, f"{event} of {name}")


class BudgetsAreTold(Told):
    def test_that_a_budget_is_exhausted_is_told_once_and_signed(self):
        key = self.exhaust("month", "--budget-period", "month")
        told, = self.told_of("month", "budget.exhausted")
        said = told.document
        self.assertEqual(set(said), {"id", "event", "created_at", "party", "mode", "period", "limit", "spent",
                                     "currency", "began_at", "resets_at", "replica"})
        self.assertEqual((said["mode"], said["period"], said["limit"], said["spent"], said["currency"]),
                         ("hard", "month", "0.1", "0.1", "USD"))
        self.assertEqual(said["party"]["kind"], "key")
        now = time.strftime("%Y-%m-", time.gmtime())
        self.assertEqual(said["began_at"], now + "01T00:00:00Z")
        self.assertRegex(said["resets_at"], r"^\d{4}-\d\d-01T00:00:00Z$")
        self.assertEqual(told.path, "/told?token=t0ken")
        self.assertEqual(told.headers["content-type"], "application/json")
        self.assertEqual(told.headers["x-ferry-event"], "budget.exhausted")
        self.assertEqual(told.headers["x-ferry-delivery"], said["id"])
        self.assertEqual(told.headers["x-ferry-signature"], signature(KEY, told.body))
        for _ in range(5):
            self.is_used_up(self.ask(key, max_tokens=10))
        self.exhaust("month-2")
        self.told_of("month-2", "budget.exhausted")  # behind whatever else was to be told
        self.assertEqual(len(self.told_of("month", "budget.exhausted")), 1)
        self.assertNotIn(KEY, self.ferry.log)
        self.assertNotIn("t0ken", self.ferry.log)

    def test_a_budget_that_grew_and_is_exhausted_again_is_told_again(self):
        key = self.exhaust("grows")
        self.told_of("grows", "budget.exhausted")
        self.ferry.run("keys", "set", "grows", "--budget", "0.20")
        eventually(lambda: self.ask(key, tokens=10, max_tokens=10).status == 200)
        self.is_used_up(self.ask(key, max_tokens=10))
        limits = eventually(lambda: len(self.told_of("grows", "budget.exhausted")) == 2 and
                            [one.document["limit"] for one in self.told_of("grows", "budget.exhausted")])
        self.assertEqual(limits, ["0.1", "0.2"])

    def test_a_soft_budget_of_a_team_is_told(self):
        self.ferry.run("teams", "add", "warned", "--budget", "0.02", "--budget-mode", "soft")
        key = self.create_key("of-a-team", "--team", "warned")
        eventually(lambda: self.ask(key).field("x-ferry-budget-warning"))
        said = self.told_of("warned", "budget.used_up")[0].document
        self.assertEqual((said["party"]["kind"], said["mode"], said["period"], said["resets_at"]),
                         ("team", "soft", "total", None))
        self.assertGreaterEqual(float(said["spent"]), 0.02)
        self.assertGreaterEqual(self.ferry.metric("ferry_budgets_used_up_total", mode="soft"), 1)
        eventually(lambda: self.ferry.metric("ferry_webhook_messages_total", result="delivered") >= 1)

    def test_what_cannot_be_a_webhook_is_refused(self):
        for url in ("ftp://example.com/t0ken", "nonsense t0ken", "https://user:t0ken@example.com/"):
            done = self.ferry.run("check", "--set", f"budget.webhook={url}", check=False)
            self.assertEqual(done.returncode, 2, done.stdout)
            self.assertIn("budget.webhook", done.stderr)
            self.assertNotIn("t0ken", done.stderr)


class ReceiversFail(Told):
    statuses = (500, 302)

    def test_what_is_not_taken_is_sent_again(self):
        self.exhaust("again")
        told = eventually(lambda: len(self.receiver.messages) == 3 and self.receiver.messages, 15)
        self.assertEqual(len({one.body for one in told}), 1)
        self.ferry.says("The webhook of budgets did not take ")
        self.ferry.says("it answered with status 500")
        self.ferry.says("The webhook of budgets takes messages again")
        self.assertEqual(self.ferry.metric("ferry_webhook_failed_tries_total"), 2)
        self.assertEqual(self.ferry.metric("ferry_webhook_waiting"), 0)


class ReceiversHang(Told, OwnFerry):
    statuses = (None,) * 100

    def test_a_receiver_that_hangs_holds_up_nothing(self):
        ferry = self.own()
        key = self.exhaust("hung")
        eventually(lambda: self.receiver.messages)
        began = time.monotonic()
        for _ in range(20):
            self.is_used_up(self.ask(key, max_tokens=10))
            self.assertEqual(self.ask(key, model="demo").status, 200)
        self.assertLess(time.monotonic() - began, 8)  # a try has 10 s
        began = time.monotonic()
        self.assertEqual(ferry.stop(), 0)
        self.assertLess(time.monotonic() - began, 6)
        self.assertIn("this process ends", ferry.log)
        # The next process tells it.
        self.receiver.statuses.clear()
        before = len(self.receiver.messages)
        ferry.start()
        self.is_used_up(self.ask(key, max_tokens=10))
        eventually(lambda: len(self.receiver.messages) > before)
        self.assertEqual(len({one.document["id"] for one in self.receiver.messages}), 1)


class ReceiversAreAway(Told):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.receiver.close()

    def test_requests_go_on_and_the_log_says_it(self):
        key = self.exhaust("alone")
        self.ferry.says("The webhook of budgets did not take ")
        self.assertEqual(self.ask(key, model="demo").status, 200)
        eventually(lambda: self.ferry.metric("ferry_webhook_waiting") == 1)


class ReceiversOverTls(Told):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        certificate = make_certificate(Path(folder.name), "trusted")
        cls.stranger = Receiver(tls=server_context(*make_certificate(Path(folder.name), "stranger")))
        cls.addClassCleanup(cls.stranger.close)
        cls.tls = server_context(*certificate)
        cls.options = {"upstream.ca_file": str(certificate[0])}
        super().setUpClass()

    def test_a_receiver_is_told_only_if_its_certificate_is_trusted(self):
        self.exhaust("trusted")
        self.told_of("trusted", "budget.exhausted")
        self.ferry.configure(**{**self.options, "budget.webhook": self.stranger.url})
        self.ferry.process.send_signal(signal.SIGHUP)
        self.ferry.says("were read again")
        self.exhaust("stranger")
        self.ferry.says("The webhook of budgets did not take ")
        self.assertEqual(self.stranger.messages, [])


class ReplicasTellOnce(Told, PostgresCase):
    def setUp(self):
        super().setUp()
        self.other = PostgresFerry(self.cluster, self.ferry.name, self.options).start()
        self.addCleanup(self.other.remove)

    def test_of_all_replicas_one_tells(self):
        names = [f"shared-{i}" for i in range(8)]
        keys = [self.create_key(name, "--budget", "0.10") for name in names]
        ports = (self.ferry.port, self.other.port)

        def exhaust(key, port):
            client = self.client(port)
            eventually(lambda: self.ask(key, client=client, model="demo").status == 200)
            self.ask(key, tokens=10, max_tokens=10, client=client)
            eventually(lambda: self.ask(key, tokens=1, max_tokens=1, client=client).status == 429)

        threads = [threading.Thread(target=exhaust, args=(key, port)) for key in keys for port in ports]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        for name in names:
            self.told_of(name, "budget.exhausted")
        self.exhaust("last")
        self.told_of("last", "budget.exhausted")
        self.assertEqual(self.other.stop(), 0)  # it has told whatever it had to
        told = [one.document["party"]["name"] for one in self.receiver.messages]
        self.assertEqual(sorted(told), sorted([*names, "last"]))
        self.assertLessEqual(len({one.document["replica"] for one in self.receiver.messages}), 2)
