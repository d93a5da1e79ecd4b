"""SIGHUP: what can change takes effect for the next request, what cannot is named, and a bad file changes nothing.

Knobs: RELOADS (default 20), CATALOG_CHANGES (200), in RELOAD_SECONDS (8)."""
import os
import shutil
import signal
import sqlite3
import ssl
import tempfile
import threading
import time
from pathlib import Path

import answers
from client import unread
from harness import insert_model
from own_ferry import OwnFerry
from tls_upstream_test import make_certificate
from waiting import eventually, play, stays

RELOADS = int(os.environ.get("RELOADS", "20"))
CHANGES = int(os.environ.get("CATALOG_CHANGES", "200"))
SECONDS = float(os.environ.get("RELOAD_SECONDS", "8"))


class Reload(OwnFerry):
    def reload(self, seen="were read again", **options):
        """Waits until the log says so: from then on the new settings are on their way to every core."""
        before = self.ferry.log.count(seen)
        self.ferry.configure(**{**self.options, **options})
        self.ferry.process.send_signal(signal.SIGHUP)
        eventually(lambda: self.ferry.log.count(seen) > before, what=seen)

    def status_without_key(self):
        client = self.client(self.ferry.port)
        client.send(b"GET /v1/models HTTP/1.1\r\nHost: ferry\r\n\r\n")
        return client.response().status

    def test_settings_take_effect_for_the_next_request(self):
        ferry = self.own()
        kept = self.client(ferry.port)
        kept.send(self.request(b"", path="/v1/models", method="GET"))
        self.assertEqual(kept.response().status, 200)
        self.assertEqual(self.status_without_key(), 401)
        self.reload(**{"auth.required": False, "limits.json_body_bytes": "2KiB", "timeouts.first_byte": "200ms"})
        eventually(lambda: self.status_without_key() == 200)
        self.assert_error(self.chat(self.nonce(), client=kept, filler="x" * 4000), 413, "request_too_large")
        slow = self.nonce("stall")
        began = time.monotonic()
        self.assert_error(self.chat(slow, client=self.client(ferry.port)), 504)
        self.assertLess(time.monotonic() - began, 5)
        self.reload()
        eventually(lambda: self.status_without_key() == 401)

    def test_requests_under_way_keep_their_settings(self):
        ferry, go = self.own(**{"timeouts.idle": "10s"}), threading.Event()
        nonce, client = self.begin_stream(go, *map(answers.as_chunk, answers.story()), answers.LAST_CHUNK)
        self.reload(**{"timeouts.idle": "50ms", "timeouts.total": "50ms"})
        stays(lambda: not unread(client.socket), 0.3)  # several times as long as a new request would be given
        go.set()
        client.until(b"[DONE]")
        self.assert_row(nonce, end_reason="done")
        self.assertEqual(ferry.log.count("needs a restart"), 0)

    def test_what_needs_a_restart_is_named_in_one_line_and_not_done(self):
        ferry = self.own()
        self.reload("need a restart", **{"server.threads": 1, "usage.flush_rows": 10})
        line = next(line for line in ferry.log.splitlines() if "need a restart" in line)
        self.assertIn("server.threads, usage.flush_rows", line)
        nonce = self.nonce()
        self.assertEqual(self.chat(nonce, client=self.client(ferry.port)).status, 200)

    def test_a_bad_file_is_refused_as_a_whole_and_every_fault_is_told(self):
        ferry = self.own()
        self.reload("not taken over", **{"auth.required": False, "log.level": "loud", "limits.json_depth": 0})
        ferry.says("log.level: must be")
        ferry.says("limits.json_depth: must be")
        self.assertEqual(self.status_without_key(), 401)
        self.reload("not taken over", **{"auth.required": False, "server.tls_certificate": "/nowhere.pem",
                                         "server.tls_key": "/nowhere.key"})
        ferry.says("/nowhere.pem cannot be read")
        self.assertEqual(self.status_without_key(), 401)
        self.reload(**{"auth.required": False})
        eventually(lambda: self.status_without_key() == 200)

    def test_new_certificates_are_shown_to_the_next_connection(self):
        folder = Path(tempfile.mkdtemp(prefix="ferry-tls-"))
        self.addCleanup(shutil.rmtree, folder)
        certificate, private = make_certificate(folder, "old")
        files = {"server.tls_certificate": str(certificate), "server.tls_key": str(private)}
        ferry = self.own(**files)

        def shown():
            return ssl.get_server_certificate(("127.0.0.1", ferry.port))

        old = shown()
        newer = make_certificate(folder, "new")
        shutil.copy(newer[0], certificate)
        self.reload("is not the key of", **files)  # only half of the pair is there yet
        self.assertEqual(shown(), old)
        shutil.copy(newer[1], private)
        self.reload(**files)
        eventually(lambda: shown() == newer[0].read_text())
        ferry.stop()
        ferry.configure(**self.options)

    def test_systemd_is_told(self):
        with self.under_a_service_manager() as (ferry, manager):
            self.assertEqual(manager.recv(1000), b"WATCHDOG=1")
            self.assertEqual(manager.recv(1000), b"WATCHDOG=1")
            self.reload()
            told = b""
            while not told.startswith(b"RELOADING=1\nMONOTONIC_USEC="):
                told = manager.recv(1000)
            while told != b"READY=1":
                told = manager.recv(1000)
            ferry.stop()
            while told != b"STOPPING=1":
                told = manager.recv(1000)


