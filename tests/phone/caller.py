"""A telephone of our own, in nothing but the standard library: it calls, is called, speaks, presses keys, hears.

async with Phone() as phone:
    call = await phone.call("sip:100@127.0.0.1:5060", password="secret")
    await call.up()
    call.say(tone(440, 1000))
    await call.press("12#")
    await call.until(lambda: heard_ms(call.heard, 1000) > 500)
    await call.hang_up()
"""

import asyncio
import re
import secrets
import struct
from collections.abc import Callable
from typing import Any

from tests.phone.sip_text import Message, digest, header, headers, parse, status
from tests.phone.sounds import FRAME, ULAW_SILENCE, decode, encode, heard_ms

SIGNS = "0123456789*#ABCD"
PATIENCE = 30.0


class _Socket(asyncio.DatagramProtocol):
    def __init__(self, received: Callable[[bytes, tuple[str, int]], None]) -> None:
        self._received = received

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self._received(data, (addr[0], addr[1]))


async def _bind(
    host: str, received: Callable[[bytes, tuple[str, int]], None]
) -> tuple[asyncio.DatagramTransport, int]:
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: _Socket(received), local_addr=(host, 0)
    )
    return transport, int(transport.get_extra_info("sockname")[1])


class Phone:
    """One SIP address on a port of its own. Calls that come in wait in ``rang``."""

    def __init__(self, host: str = "127.0.0.1", user: str = "caller") -> None:
        self.host = host
        self.user = user
        self.port = 0
        self.rang: asyncio.Queue[Call] = asyncio.Queue()
        self.seen: list[Message] = []
        self._calls: dict[str, Call] = {}
        self._transport: asyncio.DatagramTransport | None = None

    async def __aenter__(self) -> "Phone":
        self._transport, self.port = await _bind(self.host, self._received)
        return self

    async def __aexit__(self, *_: object) -> None:
        for call in self._calls.values():
            call.close()
        if self._transport is not None:
            self._transport.close()

    @property
    def uri(self) -> str:
        """Where it can be called."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"sip:{self.user}@{host}:{self.port}"

    def send(self, text: str | bytes, to: tuple[str, int]) -> None:
        """A datagram."""
        assert self._transport is not None
        self._transport.sendto(text.encode() if isinstance(text, str) else text, to)

    async def call_with(self, uri: str, sdp: str) -> "Call":
        """INVITE with a description of the test's own, and without a word."""
        return await self.call(uri, _sdp=sdp)

    async def call(
        self, uri: str, username: str = "", password: str = "", *, _sdp: str = "", **more: str
    ) -> "Call":
        """INVITE; ``more`` are further headers, with _ for -."""
        found = re.fullmatch(r"sip:[^@]*@(\[[^\]]+\]|[^:]+):(\d+)", uri)
        assert found is not None, uri
        call = Call(self, uri, (found[1].strip("[]"), int(found[2])))
        call.credentials = (username, password)
        call.more = {name.replace("_", "-"): value for name, value in more.items()}
        call.sdp = _sdp
        self._calls[call.call_id] = call
        await call.open()
        call.invite()
        return call

    def forget(self, call: "Call") -> None:
        """Drop a call that is over, and what was seen."""
        self._calls.pop(call.call_id, None)
        self.seen.clear()

    def _received(self, data: bytes, source: tuple[str, int]) -> None:
        message = parse(data)
        self.seen.append(message)
        call = self._calls.get(header(message, "Call-ID"))
        if call is None and message[0].startswith("INVITE "):
            call = Call(self, "", source)
            call.take_offer(message)
            self._calls[call.call_id] = call
            self.rang.put_nowait(call)
        elif call is not None:
            call.received(message, source)


