"""What is shipped to run Ferry elsewhere: each file is accepted by the program that reads it, where that is here."""
import os
import re
import shutil
import subprocess
import tempfile
import tomllib
import unittest
from pathlib import Path

from ferry import BUILD, ROOT

DEPLOY = ROOT / "deploy"


def run(*command, **more):
    return subprocess.run([str(one) for one in command], capture_output=True, text=True, timeout=60, **more)


class Deploy(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="ferry-deploy-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def check(self, file):
        """`ferry check` with what belongs to one machine (folders, certificates, the database) replaced."""
        text = file.read_text().replace("/run/ferry", str(self.folder)).replace("/var/lib/ferry", str(self.folder))
        text = text.replace("/etc/ferry/tls", str(self.folder))
        text = re.sub(r"\b(0\.0\.0\.0|127\.0\.0\.1|\[::\]):517\d", r"\1:0", text)
        copy = self.folder / file.name
        copy.write_text(text)
        names = {"DATABASE_URL": f"sqlite:{self.folder}/ferry.db"}
        return [run(BUILD / "ferry", command, "--config", copy, cwd=self.folder, env=dict(os.environ, **names))
                for command in ("migrate", "check")][-1]

    def make_certificate(self):
        run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", self.folder / "privkey.pem", "-out",
            self.folder / "fullchain.pem", "-subj", "/CN=ferry.example", "-days", "30", check=True)

    def test_every_example_passes_ferry_check(self):
        self.make_certificate()
        files = [*sorted((ROOT / "config/examples").glob("*.toml")), DEPLOY / "compose/ferry.toml"]
        self.assertEqual(len(files), 6)
        for file in files:
            with self.subTest(file.name):
                done = self.check(file)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                self.assertIn("configuration ok", done.stdout)

    def test_a_wrong_key_in_an_example_would_be_noticed(self):
        wrong = self.folder / "in.toml"
        wrong.write_text("[server]\nlisten = \"127.0.0.1:5173\"\nthread = 1\n")
        self.assertEqual(self.check(wrong).returncode, 2)

    @unittest.skipUnless(shutil.which("systemd-analyze"), "no systemd here")
    def test_systemd_accepts_the_units(self):
        # The program need not be installed where the tests run.
        unit = self.folder / "ferry.service"
        unit.write_text((DEPLOY / "systemd/ferry.service").read_text().replace("/usr/local/bin/ferry",
                                                                              str(BUILD / "ferry")))
        socket = self.folder / "ferry.socket"
        shutil.copy(DEPLOY / "systemd/ferry.socket", socket)
        done = run("systemd-analyze", "verify", "--man=no", unit, socket)
        about_ours = [line for line in done.stderr.splitlines() if "ferry." in line]
        self.assertEqual((done.returncode, about_ours), (0, []), done.stderr)

    def test_the_socket_unit_listens_where_the_configuration_says(self):
        addresses = re.findall(r"^ListenStream=(.+)$", (DEPLOY / "systemd/ferry.socket").read_text(), re.M)
        server = tomllib.loads((ROOT / "config/ferry.toml").read_text())["server"]
        self.assertEqual(addresses, [server["listen"], server["admin_listen"]])

    def test_the_unit_waits_longer_than_any_example_drains(self):
        minutes = re.search(r"^TimeoutStopSec=(\d+)min$", (DEPLOY / "systemd/ferry.service").read_text(), re.M)
        for file in (ROOT / "config/examples").glob("*.toml"):
            drain = tomllib.loads(file.read_text())["server"].get("drain_timeout", "30s")
            seconds = int(drain[:-1]) * {"s": 1, "m": 60}[drain[-1]]
            self.assertLess(seconds, int(minutes[1]) * 60, file.name)

    @unittest.skipUnless(shutil.which("nginx"), "no nginx here")
    def test_nginx_accepts_its_configuration(self):
        # The replicas' names exist in the compose network only.
        text = re.sub(r"ferry-[ab]:", "127.0.0.1:", (DEPLOY / "compose/nginx.conf").read_text())
        config = self.folder / "nginx.conf"
        config.write_text(text.replace("/tmp/nginx.pid", str(self.folder / "nginx.pid")))
        done = run("nginx", "-t", "-c", config, "-p", self.folder)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_compose_names_only_files_that_exist(self):
        text = (DEPLOY / "compose.yaml").read_text()
        mounted = re.findall(r"^ +- (\./[^:\s]+):", text, re.M)
        self.assertGreaterEqual(len(mounted), 6)
        for path in [*mounted, "../" + re.search(r"dockerfile: (\S+)", text)[1]]:
            self.assertTrue((DEPLOY / path).exists(), path)

    def test_compose_is_yaml_with_the_services_its_files_name(self):
        try:
            import yaml
        except ImportError:
            self.skipTest("no YAML reader here")
        services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
        for file in ("compose/nginx.conf", "prometheus/prometheus.yml"):
            for name in re.findall(r"\bferry-[a-z]\b", (DEPLOY / file).read_text()):
                self.assertIn(name, services)
        for file in DEPLOY.rglob("*.y*ml"):
            yaml.safe_load(file.read_text())

    def test_the_image_is_built_from_files_that_exist_with_the_packages_of_the_quickstart(self):
        text = (DEPLOY / "Dockerfile").read_text()
        for line in re.findall(r"^COPY (?!--from)(.+)$", text, re.M):
            for source in line.split()[:-1]:
                self.assertTrue((ROOT / source).exists(), source)
        installed = re.findall(r"--no-install-recommends ([^&]*)", text.replace("\\\n", " "))[0].split("WORKDIR")[0]
        wanted = run("bash", "-c", f". {DEPLOY}/packages.sh; echo ${{build_packages[@]}}").stdout
        self.assertEqual(sorted(installed.split()), sorted(wanted.split()))
