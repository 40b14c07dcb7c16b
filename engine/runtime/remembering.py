"""The talk as a model reads it: what was said lately, and of our own words only what was heard."""

from engine.protocol import Said, State
from engine.runtime.run import Run

LINES = 60
"""Lines of the talk that are kept."""

LETTERS = 2_000
"""Letters kept of what a caller says at once."""


def lines(s: State, most: int) -> tuple[Said, ...]:
    """The last lines of the talk. Never begins with the answer to a call that is cut off."""
    talk = s.talk[-most:]
    while talk and talk[0].by == "tool":
        talk = talk[1:]
    return talk


def remember(run: Run, s: State, line: Said) -> None:
    """Keep a line of the talk, where a model may read it later."""
    if run.program.thinks and (line.text or line.calls or line.call):
        s.talk = (*s.talk, line)[-LINES:]


def forget_unheard(s: State, epoch: int, heard: str) -> None:
    """Of what was said in a stretch of speech only ``heard`` was heard."""
    kept = [line for line in s.talk if line.epoch != epoch or line.by != "agent" or line.calls]
    if len(kept) == len(s.talk):
        return
    at = next(
        n for n, line in enumerate(s.talk) if line.epoch == epoch and line.by == "agent" and not line.calls
    )
    said = (Said("agent", f"{heard.strip()} ...", epoch=epoch),) if heard.strip() else ()
    s.talk = (*kept[:at], *said, *kept[at:])
