"""Who is present on a line beside the caller: those who look on, and the telephony of its call."""

from typing import Protocol

from engine.conversation.voice import TurnTimes
from server.calls.lines import HeldLine
from server.workers import wire


class Desk(Protocol):
    """What is asked of `server.calls.service.CallService` from here."""

    def ended(self, held: HeldLine, by: str, reason: str) -> None:
        """The line is over; ``reason`` is the name of its end."""


class Edges(Protocol):
    """What is asked of `server.calls.telephone.PhoneCalls` from here."""

    async def refer(self, held: HeldLine, message: wire.Refer | wire.Consult) -> tuple[str, str]:
        """Ask the edge that has the call."""
        ...


class CallTelephony:
    """Transfers for one call (`engine.conversation.ports.Telephony`)."""

    def __init__(self, calls: Edges, held: HeldLine) -> None:
        self._calls = calls
        self._held = held

    async def transfer(self, to: str, manner: str, briefing: str, timeout: int, key: str) -> tuple[str, str]:
        """Give the call to somebody else."""
        held = self._held
        locale = held.live.conversation.run.session["locale"]
        if manner == "warm":
            return await self._calls.refer(
                held, wire.Consult(held.call, key, to, briefing, locale, held.speaking, timeout)
            )
        return await self._calls.refer(held, wire.Refer(held.call, key, to, timeout))


class Guard:
    """Looks on at a line for everybody, and lets go of it when it is over."""

    def __init__(self, calls: Desk, held: HeldLine) -> None:
        self._calls = calls
        self._held = held

    def caption(self, who: str, text: str, final: bool) -> None:
        """Words."""
        self._held.watch.caption(who, text, final)

    def state(self, name: str) -> None:
        """What the agent does."""
        self._held.watch.state(name)

    def turn(self, times: TurnTimes) -> None:
        """The times of a turn; what was spoken beside one is for the book alone."""
        turns = self._held.live.turns
        if turns is not None:
            turns.measured(times)
        if times.decision is not None or times.transcript is not None:
            self._held.watch.turn(times)

    def over(self, by: str, reason: str) -> None:
        """The line is over."""
        self._calls.ended(self._held, by, reason)
        self._held.watch.over(by, reason)
