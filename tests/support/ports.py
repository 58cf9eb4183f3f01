"""Ports for Asterisk: free now, and below those that the kernel gives to whoever asks for any, as every phone does."""

import contextlib
import random
import socket

FIRST, LAST = 30_000, 32_700  # above the tests' sound, below the kernel's own range

_chance = random.SystemRandom()  # of two runs side by side each has its own


def port_of_ours() -> int:
    """A port that nobody has now on 127.0.0.1 and 127.0.0.2, for UDP and TCP."""
    while True:
        port = _chance.randrange(FIRST, LAST)
        with contextlib.ExitStack() as stack, contextlib.suppress(OSError):
            for address in ("127.0.0.1", "127.0.0.2"):
                for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
                    stack.enter_context(socket.socket(socket.AF_INET, kind)).bind((address, port))
            return port
