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

    def test_a_ferry_that_does_not_answer_is_an_alert(self):
        rules = (DEPLOY / "prometheus/alerts.yml").read_text()
        job = re.search(r'alert: FerryDown\n +expr: up\{job="(\w+)"\} == 0', rules)[1]
        self.assertIn(f"job_name: {job}\n", (DEPLOY / "prometheus/prometheus.yml").read_text())

    @unittest.skipUnless(shutil.which("nginx"), "no nginx here")
    def test_nginx_accepts_its_configuration(self):
        # The replicas' names exist in the compose network only; Debian's nginx looks names up at its start alone.
        text = (DEPLOY / "compose/nginx.conf").read_text()
        self.assertEqual(len(re.findall(r"server ferry-[ab]:5173 resolve ", text)), 2)
        text = re.sub(r"ferry-([ab]):5173 resolve", r"127.0.0.1:5173", text)
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

    def test_nothing_but_grafana_and_the_plain_port_is_published_and_both_on_this_machine_alone(self):
        published = re.findall(r'^ +- "(.+:\d+)"$', (DEPLOY / "compose.yaml").read_text(), re.M)
        self.assertEqual(sorted(published), ["127.0.0.1:3000:3000", "127.0.0.1:8080:8080"])

    def test_the_replicas_believe_the_network_that_nginx_is_in(self):
        subnet = re.search(r"subnet: (\S+)", (DEPLOY / "compose.yaml").read_text())[1]
        server = tomllib.loads((DEPLOY / "compose/ferry.toml").read_text())["server"]
        self.assertEqual(server["trusted_proxies"], [subnet])

    def test_containers_of_ferry_and_nginx_hold_no_privilege_and_write_only_where_they_must(self):
        try:
            import yaml
        except ImportError:
            self.skipTest("no YAML reader here")
        services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
        for name in ("ferry-a", "ferry-b", "migrate", "nginx"):
            one = services[name]
            self.assertTrue(one["read_only"], name)
            self.assertEqual((one["cap_drop"], one["security_opt"]), (["ALL"], ["no-new-privileges:true"]), name)
            self.assertIn("pids_limit", one, name)
        for name, one in services.items():
            self.assertIn("mem_limit", one, name)

    @unittest.skipUnless(shutil.which("docker"), "no docker here")
    def test_docker_knows_every_option_of_the_line_in_the_dockerfile(self):
        comment = (DEPLOY / "Dockerfile").read_text().split("FROM")[0].replace("\\\n#", "")
        line = re.search(r"docker run (.+) ferry$", comment, re.M)[1]
        known = run("docker", "run", "--help").stdout
        for option in re.findall(r"--[a-z-]+", line):
            self.assertRegex(known, rf"{option}\s", option)

    @unittest.skipUnless(shutil.which("systemd-analyze"), "no systemd here")
    def test_systemd_accepts_what_the_unit_tells_operators_to_write(self):
        comments = re.findall(r"^#(.*)$", (DEPLOY / "systemd/ferry.service").read_text(), re.M)
        text = "\n".join(comments).replace("\\\n", " ")
        properties = re.findall(r"--property=(\S+)", text)
        self.assertIn("DynamicUser=yes", properties)
        self.assertIn("EnvironmentFile=-/etc/ferry/environment", properties)
        credentials = re.findall(r"^ +(LoadCredential=\S+)$", text, re.M)
        self.assertEqual(len(credentials), 2)
        command = re.search(r"--working-directory=(\S+) (\S+) (.+)$", text, re.M)
        unit = self.folder / "operator.service"
        unit.write_text("\n".join(["[Service]", "Type=oneshot", *properties, *credentials,
                                   f"WorkingDirectory={command[1]}", f"ExecStart={BUILD / 'ferry'} {command[3]}", ""]))
        done = run("systemd-analyze", "verify", "--man=no", unit)
        about_ours = [line for line in done.stderr.splitlines() if "operator." in line]
        self.assertEqual((done.returncode, about_ours), (0, []), done.stderr)
        # The operator is who the service is, in the same folder, with the same secrets.
        own = (DEPLOY / "systemd/ferry.service").read_text()
        for one in [*properties, f"WorkingDirectory={command[1]}"]:
            self.assertRegex(own, rf"(?m)^{re.escape(one)}$")

    def test_the_operators_command_of_the_unit_is_one_that_ferry_knows(self):
        comments = (DEPLOY / "systemd/ferry.service").read_text()
        words = re.search(r"/usr/local/bin/ferry (keys .+) --config \S+$", comments, re.M)[1].split()
        config = self.folder / "ferry.toml"
        config.write_text(f"[store]\nurl = \"sqlite:{self.folder}/ferry.db\"\n")
        run(BUILD / "ferry", "migrate", "--config", config, check=True)
        done = run(BUILD / "ferry", *words, "--config", config, cwd=self.folder)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_the_image_is_built_from_files_that_exist_with_the_packages_of_the_quickstart(self):
        text = (DEPLOY / "Dockerfile").read_text()
        for line in re.findall(r"^COPY (?!--from)(.+)$", text, re.M):
            for source in line.split()[:-1]:
                self.assertTrue((ROOT / source).exists(), source)
        installed = re.findall(r"--no-install-recommends ([^&]*)", text.replace("\\\n", " "))[0].split("WORKDIR")[0]
        wanted = run("bash", "-c", f". {DEPLOY}/packages.sh; echo ${{build_packages[@]}}").stdout
        self.assertEqual(sorted(installed.split()), sorted(wanted.split()))
