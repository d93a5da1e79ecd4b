"""PostgreSQL may be down at the start, stop while requests run, or freeze: no client notices, no row is lost."""
import json
import os
import signal
import time

from ferry import Ferry
from harness import eventually
from postgres_case import PostgresCase, PostgresFerry


class StoreIsAway(PostgresCase):
    def setUp(self):
        super().setUp()
        self.addCleanup(self.bring_back)
        self.becomes("ready", self.ferry)

    def tearDown(self):
        self.bring_back()
        super().tearDown()

    def bring_back(self):
        self.cluster.thaw()
        if self.cluster.process.poll() is not None:
            self.cluster.start()

    def another(self, **options):
        """A second program on the same database, not started."""
        ferry = PostgresFerry(self.cluster, self.ferry.name, options)
        self.addCleanup(ferry.remove)
        return ferry

    def ask(self, ferry, count=5):
        nonces = [self.nonce() for _ in range(count)]
        for nonce in nonces:
            answer = self.chat(nonce, client=self.client(ferry.port))
            self.assertEqual(answer.status, 200, answer.raw[:500])
        return nonces

    def becomes(self, wanted, ferry, seconds=15):
        said = eventually(lambda: (got := ferry.readiness())[1] == wanted and got, seconds, f"readiness {wanted}")
        self.assertEqual(said[0], 200)
        return said[2]

    def test_a_store_that_stops_is_noticed_by_operators_only(self):
        nonces = self.ask(self.ferry)
        for how in (signal.SIGINT, signal.SIGQUIT):
            self.cluster.stop(how)
            why = self.becomes("degraded", self.ferry)
            self.assertIn("the catalog cannot be refreshed", why)
            nonces += self.ask(self.ferry)
            eventually(lambda: "usage rows wait in the journal" in self.ferry.readiness()[2])
            refused = self.client()
            refused.send(self.request(self.body(self.nonce()), key="fk-0123456789-" + "a" * 43))
            self.assertEqual(refused.response().status, 401)
            self.cluster.start()
            self.becomes("ready", self.ferry)
        for nonce in nonces:
            self.assert_row(nonce, status=200, basis="provider")

    def test_a_store_that_freezes_is_noticed_by_operators_only(self):
        before = self.ask(self.ferry)
        self.cluster.freeze()
        began = time.monotonic()
        during = self.ask(self.ferry, 20)
        self.assertLess(time.monotonic() - began, 2, "requests waited for the store")
        self.becomes("degraded", self.ferry, seconds=30)
        eventually(lambda: "wait in the journal" in self.ferry.readiness()[2], seconds=30)
        during += self.ask(self.ferry)
        self.cluster.thaw()
        self.becomes("ready", self.ferry, seconds=30)
        for nonce in before + during:
            self.assert_row(nonce, status=200)
        self.ferry.psql("UPDATE ai_models SET upstream_model = 'after-the-frost'")
        eventually(lambda: self.model_seen(self.ferry) == "after-the-frost")

    def test_a_program_stops_soon_while_the_store_is_frozen(self):
        ferry = self.another().start()
        nonces = self.ask(ferry, 1)
        eventually(lambda: ferry.rows("SELECT * FROM usage_records WHERE client_request_id = ?", nonces[0]))
        self.cluster.freeze()
        nonces += self.ask(ferry, 3)
        began = time.monotonic()
        self.assertEqual(ferry.stop(), 0)
        self.assertLess(time.monotonic() - began, 8)
        self.cluster.thaw()
        ferry.start()  # ships what its predecessor had to leave
        for nonce in nonces:
            self.assert_row(nonce, status=200)
        self.assertEqual(ferry.stop(), 0)

    def test_a_program_starts_and_serves_while_the_store_is_down(self):
        ferry = self.another().start()
        self.assertEqual(ferry.stop(), 0)
        self.assertEqual(ferry.snapshot.stat().st_mode & 0o777, 0o600)
        self.cluster.stop()
        ferry.start()
        nonces = self.ask(ferry)
        self.assertIn("a snapshot of version", self.becomes("degraded", ferry))
        self.cluster.start()
        self.becomes("ready", ferry)
        for nonce in nonces:
            self.assert_row(nonce, status=200)
        ferry.psql("UPDATE ai_models SET upstream_model = 'after-the-start'")
        eventually(lambda: self.model_seen(ferry) == "after-the-start")
        self.assertEqual(ferry.stop(), 0)

    def test_without_a_snapshot_the_start_fails_in_one_sentence(self):
        self.cluster.stop()
        for ferry, told in ((self.another(**{"store.snapshot_file": ""}), "connection to server"),
                            (self.another(), "catalog.snapshot to start from")):
            ferry.start(wait=False)
            self.assertEqual(ferry.process.wait(20), 1)
            self.assertIn(told, ferry.log)
            self.assertNotIn("ferry ready", ferry.output)

    def test_a_snapshot_that_is_too_old_or_damaged_is_not_used(self):
        ferry = self.another().start()
        ferry.stop()
        self.cluster.stop()
        good = ferry.snapshot.read_text()
        yesterday = time.time() - 25 * 3600
        bad = ((good, yesterday, "older than"), (good[:-9], None, "damaged"), ("{}", None, "damaged"))
        for text, when, told in bad:
            ferry.snapshot.write_text(text)
            os.utime(ferry.snapshot, when and (when, when))
            ferry.start(wait=False)
            self.assertEqual(ferry.process.wait(20), 1)
            self.assertIn(told, ferry.log_file.read_text())
        ferry.snapshot.write_text(good)
        ferry.start()
        self.ask(ferry, 1)
        self.bring_back()
        self.becomes("ready", ferry)
        self.assertEqual(ferry.stop(), 0)

    def model_seen(self, ferry):
        """The model's name that the upstream is sent now."""
        nonce, = self.ask(ferry, 1)
        return json.loads(self.upstream.wait_for(nonce).body)["model"]

    def test_a_change_made_with_psql_is_live_in_every_program_within_a_second(self):
        # Asking takes an hour: what is seen is what the store announced.
        programs = [self.another(**{"store.refresh_interval": "1h"}).start() for _ in range(2)]
        for round in range(5):
            name = f"live-{round}"
            self.ferry.psql(f"UPDATE ai_models SET upstream_model = '{name}'")
            limit = time.monotonic() + 1
            while {self.model_seen(one) for one in programs} != {name}:
                self.assertLess(time.monotonic(), limit, "the change is not live after 1 s")
        for one in programs:
            self.assertEqual(one.stop(), 0)


