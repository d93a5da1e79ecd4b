"""The mock provider and what stands in front of it, each on one core and a free port, in a folder of their own."""
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

import peers

# What a model of the mock does: `mock` answers at once, the others are streams.
MODELS = {
    "mock": {},
    "paced": {"chunks": 197, "interval_ms": 5},  # 200 events
    "reply": {"chunks": 32, "interval_ms": 2},
}
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
    client_max_body_size 0;
    client_body_buffer_size 2m;
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
HAPROXY = """
global
    nbthread 1
    maxconn 4096
    log stdout format raw local0
defaults
    mode http
    log global
    option httplog
    option http-keep-alive
    option http-no-delay
    http-reuse always
    timeout connect 10s
    timeout client 60s
    timeout server 60s
listen relay
    bind 127.0.0.1:%(port)d
    server mock 127.0.0.1:%(mock)d
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
# As many of each as nobody reaches here.
LIMITS = ["--rpm", "10000000", "--tpm", "1000000000", "--rpd", "100000000", "--tpd", "100000000000",
          "--max-parallel", "1000", "--budget", "1000"]


class Failure(Exception):
    """In words."""


def can_connect(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Target:
    """Whom a run asks: a base URL, a key, and the process that pays for it (None: nobody between)."""

    def __init__(self, base_url, key="any", pid=None, headers=()):
        self.base_url, self.key, self.pid, self.headers = base_url, key, pid, headers


class Bed:
    def __init__(self, options):
        self.options, self.processes, self.targets = options, {}, {}
        self.folder = Path(tempfile.mkdtemp(prefix="ferry-bed-"))
        cpus = sorted(os.sched_getaffinity(0))
        self.server_cpus, self.load_cpus = ({cpus[0]}, set(cpus[1:])) if len(cpus) > 1 else (set(cpus), set(cpus))

    def spawn(self, name, command, cpus=None):
        """Its output goes to files named after it. Its threads and children share the processors."""
        cpus = cpus or self.server_cpus
        with open(self.folder / f"{name}.out", "w") as out, open(self.folder / f"{name}.err", "w") as err:
            self.processes[name] = subprocess.Popen(
                [str(c) for c in command], stdin=subprocess.DEVNULL, stdout=out, stderr=err, cwd=self.folder,
                preexec_fn=lambda: os.sched_setaffinity(0, cpus))
        return self.processes[name].pid

    def wait_for(self, condition, name, seconds=20):
        limit = time.monotonic() + seconds
        while not (found := condition()):
            if self.processes[name].poll() is not None or time.monotonic() > limit:
                said = "".join((self.folder / f"{name}.{end}").read_text()[-2000:] for end in ("out", "err"))
                raise Failure(f"{name} did not start:\n{said}")
            time.sleep(0.02)
        return found

    def port_told(self, name, pattern):
        return int(self.wait_for(lambda: re.search(pattern, (self.folder / f"{name}.out").read_text()), name)[1])

    def start_mock(self):
        script = self.folder / "script.json"
        script.write_text(json.dumps({"models": MODELS}))
        self.spawn("mock", [self.options.ferry_bench, "upstream", "--no-record", "--script", script, "--listen",
                            f"127.0.0.1:{self.options.mock_port}"], self.load_cpus)
        self.mock = self.port_told("mock", r"upstream on http://[^ :]+:(\d+)")

    def start_direct(self):
        self.targets["direct"] = Target(f"http://127.0.0.1:{self.mock}/v1")

    def start_relay(self):
        pid = self.spawn("relay", [self.options.ferry_bench, "relay", "--to", f"127.0.0.1:{self.mock}"])
        port = self.port_told("relay", r"relay on http://[^ :]+:(\d+)")
        self.targets["relay"] = Target(f"http://127.0.0.1:{port}/v1", pid=pid)

    def start_configured(self, name, config, command):
        port = free_port()
        user = "user root;" if os.geteuid() == 0 else ""
        file = self.folder / f"{name}.conf"
        file.write_text(config % {"folder": self.folder, "mock": self.mock, "port": port, "user": user})
        pid = self.spawn(name, [*command, file])
        self.wait_for(lambda: can_connect(port), name)
        self.targets[name] = Target(f"http://127.0.0.1:{port}/v1", pid=pid)

    def start_nginx(self):
        self.start_configured("nginx", NGINX, ["nginx", "-p", self.folder, "-e", self.folder / "nginx.err", "-c"])

    def start_haproxy(self):
        self.start_configured("haproxy", HAPROXY, ["haproxy", "-f"])

    def ferry(self, *command):
        done = subprocess.run([self.options.ferry, *command, "--config", self.folder / "ferry.toml"], text=True,
                              capture_output=True, cwd=self.folder)
        if done.returncode:
            raise Failure(f"ferry {' '.join(command)}: {done.stderr or done.stdout}")
        return done.stdout

    def start_ferry(self):
        """One process, with a key of either kind: two targets."""
        (self.folder / "ferry.toml").write_text(FERRY % {"folder": self.folder})
        self.ferry("migrate")
        for model in MODELS:
            self.ferry("models", "add", "--name", model, "--endpoint", f"http://127.0.0.1:{self.mock}/v1",
                       "--per-million", "--input-price", "0.1", "--output-price", "0.4")
        keys = [json.loads(self.ferry("keys", "create", "--name", name, "--json", *more))["key"]
                for name, more in (("plain", []), ("limited", LIMITS))]
        pid = self.spawn("ferry", [self.options.ferry, "serve", "--config", self.folder / "ferry.toml"])
        port = self.port_told("ferry", r"ferry ready: http://[^ :]+:(\d+)")
        for name, key in zip(("ferry", "ferry, limits"), keys):
            self.targets[name] = Target(f"http://127.0.0.1:{port}/v1", key, pid)

    def start(self):
        self.start_mock()
        self.start_direct()
        self.start_relay()
        for name in ("nginx", "haproxy"):
            if shutil.which(name):
                getattr(self, f"start_{name}")()
            else:
                print(f"{name} is not installed: left out", flush=True)
        self.start_ferry()
        peers.start(self)

    def stats(self):
        url = f"http://127.0.0.1:{self.mock}/_control/stats?wait=idle"
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
                print(f"{name} did not end by itself", file=sys.stderr)
        if self.options.keep:
            print(f"kept: {self.folder}")
        else:
            shutil.rmtree(self.folder, ignore_errors=True)
