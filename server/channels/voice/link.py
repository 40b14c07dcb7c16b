"""A link: where the sound of one caller comes from and goes to."""

from collections.abc import AsyncIterator
from typing import Protocol


class AudioLink(Protocol):
    """Sound of one caller, both ways, as 16-bit little-endian mono PCM at ``rate``.

    The player pushes 20 ms at a time, in real time, at most a few frames ahead; a link keeps no more than it
    must, so that ``clear`` leaves silence at once.
    """

    rate: int

    def frames(self) -> AsyncIterator[bytes]:
        """What the caller says, as it comes (10 to 60 ms at a time); ends when the line is gone."""
        ...

    def play(self, pcm: bytes) -> None:
        """The next 20 ms for the caller."""

    def clear(self) -> None:
        """Forget what was pushed and has not sounded."""

    def press(self, keys: str) -> None:
        """Send telephone keys (``w`` waits half a second); links without keys ignore it."""

    def hang_up(self, cause: str) -> None:
        """End the line."""

    async def closed(self) -> tuple[str, str]:
        """Wait until the line is over: who ended it (``caller``, ``agent``, ``line``), and the name of the
        end."""
        ...
