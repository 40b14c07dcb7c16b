"""What the engine itself says when the line or a sense fails; a flow may have words of its own."""

from engine.protocol import Speak, State
from engine.runtime.entering import Effects
from engine.runtime.run import Run
from engine.runtime.turns import SPEAK, after

NOTICES = {
    "resumed": "Sorry, the line was gone for a moment. I am back.",
    "hearing": "I am having trouble hearing you. Please use the keys of your telephone.",
}
"""Said when a call goes on elsewhere, and when nothing can be heard. English: a flow in another language brings
its own."""


def notice(run: Run, s: State, name: str, fx: Effects) -> None:
    """Say a notice of the flow's, or the one above."""
    i = run.instructions[s.pc]
    s.phase = after(s.phase, SPEAK)
    fx.append(Speak(NOTICES[name], i.node, s.epoch))
