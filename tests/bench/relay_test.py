"""ferry-bench relay: bytes go to and fro as they come, and so does the end of either side."""
import os
import re
import socket
import subprocess
import threading
import unittest

from raw_mock import program


class Relay(unittest.TestCase):
    def setUp(self):
        self.server = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(self.server.close)
        self.port = self.start(self.server.getsockname()[1])

    def start(self, to):
        relay = subprocess.Popen([program(), "relay", "--to", f"127.0.0.1:{to}"], stdout=subprocess.PIPE, text=True)
        self.addCleanup(relay.stdout.close)
        self.addCleanup(relay.wait)
        self.addCleanup(relay.kill)
        return int(re.search(r"relay on http://127\.0\.0\.1:(\d+)", relay.stdout.readline())[1])

    def joined(self):
        """(the client's end, the server's end)"""
        client = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        server, _ = self.server.accept()
        server.settimeout(20)
        for end in (client, server):
            self.addCleanup(end.close)
        return client, server

    def test_more_than_sockets_hold_arrives_whole_both_ways_at_once(self):
        client, server = self.joined()
        said = {client: os.urandom(8_000_000), server: os.urandom(8_000_000)}

        def speak(end):
            end.sendall(said[end])
            end.shutdown(socket.SHUT_WR)

        speakers = [threading.Thread(target=speak, args=(end,)) for end in said]
        for one in speakers:
            one.start()
        heard = {}

        def hear(end):
            heard[end] = b"".join(iter(lambda: end.recv(100_000), b""))

        listeners = [threading.Thread(target=hear, args=(end,)) for end in said]
        for one in listeners:
            one.start()
        for one in speakers + listeners:
            one.join(60)
        self.assertTrue(heard[client] == said[server] and heard[server] == said[client])

    def test_an_answer_comes_after_the_client_said_its_last(self):
        client, server = self.joined()
        client.sendall(b"question")
        client.shutdown(socket.SHUT_WR)
        self.assertEqual(b"".join(iter(lambda: server.recv(100), b"")), b"question")
        server.sendall(b"answer")
        server.close()
        self.assertEqual(b"".join(iter(lambda: client.recv(100), b"")), b"answer")

    def test_a_client_that_resets_ends_the_servers_connection(self):
        client, server = self.joined()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        client.close()
        self.assertEqual(server.recv(100), b"")

    def test_where_no_server_is_the_client_is_closed(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            port = self.start(taken.getsockname()[1])
            with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
                self.assertEqual(client.recv(100), b"")

    def test_a_bad_destination_is_named(self):
        done = subprocess.run([program(), "relay", "--to", "somewhere"], capture_output=True, text=True, timeout=20)
        self.assertEqual(done.returncode, 2)
        self.assertIn("--to somewhere: give host:port", done.stderr)


if __name__ == "__main__":
    unittest.main()
