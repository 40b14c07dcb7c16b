"""UDP ports for the sound of calls."""

import secrets
import socket
from collections import deque

from server.channels.phone.datagrams import udp_socket

BUFFER = 1 << 18


class NoPort(OSError):
    """Every port of the range is taken."""


class Ports:
    """Even ports of a range, each one resting as long as it can before it is used again, and the first one is
    drawn: callers of a process that died go on sending to its ports. A range that begins with 0 takes whatever
    the system gives."""

    def __init__(self, host: str, first: int, last: int) -> None:
        self._host = host
        self._any = first == 0
        self._free: deque[int] = deque(range(first + first % 2, last + 1, 2))
        self._free.rotate(secrets.randbelow(len(self._free) or 1))

    def open(self) -> socket.socket:
        """A bound socket. Raises `NoPort`."""
        if self._any:
            return self._bound(0)
        for _ in range(len(self._free)):
            port = self._free.popleft()
            try:
                return self._bound(port)
            except OSError:
                self._free.append(port)
        raise NoPort("No UDP port is free for the sound of one more call: widen PARLEY_RTP_PORTS.")

    def _bound(self, port: int) -> socket.socket:
        sock = udp_socket(self._host, port)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        return sock

    def close(self, sock: socket.socket) -> None:
        """Give a socket back."""
        port = int(sock.getsockname()[1])
        sock.close()
        if not self._any:
            self._free.append(port)


def read_range(text: str) -> tuple[int, int]:
    """``first-last``. Raises ``ValueError`` that says what is wrong."""
    first, dash, last = text.partition("-")
    try:
        low, high = int(first), int(last if dash else first)
    except ValueError:
        raise ValueError(f"{text!r} is no range of ports: write first-last, like 20000-20999.") from None
    if not 0 <= low <= high <= 65_535 or (0 < low < 1024):
        raise ValueError(f"{text!r} is no range of ports between 1024 and 65535.")
    return low, high
