"""Captures: one continuous stream of RTP for sipp to play, and what a capture of the wire heard.

sipp rewrites addresses, ports and checksums of what it plays and keeps the RTP headers, so that sound and keys
stay one stream with one source.
"""

import asyncio
import secrets
import shutil
import struct
from pathlib import Path

import pytest

from tests.phone.caller import SIGNS
from tests.phone.sounds import FRAME, decode, encode

ETHERNET = 1
LINKS = {1: 14, 101: 0, 113: 16, 276: 20}


def write(path: Path, *items: bytes | str) -> Path:
    """A stream of s16le sound (bytes, 8 kHz) and keys (text), one after the other, in packets of 20 ms."""
    out = _Writer()
    for item in items:
        if isinstance(item, str):
            out.keys(item)
        else:
            out.sound(item)
    path.write_bytes(out.pcap())
    return path


class _Writer:
    def __init__(self) -> None:
        self._packets: list[tuple[int, bytes]] = []
        self._us = 0
        self._sequence = secrets.randbits(14)
        self._timestamp = secrets.randbits(30)
        self._ssrc = secrets.randbits(32)

    def sound(self, pcm: bytes) -> None:
        for start in range(0, len(pcm), 2 * FRAME):
            frame = pcm[start : start + 2 * FRAME]
            self._packet(0, encode(frame + bytes(2 * FRAME - len(frame))), not self._packets)
            self._tick()

    def keys(self, keys: str) -> None:
        for sign in keys:
            began, event = self._timestamp, SIGNS.index(sign)
            for n in range(1, 7):
                self._packet(101, struct.pack("!BBH", event, 10, n * FRAME), n == 1, began)
                self._tick()
            for _ in range(3):
                self._packet(101, struct.pack("!BBH", event, 0x8A, 6 * FRAME), False, began)
            self.sound(bytes(2 * FRAME * 4))

    def _tick(self) -> None:
        self._us += 20_000
        self._timestamp += FRAME

    def _packet(self, kind: int, payload: bytes, marker: bool, at: int | None = None) -> None:
        timestamp = (self._timestamp if at is None else at) & 0xFFFFFFFF
        second = kind | (0x80 if marker else 0)
        head = struct.pack("!BBHII", 0x80, second, self._sequence & 0xFFFF, timestamp, self._ssrc)
        self._sequence += 1
        self._packets.append((self._us, head + payload))

    def pcap(self) -> bytes:
        out = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65_535, ETHERNET)]
        here = bytes([127, 0, 0, 1])
        for us, rtp in self._packets:
            udp = struct.pack("!HHHH", 6000, 6000, 8 + len(rtp), 0) + rtp
            ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, here, here) + udp
            frame = bytes(12) + b"\x08\x00" + ip
            out.append(struct.pack("<IIII", us // 1_000_000, us % 1_000_000, len(frame), len(frame)) + frame)
        return b"".join(out)


def heard(path: Path, port: int) -> tuple[bytes, str]:
    """What one UDP port received: s16le sound by its timestamps, and the keys."""
    data = path.read_bytes()
    if len(data) < 24:
        return b"", ""
    skip = LINKS[struct.unpack_from("<I", data, 20)[0]]
    frames: dict[int, bytes] = {}
    keys: dict[int, str] = {}
    at = 24
    while at + 16 <= len(data):
        size = struct.unpack_from("<I", data, at + 8)[0]
        rtp = _payload(data[at + 16 + skip : at + 16 + size], port)
        at += 16 + size
        if len(rtp) < 12 or rtp[0] >> 6 != 2:
            continue
        kind, timestamp = rtp[1] & 0x7F, struct.unpack_from("!I", rtp, 4)[0]
        if kind == 0:
            frames[timestamp] = rtp[12:]
        elif kind == 101 and len(rtp) >= 16:
            keys.setdefault(timestamp, SIGNS[rtp[12]])
    if not frames:
        return b"", "".join(keys.values())
    first = min(frames)
    pcm = bytearray(2 * (max(frames) - first + FRAME))
    for timestamp, payload in frames.items():
        sound = decode(payload)
        pcm[2 * (timestamp - first) : 2 * (timestamp - first) + len(sound)] = sound
    return bytes(pcm), "".join(keys.values())


def _payload(packet: bytes, port: int) -> bytes:
    """An IPv4 packet's UDP payload, when it goes to ``port``."""
    if len(packet) < 28 or packet[0] >> 4 != 4 or packet[9] != 17:
        return b""
    udp = packet[(packet[0] & 15) * 4 :]
    return udp[8:] if struct.unpack_from("!H", udp, 2)[0] == port else b""


class Capture:
    """tcpdump on loopback, for the time of an ``async with``."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> "Capture":
        tcpdump = shutil.which("tcpdump")
        if tcpdump is None:
            pytest.fail("tcpdump is missing: apt-get install tcpdump")
        self._process = await asyncio.create_subprocess_exec(
            tcpdump, "-i", "lo", "-U", "--immediate-mode", "-w", str(self.path), "udp",
            stderr=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        assert self._process.stderr is not None
        async with asyncio.timeout(30):
            line = b""
            while b"listening on" not in line:
                line = await self._process.stderr.readline()
                if not line:
                    pytest.fail("tcpdump may not capture: run the tests as root, or give it cap_net_raw")
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._process is not None
        if self._process.returncode is None:
            self._process.terminate()
        await self._process.communicate()
