"""The model in a process of its own, which gives way to all others and ends with us, however we end.

Frames in both directions: four bytes of length, little-endian, then the body. In: texts as JSON. Out: float32, little-
endian, or nothing when the model could not be read (its last words are on the other pipe).
"""

import asyncio
import os
import struct
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import msgspec
import numpy as np

from engine.providers.embeddings.contract import Vectors
from engine.providers.embeddings.minilm import DIMENSIONS, MiniLm
from engine.providers.embeddings.weights import WrongWeights

ROOT = Path(__file__).parents[3]
LENGTH = struct.Struct("<I")
LARGEST = 1 << 28
NICE = 10
"""How much the process gives way (see nice(2))."""


class Ended(Exception):
    """The process is gone."""


class Apart:
    """Starts the process at first use, and again after it ended. One question at a time."""

    def __init__(self) -> None:
        self._child: asyncio.subprocess.Process | None = None
        self._killed: list[asyncio.subprocess.Process] = []
        """Those that were not waited for yet: who is called off cannot wait."""
        self._turn = asyncio.Lock()

    async def vectors(self, where: Path, texts: Sequence[str]) -> Vectors:
        """A vector for each of a few texts; raises `WrongWeights` and `Ended`."""
        async with self._turn:
            child = await self._started(where)
            assert child.stdin is not None and child.stdout is not None
            try:
                body = msgspec.json.encode(list(texts))
                child.stdin.write(LENGTH.pack(len(body)) + body)
                await child.stdin.drain()
                (length,) = LENGTH.unpack(await child.stdout.readexactly(LENGTH.size))
                answer = await child.stdout.readexactly(length)
            except (OSError, asyncio.IncompleteReadError) as error:
                await self.close()
                raise Ended("its process ended. Is there memory left?") from error
            except asyncio.CancelledError:
                # Its answer would be taken for that of the next question.
                self._kill()
                raise
        if not answer:
            raise WrongWeights("the model cannot be read. Install it again.")
        return np.frombuffer(answer, "<f4").reshape(len(texts), DIMENSIONS)

    async def close(self) -> None:
        """End the process, and wait until it and all before it are gone."""
        self._kill()
        while self._killed:
            await self._killed.pop().wait()

    def _kill(self) -> None:
        child, self._child = self._child, None
        if child is not None and child.returncode is None:
            with suppress(ProcessLookupError):
                child.kill()
            self._killed = [*(c for c in self._killed if c.returncode is None), child]

    async def _started(self, where: Path) -> asyncio.subprocess.Process:
        if self._child is None or self._child.returncode is not None:
            self._child = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "engine.providers.embeddings.apart", str(where),
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
                cwd=ROOT, env={"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"}, start_new_session=True,
            )  # fmt: skip
        return self._child


def main() -> int:
    """Answer until nobody asks any more."""
    with suppress(OSError):
        os.nice(NICE)
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    model: MiniLm | None = None
    while (body := _frame(source)) is not None:
        try:
            model = model or MiniLm(Path(sys.argv[1]))
            answer = model.vectors(msgspec.json.decode(body, type=list[str])).astype("<f4").tobytes()
        except WrongWeights:
            answer = b""
        sink.write(LENGTH.pack(len(answer)) + answer)
        sink.flush()
    return 0


def _frame(source: BinaryIO) -> bytes | None:
    head = source.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    body = source.read(length) if length <= LARGEST else b""
    return body if len(body) == length else None


if __name__ == "__main__":
    sys.exit(main())