class SchemaOfPostgres(PostgresCase):
    rows_for_every_request = False

    def test_a_stale_schema_is_refused_with_the_command_that_fixes_it(self):
        ferry = PostgresFerry(self.cluster, self.cluster.new_database())
        self.addCleanup(ferry.remove)
        ferry.start(wait=False)
        self.assertEqual(ferry.process.wait(20), 1)
        self.assertIn("ferry migrate", ferry.log)
        self.assertEqual(ferry.run("check", check=False).returncode, 2)
        self.assertIn("0001_initial", ferry.run("migrate", "--dry-run").stdout)
        self.assertIn("applied 0001_initial", ferry.run("migrate").stdout)
        self.assertIn("up to date", ferry.run("migrate").stdout)
        self.assertEqual(ferry.run("check").returncode, 0)
        ferry.start()
        self.assertEqual(ferry.stop(), 0)

    def test_a_schema_may_be_brought_up_to_date_at_the_start(self):
        ferry = PostgresFerry(self.cluster, self.cluster.new_database(), {"store.auto_migrate": True})
        self.addCleanup(ferry.remove)
        ferry.start()
        self.assertEqual(ferry.rows("SELECT name FROM schema_migrations ORDER BY version")[0], {"name": "initial"})
        self.assertEqual(ferry.stop(), 0)

    def test_database_url_names_the_store(self):
        ferry = Ferry({"store.snapshot_file": ""}, {"DATABASE_URL": self.cluster.url(self.ferry.name)})
        self.addCleanup(ferry.remove)
        self.assertIn("demo", ferry.run("models", "list").stdout)
