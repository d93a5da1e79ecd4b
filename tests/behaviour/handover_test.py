"""SIGUSR2: the program is started again, gets the listening sockets, and nobody who connects notices."""
import os
import socket
import ssl
import threading
import time
from pathlib import Path

import answers
from harness import eventually
from listening_test import has_ipv6
from successors import WithHandovers
from tls_upstream_test import make_certificate


class Handover(WithHandovers):
    def test_the_new_process_serves_on_the_same_ports_and_the_old_one_ends_with_0(self):
        ferry = self.own()
        before = ferry.process
        self.assert_serves()
        self.hand_over()
        self.assertEqual(before.wait(10), 0)
        self.assertIn("ferry ready", ferry.output.splitlines()[-2:][0] + ferry.output.splitlines()[-1])
        self.assert_serves()
        self.assertEqual(ferry.admin("/readyz")[0], 200)
        self.hand_over()
        self.assert_serves()

    def test_a_stream_outlives_the_hand_over_and_its_row_is_written(self):
        self.own()
        go = threading.Event()
        nonce, client = self.begin_stream(go, *map(answers.as_chunk, answers.story()), answers.LAST_CHUNK)
        self.hand_over()
        self.assert_serves()
        self.assertIsNone(self.drained[0].poll())
        eventually(lambda: not list(self.listening_ports(self.drained[0])))
        go.set()
        client.until(b"[DONE]")
        self.assertEqual(self.drained[0].wait(10), 0)
        self.assert_row(nonce, end_reason="done", prompt_tokens=7, completion_tokens=5)

    def test_an_idle_connection_gets_its_next_answer_and_hears_that_it_closes(self):
        self.own()
        kept, fresh, silent = (self.client(self.ferry.port) for _ in range(3))
        self.assertIsNone(self.assert_serves(kept).field("connection"))
        self.assert_serves(silent)
        self.hand_over()
        for client in (kept, fresh):
            self.assertEqual(self.assert_serves(client).field("connection"), "close")
            self.assertTrue(client.is_closed_by_server())
        began = time.monotonic()
        self.assertTrue(silent.is_closed_by_server())
        self.assertLess(time.monotonic() - began, 5.5)

    def test_an_operator_who_is_connected_hears_that_ferry_is_ready_and_the_connection_closes(self):
        operator = self.client(self.own().admin_port)
        for said in (None, "close"):
            operator.send(b"GET /readyz HTTP/1.1\r\nHost: ferry\r\n\r\n")
            answer = operator.response()
            self.assertEqual((answer.status, answer.field("connection")), (200, said))
            if said is None:
                self.hand_over()
        self.assertTrue(operator.is_closed_by_server())

    def test_a_stream_that_promised_to_keep_the_connection_is_followed_by_one_more_request(self):
        self.own()
        go = threading.Event()
        _, client = self.begin_stream(go, *map(answers.as_chunk, answers.story()), answers.LAST_CHUNK)
        self.hand_over()
        go.set()
        client.until(b"\r\n0\r\n\r\n")
        self.assertEqual(self.assert_serves(client).field("connection"), "close")

    def test_a_stream_whose_head_was_held_announces_the_close(self):
        self.own()
        go = threading.Event()
        nonce = self.nonce(answers.stream_head(), go, *map(answers.as_chunk, answers.story()), answers.LAST_CHUNK)
        client = self.client(self.ferry.port)
        client.send(self.request(self.body(nonce, stream=True), nonce=nonce))
        self.upstream.wait_for(nonce)
        self.hand_over()
        go.set()
        answer = client.response()
        self.assertEqual((answer.whole, answer.field("connection")), (True, "close"))

    def test_the_number_of_threads_may_change_and_every_socket_keeps_being_served(self):
        self.own(**{"server.threads": 3})
        for threads in (1, 4, 2):
            self.ferry.configure(**{**self.options, "server.threads": threads})
            self.hand_over()
            for _ in range(24):  # the kernel chooses one of the sockets for each
                self.assert_serves()

    def test_every_kind_of_address_is_handed_over(self):
        path = self.folder() / "ferry.sock"
        addresses = ["127.0.0.1:0", "127.0.0.1:0", f"unix:{path}", *(["[::1]:0"] if has_ipv6() else [])]
        ferry = self.own(**{"server.listen": addresses})
        ports = set(self.listening_ports(ferry.process))
        for _ in range(2):
            self.hand_over().poll()
            self.assertEqual(self.drained[-1].wait(10), 0)
            self.assertEqual(set(self.listening_ports(ferry.process)), ports)
            with socket.socket(socket.AF_UNIX) as peer:
                peer.connect(str(path))
                peer.sendall(self.request(b"", path="/v1/models", method="GET"))
                self.assertTrue(peer.recv(1 << 16).startswith(b"HTTP/1.1 200 "))
        self.assertEqual(ferry.stop(), 0)
        self.assertFalse(path.exists(), "the socket's file was left behind")
        ferry.configure(**self.options)

    def listening_ports(self, process):
        """Addresses, as the kernel's tables have them, of the sockets a process listens on."""
        mine = {os.readlink(file) for file in Path(f"/proc/{process.pid}/fd").iterdir()}
        for table in ("tcp", "tcp6"):
            for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == "0A" and f"socket:[{fields[9]}]" in mine:
                    yield fields[1]

    def test_an_address_may_come_and_go_with_a_hand_over(self):
        path = self.folder() / "ferry.sock"
        both = {"server.listen": ["127.0.0.1:0", f"unix:{path}"]}
        ferry = self.own(**both)
        ferry.configure(**self.options)
        self.hand_over()
        ferry.says(f"The inherited socket unix:{path} is closed")
        eventually(lambda: not path.exists())
        ferry.configure(**{**self.options, **both})
        self.hand_over()
        with socket.socket(socket.AF_UNIX) as peer:
            peer.connect(str(path))
        self.assert_serves()

    def test_tls_clients_are_served_on(self):
        folder = self.folder()
        certificate, private = make_certificate(folder, "served")
        ferry = self.own(**{"server.tls_certificate": str(certificate), "server.tls_key": str(private)})
        context = ssl.create_default_context(cafile=str(certificate))

        def secured(client):
            client.socket = context.wrap_socket(client.socket, server_hostname="localhost")
            return client

        kept, unsecured = secured(self.client(ferry.port)), self.client(ferry.port)
        self.assert_serves(kept)
        self.hand_over()
        for client in (kept, secured(unsecured)):
            self.assertEqual(self.assert_serves(client).field("connection"), "close")
        self.assert_serves(secured(self.client(ferry.port)))

    def test_rows_that_the_old_process_could_not_ship_are_shipped_by_the_new_one(self):
        ferry = self.own(**{"usage.flush_interval": "60s"})
        nonce = self.nonce()
        self.assertEqual(self.chat(nonce, client=self.client(ferry.port)).status, 200)
        self.begin_stream("stall")
        ferry.configure(**self.options)
        self.hand_over()
        self.drained[0].kill()  # before it ships anything
        self.drained.pop().wait(10)
        self.row(nonce)

    def test_the_service_manager_is_told_whom_to_watch(self):
        with self.under_a_service_manager() as (ferry, manager):
            self.hand_over()
            told = next((one for one in (manager.recv(1000) for _ in range(20)) if one != b"WATCHDOG=1"), None)
            self.assertEqual(told, b"MAINPID=%d" % ferry.process.pid)
            self.assertEqual(manager.recv(1000), b"WATCHDOG=1")  # of the new process: the old one is silent now
            ferry.stop()
            while told != b"STOPPING=1":
                told = manager.recv(1000)
