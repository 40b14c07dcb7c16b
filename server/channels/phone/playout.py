"""What was received, evenly: packets of any length become a frame every 20 ms, gaps are covered up."""

from aiortp import AdaptivePlayout, Codec, get_codec, parse_cn_payload

from server.channels.phone.offers import RATES, STATIC
from server.channels.phone.rtp import TICK

TIMESTAMPS = 8000
"""A second; each of our codecs has one byte for one timestamp."""
FINE = TICK // 2
"""Ten milliseconds: the grid for packets that are no multiple of 20 ms."""


class _OnGrid(Codec):
    """A codec as the buffer sees it: ``step`` timestamps a frame, whatever its samples are."""

    def __init__(self, codec: Codec, step: int) -> None:
        self._codec = codec
        self._step = step

    @property
    def name(self) -> str:
        return self._codec.name

    @property
    def sample_rate(self) -> int:
        return TIMESTAMPS

    @property
    def samples_per_frame(self) -> int:
        return self._step

    def encode(self, pcm: bytes) -> bytes:
        return self._codec.encode(pcm)

    def decode(self, payload: bytes) -> bytes:
        return self._codec.decode(payload)


class Playout:
    """Frames of one codec, in and out of the buffer."""

    def __init__(self, codec: str) -> None:
        self.frame_bytes = RATES[codec] // 50 * 2
        self._codec = get_codec(STATIC[codec])
        self._step = TICK
        self._buffer = AdaptivePlayout(_OnGrid(self._codec, self._step))
        self._longest = 0
        self._flows = False

    def put(self, timestamp: int, payload: bytes) -> None:
        """A packet of sound. One that is no multiple of 20 ms makes the grid finer from here on."""
        if len(payload) % self._step and self._step == TICK:
            self._step = FINE
            self._buffer = AdaptivePlayout(_OnGrid(self._codec, self._step))
        self._longest = max(self._longest, len(payload))
        for start in range(0, len(payload) - self._step + 1, self._step):
            piece = payload[start : start + self._step] if len(payload) > self._step else payload
            self._buffer.put((timestamp + start) & 0xFFFFFFFF, piece)

    def noise(self, timestamp: int, payload: bytes) -> None:
        """The far side is silent at this level (RFC 3389)."""
        self._buffer.set_cn(parse_cn_payload(payload), timestamp)

    def reset(self) -> None:
        """Another source speaks from here on."""
        self._buffer.reset()
        self._flows = False

    def tick(self) -> bytes:
        """The next 20 ms, s16le; empty while there is nothing to hear."""
        if not self._flows and not self._is_full():
            return b""
        self._flows = True
        frame = self._buffer.tick()
        second = self._buffer.tick() if self._step == FINE else None
        if frame is None and second is None:
            self._flows = False
            return b""
        return self._whole((frame[0] if frame else b"") + (second[0] if second else b""))

    def _is_full(self) -> bool:
        """Whether it may begin: packets longer than 20 ms come seldom, and the buffer learns that slowly."""
        return self._longest <= TICK or self._buffer.depth_ms * 8 >= self._longest + TICK

    def _whole(self, pcm: bytes) -> bytes:
        missing = self.frame_bytes - len(pcm)
        return pcm + bytes(missing) if missing > 0 else pcm[: self.frame_bytes]

    def stats(self) -> dict[str, float | int]:
        """Counters of the buffer."""
        return self._buffer.stats()
