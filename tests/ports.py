"""Ports for the servers and telephones of tests."""

import itertools
import os
import random
import socket
from collections.abc import Iterator
from contextlib import ExitStack

FIRST, SLICE, SLICES = 21_000, 1_000, 11
"""Beside the telephone's own range for sound (20000 to 20999), and below what a kernel usually takes from by
itself (from 32768): so nobody gets in between before a server listens."""


def _turn() -> Iterator[int]:
    """This process's own slice, round and round: tests side by side never want the same port."""
    side = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    first = FIRST + SLICE * (side % SLICES)
    begin = random.randrange(SLICE)
    return itertools.cycle([first + (begin + step) % SLICE for step in range(SLICE)])


_TURN = _turn()


def free_port(row: int = 1) -> int:
    """An even port that is free over UDP and TCP on every address of IPv4, as are the ``row - 1`` that follow it;
    given to nobody else soon."""
    for port in itertools.islice(_TURN, SLICE):
        if port % 2 or port % SLICE + row > SLICE:
            continue
        try:
            with ExitStack() as probes:
                for number in range(port, port + row):
                    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                        probes.enter_context(socket.socket(type=kind)).bind(("", number))
        except OSError:
            continue
        for _ in range(row - 1):
            next(_TURN)
        return port
    raise RuntimeError(f"No {row} ports in a row are free among the {SLICE} of this process.")
