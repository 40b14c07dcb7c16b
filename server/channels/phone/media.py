"""The sound of one call: RTP both ways on one socket, read and written by the shared clock."""

import secrets
import socket
from collections.abc import Callable

from aiortp import get_codec

from server.channels.phone.clock import PERIOD, Clock
from server.channels.phone.datagrams import Address, bracketed, plain, towards
from server.channels.phone.keys import KeyReader, KeyWriter
from server.channels.phone.offers import COMFORT_NOISE, STATIC, Sound
from server.channels.phone.playout import Playout
from server.channels.phone.ports import Ports
from server.channels.phone.rtp import TICK, Packet, read, write

AHEAD = 20
"""Frames of 20 ms that may wait to be sent; the oldest are dropped."""
AT_ONCE = 100
"""Packets read from one socket in one tick."""
MOVED = 50
"""Ticks of silence after which sound may come from another port, when none has come from the one described."""
SOUND_AFTER_KEY = 5
"""Packets of sound after which a key whose end was lost has ended."""
SILENCE = {"PCMU": b"\xff" * TICK, "PCMA": b"\xd5" * TICK}


class Media:
    """``on_audio`` gets 20 ms of s16le at a time, ``on_key`` each key, ``on_silent`` is called once when
    nothing has come for ``patience`` seconds and nobody holds. Nothing is sent before `agreed` and nothing
    heard from hosts that neither the description nor the signalling names."""

    def __init__(self, clock: Clock, ports: Ports, patience: float) -> None:
        self._clock = clock
        self._ports = ports
        self._sock: socket.socket = ports.open()
        self.port = int(self._sock.getsockname()[1])
        self.on_audio: Callable[[bytes], None] = lambda pcm: None
        self.on_key: Callable[[str], None] = lambda key: None
        self.on_silent: Callable[[], None] = lambda: None
        self.sound: Sound | None = None
        self.held = False
        self.counts = {"received": 0, "sent": 0, "strangers": 0, "dropped": 0}
        self._patience = int(patience / PERIOD)
        self._hosts: frozenset[str] = frozenset()
        self._described: Address | None = None
        self._remote: Address | None = None
        self._locked: Address | None = None
        self._quiet = 0
        self._ssrc: int | None = None
        self._playout: Playout | None = None
        self._keys_in = KeyReader()
        self._since_key = 0
        self._keys_out = KeyWriter()
        self._waiting = bytearray()
        self._own_ssrc = secrets.randbits(32)
        self._sequence = secrets.randbits(15)
        self._timestamp = secrets.randbits(31)
        self._began = False
        self._closed = False

    # ---------------------------------------------------------------- signalling's side

    def agreed(self, sound: Sound, signalling_host: str) -> None:
        """This is how we talk from now on; the first time, sound begins to flow."""
        before, self.sound = self.sound, sound
        self._hosts = frozenset((sound.host, plain(signalling_host)))
        self.held = sound.held
        if before is None or before.codec != sound.codec:
            self._playout = Playout(sound.codec)
            self._encoder = get_codec(STATIC[sound.codec])
            self._frame = sound.rate // 50 * 2
        if before is None or (before.host, before.port) != (sound.host, sound.port):
            self._described = self._remote = towards(self._sock.family, (sound.host, sound.port))
            self._locked = None
        self._quiet = 0
        if self.held:
            self.clear()
        if before is None and not self._closed:
            self._clock.add(self.tick)

    def close(self) -> None:
        """No more sound."""
        if self._closed:
            return
        self._closed = True
        self._clock.remove(self.tick)
        self._keys_out.close()
        self._ports.close(self._sock)
        self.on_audio, self.on_key = (lambda pcm: None), (lambda key: None)
        self.on_silent = lambda: None

    # ---------------------------------------------------------------- the agent's side

    def push(self, pcm: bytes) -> None:
        """Sound to send."""
        if self._closed or self.held or self.sound is None:
            self.counts["dropped"] += 1
            return
        self._waiting += pcm
        excess = len(self._waiting) - AHEAD * self._frame
        if excess > 0:
            del self._waiting[: excess + excess % 2]
            self.counts["dropped"] += 1

    def clear(self) -> None:
        """Forget what has not left."""
        self._waiting.clear()

    @property
    def unsent(self) -> float:
        """Seconds until all that waits has left."""
        return len(self._waiting) / self._frame * PERIOD if self._waiting else 0.0

    async def send_keys(self, keys: str) -> None:
        """Send keys in real time; none where the far side takes none. Raises ``ValueError`` for what is no
        key."""
        if not self._closed and self.sound is not None and self.sound.keys >= 0:
            await self._keys_out.send(keys)

    # ---------------------------------------------------------------- the clock's side

    def tick(self, passed: int) -> None:
        """``passed`` times 20 ms are over."""
        before = self.counts["received"]
        self._receive()
        if self.counts["received"] == before:
            self._quiet += passed
        else:
            self._quiet = 0
        for _ in range(passed):
            self._play()
            self._send()
            if self._closed:
                return
        if self.held:
            self._quiet = 0
        elif self._quiet > self._patience:
            tell, self.on_silent = self.on_silent, lambda: None
            tell()

    def _receive(self) -> None:
        for _ in range(AT_ONCE):
            if self._closed:
                return
            try:
                data, source = self._sock.recvfrom(2048)
            except (BlockingIOError, InterruptedError):
                return
            except OSError:
                continue
            if source[:2] != self._locked and not self._lock(source):
                self.counts["strangers"] += 1
                continue
            packet = read(data)
            if packet is not None:
                self._take(packet)

    def _lock(self, source: tuple[str, int]) -> bool:
        """Whether sound from here is ours: from a host we know, and from one port at a time. The port that was
        described goes before all others and, once heard, stays: a carrier calls from one host, and goes on
        sending to our ports after calls this process knows nothing of, because another one held them."""
        place = source[0], source[1]
        if plain(str(source[0])) not in self._hosts:
            return False
        settled = self._locked == self._described or self._quiet < MOVED
        if place != self._described and self._locked is not None and settled:
            return False
        self._locked = self._remote = place
        return True

    def _take(self, packet: Packet) -> None:
        sound, playout = self.sound, self._playout
        if sound is None or playout is None:
            return
        self.counts["received"] += 1
        if packet.ssrc != self._ssrc:
            if self._ssrc is not None:
                playout.reset()
            self._ssrc = packet.ssrc
        if packet.payload_type == sound.payload_type:
            playout.put(packet.timestamp, packet.payload)
            self._after_key()
        elif packet.payload_type == sound.keys:
            self._since_key = 0
            self._tell(self._keys_in.read(packet))
        elif packet.payload_type == COMFORT_NOISE:
            playout.noise(packet.timestamp, packet.payload)

    def _after_key(self) -> None:
        self._since_key += 1
        if self._since_key == SOUND_AFTER_KEY:
            self._tell(self._keys_in.flush())

    def _tell(self, keys: str) -> None:
        for key in keys:
            self.on_key(key)

    def _play(self) -> None:
        if self._playout is None:
            return
        pcm = self._playout.tick()
        if pcm and not self.held:
            self.on_audio(pcm)

    def _send(self) -> None:
        sound = self.sound
        if sound is None or self._remote is None or self._closed:
            return
        timestamp = self._timestamp
        self._timestamp = (timestamp + TICK) & 0xFFFFFFFF
        if self.held:
            self._began = False
            return
        strokes = self._keys_out.tick(timestamp) if sound.keys >= 0 else None
        if strokes is not None:
            for stroke in strokes:
                self._emit(sound.keys, stroke.timestamp, stroke.payload, stroke.first)
            return
        self._emit(sound.payload_type, timestamp, self._next_frame(sound), not self._began)
        self._began = True

    def _next_frame(self, sound: Sound) -> bytes:
        if not self._waiting:
            silence = SILENCE.get(sound.codec)
            return silence if silence is not None else self._encoder.encode(bytes(self._frame))
        pcm = bytes(self._waiting[: self._frame])
        del self._waiting[: self._frame]
        return self._encoder.encode(pcm + bytes(self._frame - len(pcm)))

    def _emit(self, payload_type: int, timestamp: int, payload: bytes, marker: bool) -> None:
        self._sequence += 1
        data = write(payload_type, self._sequence, timestamp, self._own_ssrc, payload, marker)
        try:
            self._sock.sendto(data, self._remote or ("", 0))
        except OSError:
            return
        self.counts["sent"] += 1

    def facts(self) -> dict[str, str | int]:
        """Where the sound went, and how much of it, for the log."""
        facts: dict[str, str | int] = dict(self.counts)
        if self.sound is not None:
            facts |= {"codec": self.sound.codec, "to": f"{bracketed(self.sound.host)}:{self.sound.port}"}
        if self._playout is not None:
            stats = self._playout.stats()
            facts |= {"late": int(stats["late_dropped"]), "concealed": int(stats["concealed_frames"])}
        return facts
