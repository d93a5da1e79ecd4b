"""Providers misbehave, and the official SDK for Node asks: the whole right answer or an error, never a part without.
The same by the SDK for Python, with more of it, is in sdk/python/provider_faults_test.py."""
import itertools
import json
import os
import queue
import subprocess
import threading

from fault_case import FaultsCase, plays
from fault_tables import BROKEN, CONNECTIONS, ODD_ANSWERS, REFUSALS, SILENCES
from provider_faults import Heard

ALL = {**REFUSALS, **CONNECTIONS, **SILENCES, **BROKEN, **ODD_ANSWERS}
CHOSEN = {name: ALL[name] for name in (
    "429_that_names_a_moment", "429_that_names_half_a_minute", "500_once", "503_for_ever", "context_too_long",
    "an_html_page_under_502", "nobody_listens_anywhere", "reset_before_the_head", "reset_after_a_role",
    "cut_within_the_document", "accepted_and_silent", "comments_for_ever", "the_first_token_is_late",
    "cut_after_40_of_60_tokens", "stalled_after_20_tokens", "a_malformed_event_in_the_middle",
    "an_error_event_in_the_middle", "no_done", "an_empty_200", "an_error_under_200", "longer_than_it_is",
)}


class NodeAsker:
    """One process that asks everything; any thread may."""

    def __init__(self):
        script = os.path.join(os.environ["NODE_PLACE"], "faults.mjs")
        self.process = subprocess.Popen(["node", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.numbers, self.waiting, self.lock = itertools.count(1), {}, threading.Lock()
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            told = json.loads(line)
            self.waiting[told.pop("number")].put(told)

    def ask(self, retries, ferry, key, scene, nonce):
        number, came = next(self.numbers), queue.Queue()
        self.waiting[number] = came
        wanted = {"number": number, "url": f"http://127.0.0.1:{ferry.port}/v1", "key": key, "nonce": nonce,
                  "retries": retries, "body": scene.body(nonce)}
        with self.lock:
            self.process.stdin.write(json.dumps(wanted) + "\n")
            self.process.stdin.flush()
        while "heard" not in (told := came.get(timeout=60)):
            assert "failed" not in told, told
            scene.shown.set()
        heard = Heard(**{**told["heard"], "ids": set(told["heard"]["ids"])})
        heard.is_complete = heard.error is None and heard.finish is not None
        return heard

    def close(self):
        self.process.stdin.close()
        self.process.wait(10)
        self.reader.join()
        self.process.stdout.close()


class NodeCase(FaultsCase):
    played_at_once = None
    retries = 0

    @classmethod
    def setUpClass(cls):
        cls.asker = NodeAsker()
        cls.ask = staticmethod(lambda *what: cls.asker.ask(cls.retries, *what))
        super().setUpClass()

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        cls.asker.close()


@plays(CHOSEN)
class WithTheSdkForNode(NodeCase):
    pass


@plays({name: REFUSALS[name] for name in ("500_once", "503_for_ever", "402")}, ("alone",))
class WithItsOwnRetries(NodeCase):
    """What Ferry has tried often enough the SDK does not try again."""

    retries = 2
