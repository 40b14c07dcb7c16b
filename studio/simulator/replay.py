"""A talk that was recorded: its script and its way, as far as the recording has been played."""

from bisect import bisect_right
from collections import defaultdict

from studio.client.recordings import Tape
from studio.simulator.followed import FollowedTalk
from studio.simulator.lines import Line, Voice
from studio.simulator.talk import Value, Way
from studio.simulator.tracing import Wiring


class RecordedTalk(FollowedTalk):
    """``at_ms`` is where one listens, in milliseconds of the recording; the way and the values are those of
    then, the script is whole."""

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        self.at_ms = 0
        super().__init__(tape.flow, tape.program, tape.header)
        for record in tape.records:
            self.take(record)
        self.over = True
        self._moments = [moment.ms for moment in tape.transcript.moments]
        self._lines = super().lines
        self._starts = self._begin()

    @property
    def lines(self) -> list[Line]:
        """The whole script."""
        return self._lines

    def _begin(self) -> list[int]:
        """When each line of the script begins, in milliseconds of the recording."""
        spoken: dict[tuple[int, str], list[int]] = defaultdict(list)
        for words in self.tape.transcript.lines:
            spoken[words.seq, words.who].append(words.from_ms)
        starts: list[int] = []
        for line in self._lines:
            who = {Voice.AGENT: "agent", Voice.YOU: "caller"}.get(line.voice, "")
            known = spoken.get((line.record + 1, who))
            starts.append(known.pop(0) if known else self._moment(line.record))
        return starts

    def _moment(self, record: int) -> int:
        return self._moments[record] if 0 <= record < len(self._moments) else 0

    def start_of(self, line: Line) -> int:
        """When a line begins, in milliseconds of the recording, 0 for one before it."""
        row = next((i for i, own in enumerate(self._lines) if own is line or own == line), -1)
        return max(0, self._starts[row]) if row >= 0 else 0

    @property
    def row(self) -> int:
        """The line one hears now, or heard last; -1 before the first."""
        rows = [i for i, at in enumerate(self._starts) if at <= self.at_ms]
        spoken = [i for i in rows if self._lines[i].voice in (Voice.AGENT, Voice.YOU)]
        return spoken[-1] if spoken else -1

    @property
    def record(self) -> int:
        """The record that was committed last, -1 before the first."""
        return bisect_right(self._moments, self.at_ms) - 1

    @property
    def paused(self) -> bool:
        """Whether the recording was paused here."""
        return any(p.from_ms <= self.at_ms < p.to_ms for p in self.tape.transcript.pauses)

    @property
    def way(self) -> Way:
        """The path up to here."""
        nodes = [node for passage in self.rehearsal.passages[: self.record + 1] for node in passage.nodes]
        wires = Wiring(self.document).wires(nodes)
        return Way(nodes[-1] if nodes else "", tuple(dict.fromkeys(nodes)), frozenset(wires))

    @property
    def values(self) -> list[Value]:
        """The variables as they were then."""
        record = self.record
        if record < 0:
            return []
        last = self.rehearsal.state
        try:
            self.rehearsal.state = self.rehearsal.states[record]
            now = self.rehearsal.variables
        finally:
            self.rehearsal.state = last
        return [Value(name, value) for name, value in sorted(now.items())]

    @property
    def seconds(self) -> int:
        """Where one listens."""
        return self.at_ms // 1000


def clock(ms: int) -> str:
    """``1:05``."""
    return f"{ms // 60_000}:{ms // 1000 % 60:02}"
