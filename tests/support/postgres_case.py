"""The ground for tests with a PostgreSQL server of their own, which they may stop and freeze."""
import json

from ferry import Ferry
from harness import FerryCase, quote
from postgres import Cluster


class PostgresFerry(Ferry):
    """A Ferry whose store is the database `name` of a cluster."""

    def __init__(self, cluster, name, options=None):
        self.cluster, self.name = cluster, name
        super().__init__(options)
        self.database = self.snapshot  # what it keeps on this machine

    def configure(self, **options):
        self.snapshot = self.folder / "catalog.snapshot"
        super().configure(**{
            "store.url": self.cluster.url(self.name), "store.snapshot_file": str(self.snapshot), **options,
        })

    def rows(self, query="SELECT * FROM usage_records", *values):
        """Read with psql, not through the program under test."""
        for value in values:
            query = query.replace("?", quote(value) if isinstance(value, str) else str(value), 1)
        return json.loads(self.psql(f"SELECT coalesce(json_agg(one), '[]') FROM ({query}) AS one"))

    def psql(self, text):
        return self.cluster.psql(text, self.name)

    def readiness(self):
        """(status, what it says, why)"""
        status, body = self.admin("/readyz")
        told = json.loads(body)
        return status, told["status"], told.get("reason", "")


class PostgresCase(FerryCase):
    """`ferry` begins with a database of its own on the class's own cluster."""

    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster().start()
        try:
            super().setUpClass()
        except BaseException:
            cls.cluster.remove()
            raise

    @classmethod
    def tearDownClass(cls):
        try:
            super().tearDownClass()
        finally:
            cls.cluster.remove()

    @classmethod
    def make_ferry(cls):
        return PostgresFerry(cls.cluster, cls.cluster.new_database(), cls.options)
