"""A caller whose every packet of sound is made by hand."""

import asyncio
import secrets
import struct
from typing import Any

from tests.phone.caller import Call, Phone
from tests.phone.edges import House, Taken


class Sender(asyncio.DatagramProtocol):
    """A socket that sends RTP, and keeps what comes."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.host = host
        self.came: list[bytes] = []
        self.ssrc = secrets.randbits(32)
        self.sequence = 1000
        self.timestamp = 50_000
        self.port = 0
        self._transport: asyncio.DatagramTransport | None = None

    async def __aenter__(self) -> "Sender":
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(self.host, 0))
        self.port = self._transport.get_extra_info("sockname")[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._transport is not None:
            self._transport.close()

    def datagram_received(self, data: bytes, addr: Any) -> None:
        """From the loop."""
        self.came.append(data)

    def send(
        self,
        to: tuple[str, int],
        payload: bytes,
        kind: int = 0,
        step: int | None = None,
        at: int | None = None,
    ) -> None:
        """One packet; time goes on by ``step`` timestamps (as many as there are bytes)."""
        assert self._transport is not None
        self.sequence += 1
        timestamp = self.timestamp if at is None else at
        head = struct.pack("!BBHII", 0x80, kind, self.sequence & 0xFFFF, timestamp & 0xFFFFFFFF, self.ssrc)
        self._transport.sendto(head + payload, to)
        self.timestamp += len(payload) if step is None else step

    def send_raw(self, to: tuple[str, int], data: bytes) -> None:
        """A datagram of any kind."""
        assert self._transport is not None
        self._transport.sendto(data, to)


def description(
    port: int, formats: str = "0 101", *lines: str, proto: str = "RTP/AVP", host: str = "127.0.0.1"
) -> str:
    """An offer."""
    said = lines or ("a=rtpmap:101 telephone-event/8000",)
    return "\r\n".join(
        [
            "v=0",
            f"o=- 1 1 IN IP4 {host}",
            "s=-",
            f"c=IN IP4 {host}",
            "t=0 0",
            f"m=audio {port} {proto} {formats}",
            *said,
            "",
        ]
    )


async def answered(
    house: House, phone: Phone, sender: Sender, sdp: str = ""
) -> tuple[Call, Taken, tuple[str, int]]:
    """A call whose sound ``sender`` makes: the call, its owner, and where the sound goes."""
    call = await _offered(house, phone, sdp or description(sender.port))
    await call.up()
    assert call._far is not None
    return call, await house.call(), call._far


async def _offered(house: House, phone: Phone, sdp: str) -> Call:
    call = await phone.call_with(house.uri(), sdp)
    call.speaking = False
    return call


async def refused(house: House, phone: Phone, sdp: str) -> str:
    """What becomes of an offer that cannot be met."""
    call = await _offered(house, phone, sdp)
    return await call.over()