class ReloadUnderLoad(OwnFerry):
    rows_for_every_request = False  # a thousand waits for a row would take longer than the test

    @classmethod
    def models(cls):
        return [insert_model("demo", cls.upstream.base, upstream_model="'up-0'")]

    def test_reloads_and_changes_of_the_catalog_break_and_mix_nothing(self):
        ferry, stop, wrong, served = self.own(), threading.Event(), [], []

        def work():
            client = self.client(ferry.port)
            while not stop.is_set():
                nonce = self.nonce()
                try:
                    answer = self.chat(nonce, client=client)
                    version = answer.field("x-ferry-config-version")
                    if answer.status != 200 or answer.json["choices"][0]["message"]["content"] != "Hello":
                        wrong.append(answer.raw)
                    served.append((nonce, int(version)))
                except Exception as error:
                    wrong.append(error)
                    return

        workers = [threading.Thread(target=work) for _ in range(8)]
        for worker in workers:
            worker.start()
        store = sqlite3.connect(ferry.database, timeout=10, isolation_level=None)
        names = {store.execute("SELECT version FROM catalog_version").fetchone()[0]: "up-0"}
        began, reloads = time.monotonic(), 0
        for change in range(CHANGES):
            store.execute("BEGIN IMMEDIATE")
            store.execute("UPDATE ai_models SET upstream_model = ?", (f"up-{change}",))
            names[store.execute("SELECT version FROM catalog_version").fetchone()[0]] = f"up-{change}"
            store.execute("COMMIT")
            if reloads < RELOADS * (change + 1) // CHANGES:
                ferry.configure(**{**self.options, "log.level": ("info", "warn")[reloads % 2],
                                   "timeouts.total": f"{100 + reloads}s"})
                ferry.process.send_signal(signal.SIGHUP)
                reloads += 1
            play(began + SECONDS * (change + 1) / CHANGES - time.monotonic())
        stop.set()
        for worker in workers:
            worker.join()
        store.close()
        self.assertEqual(wrong, [])
        self.assertGreater(len(served), 100)
        asked = {one.nonce: one.body for one in self.upstream.served}
        for nonce, version in served:
            self.assertIn(f'"{names[version]}"'.encode(), asked[nonce], "the version named is not the one used")
        self.assertGreater(len({version for _, version in served}), 5)
