"""The ground for tests that stop, kill and restart the program."""
import answers
from ferry import Ferry
from harness import FerryCase


class OwnFerry(FerryCase):
    """For tests that stop or kill the process: each has its own."""

    options = {"server.drain_timeout": "3s"}

    def own(self, **options):
        ferry = Ferry({**self.options, **options})
        self.addCleanup(ferry.remove)
        self.key = self.prepare(ferry)
        self.secrets.append(self.key)
        ferry.start()
        self.ferry = ferry
        return ferry

    def tearDown(self):
        if self.ferry.process.poll() is not None:
            self.ferry.start()
        super().tearDown()
        if self.ferry is not type(self).ferry:
            self.assertEqual(self.ferry.stop(), 0, self.ferry.log[-3000:])
            self.assertEqual(self.ferry.complaints(), [], self.ferry.log[-6000:])

    def begin_stream(self, *rest):
        nonce = self.nonce(answers.stream_head(), *map(answers.as_chunk, answers.words()), *rest)
        client = self.client(self.ferry.port)
        client.send(self.request(self.body(nonce, stream=True), nonce=nonce))
        client.until(b"word2")
        return nonce, client