class Call:
    """One call, either way. ``heard`` is what came, s16le at 8 kHz; ``keys`` what was pressed over there;
    ``codes`` the answers to our INVITE; ``ended`` what ended it: ``bye``, ``cancel``, or a code."""

    def __init__(self, phone: Phone, uri: str, address: tuple[str, int]) -> None:
        self.phone = phone
        self.target = uri
        self.address = address
        self.call_id = secrets.token_hex(8)
        self.local = f"<{phone.uri}>;tag={secrets.token_hex(4)}"
        self.remote = f"<{uri}>"
        self.sequence = 1
        self.codes: list[int] = []
        self.heard = b""
        self.keys = ""
        self.ended = ""
        self.answer_codes: dict[str, int] = {}
        self.requests: list[Message] = []
        self.credentials = ("", "")
        self.more: dict[str, str] = {}
        self.direction = "sendrecv"
        self.sdp = ""
        self.refuses_refer = 0
        self.speaking = True
        self.packets = 0
        self._invite: Message | None = None
        self._via = ""
        self._tried = 0
        self._media: asyncio.DatagramTransport | None = None
        self._media_port = 0
        self._far: tuple[str, int] | None = None
        self._mouth = bytearray()
        self._strokes: list[tuple[bytes, bool]] = []
        self._clock: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()
        self._key_at = -1

    # ---------------------------------------------------------------- what a test does

    async def open(self) -> None:
        """Bind a port for the sound."""
        self._media, self._media_port = await _bind(self.phone.host, self._hear)

    async def until(self, true: Callable[[], Any]) -> None:
        """Wait for something to be true."""
        async with asyncio.timeout(PATIENCE):
            while not true():
                self._changed.clear()
                try:
                    await asyncio.wait_for(self._changed.wait(), 0.2)
                except TimeoutError:
                    continue

    async def hears(self, hz: float, ms: int) -> None:
        """Wait until a tone has been heard for so long."""
        await self.until(lambda: heard_ms(self.heard, hz) >= ms)

    async def up(self) -> None:
        """Wait for the answer to our INVITE; it is a 200."""
        await self.until(lambda: any(c >= 200 for c in self.codes) or self.ended)
        assert self.codes[-1] == 200, (self.codes, self.ended)

    async def over(self) -> str:
        """Wait for the end, and say what it was."""
        await self.until(lambda: self.ended)
        return self.ended

    def say(self, pcm: bytes) -> None:
        """Speak, after what is being said."""
        self._mouth += pcm

    async def press(self, keys: str) -> None:
        """Press keys, 120 ms each; returns when the last is out."""
        for sign in keys:
            event = SIGNS.index(sign)
            for n in range(1, 7):
                self._strokes.append((struct.pack("!BBH", event, 10, n * FRAME), n == 1))
            self._strokes += [(struct.pack("!BBH", event, 0x8A, 6 * FRAME), False)] * 3
            self._strokes += [(b"", False)] * 4
        await self.until(lambda: not self._strokes)

    async def hang_up(self) -> None:
        """BYE, and its answer."""
        if not self.ended:
            await self.request("BYE")
            self.ended = self.ended or "bye"
        self.close()

    async def hold(self, direction: str = "sendonly") -> int:
        """A re-INVITE with another direction; its answer's code."""
        self.direction = direction
        return await self.request("INVITE", self.offer())

    async def request(self, method: str, body: str = "", **more: str) -> int:
        """A request within the dialog, repeated until it is answered."""
        self.sequence += 1
        key = f"{self.sequence} {method}"
        text = self._write(method, key, body, {n.replace("_", "-"): v for n, v in more.items()})
        for _ in range(60):
            self.phone.send(text, self.address)
            try:
                async with asyncio.timeout(0.5):
                    while self.answer_codes.get(key, 0) < 200:
                        self._changed.clear()
                        await self._changed.wait()
                return self.answer_codes[key]
            except TimeoutError:
                continue
        raise TimeoutError(method)

    def cancel(self) -> None:
        """CANCEL our INVITE."""
        self.phone.send(self._write("CANCEL", f"{self.sequence} CANCEL", via=self._via), self.address)

    def close(self) -> None:
        """No more sound."""
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None
        if self._media is not None:
            self._media.close()
            self._media = None

    # ---------------------------------------------------------------- calling

    def offer(self) -> str:
        """Our description."""
        family = "IP6" if ":" in self.phone.host else "IP4"
        return self.sdp or "\r\n".join(
            [
                "v=0",
                f"o=- 1 {self.sequence} IN {family} {self.phone.host}",
                "s=-",
                f"c=IN {family} {self.phone.host}",
                "t=0 0",
                f"m=audio {self._media_port} RTP/AVP 0 101",
                "a=rtpmap:101 telephone-event/8000",
                f"a={self.direction}",
                "",
            ]
        )

    def invite(self, authorization: str = "") -> None:
        """INVITE, once: loopback loses nothing, and who tests retransmission does it by hand."""
        branch = "z9hG4bK" + secrets.token_hex(6)
        host = f"[{self.phone.host}]" if ":" in self.phone.host else self.phone.host
        self._via = f"SIP/2.0/UDP {host}:{self.phone.port};branch={branch};rport"
        more = dict(self.more)
        if authorization:
            more["Authorization"] = authorization
        text = self._write("INVITE", f"{self.sequence} INVITE", self.offer(), more, self._via)
        self.phone.send(text, self.address)

    def _write(
        self, method: str, cseq: str, body: str = "", more: dict[str, str] | None = None, via: str = ""
    ) -> str:
        host = f"[{self.phone.host}]" if ":" in self.phone.host else self.phone.host
        via = via or f"SIP/2.0/UDP {host}:{self.phone.port};branch=z9hG4bK{secrets.token_hex(6)};rport"
        lines = [
            f"{method} {self.target} SIP/2.0",
            f"Via: {via}",
            "Max-Forwards: 70",
            f"From: {self.local}",
            f"To: {self.remote}",
            f"Call-ID: {self.call_id}",
            f"CSeq: {cseq}",
            f"Contact: <{self.phone.uri}>",
            *(f"{name}: {value}" for name, value in (more or {}).items()),
        ]
        if body:
            lines.append("Content-Type: application/sdp")
        lines += [f"Content-Length: {len(body.encode())}", "", body]
        return "\r\n".join(lines)

    # ---------------------------------------------------------------- being called

    def take_offer(self, invite: Message) -> None:
        """Somebody calls."""
        self._invite = invite
        self.call_id = header(invite, "Call-ID")
        self.local = header(invite, "To") + f";tag={secrets.token_hex(4)}"
        self.remote = header(invite, "From")
        self.target = header(invite, "Contact").strip("<>").split(">")[0].lstrip("<")
        self._far = _media_address(invite[2])

    def reply(self, code: int, body: str = "", message: Message | None = None, **more: str) -> None:
        """Answer the INVITE, or ``message``."""
        request = message or self._invite
        assert request is not None
        lines = [f"SIP/2.0 {code} So", *(f"Via: {v}" for v in headers(request, "Via"))]
        lines += [f"Record-Route: {v}" for v in headers(request, "Record-Route")]
        to = self.local if message is None else header(request, "To")
        lines += [f"From: {header(request, 'From')}", f"To: {to}", f"Call-ID: {self.call_id}"]
        lines += [f"CSeq: {header(request, 'CSeq')}", f"Contact: <{self.phone.uri}>"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in more.items()]
        if body:
            lines.append("Content-Type: application/sdp")
        lines += [f"Content-Length: {len(body.encode())}", "", body]
        self.phone.send("\r\n".join(lines), self.address)

    def challenge(self, code: int, challenge: str) -> None:
        """Answer the INVITE with 401 or 407."""
        if code == 401:
            self.reply(code, WWW_Authenticate=challenge)
        else:
            self.reply(code, Proxy_Authenticate=challenge)

    async def answer(self, code: int = 200) -> None:
        """Take the call: 200 with our description, sound begins. 183 is early media."""
        if self._media is None:
            await self.open()
        self.reply(code, self.offer())
        self._talk()

    # ---------------------------------------------------------------- what comes

    def received(self, message: Message, source: tuple[str, int]) -> None:
        """A message of this call."""
        if status(message):
            self._answered(message)
        else:
            self.requests.append(message)
            self._asked(message)
        self._changed.set()

    def _answered(self, message: Message) -> None:
        code, cseq = status(message), header(message, "CSeq")
        number, _, method = cseq.partition(" ")
        self.answer_codes[cseq] = code
        if method != "INVITE":
            return
        if "tag=" in header(message, "To") and code < 300:
            self.remote = header(message, "To")
        if contact := re.search(r"<([^>]+)>", header(message, "Contact")):
            self.target = contact[1] if code < 300 else self.target
        if code >= 200:
            self._acknowledge(message, code, number)
        if code in (401, 407) and self.credentials[1] and self._tried < 1:
            self._tried += 1
            self.sequence += 1
            challenge = header(message, "WWW-Authenticate")
            self.invite(digest(challenge, "INVITE", self.target, *self.credentials))
            return
        if self.ended or self.codes[-1:] == [code]:
            return
        self.codes.append(code)
        if code == 200 and self._clock is None:
            self._far = _media_address(message[2])
            self._talk()
        elif code >= 300:
            self.ended = str(code)
            self.close()

    def _acknowledge(self, message: Message, code: int, number: str) -> None:
        to = self.remote
        via = self._via if code >= 300 else ""
        self.remote = header(message, "To")
        self.phone.send(self._write("ACK", f"{number} ACK", via=via), self.address)
        if code >= 300:
            self.remote = to

    def _asked(self, message: Message) -> None:
        method = message[0].split()[0]
        if method == "BYE":
            self.reply(200, message=message)
            self.ended = self.ended or "bye"
            self.close()
        elif method == "CANCEL":
            self.reply(200, message=message)
            self.reply(487)
            self.ended = self.ended or "cancel"
            self.close()
        elif method == "REFER":
            self.reply(self.refuses_refer or 202, message=message)
        elif method in ("NOTIFY", "OPTIONS"):
            self.reply(200, message=message)

    # ---------------------------------------------------------------- sound

    def _talk(self) -> None:
        if self._clock is None and self._media is not None:
            self._clock = asyncio.get_running_loop().create_task(self._speak())

    async def _speak(self) -> None:
        loop = asyncio.get_running_loop()
        sequence, timestamp, ssrc, due = secrets.randbits(15), secrets.randbits(31), secrets.randbits(32), 0.0
        began = timestamp
        due = loop.time()
        while True:
            if self.speaking and self._far is not None and self._media is not None:
                kind, payload, at, marker = 0, ULAW_SILENCE, timestamp, False
                burst = 1
                if self._strokes:
                    event, marker = self._strokes.pop(0)
                    began = timestamp if marker else began
                    if event:
                        kind, payload, at = 101, event, began
                    if event and event[1] & 0x80:
                        burst = 3
                        del self._strokes[:2]
                elif self._mouth:
                    piece = bytes(self._mouth[: 2 * FRAME])
                    del self._mouth[: 2 * FRAME]
                    payload = encode(piece + bytes(2 * FRAME - len(piece)))
                for _ in range(burst):
                    sequence += 1
                    head = struct.pack(
                        "!BBHII",
                        0x80,
                        kind | (0x80 if marker else 0),
                        sequence & 0xFFFF,
                        at & 0xFFFFFFFF,
                        ssrc,
                    )
                    self._media.sendto(head + payload, self._far)
                self._changed.set()
            timestamp += FRAME
            due += 0.02
            await asyncio.sleep(max(0.0, due - loop.time()))

    def _hear(self, data: bytes, source: tuple[str, int]) -> None:
        if len(data) < 12:
            return
        self.packets += 1
        kind, timestamp = data[1] & 0x7F, int.from_bytes(data[4:8], "big")
        if kind == 0:
            self.heard += decode(data[12:])
        elif kind == 101 and data[13] & 0x80 and timestamp != self._key_at:
            self._key_at = timestamp
            self.keys += SIGNS[data[12]]
        self._changed.set()


def _media_address(body: bytes) -> tuple[str, int] | None:
    text = body.decode()
    host, port = re.search(r"c=IN IP\d (\S+)", text), re.search(r"m=audio (\d+)", text)
    return (host[1], int(port[1])) if host and port else None
