"""The UDP socket SIP goes through, and which of our addresses a peer sees."""

import asyncio
import ipaddress
import socket
from collections.abc import Callable

Address = tuple[str, int]
EVERY = frozenset(("0.0.0.0", "::", ""))  # noqa: S104
BUFFER = 1 << 20


def plain(host: str) -> str:
    """A host as peers write it: without brackets and scope; IPv4 that came over an IPv6 socket as IPv4."""
    host = host.strip("[]").split("%")[0]
    if host.lower().startswith("::ffff:") and "." in host:
        return host[7:]
    return host


def is_address(host: str) -> bool:
    """Whether it is an IP address, not a name."""
    try:
        ipaddress.ip_address(plain(host))
    except ValueError:
        return False
    return True


def bracketed(host: str) -> str:
    """As it stands in an URI or a Via."""
    return f"[{host}]" if ":" in host else host


def local_towards(host: str, bound: str) -> str:
    """The address of ours that packets to ``host`` leave from; ``bound`` when the socket has just one.
    Nothing is sent."""
    if bound not in EVERY:
        return bound
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((host, 9))
        except OSError:
            return "::1" if family == socket.AF_INET6 else "127.0.0.1"
        return plain(str(probe.getsockname()[0]))


def udp_socket(host: str, port: int) -> socket.socket:
    """A bound socket that does not block; ``::`` takes IPv4 as well. Raises ``OSError``."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_DGRAM)
    try:
        if host == "::":
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        sock.setblocking(False)
        sock.bind((host, port))
    except OSError:
        sock.close()
        raise
    return sock


def towards(sock_family: int, address: Address) -> Address:
    """An address as a socket of ``sock_family`` wants it."""
    host, port = address
    if sock_family == socket.AF_INET6 and ":" not in host:
        return f"::ffff:{host}", port
    return host, port


class Datagrams(asyncio.DatagramProtocol):
    """SIP's socket. ``received(data, source)`` is called for each datagram; it must not raise."""

    def __init__(self, host: str, public_host: str, received: Callable[[bytes, Address], None]) -> None:
        self.host = host
        self.public_host = public_host
        self.port = 0
        self._received = received
        self._transport: asyncio.DatagramTransport | None = None
        self._family = socket.AF_INET
        self._local: dict[str, str] = {}

    async def open(self, port: int) -> None:
        """Bind. Raises ``OSError`` when the address is taken."""
        sock = udp_socket(self.host, port)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        self._family = sock.family
        self.port = int(sock.getsockname()[1])
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, sock=sock)

    def datagram_received(self, data: bytes, addr: tuple[str | int, ...]) -> None:
        """From the loop."""
        self._received(data, (plain(str(addr[0])), int(addr[1])))

    def error_received(self, exc: Exception) -> None:
        """A peer's port is closed: its transaction runs into its own timer."""

    def send(self, data: bytes, address: Address) -> None:
        """Send; what the network refuses is lost like any datagram, and so is what has no address: a wrong
        port would make asyncio close the socket, a name would make it look up."""
        if self._transport is None or self._transport.is_closing():
            return
        if not 0 < address[1] < 65_536 or not is_address(address[0]):
            return
        try:
            self._transport.sendto(data, towards(self._family, address))
        except OSError:
            return

    def local(self, peer: str) -> str:
        """Our address as ``peer`` should write to it."""
        if self.public_host:
            return self.public_host
        known = self._local.get(peer)
        if known is None:
            if len(self._local) > 1000:
                self._local.clear()
            known = self._local[peer] = local_towards(peer, self.host)
        return known

    def close(self) -> None:
        """Let the socket go."""
        if self._transport is not None:
            self._transport.close()
            self._transport = None
