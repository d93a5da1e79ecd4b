"""The ground of tests whose models have providers of their own, several of them before one Ferry."""
from harness import FerryCase


class CastCase(FerryCase):
    """`cast`: who has rows, by `rows()`, and providers, which `close()` ends."""

    @classmethod
    def make_cast(cls):
        raise NotImplementedError

    @classmethod
    def setUpClass(cls):
        cls.cast = cls.make_cast()
        super().setUpClass()

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        for one in cls.cast:
            one.close()

    @classmethod
    def models(cls):
        return [row for one in cls.cast for row in one.rows()]
