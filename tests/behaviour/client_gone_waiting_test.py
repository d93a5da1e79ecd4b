"""Clients that leave while their request waits inside Ferry: for the store, for other processes, for a name, for room
in the journal. The threads that it waits for stand still meanwhile."""
import os
import time

from frozen import frozen
from harness import insert_model
from leaving import Phase
from leaving_case import CLOSED_WITHIN, TRIES, LeavingCase
from waiting import eventually

SOON = 0.4  # seconds; what the store does not say within 0.5 s is not waited for


def all_wait(scene):
    """Each is in Ferry, and none has had an answer: the last one looks."""
    all_scenes = scene.case.scenes
    return scene is not all_scenes[-1] or scene.case.ferry.metric("ferry_open_requests") == len(all_scenes)


PHASES = {
    "for a name": Phase(at="books", model="nameless", waits=all_wait),
    "for a budget": Phase(at="books", key="budget", waits=all_wait),
    "for a conversation": Phase(at="books", members={"conversationId": 77}, waits=all_wait),
    "for the limits of others": Phase(at="log", key="limited", waits=all_wait),
    "for who issued an id": Phase(at="log", path="/v1/responses", members={"previous_response_id": "resp_68aa"},
                                  waits=all_wait),
}
ANOTHER_PROCESS = """INSERT INTO limit_use VALUES ('key', 1000000, 'another', datetime('now', '+1 day'),
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0);"""


class WaitingCase(LeavingCase):
    def closed_while_frozen(self, stopped, prepare):
        """The best of a few tries counts."""
        took = "all to begin"
        for number in range(TRIES):
            with frozen(self.ferry.process.pid, *stopped):
                prepare(number)
                began = time.monotonic()
                before = self.begin_round()
                if time.monotonic() - began > SOON:
                    continue
                took = sorted(self.end_round(before))
            print(f"{len(took)} clients left: {took[-1][0] * 1000:.1f} ms at most")
            if took[-1][0] < CLOSED_WITHIN:
                return
        self.fail(f"it took too long at last: {took}")


class ClientsLeaveWhoseRequestWaits(WaitingCase):
    phases = PHASES
    stops = ("names", "budgets", "conversations", "limits", "issued ids")

    @classmethod
    def models(cls):
        return [*super().models(), insert_model("nameless", "http://a-name.example/v1"), ANOTHER_PROCESS]

    def make_keys(self, number):
        for how in self.ways:
            name = f"{how} {number}"
            self.keys[f"budget {how}"] = self.create_key(f"budget {name}", "--budget", "10")
            self.keys[f"limited {how}"] = self.create_key(f"limited {name}", "--tpm", "10")

    def learn_of_the_other_process(self):
        key = self.create_key("any", "--rpm", "1000")
        client = self.client()
        client.send(self.request(self.body(nonce := self.nonce(), model="alone"), nonce=nonce, key=key))
        self.assertEqual(client.response().status, 200)
        eventually(lambda: len(self.ferry.rows("SELECT * FROM limit_use")) > 1)

    def test_for_the_store_or_a_name(self):
        self.learn_of_the_other_process()
        self.closed_while_frozen(self.stops, self.make_keys)
        for one in self.scenes:
            self.assertEqual(self.upstream.requests(one.nonce), [], one.name)


class ClientsLeaveBeforeTheBooksOpen(WaitingCase):
    """No segment has room for the next record, and the thread that makes them stands still."""

    options = {**WaitingCase.options, "server.threads": 1}
    phases = {"for the books": Phase(at="log", waits=all_wait)}

    def leave_no_room(self, _):
        for segment in self.ferry.journal.glob("*.seg"):
            os.truncate(segment, 0)
        self.chat(self.nonce(), model="alone")  # the last one in its segment; the next is cut, too

    def test_and_nothing_is_booked_or_asked(self):
        self.closed_while_frozen(["ferry-journal"], self.leave_no_room)
        for one in self.scenes:
            self.assertEqual(self.upstream.requests(one.nonce), [], one.name)
        eventually(lambda: self.chat(self.nonce(), model="alone").status == 200)
