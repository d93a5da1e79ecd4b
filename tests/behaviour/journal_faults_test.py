"""Disks that fail under the usage journal, and files that others touch: nobody is told a lie, the program goes on.

Calls fail where they are made: strace attaches to the journal's thread alone and lets them return an error."""
import json
import os
import resource
import signal
import sqlite3
import subprocess
import threading
import unittest
from pathlib import Path

import answers
from harness import FerryCase, eventually


class JournalCase(FerryCase):
    options = {"server.threads": 1}

    def journal(self):
        return json.loads(self.ferry.admin("/status")[1])["journal"]

    def threads(self):
        """{name of a thread: (its number, its nice value, its scheduling policy)}"""
        found = {}
        for folder in Path(f"/proc/{self.ferry.process.pid}/task").iterdir():
            name, fields = (folder / "stat").read_text().split("(", 1)[1].rsplit(") ", 1)
            fields = fields.split()
            found[name] = int(folder.name), int(fields[16]), int(fields[38])
        return found

    def failing(self, call, error):
        """Until it is ended: each `call` of the journal's thread fails."""
        return self.traced(call, f"error={error}")

    def traced(self, call, what):
        number = self.threads()["ferry-journal"][0]
        tracer = subprocess.Popen(
            ["strace", "-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={call}:{what}",
             "-p", str(number)],
            stderr=subprocess.PIPE, text=True,
        )
        self.addCleanup(self.end, tracer)
        said = tracer.stderr.readline()
        self.assertIn("attached", said, said + "strace must be allowed to trace (SYS_PTRACE in a container)")
        return tracer

    def end(self, tracer):
        if tracer.poll() is None:
            tracer.send_signal(signal.SIGINT)
        tracer.wait(10)
        tracer.stderr.close()

    def segments(self):
        return sorted(self.ferry.journal.glob("*.seg"))

    def cut(self, bytes_left=0):
        """Makes every segment shorter, as an operator's mistake would."""
        for segment in self.segments():
            os.truncate(segment, bytes_left)

    def are_all_whole(self):
        try:
            return all(segment.stat().st_size > 8192 for segment in self.segments())
        except FileNotFoundError:
            return False  # it is being shipped

    def asked(self, count=3):
        nonces = [self.nonce() for _ in range(count)]
        for nonce in nonces:
            answer = self.chat(nonce)
            self.assertEqual(answer.status, 200, answer.raw)
        return nonces

    def becomes_well(self):
        # The longer a disk fails, the later a core leaves its file again: after 60 s at the latest.
        eventually(lambda: self.journal()["last_error"] == "", 90, "a journal without an error")


class SegmentsAreTouched(JournalCase):
    rows_for_every_request = False  # what was cut off before it was shipped is lost, and counted

    def test_segments_that_are_cut_under_the_process_are_left_for_others(self):
        for bytes_left in (0, 4096, 4200, 100):
            self.asked()
            self.cut(bytes_left)
            self.asked()
            # What is written into what is left of a page is lost until the next look at the file.
            eventually(self.are_all_whole, 10, "segments that are left for others")
            for nonce in self.asked():
                self.assert_row(nonce, status=200)
        self.cut()  # and nobody asks: the journal's thread finds it
        eventually(lambda: "by another program" in self.ferry.log, what="words about it")
        self.assertGreater(self.journal()["failed_segments"], 0)
        self.becomes_well()

    def test_a_stream_outlives_the_file_its_begin_was_written_to(self):
        go_on = threading.Event()
        first, *others = answers.story()
        rest = b"".join(answers.as_chunk(one) for one in others) + answers.LAST_CHUNK
        nonce = self.nonce(answers.stream_head(), answers.as_chunk(first), go_on, rest)
        client = self.client()
        client.send(self.request(self.body(nonce, stream=True), nonce=nonce))
        client.peek_until(b"word0")
        self.cut()
        self.asked()
        go_on.set()
        self.assertTrue(client.response().whole)
        self.assert_row(nonce, status=200, end_reason="done", basis="provider")

    def test_segments_and_folder_that_are_removed_are_made_again(self):
        for segment in self.segments():
            segment.unlink()
        self.ferry.journal.rename(self.ferry.folder / "away")
        self.asked()
        eventually(self.ferry.journal.exists, what="a new folder")
        for nonce in self.asked():
            self.assert_row(nonce, status=200)
        eventually(self.segments, what="new segments")
        self.becomes_well()

    def test_files_that_may_not_grow_are_an_honest_503_for_as_long_as_that_lasts(self):
        process = self.ferry.process.pid
        before = resource.prlimit(process, resource.RLIMIT_FSIZE)
        self.addCleanup(resource.prlimit, process, resource.RLIMIT_FSIZE, before)
        resource.prlimit(process, resource.RLIMIT_FSIZE, (4 << 20, before[1]))

        def refused():
            self.cut()
            answer = self.chat(self.nonce())
            return answer.status == 503 and answer

        answer = eventually(refused, 20, "a refusal")
        self.assert_error(answer, 503, "journal_full")
        self.ferry.says("cannot reserve space")
        self.assertIn("the usage journal fails", self.ferry.admin("/readyz")[1])
        resource.prlimit(process, resource.RLIMIT_FSIZE, before)
        eventually(lambda: self.chat(self.nonce()).status == 200, 10, "an answer")
        self.becomes_well()


