"""Many models: a change costs what it changed, and the list of all of them is whole."""
import json
import os
import sqlite3
import tempfile
from pathlib import Path

from harness import FerryCase, eventually, insert_model

MODELS = 5000


class LargeCatalog(FerryCase):
    @classmethod
    def make_ferry(cls):
        cls.snapshot = Path(tempfile.mkdtemp(prefix="ferry-snapshot-")) / "catalog.snapshot"
        cls.addClassCleanup(lambda: [cls.snapshot.unlink(missing_ok=True), cls.snapshot.parent.rmdir()])
        cls.options = {"store.snapshot_file": str(cls.snapshot)}
        return super().make_ferry()

    @classmethod
    def prepare(cls, ferry):
        key = super().prepare(ferry)
        with sqlite3.connect(ferry.database) as store:
            store.executemany("INSERT INTO ai_models (model_name, api_endpoint) VALUES (?, 'http://127.0.0.1:9/v1')",
                              ((f"m{number}",) for number in range(MODELS)))
        return key

    def list(self, key=None, method="GET"):
        client = self.client()
        client.send(self.request(b"", path="/v1/models", method=method, key=key))
        return client.response(of_head_request=method == "HEAD")

    def names(self, key=None):
        answer = self.list(key)
        self.assertEqual(answer.status, 200, answer.raw[:500])
        self.assertEqual(int(answer.field("content-length")), len(answer.body))
        return [model["id"] for model in json.loads(answer.body)["data"]]

    def test_the_list_of_many_models_is_whole_and_in_order(self):
        expected = sorted(["demo", *(f"m{number}" for number in range(MODELS))], key=str.encode)
        self.assertEqual(self.names(), expected)
        self.assertEqual(self.names(), expected)
        self.assertEqual(self.list(method="HEAD").field("content-length"), self.list().field("content-length"))

    def test_a_key_with_models_of_its_own_sees_those_and_sees_changes(self):
        own = sorted(["demo", "added-later", "unknown", *(f"m{number}" for number in range(0, MODELS, 3))])
        key = self.create_key("own", "--models", ",".join(own))
        there = [name for name in own if name not in ("added-later", "unknown")]
        self.assertEqual(self.names(key), there)
        self.assertEqual(self.names(key), there)
        self.serve(insert_model("added-later", self.upstream.base))
        self.assertEqual(self.names(key), sorted([*there, "added-later"]))
        self.serve("DELETE FROM ai_models WHERE model_name = 'added-later';")
        self.assertEqual(self.names(key), there)

    def test_a_change_is_added_to_the_snapshot_file_which_is_not_written_anew(self):
        eventually(self.snapshot.exists)
        before = os.stat(self.snapshot)
        for number in range(3):
            self.ferry.sql(f"UPDATE ai_models SET display_name = 'x{number}' WHERE model_name = 'm17';")
            eventually(lambda: f'"x{number}"' in self.snapshot.read_text(), what="the change in the file")
        after = os.stat(self.snapshot)
        self.assertEqual(before.st_ino, after.st_ino)
        self.assertLess(after.st_size - before.st_size, 10_000)
        self.assertEqual(after.st_mode & 0o777, 0o600)
