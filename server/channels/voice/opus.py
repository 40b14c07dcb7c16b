"""Opus in Ogg, written as it happens: what was written stays playable whenever it breaks off."""

from typing import Any

import av
import numpy as np

BITS_A_CHANNEL = 20_000
PAGE_MICROSECONDS = 1_000_000


class OpusWriter:
    """Encodes 16-bit mono or stereo sound at ``rate`` (Hz). ``encode`` and ``close`` answer with the bytes to
    append to the file. Not for the event loop: a second of stereo costs a few milliseconds."""

    def __init__(self, rate: int, channels: int) -> None:
        self._rate = rate
        self._channels = channels
        self._layout = "mono" if channels == 1 else "stereo"
        self._out = _Written()
        # Each page goes out by itself; nothing is ever gone back to.
        self._container: Any = av.open(
            self._out,
            "w",
            format="ogg",
            options={"page_duration": str(PAGE_MICROSECONDS), "flush_packets": "1"},
        )
        self._stream: Any = self._container.add_stream("libopus", rate=rate, layout=self._layout)
        self._stream.bit_rate = BITS_A_CHANNEL * channels
        self._at = 0

    def encode(self, pcm: bytes) -> bytes:
        """Interleaved samples in, finished pages out (often none)."""
        if not pcm:
            # A frame of nothing is refused by the encoder.
            return self._out.take()
        samples = np.frombuffer(pcm, np.int16).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(samples, format="s16", layout=self._layout)
        frame.sample_rate = self._rate
        frame.pts = self._at
        self._at += frame.samples
        for packet in self._stream.encode(frame):
            self._container.mux(packet)
        return self._out.take()

    def close(self) -> bytes:
        """The last pages. Of what had no sound at all, 20 ms of silence: there would be no file."""
        written = b"" if self._at else self.encode(bytes(self._rate // 50 * 2 * self._channels))
        for packet in self._stream.encode(None):
            self._container.mux(packet)
        self._container.close()
        return written + self._out.take()


class _Written:
    """A file that only grows."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def write(self, data: bytes) -> int:
        self._bytes += data
        return len(data)

    def take(self) -> bytes:
        done = bytes(self._bytes)
        self._bytes.clear()
        return done
