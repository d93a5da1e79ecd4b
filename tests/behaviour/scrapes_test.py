"""Documents of the admin listener are made beside the cores: many at once all come, and a stop waits for none."""
import threading

from client import Closed
from exposition import Scrape
from harness import eventually, insert_model
from own_ferry import OwnFerry

MODELS = 40
PATHS = ("/metrics", "/status")


class Scrapes(OwnFerry):
    @classmethod
    def models(cls):
        return [insert_model(f"m{number}", cls.upstream.base) for number in range(MODELS)]

    def ask(self, client, path, *fields):
        client.send(("\r\n".join([f"GET {path} HTTP/1.1", "Host: f", *fields]) + "\r\n\r\n").encode())
        return client.response()

    def use_every_model(self):
        client = self.client(self.ferry.port)
        for number in range(MODELS):
            self.assertEqual(self.chat(self.nonce(), client=client, model=f"m{number}").status, 200)

    def scrape_for_ever(self, path, got):
        """Until the program goes, which may be in the middle of an answer."""
        try:
            client = self.client(self.ferry.admin_port)
            while True:
                got.append((path, self.ask(client, path)))
        except (Closed, OSError):
            pass

    def begin_scraping(self, got, count=8):
        threads = [threading.Thread(target=self.scrape_for_ever, args=(PATHS[number % 2], got), daemon=True)
                   for number in range(count)]
        for thread in threads:
            thread.start()
        return threads

    def check(self, path, answer):
        self.assertEqual(answer.status, 200)
        if path == "/status":
            self.assertEqual(len(answer.json["cores"]), 2)
        else:
            self.assertGreater(Scrape(answer.text).value("ferry_build_info"), 0)

    def test_scrapes_at_once_all_answer_and_requests_go_on(self):
        self.own()
        self.use_every_model()
        clients = [self.client(self.ferry.admin_port) for _ in range(20)]
        for round in range(5):
            for number, client in enumerate(clients):
                client.send(f"GET {PATHS[number % 2]} HTTP/1.1\r\nHost: f\r\n\r\n".encode())
            self.assertEqual(self.chat(self.nonce(), client=self.client(self.ferry.port), model="m0").status, 200)
            for number, client in enumerate(clients):
                self.check(PATHS[number % 2], client.response())

    def test_a_long_document_is_whole_and_its_connection_goes_on(self):
        self.own()
        self.use_every_model()
        client = self.client(self.ferry.admin_port)
        for _ in range(3):
            answer = self.ask(client, "/metrics")
            self.assertGreater(len(answer.body), 300_000, "more than is written at once")
            self.assertGreaterEqual(Scrape(answer.text).value("ferry_requests_total", status="2xx"), MODELS)
        self.assertEqual(self.ask(client, "/healthz", "Connection: close").json, {"status": "ok"})

    def test_a_scraper_that_goes_early_disturbs_nobody(self):
        self.own()
        self.use_every_model()
        for number in range(30):
            with self.client(self.ferry.admin_port) as client:
                client.send(b"GET /metrics HTTP/1.1\r\nHost: f\r\n\r\n")
                if number % 2:
                    client.reset()

        def scraped():
            # Operators have a fixed number of connections: one more is closed while documents are made for all of them.
            try:
                return self.ask(self.client(self.ferry.admin_port), "/metrics")
            except Closed:
                return None

        self.check("/metrics", eventually(scraped, what="a scrape"))

    def test_a_stop_in_the_middle_of_scrapes_neither_hangs_nor_breaks(self):
        self.own()
        self.use_every_model()
        for _ in range(4):
            got = []
            scrapers = self.begin_scraping(got)
            eventually(lambda: len(got) >= 20, seconds=30)
            self.assertEqual(self.ferry.stop(), 0)
            for one in scrapers:
                one.join(10)
                self.assertFalse(one.is_alive(), "a scraper was left without an end")
            for path, answer in got:
                if answer.whole:
                    self.check(path, answer)
            self.ferry.start()
        self.assertEqual([line for line in self.ferry.log.splitlines() if "please report it" in line], [])
