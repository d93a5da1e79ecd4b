"""Ports at which nobody listens."""
import socket

_kept = []


def port_of_nobody():
    """It stays taken: a port that is given back may be somebody else's in the next moment."""
    kept = socket.socket()
    kept.bind(("127.0.0.1", 0))
    _kept.append(kept)
    return kept.getsockname()[1]
