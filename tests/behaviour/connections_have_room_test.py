"""However many connect, those who ask are served: idle connections make room, and descriptors are kept for the rest."""
import json
import os
import re
import resource
import subprocess
import threading
import unittest

import answers
from client import Client, Closed
from harness import FerryCase
from own_ferry import OwnFerry
from waiting import eventually

SILENT = int(os.environ.get("SILENT_CONNECTIONS", "2000"))


class Room(FerryCase):
    def list_models(self, client):
        client.send(self.request(b"", path="/v1/models", method="GET"))
        return client.response()

    def limits(self):
        return json.loads(self.ferry.admin("/status")[1])["limits"]

    def hold(self, count):
        """So many clients whose requests are under way; set the event that is returned to end them."""
        end, clients = threading.Event(), []
        self.addCleanup(end.set)
        for _ in range(count):
            nonce, client = self.nonce(end, answers.json_answer(answers.completion())), self.client()
            client.send(self.request(self.body(nonce), nonce=nonce))
            self.upstream.wait_for(nonce)
            clients.append(client)
        return end, clients

    def open_connections(self):
        cores = json.loads(self.ferry.admin("/status")[1])["cores"]
        return sum(one["open_connections"] for one in cores)


class FullHouse(Room):
    options = {"server.max_connections": 20}

    def tearDown(self):
        super().tearDown()
        self.doCleanups()
        eventually(lambda: self.open_connections() == 0, what="every client has left")

    def test_idle_connections_make_room_for_those_who_ask(self):
        clients = []
        for _ in range(60):
            clients.append(self.client())
            self.assertEqual(self.list_models(clients[-1]).status, 200)
        self.assertEqual(self.list_models(clients[-1]).status, 200)
        self.assertTrue(clients[0].is_closed_by_server())
        eventually(lambda: self.open_connections() <= 20, what="the limit")
        self.assertGreaterEqual(self.limits()["connections_closed_for_others"], 40)

    def test_where_none_is_idle_a_new_one_is_told_so_and_closed(self):
        end, held = self.hold(20)
        late = self.client()
        self.assert_error(self.list_models(late), 503, "overloaded")
        self.assertTrue(late.is_closed_by_server())
        self.assertGreaterEqual(self.limits()["connections_refused"], 1)
        end.set()
        for client in held:
            self.assertEqual(client.response().status, 200)
        self.assertEqual(self.list_models(self.client()).status, 200)

    def test_those_who_say_nothing_go_before_those_who_were_served(self):
        known = self.client()
        self.assertEqual(self.list_models(known).status, 200)
        silent = [self.client() for _ in range(300)]
        self.assertTrue(silent[0].is_closed_by_server())
        self.assertEqual(self.list_models(known).status, 200)
        self.assertEqual(self.list_models(self.client()).status, 200)

    def test_a_request_on_a_connection_that_is_closed_for_others_is_answered_or_not_begun(self):
        clients = [self.client() for _ in range(20)]
        for client in clients:
            self.list_models(client)
        newcomers = [self.client() for _ in range(15)]
        for client in [*clients, *newcomers]:
            try:
                self.assertEqual(self.list_models(client).status, 200)
            except (Closed, ConnectionError, BrokenPipeError) as closed:
                self.assertEqual(getattr(closed, "so_far", b""), b"")


class OneAddress(Room):
    options = {"limits.connections_per_address": 3}

    def test_a_connection_more_than_an_address_may_have_is_told_so_until_one_has_closed(self):
        clients = [self.client() for _ in range(3)]
        for client in clients:
            self.assertEqual(self.list_models(client).status, 200)
        late = self.client()
        answer = self.assert_error(self.list_models(late), 503, "overloaded")
        self.assertIn("3 connections", answer.error["message"])
        self.assertTrue(late.is_closed_by_server())
        for client in clients:
            self.assertEqual(self.list_models(client).status, 200)
        clients[0].close()
        eventually(lambda: self.open_connections() <= 2, what="the closed connection is gone")
        self.assertEqual(self.list_models(self.client()).status, 200)


class TrustedProxy(Room):
    options = {"limits.connections_per_address": 3, "server.trusted_proxies": ["127.0.0.0/8"]}

    def test_connections_of_a_trusted_proxy_are_those_of_many_clients(self):
        for client in [self.client() for _ in range(10)]:
            self.assertEqual(self.list_models(client).status, 200)


class Operators(Room):
    def test_operators_who_say_nothing_make_room_for_others(self):
        silent = [Client(self.ferry.admin_port) for _ in range(200)]
        for one in silent:
            self.addCleanup(one.close)
        self.assertEqual(self.ferry.admin("/readyz")[0], 200)
        self.assertEqual(self.ferry.admin("/metrics")[0], 200)


class FewDescriptors(OwnFerry, Room):
    """The program may open 256 descriptors; this one needs more for the other ends."""

    def setUp(self):
        super().setUp()
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        if hard < SILENT + 300:
            self.skipTest(f"needs {SILENT + 300} descriptors, {hard} are allowed (ulimit -Hn)")

    def start_with(self, soft, hard):
        ferry = self.own()
        ferry.stop()
        ferry.starts += 1
        with open(ferry.log_file, "w") as log, open(ferry.folder / f"out-{ferry.starts}.txt", "w") as output:
            ferry.process = subprocess.Popen(
                ["prlimit", f"--nofile={soft}:{hard}", *ferry.command("serve")], cwd=ferry.folder,
                stdin=subprocess.DEVNULL, stdout=output, stderr=log)
        ferry.wait_until_ready()
        return ferry

    def start_with_few(self):
        return self.start_with(256, 256)

    def test_the_soft_limit_is_raised_to_the_hard_one(self):
        ferry = self.start_with(256, 1000)
        self.assertEqual(resource.prlimit(ferry.process.pid, resource.RLIMIT_NOFILE), (1000, 1000))
        self.assertGreater(self.limits()["max_connections"], 256)

    def test_the_limit_of_descriptors_bounds_the_connections_and_is_told(self):
        ferry = self.start_with_few()
        ferry.says("At most ")
        most = int(re.search(r"At most (\d+) client connections are served: the process may open 256 ", ferry.log)[1])
        self.assertTrue(16 <= most <= 120, most)
        self.assertEqual(self.limits()["max_connections"], most)
        self.assertEqual(self.limits()["max_connections_configured"], 10000)

    def test_with_idle_connections_beyond_every_limit_clients_operators_and_the_store_are_served(self):
        ferry = self.start_with_few()
        most, known = self.limits()["max_connections"], self.client()
        nonce = self.nonce()
        self.assertEqual(self.chat(nonce, client=known).status, 200)
        silent = [self.client() for _ in range(SILENT)]
        nonces = [self.nonce() for _ in range(20)]
        for nonce in nonces:
            self.assertEqual(self.chat(nonce, client=known).status, 200)
        self.assertEqual(ferry.admin("/readyz")[0], 200)
        self.assertEqual(ferry.admin("/readyz")[1], '{"status":"ready"}')
        for nonce in nonces:
            self.row(nonce)
        self.assertLessEqual(self.open_connections(), most + 32)
        self.assertNotIn("too many open files", ferry.log.lower())
        for one in silent:
            one.close()
        # As many upstream connections at once as there may be clients.
        end, held = self.hold(most - 1)
        self.assertEqual(self.chat(self.nonce(), client=known).status, 200)
        end.set()
        for client in held:
            self.assertEqual(client.response().status, 200)


if __name__ == "__main__":
    unittest.main()
