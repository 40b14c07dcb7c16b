"""What was said in a session, on a recording's time."""

from collections.abc import Sequence

import msgspec

from engine.protocol import (
    BargeIn,
    Digit,
    End,
    Heard,
    HungUp,
    Pressed,
    Record,
    Recording,
    Speak,
    SpeechFinished,
)

A_LETTER = 65
"""About how many milliseconds a letter takes to say."""
PAUSE = 500
"""About how long a caller is silent before what she said is taken as said, in milliseconds."""


class Spoken(msgspec.Struct, frozen=True):
    """Words of one side, from and to which millisecond of the session. ``seq`` is the record that holds them, ``node``
    who said them; ``heard`` is how many letters of them had sounded when they were cut off, -1 for all."""

    seq: int
    who: str
    text: str
    start: int
    end: int
    node: str = ""
    heard: int = -1


def spoken(records: Sequence[Record]) -> list[Spoken]:
    """Everything that was said, in order. What the agent says is shared out over the time its speech took by its
    length; when a caller began is reckoned back from when she was understood."""
    telling = _Telling()
    for record in records:
        telling.take(record)
    telling.finish(None)
    return telling.lines


def paused(records: Sequence[Record], start: int, end: int) -> list[tuple[int, int]]:
    """When recording was paused between two moments of the session, in its milliseconds."""
    spans: list[tuple[int, int]] = []
    since: int | None = None
    for record in records:
        at = min(max(record.event.at, start), end)
        for effect in record.effects:
            if not isinstance(effect, Recording):
                continue
            if effect.action == "pause" and since is None:
                since = at
            elif effect.action != "pause" and since is not None:
                spans.append((since, at))
                since = None
    if since is not None:
        spans.append((since, end))
    return [(a, b) for a, b in spans if b > a]


class _Telling:
    """The lines so far; ``open`` are the agent's that still sound."""

    def __init__(self) -> None:
        self.lines: list[Spoken] = []
        self._open: list[Spoken] = []
        self._free = 0

    def take(self, record: Record) -> None:
        """The next record."""
        event = record.event
        if isinstance(event, BargeIn):
            self.finish(event.at, event.heard)
        elif isinstance(event, SpeechFinished | HungUp):
            self.finish(event.at)
        elif isinstance(event, Heard) and event.text:
            self._caller(record.seq, event.text, event.at, spoken=event.spoken)
        elif isinstance(event, Digit | Pressed):
            words = event.digit if isinstance(event, Digit) else event.button
            self._caller(record.seq, words, event.at, spoken=False)
        for effect in record.effects:
            if isinstance(effect, Speak) and effect.text:
                at = event.at
                self._open.append(Spoken(record.seq, "agent", effect.text, at, at, effect.node))
            elif isinstance(effect, End) and isinstance(event, HungUp):
                self.finish(event.at)

    def _caller(self, seq: int, text: str, at: int, *, spoken: bool) -> None:
        self.finish(at)
        start = max(self._free, at - PAUSE - len(text) * A_LETTER) if spoken else at
        self.lines.append(Spoken(seq, "caller", text, min(start, at), at))
        self._free = at

    def finish(self, at: int | None, heard: str | None = None) -> None:
        """The agent fell silent at ``at`` (None: nobody said when); with ``heard``, after these words of it."""
        lines, self._open = self._open, []
        if not lines:
            return
        begins = lines[0].start
        letters = sum(len(line.text) for line in lines)
        end = begins + letters * A_LETTER if at is None else max(begins, at)
        if heard is None:
            end = min(end, max(line.start for line in lines) + 2 * letters * A_LETTER)
        sounded = [line.text for line in lines] if heard is None else _shares(lines, heard)
        total = max(1, sum(len(words) for words in sounded))
        place, done = begins, 0
        for line, words in zip(lines, sounded, strict=True):
            done += len(words)
            start, place = max(place, line.start), begins + (end - begins) * done // total
            cut = -1 if len(words) == len(line.text) else len(words)
            whole = msgspec.structs.replace(line, start=start, end=max(start, place), heard=cut)
            self.lines.append(whole)
        self._free = max(self._free, place)


def _shares(lines: Sequence[Spoken], heard: str) -> list[str]:
    """Of each line, the words that had sounded."""
    left = heard.strip()
    shares = []
    for line in lines:
        count = 0
        while count < min(len(line.text), len(left)) and line.text[count] == left[count]:
            count += 1
        shares.append(line.text[:count])
        left = left[count:].strip()
    return shares
