"""Addresses of trunks whose own is a name: looked up, remembered, looked up again."""

import asyncio
import socket
from collections.abc import Iterable

from server.channels.phone.admission import host_of, port_of
from server.channels.phone.datagrams import Address, is_address, plain
from server.channels.phone.port import Trunk


class Names:
    """Looks hosts up. ``family`` is what our socket can reach."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, ...]] = {}
        self.ipv6 = False

    async def look_up(self, host: str) -> tuple[str, ...]:
        """All addresses of a host; what was known before when nobody answers."""
        if is_address(host):
            return (plain(host),)
        family = socket.AF_UNSPEC if self.ipv6 else socket.AF_INET
        try:
            found = await asyncio.get_running_loop().getaddrinfo(
                host, None, family=family, type=socket.SOCK_DGRAM
            )
        except (OSError, UnicodeError):
            return self._known.get(host, ())
        addresses = tuple(dict.fromkeys(plain(str(entry[4][0])) for entry in found))
        self._known[host] = addresses
        return addresses

    async def of_trunk(self, trunk: Trunk) -> Address | None:
        """Where a trunk's requests go."""
        return await self.of(trunk.address)

    async def of(self, address: str) -> Address | None:
        """Where ``host[:port]`` is."""
        found = await self.look_up(host_of(address)) if address else ()
        return (found[0], port_of(address)) if found else None

    async def of_all(self, trunks: Iterable[Trunk]) -> dict[str, tuple[str, ...]]:
        """The addresses of each trunk, by its id."""
        return {t.id: await self.look_up(host_of(t.address)) for t in trunks if t.address}

    def known(self, trunks: Iterable[Trunk]) -> dict[str, tuple[str, ...]]:
        """The same, from memory."""
        return {t.id: self._known.get(host_of(t.address), ()) for t in trunks}
