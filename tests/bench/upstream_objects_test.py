"""ferry-bench upstream keeps what requests made, by credential, as a provider does: files, batches, jobs, stores."""
import hashlib
import json
import unittest

from raw_mock import MockTest


class Objects(MockTest):
    def upload(self, data=b"some bytes", name="data.jsonl", key="one", purpose="batch", action=None):
        parts = [("purpose", purpose), ("note", self.text(action)), ("file", name, data)]
        return self.call("POST", "/files", parts, key)

    def assert_unknown(self, answer, part):
        self.assertEqual(answer.status, 404)
        self.assertIn(part, answer.json["error"]["message"])
        self.assertEqual(answer.json["error"]["type"], "invalid_request_error")

    def operations(self):
        return [entry["operation"] for entry in self.mock.ledger()]


class Files(Objects):
    def test_a_file_is_kept_listed_given_back_and_deleted(self):
        data = bytes(range(256)) * 3
        made = self.upload(data, "odd \u4f60.bin").json
        self.assertEqual((made["object"], made["bytes"], made["filename"], made["purpose"], made["status"]),
                         ("file", 768, "odd \u4f60.bin", "batch", "processed"))
        self.assertTrue(made["id"].startswith("file-"))
        self.assertEqual(self.call("GET", "/files/" + made["id"]).json, made)
        self.assertEqual(self.call("GET", "/files").json["data"], [made])
        content = self.call("GET", f"/files/{made['id']}/content")
        self.assertEqual((content.header("content-type"), content.body), ("application/octet-stream", data))
        self.assertEqual(self.call("DELETE", "/files/" + made["id"]).json,
                         {"id": made["id"], "object": "file", "deleted": True})
        self.assert_unknown(self.call("GET", "/files/" + made["id"]), "No such File object: " + made["id"])
        self.assertEqual(self.operations(), ["files.create", "files.get", "files.list", "files.content",
                                             "files.delete", "files.get"])

    def test_the_ledger_knows_its_bytes_parts_and_hashes(self):
        made = self.upload(b"some bytes").json
        self.call("GET", f"/files/{made['id']}/content")
        first, second = self.mock.ledger(wait="ended", count=2)
        self.assertEqual((first["unit_kind"], first["units"], first["object_id"]), ("bytes", 10, made["id"]))
        self.assertEqual(first["nonce"], self.nonce[6:])
        digest = hashlib.sha256(b"some bytes").hexdigest()
        self.assertEqual(first["parts"][2], {"name": "file", "file_name": "data.jsonl", "bytes": 10, "sha256": digest,
                                             "content_type": "application/octet-stream"})
        self.assertNotIn("file_name", first["parts"][0])
        self.assertEqual((second["units"], second["sha256"], second["object_id"]), (10, digest, made["id"]))

    def test_what_one_key_made_another_does_not_see(self):
        made = self.upload().json
        for method, path in (("GET", ""), ("GET", "/content"), ("DELETE", "")):
            self.assert_unknown(self.call(method, f"/files/{made['id']}{path}", key="two"), "No such File object")
        self.assertEqual(self.call("GET", "/files", key="two").json["data"], [])
        self.assertEqual(self.call("GET", "/files/" + made["id"]).status, 200)

    def test_pages_of_a_list(self):
        ids = [self.upload(purpose=purpose).json["id"] for purpose in ("batch", "assistants", "batch", "batch")]
        page = self.call("GET", "/files?limit=2").json
        self.assertEqual(([o["id"] for o in page["data"]], page["has_more"]), (ids[:1:-1], True))
        self.assertEqual((page["first_id"], page["last_id"]), (ids[3], ids[2]))
        page = self.call("GET", f"/files?limit=2&after={page['last_id']}").json
        self.assertEqual(([o["id"] for o in page["data"]], page["has_more"]), (ids[1::-1], False))
        listed = self.call("GET", "/files?purpose=batch&order=asc").json["data"]
        self.assertEqual([o["id"] for o in listed], [ids[0], ids[2], ids[3]])

    def test_a_form_without_what_is_needed_is_refused(self):
        for parts, named in (([("purpose", "batch")], "file"), ([("file", "x", b"x")], "purpose"),
                             ([("purpose", "batch"), ("file", "no file name")], "file")):
            answer = self.call("POST", "/files", parts)
            self.assertEqual((answer.status, answer.json["error"]["param"]), (400, named))
        self.assertEqual(self.call("POST", "/files", {"file": "x"}).status, 400)

    def test_markers_in_texts_and_file_names_apply(self):
        self.assertEqual(self.upload(action={"status": 429}).status, 429)
        answer = self.upload(name=r'[[mock {\"status\": 418}]] nonce:by_name')
        self.assertEqual((answer.status, self.mock.ledger()[-1]["nonce"]), (418, "by_name"))
        self.assertEqual(self.upload(action={"cut_at": 5}).body, b'{"id"')
        self.assertEqual(self.mock.ledger()[0]["units"], 0)

    def test_a_content_may_have_any_size(self):
        made = self.upload().json
        self.mock.control("script", [{"match": {"operation": "files.content"}, "action": {"bytes": 100_000}}])
        first, again = (self.call("GET", f"/files/{made['id']}/content") for _ in range(2))
        self.assertEqual((len(first.body), first.header("content-length")), (100_000, "100000"))
        self.assertEqual(first.body, again.body)
        entry = self.mock.ledger(wait="ended", count=3)[-1]
        self.assertEqual((entry["units"], entry["sha256"]), (100_000, hashlib.sha256(first.body).hexdigest()))

    def test_a_reset_forgets_them(self):
        made = self.upload().json
        self.mock.control("reset", b"")
        self.assertEqual(self.call("GET", "/files/" + made["id"]).status, 404)


