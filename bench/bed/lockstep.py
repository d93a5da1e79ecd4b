"""A provider whose streams go on only when it is told that the event before has arrived: no clock has a part in it."""
import json
import re
import socket
import threading

PATIENCE = 10  # seconds
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


class Lockstep:
    def __init__(self, events):
        self.arrived = threading.Semaphore(0)
        chunk = {"id": "chatcmpl-lockstep", "object": "chat.completion.chunk", "created": 1700000000,
                 "model": "lockstep"}
        # What begins a stream is held back until something is said.
        deltas = [{"role": "assistant", "content": "So"}, *({"content": f" word{i % 10}"} for i in range(events - 4))]
        said = [chunk | {"choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas]
        said.append(chunk | {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        said.append(chunk | {"choices": [], "usage": {"prompt_tokens": 100, "completion_tokens": events - 4,
                                                      "total_tokens": 96 + events}})
        self.events = [f"data: {json.dumps(one)}\n\n".encode() for one in said] + [b"data: [DONE]\n\n"]
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}/v1"
        threading.Thread(target=self.serve, daemon=True).start()

    def go_on(self):
        self.arrived.release()

    def serve(self):
        while True:
            connection, _ = self.listener.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self.answer, args=(connection,), daemon=True).start()

    def answer(self, connection):
        reader = connection.makefile("rb")
        while head := self.head_of(reader):
            reader.read(int(re.search(rb"(?i)content-length: *(\d+)", head)[1]))
            self.arrived = threading.Semaphore(0)
            for number, event in enumerate(self.events):
                if number and not self.arrived.acquire(timeout=PATIENCE):
                    return
                head = HEAD if number == 0 else b""
                end = b"0\r\n\r\n" if event is self.events[-1] else b""
                connection.sendall(b"%s%x\r\n%s\r\n%s" % (head, len(event), event, end))

    @staticmethod
    def head_of(reader):
        lines = []
        while (line := reader.readline()) not in (b"\r\n", b""):
            lines.append(line)
        return b"".join(lines)
