"""Signals that whoever started the tests has set to be ignored, as nohup and `&` in a script do."""
import signal


def heed_signals():
    """Programs under test inherit what is ignored: a shell cannot even trap it then, and a Ctrl-C would not end them.
    The tests themselves go on ignoring it, by a handler, which is not inherited."""
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGTERM):
        if signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, lambda *_: None)
