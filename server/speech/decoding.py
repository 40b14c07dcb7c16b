"""The process that decodes one recording: ``python -m server.speech.decoding < recording > sound``.

What comes out is 16-bit little-endian mono PCM at 24 kHz, of one loudness. It limits itself before it reads a
byte; what is wrong with a recording it says in a sentence, and ends with ``UNPLAYABLE``.
"""

import io
import resource
import sys

RATE = 24_000
LONGEST = 600
"""Seconds of sound."""
UNPLAYABLE = 3
MEMORY = 2 << 30
"""Bytes of address space: the decoders' libraries alone take some hundred million."""
CPU = 30
"""Seconds."""
NO_SOUND = "There is no sound in it. Give the address of an audio file: WAV, MP3, Ogg, FLAC or M4A."
TOO_LONG = f"It is longer than {LONGEST // 60} minutes."


class Unplayable(Exception):
    """The recording cannot be played; the message says why."""


def limit() -> None:
    """No more than a recording needs: memory, time, and no file written."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU, CPU + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def decode(data: bytes) -> bytes:
    """The first sound in it, whatever its format is called; raises `Unplayable`."""
    import av
    from av.audio.resampler import AudioResampler

    from engine.providers import sound

    resampler = AudioResampler(format="s16", layout="mono", rate=RATE)
    out = bytearray()
    try:
        # Only what is in these bytes: a playlist that names other addresses leads nowhere.
        with av.open(io.BytesIO(data), "r", options={"protocol_whitelist": "pipe"}) as container:
            if not container.streams.audio:
                raise Unplayable(NO_SOUND)
            for frame in container.decode(audio=0):
                for piece in resampler.resample(frame):
                    out += bytes(piece.planes[0])[: piece.samples * 2]
                if len(out) > LONGEST * RATE * 2:
                    raise Unplayable(TOO_LONG)
            for piece in resampler.resample(None):
                out += bytes(piece.planes[0])[: piece.samples * 2]
    except (av.error.FFmpegError, ValueError, EOFError) as error:
        raise Unplayable(NO_SOUND) from error
    if not out:
        raise Unplayable(NO_SOUND)
    return sound.normalize(bytes(out), RATE)


def main() -> int:
    """Decode what comes in."""
    limit()
    try:
        sys.stdout.buffer.write(decode(sys.stdin.buffer.read()))
    except Unplayable as error:
        sys.stdout.write(str(error))
        return UNPLAYABLE
    return 0


if __name__ == "__main__":
    sys.exit(main())