class Uploads(Objects):
    def begin(self, size):
        return self.call("POST", "/uploads", {"bytes": size, "filename": "whole.txt", "mime_type": "text/plain",
                                              "purpose": "assistants"}).json

    def add(self, upload, data, key="one"):
        return self.call("POST", f"/uploads/{upload['id']}/parts", [("data", "blob", data)], key)

    def test_parts_become_a_file(self):
        upload = self.begin(6)
        self.assertEqual((upload["object"], upload["status"], upload["bytes"]), ("upload", "pending", 6))
        first, second = (self.add(upload, data).json for data in (b"abc", b"def"))
        self.assertEqual((first["object"], first["upload_id"]), ("upload.part", upload["id"]))
        done = self.call("POST", f"/uploads/{upload['id']}/complete", {"part_ids": [second["id"], first["id"]]}).json
        self.assertEqual((done["status"], done["file"]["bytes"], done["file"]["filename"]),
                         ("completed", 6, "whole.txt"))
        self.assertEqual(self.call("GET", f"/files/{done['file']['id']}/content").body, b"defabc")
        self.assertEqual(self.operations()[:4],
                         ["uploads.create", "uploads.parts", "uploads.parts", "uploads.complete"])
        self.assertEqual([e["units"] for e in self.mock.ledger()], [1, 3, 3, 1, 6])
        self.assertEqual(self.add(upload, b"late").status, 400)

    def test_what_does_not_fit_is_refused(self):
        upload = self.begin(6)
        part = self.add(upload, b"abc").json
        complete = f"/uploads/{upload['id']}/complete"
        self.assertEqual(self.call("POST", complete, {"part_ids": [part["id"]]}).status, 400)
        self.assertEqual(self.call("POST", complete, {"part_ids": ["part_none"]}).status, 404)
        self.assertEqual(self.add(upload, b"abc", key="two").status, 404)
        self.assertEqual(self.call("POST", f"/uploads/{upload['id']}/cancel").json["status"], "cancelled")
        self.assertEqual(self.call("POST", complete, {"part_ids": [part["id"]]}).status, 400)
        self.assertEqual(self.call("POST", "/uploads", {"bytes": 1}).status, 400)


class Batches(Objects):
    def create(self, key="one", action=None, data=b""):
        self.input = self.upload(data).json["id"]
        return self.call("POST", "/batches", {
            "input_file_id": self.input, "endpoint": "/v1/chat/completions", "completion_window": "24h",
            "metadata": {"note": self.text(action)}}, key)

    def test_a_batch_goes_on_each_time_it_is_asked_for_until_its_output_is_a_file(self):
        lines = [{"custom_id": f"c{i}", "method": "POST", "url": "/v1/chat/completions", "body": {}} for i in range(3)]
        made = self.create(data="\n".join(map(json.dumps, lines)).encode()).json
        self.assertEqual((made["object"], made["status"], made["input_file_id"]), ("batch", "validating", self.input))
        states = [self.call("GET", "/batches/" + made["id"]).json for _ in range(3)]
        self.assertEqual([b["status"] for b in states], ["in_progress", "completed", "completed"])
        self.assertEqual(states[1]["request_counts"], {"total": 3, "completed": 3, "failed": 0})
        self.assertEqual(states[1]["output_file_id"], states[2]["output_file_id"])
        self.assertIsNotNone(states[1]["completed_at"])
        output = self.call("GET", f"/files/{states[1]['output_file_id']}/content").body.decode().splitlines()
        replies = [json.loads(line) for line in output]
        self.assertEqual([r["custom_id"] for r in replies], ["c0", "c1", "c2"])
        usage = replies[0]["response"]["body"]["usage"]
        self.assertEqual(usage["total_tokens"], usage["prompt_tokens"] + usage["completion_tokens"])
        self.assertEqual(self.call("GET", "/batches").json["data"], states[2:])

    def test_a_batch_may_be_cancelled(self):
        path = "/batches/" + self.create().json["id"]
        self.assertEqual(self.call("POST", path + "/cancel").json["status"], "cancelling")
        self.assertEqual(self.call("GET", path).json["status"], "cancelled")
        self.assertIsNone(self.call("GET", path).json["output_file_id"])

    def test_the_script_may_say_where_it_stands(self):
        made = self.create(action={"object_status": "failed"}).json
        self.assertEqual(made["status"], "failed")
        self.assertIsNotNone(made["failed_at"])
        self.assertEqual(self.call("GET", "/batches/" + made["id"]).json["status"], "failed")

    def test_another_key_has_neither_the_batch_nor_its_input(self):
        made = self.create().json
        for method, path in (("GET", ""), ("POST", "/cancel")):
            self.assert_unknown(self.call(method, f"/batches/{made['id']}{path}", key="two"), "No batch found")
        self.assert_unknown(self.create(key="two"), "No such File object")
        self.assertEqual(self.operations()[:3], ["files.create", "batches.create", "batches.get"])
        self.assertEqual(self.mock.ledger()[1]["nonce"], self.nonce[6:])


