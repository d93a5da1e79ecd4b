"""How tests wait. The one place that sleeps: everywhere else a sleep is a guess at how fast a machine is.

For something that will happen: `eventually`. That something does not happen: `stays`. Where time itself is what a test
plays (a slow sender, an outage of so many seconds): `paced`, `play`."""
import asyncio
import time

POLL = 0.01


def eventually(probe, seconds=5, what="the condition"):
    """Polls until `probe()` is true and returns what it gave."""
    limit = time.monotonic() + seconds
    while True:
        got = probe()
        if got:
            return got
        if time.monotonic() > limit:
            raise AssertionError(f"{what} did not come true in {seconds} s (last: {got!r})")
        time.sleep(POLL)


def stays(probe, seconds, what="the condition"):
    """Polls for `seconds`; `probe()` must be true all the time."""
    limit = time.monotonic() + seconds
    while True:
        got = probe()
        if not got:
            raise AssertionError(f"{what} did not stay true for {seconds} s (last: {got!r})")
        if time.monotonic() > limit:
            return
        time.sleep(POLL)


def paced(items, seconds):
    """The items, so many seconds apart."""
    for number, item in enumerate(items):
        if number and seconds:
            time.sleep(seconds)
        yield item


def play(seconds):
    """Time that is part of what a test plays; never a guess at when something will have happened."""
    time.sleep(max(0.0, seconds))


async def play_async(seconds):
    await asyncio.sleep(max(0.0, seconds))
