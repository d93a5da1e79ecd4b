"""Somebody who is told by a webhook, on a port of its own."""
import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace


class Receiver:
    """Keeps every message it got. `statuses` are answered one after the other, then 204; None: no answer at all."""

    def __init__(self, statuses=(), tls=None):
        self.messages, self.statuses, self.over = [], list(statuses), threading.Event()
        self.lock = threading.Lock()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                with receiver.lock:
                    status = receiver.statuses.pop(0) if receiver.statuses else 204
                    receiver.messages.append(SimpleNamespace(path=self.path, headers=self.headers, body=body,
                                                             document=json.loads(body)))
                if status is None:
                    receiver.over.wait()
                    return
                self.send_response(status)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        if tls:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}/told?token=t0ken"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.over.set()
        self.server.shutdown()
        self.server.server_close()


def signature(key, body):
    return "sha256=" + hmac.new(key.encode(), body, hashlib.sha256).hexdigest()