class SyncsFail(JournalCase):
    def test_no_request_notices_a_disk_that_syncs_nothing(self):
        tracer = self.failing("fdatasync", "EIO")
        nonces = self.asked()
        eventually(lambda: "cannot sync" in self.journal()["last_error"], what="an error that is told")
        self.assertIn("the usage journal fails", self.ferry.admin("/readyz")[1])
        self.assertIn("ferry_journal_failing 1", self.ferry.admin("/metrics")[1])
        nonces += self.asked(20)
        self.end(tracer)
        nonces += self.asked()
        for nonce in nonces:
            self.assert_row(nonce, status=200)
        self.becomes_well()

    def test_a_full_disk_is_told_and_nobody_is_refused_while_segments_have_room(self):
        tracer = self.failing("fallocate", "ENOSPC")
        self.cut()
        eventually(lambda: "cannot reserve space" in self.journal()["last_error"], what="an error that is told")
        self.end(tracer)
        self.becomes_well()
        self.asked()


class SyncsFailInModePower(JournalCase):
    options = {**JournalCase.options, "usage.durability": "power"}

    def test_the_store_stands_in_for_a_disk_that_syncs_nothing(self):
        tracer = self.failing("fdatasync", "EIO")
        nonces = self.asked(5)
        self.end(tracer)
        nonces += self.asked()
        for nonce in nonces:
            self.assert_row(nonce, status=200)
        self.becomes_well()

    def test_without_disk_and_store_no_answer_is_completed_and_new_requests_are_refused(self):
        tracer = self.failing("fdatasync", "EIO")
        store = sqlite3.connect(self.ferry.database, isolation_level=None, timeout=10, check_same_thread=False)
        store.execute("BEGIN IMMEDIATE")
        try:
            nonce = self.nonce()
            waiting = self.client()
            waiting.send(self.request(self.body(nonce), nonce=nonce))
            self.upstream.wait_for(nonce)
            refused = eventually(self.refusal, 9, "a refusal")
            self.assert_error(refused, 503, "journal_failed")
        finally:
            store.execute("ROLLBACK")
            store.close()
        # The store has it now, in time for the answer that was held.
        self.assertEqual(waiting.response().status, 200)
        self.end(tracer)
        eventually(lambda: self.chat(self.nonce()).status == 200, 10, "an answer")
        eventually(lambda: self.journal()["lag_rows"] == 0, 20, "rows that were shipped")
        self.becomes_well()

    def test_an_error_is_told_though_the_disk_hangs(self):
        tracer = self.traced("fdatasync", "delay_enter=60000000")
        try:
            nonce = self.nonce(answers.error_answer(400, "no", "invalid_value"))
            self.assertEqual(self.chat(nonce).status, 400)
        finally:
            self.end(tracer)
        self.assert_row(nonce, status=400)

    def refusal(self):
        """A request that is let in is held, as the first one is; nobody waits for it here."""
        client, nonce = self.client(), self.nonce()
        client.send(self.request(self.body(nonce), nonce=nonce))
        client.socket.settimeout(0.3)
        try:
            return client.response()
        except TimeoutError:
            return None


class Priorities(JournalCase):
    def test_threads_beside_the_cores_give_way_to_them(self):
        beside = ("ferry-journal", "ferry-shipper", "ferry-refresh", "operators")

        def found():
            threads = self.threads()
            core = threads.get("core 0")
            wanted = core and (min(core[1] + 5, 19), os.SCHED_BATCH)
            return core and core[2] == os.SCHED_OTHER and all(threads.get(one, ())[1:] == wanted for one in beside)

        eventually(found, what="lower priorities beside the core")


if __name__ == "__main__":
    unittest.main()
