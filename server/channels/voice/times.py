"""How long the parts of a turn take."""

import time

from engine.conversation.voice import TurnTimes


class TurnClock:
    """Follows one turn from the end of the caller's speech to the first sound of the answer."""

    def __init__(self) -> None:
        self.silent_at = time.time()
        self.heard_ms = 0
        self._ended = 0.0
        self._transcript: int | None = None
        self._decision: int | None = None
        self._open = False

    def transcribed(self, heard_ms: int) -> None:
        """The words are there."""
        self.heard_ms += heard_ms
        self._ended = self.silent_at
        self._transcript = self._since()

    def turn_over(self) -> None:
        """The engine is told; what it says next is the answer."""
        self._open = True
        self._decision = None

    def nothing_understood(self) -> None:
        """Somebody spoke, and no words came of it: a turn too, unless another one still waits for its answer."""
        if not self._open:
            self.turn_over()

    def key_pressed(self) -> None:
        """A key is a turn too, without words."""
        self._ended = time.time()
        self._transcript = None
        self.turn_over()

    def decided(self) -> None:
        """The engine speaks."""
        if self._open and self._decision is None:
            self._decision = self._since()

    def sounds(self, number: int, stt: str, tts: str, prepared: bool, characters: int) -> TurnTimes | None:
        """The answer begins to sound: the times of the turn, once a turn."""
        if not self._open or self._decision is None:
            return None
        self._open = False
        times = TurnTimes(
            number=number,
            transcript=self._transcript,
            decision=self._decision,
            audio=self._since(),
            stt=stt if self._transcript is not None else "",
            tts="" if prepared else tts,
            prepared=prepared,
            heard_ms=self.heard_ms,
            spoken_characters=characters,
        )
        self.heard_ms = 0
        return times

    def _since(self) -> int:
        return max(0, int((time.time() - self._ended) * 1000))
