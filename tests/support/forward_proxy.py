"""An HTTP proxy that tunnels (CONNECT), and remembers what it was asked for."""
import base64
import re
import socket
import threading


class ForwardProxy:
    """`names` says where the names it is asked for are: {"provider.test:80": 12345}, a port of loopback.
    With `login` ("user:password") it wants that; `refusal` is what it answers to everybody, if set."""

    def __init__(self, names, login=None):
        self.names, self.login, self.refusal = names, login, None
        self.asked, self.heads = [], []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self._listener.getsockname()[1]
        self._acceptor = threading.Thread(target=self._accept, daemon=True)
        self._acceptor.start()

    def url(self, login=None):
        return f"http://{login + '@' if login else ''}127.0.0.1:{self.port}"

    def close(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._acceptor.join()
        self._listener.close()

    def _accept(self):
        while True:
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _serve(self, peer):
        try:
            with peer:
                self._tunnel(peer)
        except OSError:
            pass

    def _tunnel(self, peer):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            got = peer.recv(1)  # what follows belongs to the other side
            if not got:
                return
            head += got
        self.heads.append(head.decode())
        method, authority, version = head.split(b"\r\n")[0].decode().split(" ")
        self.asked.append(authority)
        if self.refusal is not None:
            peer.sendall(self.refusal)
            return
        if self.login and base64.b64encode(self.login.encode()) not in head:
            peer.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=x\r\n"
                         b"Content-Length: 4\r\n\r\nno!\n")
            return
        assert method == "CONNECT" and version == "HTTP/1.1", head
        assert re.search(rb"\r\nHost: " + authority.encode() + rb"\r\n", head), head
        port = self.names.get(authority)
        if port is None:
            peer.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
            return
        with socket.create_connection(("127.0.0.1", port)) as other:
            peer.sendall(b"HTTP/1.1 200 Connection established\r\nVia: 1.1 proxy\r\n\r\n")
            back = threading.Thread(target=self._pass, args=(other, peer), daemon=True)
            back.start()
            self._pass(peer, other)
            back.join()

    @staticmethod
    def _pass(one, other):
        try:
            while data := one.recv(1 << 16):
                other.sendall(data)
            other.shutdown(socket.SHUT_WR)
        except OSError:
            pass
