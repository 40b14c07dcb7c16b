"""A warm transfer: somebody is called, told what it is about, and asked whether she takes the call."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from engine.providers.speech import ProviderError
from server.channels.phone.port import Edge, Ended, Leg, State, TransferOutcome
from server.channels.voice.clock import TICK_MS, Clock

ASKED = 3
"""How often she is asked."""
THINKS = 5.0
"""Seconds she has after each question."""
LONGEST = 60.0
"""Seconds between answering and taking the call."""
YES, NO = "1", "2"

QUESTIONS = {
    "en": "Press 1 to take the call, or 2 to decline it.",
    "de": "Drücken Sie die 1, um den Anruf anzunehmen, oder die 2, um ihn abzulehnen.",
    "es": "Pulse 1 para aceptar la llamada, o 2 para rechazarla.",
    "fr": "Appuyez sur 1 pour prendre l'appel, ou sur 2 pour le refuser.",
    "it": "Prema 1 per accettare la chiamata, o 2 per rifiutarla.",
    "pt": "Prima 1 para atender a chamada, ou 2 para a recusar.",
    "ru": "Нажмите 1, чтобы принять звонок, или 2, чтобы отклонить его.",
}
"""By language; English for all others."""
BY_REASON = {
    "busy": "busy",
    "no_answer": "no_answer",
    "unavailable": "no_answer",
    "declined": "refused",
    "callee_hung_up": "refused",
}
"""Outcomes by the name of an end; ``error`` for all others."""

Speak = Callable[[str, int], Awaitable[bytes]]
"""Words as 16-bit mono PCM at a rate; raises `ProviderError`."""

log = structlog.get_logger()


class Consultation:
    """One attempt. ``thinks`` is how many seconds she has after each question. When `ask` says ``ok``, ``leg`` is
    up and belongs to who asked; else it is over."""

    def __init__(self, edge: Edge, clock: Clock, speak: Speak, thinks: float = THINKS) -> None:
        self.leg: Leg | None = None
        self._thinks = thinks
        self._edge = edge
        self._clock = clock
        self._speak = speak
        self._up = asyncio.Event()
        self._keys: asyncio.Queue[str] = asyncio.Queue()
        self._ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def ask(
        self, trunk: str, to: str, briefing: str, locale: str, ring: float, caller_id: str = ""
    ) -> TransferOutcome:
        """Call ``to``; ``ring`` is how many seconds it may ring. The other side is hung up on unless she takes
        the call, and when this is cancelled."""
        taken = False
        try:
            outcome = await self._ask(trunk, to, briefing, locale, ring, caller_id)
            taken = outcome.outcome == "ok"
            return outcome
        except Ended as end:
            return TransferOutcome(BY_REASON.get(end.reason, "error"), end.code, end.reason)
        except KeyError:
            return TransferOutcome("error", detail="The call's trunk is there no more.")
        except ProviderError as error:
            return TransferOutcome("error", detail=f"Nothing could be said to the other side: {error}.")
        except (TimeoutError, ValueError, OSError) as error:
            return TransferOutcome("error", detail=str(error) or "It took too long.")
        finally:
            if not taken and self.leg is not None:
                self.leg.hang_up("agent_hung_up")

    async def _ask(
        self, trunk: str, to: str, briefing: str, locale: str, ring: float, caller_id: str
    ) -> TransferOutcome:
        self.leg = leg = await self._dial(trunk, to, caller_id, ring)
        leg.on_digit = self._keys.put_nowait
        leg.on_state = lambda state: self._up.set() if state is State.UP else None
        leg.on_ended = self._over
        if leg.state is State.UP:
            self._up.set()
        await self._or_ended(self._up.wait())
        question = QUESTIONS.get(locale.partition("-")[0].lower(), QUESTIONS["en"])
        async with asyncio.timeout(LONGEST):
            words = briefing
            for _ in range(ASKED):
                sound = await self._speak(f"{words} {question}".strip(), leg.rate)
                key = await self._or_ended(self._key_within(leg, sound))
                if key:
                    declined = TransferOutcome("refused", detail="The other side declined the call.")
                    return TransferOutcome("ok") if key == YES else declined
                words = ""
        return TransferOutcome("no_answer", detail="Somebody answered, and did not take the call.")

    async def _dial(self, trunk: str, to: str, caller_id: str, ring: float) -> Leg:
        """The other leg; one that comes when nobody waits for it any more is hung up on."""
        dialing = asyncio.ensure_future(self._edge.dial(trunk, to, caller_id=caller_id, ring=ring))
        try:
            return await asyncio.shield(dialing)
        except asyncio.CancelledError:
            dialing.add_done_callback(_unwanted)
            raise

    async def _key_within(self, leg: Leg, sound: bytes) -> str:
        """Say something; the key that says yes or no, empty when none comes. A key cuts what is said."""
        saying = asyncio.create_task(self._say(leg, sound))
        try:
            while True:
                waiting = asyncio.create_task(self._keys.get())
                try:
                    await asyncio.wait({saying, waiting}, return_when=asyncio.FIRST_COMPLETED)
                    if not waiting.done():
                        await asyncio.wait({waiting}, timeout=self._thinks)
                finally:
                    waiting.cancel()
                if not waiting.done():
                    return ""
                if waiting.result() in (YES, NO):
                    return waiting.result()
        finally:
            saying.cancel()
            leg.clear()

    async def _say(self, leg: Leg, sound: bytes) -> None:
        """In time, by the clock of all lines."""
        size = leg.rate * TICK_MS // 1000 * 2
        pieces = iter([sound[at : at + size].ljust(size, b"\0") for at in range(0, len(sound), size)])
        over = asyncio.Event()

        def tick() -> None:
            piece = next(pieces, None)
            if piece is None:
                over.set()
            else:
                leg.push(piece)

        leave = self._clock.join(tick)
        try:
            await over.wait()
        finally:
            leave()

    async def _or_ended(self, work: Awaitable[str | bool]) -> str:
        """What work gives; raises `Ended` when the other side is gone before."""
        task = asyncio.ensure_future(work)
        either: set[asyncio.Future[Any]] = {task, self._ended}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            raise Ended(self._ended.result())
        result = task.result()
        return result if isinstance(result, str) else ""

    def _over(self, reason: str, code: int) -> None:
        if not self._ended.done():
            self._ended.set_result(reason)


def _unwanted(dialing: "asyncio.Future[Leg]") -> None:
    if not dialing.cancelled() and dialing.exception() is None:
        dialing.result().hang_up("cancelled")
