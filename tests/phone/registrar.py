"""A registrar of our own, as good or bad as a test wants it."""

import asyncio
import re
from hashlib import md5
from typing import Any

from tests.phone.sip_text import Message, header, parse


class Registrar(asyncio.DatagramProtocol):
    """Answers REGISTER. ``wants`` is the password it asks for (none: it asks for none), ``grants`` how many
    seconds it gives, ``least`` the fewest it accepts, ``mute`` whether it says nothing, ``refuses`` a code
    it answers with instead."""

    def __init__(self, wants: str = "") -> None:
        self.wants = wants
        self.grants = 0
        self.least = 0
        self.mute = False
        self.refuses = 0
        self.came: list[Message] = []
        self.port = 0
        self._transport: asyncio.DatagramTransport | None = None

    async def __aenter__(self) -> "Registrar":
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=("127.0.0.1", 0))
        self.port = self._transport.get_extra_info("sockname")[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._transport is not None
        self._transport.close()

    @property
    def expiries(self) -> list[str]:
        """What was asked for, one after the other."""
        return [header(m, "Expires") for m in self.came]

    def datagram_received(self, data: bytes, addr: Any) -> None:
        """From the loop."""
        message = parse(data)
        if not message[0].startswith("REGISTER"):
            return
        self.came.append(message)
        if not self.mute:
            code, more = self._decide(message)
            self._reply(message, code, more, addr)

    def _decide(self, message: Message) -> tuple[int, str]:
        asked = header(message, "Expires")
        if self.refuses:
            return self.refuses, ""
        if self.least and 0 < int(asked) < self.least:
            return 423, f"Min-Expires: {self.least}\r\n"
        if self.wants:
            said = header(message, "Authorization")
            if not said:
                return 401, 'WWW-Authenticate: Digest realm="r", nonce="n", algorithm=MD5, qop="auth"\r\n'
            if not self._is_right(said):
                return 403, ""
        contact = header(message, "Contact")
        granted = min(int(asked), self.grants) if self.grants else int(asked)
        return 200, f"Contact: {contact};expires={granted}\r\n"

    def _is_right(self, said: str) -> bool:
        """Whether the response is what the password gives."""
        p = dict(re.findall(r'(\w+)="?([^",]+)"?', said.partition(" ")[2]))
        who = md5(f"{p['username']}:r:{self.wants}".encode()).hexdigest()
        what = md5(f"REGISTER:{p['uri']}".encode()).hexdigest()
        right = md5(f"{who}:n:{p['nc']}:{p['cnonce']}:auth:{what}".encode()).hexdigest()
        return bool(right == p["response"])

    def _reply(self, message: Message, code: int, more: str, addr: Any) -> None:
        assert self._transport is not None
        lines = [f"SIP/2.0 {code} So", f"Via: {header(message, 'Via')}"]
        lines += [f"{n}: {header(message, n)}" for n in ("From", "To", "Call-ID", "CSeq")]
        text = "\r\n".join(lines) + "\r\n" + more + "Content-Length: 0\r\n\r\n"
        self._transport.sendto(text.encode(), addr)