class FineTuning(Objects):
    def test_a_job_runs_succeeds_and_has_events(self):
        file = self.upload().json["id"]
        made = self.call("POST", "/fine_tuning/jobs", {"model": "base", "training_file": file, "suffix": "s"}).json
        self.assertEqual((made["object"], made["status"], made["model"]),
                         ("fine_tuning.job", "validating_files", "base"))
        path = "/fine_tuning/jobs/" + made["id"]
        states = [self.call("GET", path).json for _ in range(2)]
        self.assertEqual([s["status"] for s in states], ["running", "succeeded"])
        self.assertTrue(states[1]["fine_tuned_model"].startswith("ft:base:"))
        events = self.call("GET", path + "/events?limit=1").json
        self.assertEqual((events["data"][0]["object"], events["has_more"]), ("fine_tuning.job.event", True))
        self.assertEqual(self.call("GET", "/fine_tuning/jobs").json["data"], states[1:])
        self.assertEqual(self.operations(), ["files.create", "fine_tuning.jobs.create", "fine_tuning.jobs.get",
                                             "fine_tuning.jobs.get", "fine_tuning.jobs.events",
                                             "fine_tuning.jobs.list"])

    def test_a_job_may_be_cancelled_and_is_unknown_under_another_key(self):
        file = self.upload().json["id"]
        made = self.call("POST", "/fine_tuning/jobs", {"model": "base", "training_file": file}).json
        path = "/fine_tuning/jobs/" + made["id"]
        for method, end in (("GET", ""), ("GET", "/events"), ("POST", "/cancel")):
            self.assertEqual(self.call(method, path + end, key="two").status, 404)
        self.assertEqual(self.call("POST", path + "/cancel").json["status"], "cancelled")
        self.assertEqual(self.call("GET", path).json["status"], "cancelled")
        self.assertEqual(self.call("POST", "/fine_tuning/jobs", {"model": "b", "training_file": "f"}).status, 404)


class VectorStores(Objects):
    def test_a_store_counts_its_files(self):
        first, second = (self.upload(data).json["id"] for data in (b"abc", b"defgh"))
        made = self.call("POST", "/vector_stores", {"name": "s", "file_ids": [first]}).json
        self.assertEqual((made["object"], made["name"], made["status"]), ("vector_store", "s", "completed"))
        self.assertEqual((made["file_counts"]["total"], made["usage_bytes"]), (1, 3))
        path = "/vector_stores/" + made["id"]
        added = self.call("POST", path + "/files", {"file_id": second}).json
        self.assertEqual((added["id"], added["object"], added["vector_store_id"]),
                         (second, "vector_store.file", made["id"]))
        self.assertEqual(self.call("GET", path).json["usage_bytes"], 8)
        listed = self.call("GET", path + "/files?order=asc").json["data"]
        self.assertEqual([f["id"] for f in listed], [first, second])
        self.assertEqual([s["id"] for s in self.call("GET", "/vector_stores").json["data"]], [made["id"]])
        self.assertEqual(self.call("DELETE", path).json["object"], "vector_store.deleted")
        self.assertEqual(self.call("GET", path).status, 404)
        self.assertEqual(self.call("GET", "/files/" + first).status, 200)
        self.assertEqual(self.operations()[2:5],
                         ["vector_stores.create", "vector_stores.files.create", "vector_stores.get"])

    def test_another_key_s_store_and_files_are_unknown(self):
        path = "/vector_stores/" + self.call("POST", "/vector_stores", {}).json["id"]
        file = self.upload(key="two").json["id"]
        for method, end, body in (("GET", "", b""), ("DELETE", "", b""), ("GET", "/files", b""),
                                  ("POST", "/files", {"file_id": file})):
            self.assertEqual(self.call(method, path + end, body, key="two").status, 404, (method, end))
        self.assertEqual(self.call("POST", path + "/files", {"file_id": file}).status, 404)
        self.assertEqual(self.call("POST", "/vector_stores", {"file_ids": [file]}).status, 404)


if __name__ == "__main__":
    unittest.main()
