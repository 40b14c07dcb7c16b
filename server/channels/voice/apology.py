"""What is played when nothing can be spoken: a recording that needs nobody."""

import io
from importlib.resources import files

import av

from server.channels.voice.sounds import RATE

FALLBACK = "en"
SAME = {"no": "nb", "nn": "nb"}
"""Languages whose speakers understand a recording in another."""


class Apology:
    """The recordings in ``recorded/sorry.<language>.ogg``, made by espeak-ng; English for all other languages."""

    def __init__(self) -> None:
        self._sounds: dict[str, bytes] = {}

    def sound(self, locale: str) -> bytes:
        """16-bit little-endian mono PCM at `RATE`."""
        language = locale.partition("-")[0].lower()
        language = SAME.get(language, language)
        if language not in self._sounds:
            folder = files("server.channels.voice") / "recorded"
            recording = folder / f"sorry.{language}.ogg"
            if not recording.is_file():
                recording = folder / f"sorry.{FALLBACK}.ogg"
            self._sounds[language] = _decoded(recording.read_bytes())
        return self._sounds[language]


def _decoded(data: bytes) -> bytes:
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    out = bytearray()
    with av.open(io.BytesIO(data), "r") as container:
        for frame in container.decode(audio=0):
            for piece in resampler.resample(frame):
                out += bytes(piece.planes[0])[: piece.samples * 2]
    return bytes(out)
