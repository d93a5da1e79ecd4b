"""The ground that behaviour tests stand on: one Ferry and one scripted upstream for each class of tests.

After every test two checks run without being asked. Conservation: each request that reached the upstream has exactly
one usage row, joined on the nonce in its prompt. Canary: no secret stands in any byte to the client, log or journal."""
import itertools
import json
import secrets
import unittest

from client import Client
from ferry import Ferry
from imposter import Imposter
from waiting import eventually

UPSTREAM_KEY = "sk-canary-" + secrets.token_hex(16)
_numbers = itertools.count(1)


def quote(text):
    return "'" + text.replace("'", "''") + "'"


def make_nonce():
    return f"nonce-{next(_numbers)}x{secrets.token_hex(6)}"


def insert_model(name, endpoint, provider="other", key=UPSTREAM_KEY, **columns):
    """The INSERT of one row of ai_models; further columns by name, already SQL."""
    values = {
        "model_name": quote(name), "display_name": quote(name), "provider": quote(provider),
        "api_endpoint": quote(endpoint), "api_key": quote(key), "cost_per_1k_tokens": "0.002", "is_enabled": "1",
        "created_at": "NOW()", "updated_at": "NOW()", **columns,
    }
    return f"INSERT INTO ai_models ({', '.join(values)}) VALUES ({', '.join(values.values())});"


class FerryCase(unittest.TestCase):
    options = {}  # {"section.key": value} for the configuration
    environment = {}
    rows_for_every_request = True  # False where a test kills or replaces the process itself
    maxDiff = 4000

    @classmethod
    def setUpClass(cls):
        cls.upstream = cls.make_upstream()
        cls.ferry = cls.make_ferry()
        try:
            cls.key = cls.prepare(cls.ferry)
            cls.ferry.start()
        except BaseException:
            cls.ferry.remove()
            raise

    @classmethod
    def make_upstream(cls):
        return Imposter()

    @classmethod
    def make_ferry(cls):
        return Ferry(cls.options, cls.environment)

    @classmethod
    def prepare(cls, ferry):
        """Fills the store of a Ferry that has not started yet; returns a key."""
        ferry.run("migrate")
        ferry.sql("\n".join(cls.models()))
        return ferry.create_key()

    @classmethod
    def models(cls):
        return [insert_model("demo", cls.upstream.base, upstream_model="'up-1'")]

    @classmethod
    def tearDownClass(cls):
        try:
            code = cls.ferry.stop()
            complaints = cls.ferry.complaints()
            assert not complaints, "\n".join(complaints) + "\n" + cls.ferry.log[-6000:]
            assert code == 0, f"ferry ended with code {code}\n{cls.ferry.log[-3000:]}"
        finally:
            cls.upstream.close()
            cls.ferry.remove()

    def setUp(self):
        self.received = []  # every byte any client of this test got
        self.first_served = len(self.upstream.served)
        self.raw_before = len(self.upstream.raw)
        self.secrets = [UPSTREAM_KEY, self.key]

    def tearDown(self):
        self.assertIsNone(self.ferry.process.poll(), f"ferry ended by itself\n{self.ferry.log[-6000:]}")
        self.check_conservation()
        self.check_canary()

    def check_conservation(self):
        if not self.rows_for_every_request:
            return
        for nonce in {one.nonce for one in self.upstream.served[self.first_served :] if one.nonce}:
            self.row(nonce)

    def check_canary(self):
        to_client, log = b"".join(self.received), self.ferry.log
        for secret in self.secrets:
            self.assertNotIn(secret.encode(), to_client, "a secret reached the client")
            self.assertNotIn(secret, log, "a secret reached the log")
            for file in self.ferry.journal.rglob("*"):
                try:
                    self.assertNotIn(secret.encode(), file.read_bytes(), f"a secret stands in {file.name}")
                except (FileNotFoundError, IsADirectoryError):
                    pass  # a segment that was shipped meanwhile
        self.assertNotIn(self.key.encode(), self.upstream.raw, "the client's key reached the upstream")

    # Requests

    def serve(self, statement):
        """Runs it and waits until every core serves what it changed: one core may be ahead of another for a moment."""
        self.ferry.sql(statement)
        version = max(int(value) for value in self.ferry.rows("SELECT version FROM catalog_version")[0].values())

        def served():
            cores = json.loads(self.ferry.admin("/status")[1])["cores"]
            return all(core["catalog_version"] >= version for core in cores)

        eventually(served, what=f"version {version} of the catalog on every core")

    def create_key(self, name, *more):
        """A key that every core knows."""
        key = self.ferry.create_key(name, *more)
        self.secrets.append(key)
        self.serve("SELECT 1;")
        return key

    def nonce(self, *script):
        made = make_nonce()
        if script:
            self.upstream.on(made, *script)
        return made

    def client(self, port=None):
        made = Client(port or self.ferry.port, record=self.received.append)
        self.addCleanup(made.close)
        return made

    def body(self, nonce, **members):
        wanted = {"model": "demo", "messages": [{"role": "user", "content": nonce}], **members}
        return json.dumps({key: value for key, value in wanted.items() if value is not ...}).encode()

    def request(self, body, *fields, path="/v1/chat/completions", nonce=None, key=None, method="POST"):
        """The bytes of a request. The nonce, also sent as x-request-id, is what joins the usage row."""
        lines = [f"{method} {path} HTTP/1.1", "Host: ferry", f"Authorization: Bearer {key or self.key}"]
        lines += [f"x-request-id: {nonce}"] if nonce else []
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"] if method == "POST" else []
        return ("\r\n".join([*lines, *fields]) + "\r\n\r\n").encode() + body

    def chat(self, nonce, *fields, client=None, **members):
        """Sends one chat and returns its whole answer."""
        client = client or self.client()
        client.send(self.request(self.body(nonce, **members), *fields, nonce=nonce))
        return client.response()

    def stream(self, nonce, *fields, **members):
        return self.chat(nonce, *fields, stream=True, **members)

    # What must have happened

    def row(self, nonce):
        """The one usage row of the request with this nonce; waits until it is in the store."""
        query = "SELECT * FROM usage_records WHERE client_request_id = ?"
        # Who ships rows gives way to all others: where those keep the processors busy, it takes a while.
        found = eventually(lambda: self.ferry.rows(query, nonce), 15, f"a usage row for {nonce}")
        self.assertEqual(len(found), 1, f"usage rows for {nonce}: {found}")
        return found[0]

    def assert_row(self, nonce, **wanted):
        row = self.row(nonce)
        self.assertEqual({name: row[name] for name in wanted}, wanted, f"the usage row is {row}")
        return row

    def assert_nothing_upstream(self):
        self.assertEqual(self.upstream.raw[self.raw_before :], b"", "bytes reached the upstream")

    def assert_error(self, response, status, code=None):
        self.assertEqual(response.status, status, response.raw[:2000])
        self.assertEqual(response.field("content-type", "").split(";")[0], "application/json", response.raw)
        self.assertLessEqual({"message", "type", "param", "code"}, set(response.error))
        self.assertTrue(response.error["message"])
        if code:
            self.assertEqual(response.code, code, response.body)
        return response
