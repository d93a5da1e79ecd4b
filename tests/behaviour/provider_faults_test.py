"""When a provider misbehaves the client gets the whole right answer of whoever can give it, or else an error that comes
in time and says what it is. Never a hang, never a part that looks whole. `support/fault_tables.py` says what is played.
"""
from dataclasses import replace

from fault_case import DEFAULTS, FaultsCase, plays
from fault_tables import BROKEN, CONNECTIONS, ODD_ANSWERS, REFUSALS, SILENCES
from provider_faults import FULL, REAL, SHORT, ask_plainly


def pick(table, *names):
    return {name: table[name] for name in names}


@plays(REFUSALS)
class Refusals(FaultsCase):
    pass


@plays(CONNECTIONS)
class Connections(FaultsCase):
    pass


@plays(SILENCES)
class Silences(FaultsCase):
    pass


if not FULL:  # where they are all played so

    @plays({name: fault for name, fault in SILENCES.items()
            if fault.clock == "first_byte" and fault.backup == "healthy"}, ("with_a_backup",))
    class SilencesUnderTheDefaults(FaultsCase):
        """A provider whose usual time is known is not waited for for two minutes where somebody else can be asked."""

        options, times = DEFAULTS, REAL
        played_at_once, requests_before = None, 20

    @plays({name: fault for name, fault in SILENCES.items() if True in fault.ways})
    class SilencesAfterAKeepalive(FaultsCase):
        """The client has a head and signs of life, but nothing of an answer."""

        options = {**FaultsCase.options, "stream.keepalive": "150ms"}
        head_may_come_early = True


@plays(pick(SILENCES, "accepted_and_silent", "silent_after_a_role", "silent_behind_the_head"), ("with_a_backup",))
@plays(pick(SILENCES, "silent_behind_the_head"), ("alone",))
class SilencesWithinTheTimeOfTheClient(FaultsCase):
    """The SDK for Python says how long it waits for each read: it is answered before it gives up, or hears why not
    when it should have."""

    options, times = DEFAULTS, replace(SHORT, first_byte=5, patience=3, slack=2)
    played_at_once = None

    @staticmethod
    def ask(*what):
        return ask_plainly(*what, "x-stainless-read-timeout: 6")


@plays(BROKEN)
class BrokenStreams(FaultsCase):
    pass


@plays(ODD_ANSWERS)
class OddAnswers(FaultsCase):
    pass

