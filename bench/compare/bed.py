"""The mock provider, nginx and Ferry side by side, each with the configuration it is measured with."""
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

EVENTS, INTERVAL_MS = 200, 5

NGINX = """
daemon off;
worker_processes 1;
%(user)s
pid %(folder)s/nginx.pid;
error_log %(folder)s/nginx-error.log;
events { worker_connections 4096; }
http {
    access_log %(folder)s/nginx-access.log;
    client_body_temp_path %(folder)s/body;
    proxy_temp_path %(folder)s/proxy;
    fastcgi_temp_path %(folder)s/fastcgi;
    uwsgi_temp_path %(folder)s/uwsgi;
    scgi_temp_path %(folder)s/scgi;
    keepalive_requests 100000000;
    upstream mock { server 127.0.0.1:%(mock)d; keepalive 1024; keepalive_requests 100000000; }
    server {
        listen 127.0.0.1:%(port)d;
        location / {
            proxy_pass http://mock;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_buffering off;
        }
    }
}
"""

FERRY = """
[server]
listen = "127.0.0.1:0"
admin_listen = "127.0.0.1:0"
threads = 1
drain_grace = "0s"
[store]
url = "sqlite:%(folder)s/ferry.db"
[usage]
journal_dir = "%(folder)s/journal"
"""


def fail(text):
    raise SystemExit(f"compare-nginx: {text}")


def spawn(command, cpus, folder, name):
    """Its output goes to a file named after it. Its threads and children share `cpus`."""
    with open(folder / f"{name}.out", "w") as out, open(folder / f"{name}.err", "w") as err:
        return subprocess.Popen([str(c) for c in command], stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                                preexec_fn=lambda: os.sched_setaffinity(0, cpus))


def wait_for(condition, process, folder, name):
    limit = time.monotonic() + 20
    while not (found := condition()):
        if process.poll() is not None or time.monotonic() > limit:
            fail(f"{name} did not start:\n{(folder / f'{name}.err').read_text()[-2000:]}")
        time.sleep(0.02)
    return found


def can_connect(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Bed:
    """Mock, nginx and Ferry, each on a free port, in a folder that goes away with them."""

    def __init__(self, options):
        self.options, self.processes = options, {}
        self.folder = Path(tempfile.mkdtemp(prefix="ferry-compare-"))
        self.keys = {"nginx": "any"}
        cpus = sorted(os.sched_getaffinity(0))
        self.proxy_cpus, self.load_cpus = ({cpus[0]}, set(cpus[1:])) if len(cpus) > 1 else (set(cpus), set(cpus))

    def start_mock(self):
        script = {"rules": [{"match": {"stream": True}, "action": {"chunks": EVENTS - 3, "interval_ms": INTERVAL_MS}}]}
        (self.folder / "script.json").write_text(json.dumps(script))
        port = self.folder / "mock.port"
        command = [self.options.ferry_bench, "upstream", "--no-record", "--port-file", port,
                   "--script", self.folder / "script.json"]
        self.processes["mock"] = spawn(command, self.load_cpus, self.folder, "mock")
        wait_for(port.exists, self.processes["mock"], self.folder, "mock")
        self.mock_port = int(port.read_text())

    def start_nginx(self):
        port = free_port()
        user = "user root;" if os.geteuid() == 0 else ""
        config = NGINX % {"folder": self.folder, "mock": self.mock_port, "port": port, "user": user}
        (self.folder / "nginx.conf").write_text(config)
        command = [self.options.nginx, "-p", self.folder, "-e", self.folder / "nginx.err", "-c",
                   self.folder / "nginx.conf"]
        self.processes["nginx"] = spawn(command, self.proxy_cpus, self.folder, "nginx")
        wait_for(lambda: can_connect(port), self.processes["nginx"], self.folder, "nginx")
        return port

    def ferry(self, *command):
        done = subprocess.run([self.options.ferry, *command, "--config", self.folder / "ferry.toml"], text=True,
                              capture_output=True, cwd=self.folder)
        if done.returncode:
            fail(f"ferry {' '.join(command)}: {done.stderr or done.stdout}")
        return done.stdout

    def start_ferry(self):
        (self.folder / "ferry.toml").write_text(FERRY % {"folder": self.folder})
        self.ferry("migrate")
        self.ferry("models", "add", "--name", "mock", "--endpoint", f"http://127.0.0.1:{self.mock_port}/v1")
        self.keys["ferry"] = json.loads(self.ferry("keys", "create", "--name", "bench", "--json"))["key"]
        command = [self.options.ferry, "serve", "--config", self.folder / "ferry.toml"]
        self.processes["ferry"] = spawn(command, self.proxy_cpus, self.folder, "ferry")
        ready = self.folder / "ferry.out"
        found = wait_for(lambda: re.search(r"ferry ready: http://[^ :]+:(\d+)", ready.read_text()),
                         self.processes["ferry"], self.folder, "ferry")
        return int(found[1])

    def start(self, targets):
        self.start_mock()
        self.ports = {name: getattr(self, f"start_{name}")() for name in targets}

    def stats(self):
        url = f"http://127.0.0.1:{self.mock_port}/_control/stats?wait=idle"
        with urllib.request.urlopen(url, timeout=30) as answer:
            return json.load(answer)

    def close(self):
        for process in reversed(self.processes.values()):
            process.terminate()
        for name, process in self.processes.items():
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                print(f"compare-nginx: {name} did not end by itself", file=sys.stderr)
        if self.options.keep:
            print(f"kept: {self.folder}")
        else:
            shutil.rmtree(self.folder, ignore_errors=True)
