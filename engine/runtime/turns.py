"""The turn machine: who has the floor. One table says all of it.

It is one of the two machines of a session; the other is the flow's position. A text session never speaks for
a while, so it goes from PROCESSING straight to LISTENING.
"""

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType


class Phase(IntEnum):
    """The states."""

    IDLE = 0
    LISTENING = 1
    PROCESSING = 2
    SPEAKING = 3
    ENDED = 4


class Trigger(IntEnum):
    """What moves it.

    START: the session begins. INPUT: the other side did something. SPEAK: words begin to sound. LISTEN: the
    floor passes. YIELD: speech is over and the floor passes. OVER: speech is over and there is work left.
    BARGE_IN: the other side spoke over us. END: the session is over.
    """

    START = 0
    INPUT = 1
    SPEAK = 2
    LISTEN = 3
    YIELD = 4
    OVER = 5
    BARGE_IN = 6
    END = 7


_TABLE: dict[tuple[int, int], int] = {
    (Phase.IDLE, Trigger.START): Phase.PROCESSING,
    (Phase.IDLE, Trigger.END): Phase.ENDED,
    (Phase.LISTENING, Trigger.INPUT): Phase.PROCESSING,
    (Phase.LISTENING, Trigger.END): Phase.ENDED,
    (Phase.PROCESSING, Trigger.INPUT): Phase.PROCESSING,
    (Phase.PROCESSING, Trigger.SPEAK): Phase.SPEAKING,
    (Phase.PROCESSING, Trigger.LISTEN): Phase.LISTENING,
    (Phase.PROCESSING, Trigger.END): Phase.ENDED,
    (Phase.SPEAKING, Trigger.SPEAK): Phase.SPEAKING,
    (Phase.SPEAKING, Trigger.LISTEN): Phase.SPEAKING,
    (Phase.SPEAKING, Trigger.INPUT): Phase.PROCESSING,
    (Phase.SPEAKING, Trigger.YIELD): Phase.LISTENING,
    (Phase.SPEAKING, Trigger.OVER): Phase.PROCESSING,
    (Phase.SPEAKING, Trigger.BARGE_IN): Phase.LISTENING,
    (Phase.SPEAKING, Trigger.END): Phase.ENDED,
}

TRANSITIONS: Mapping[tuple[int, int], int] = MappingProxyType(_TABLE)
"""Every legal move; what is not here is illegal and moves nothing."""


_MOVES = tuple(tuple(int(_TABLE.get((phase, trigger), phase)) for trigger in Trigger) for phase in Phase)
"""The same table by index: this one is read several times a turn."""

START, INPUT, SPEAK, LISTEN, YIELD, OVER, BARGE_IN, END = (int(trigger) for trigger in Trigger)
IDLE, LISTENING, PROCESSING, SPEAKING, ENDED = (int(phase) for phase in Phase)


def after(phase: int, trigger: int) -> int:
    """The phase after a trigger; the same phase when the move is illegal."""
    return _MOVES[phase][trigger]


class TurnMachine:
    """The same table for who wants to hold a machine: monitors, and integrations that follow a call."""

    def __init__(self, phase: Phase = Phase.IDLE) -> None:
        self._phase = phase

    def get_current_state(self) -> Phase:
        """The phase it is in."""
        return self._phase

    def can_transition(self, origin: Phase, target: Phase) -> bool:
        """Whether some trigger leads from ``origin`` to ``target``."""
        return any(source == origin and to == target for (source, _), to in TRANSITIONS.items())

    def transition_to(self, target: Phase) -> bool:
        """Go to ``target`` if the table allows it; says whether it did."""
        allowed = self.can_transition(self._phase, target)
        if allowed:
            self._phase = target
        return allowed
