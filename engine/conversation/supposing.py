"""Thinking ahead: what the words so far would lead to, if they were all, is asked while one waits for the end of the
turn. Only models, knowledge and the judging of intents are asked: a service or a tool outside would see that it was
asked, and with words nobody is sure of."""

import asyncio
from collections.abc import Sequence

from engine.conversation.hearing import hear
from engine.conversation.ports import Outcome
from engine.conversation.thinking import Thinker
from engine.protocol import (
    AskModel,
    Digit,
    Effect,
    Event,
    Heard,
    HungUp,
    JudgeIntent,
    Pressed,
    Result,
    SearchKnowledge,
    Signal,
    State,
    Switched,
    TimerFired,
)
from engine.runtime import Run, expectation, step

AHEAD = (AskModel, SearchKnowledge, JudgeIntent)
"""Effects that nobody outside notices."""

OTHERWISE = (Digit, Pressed, HungUp, Switched, Signal, TimerFired)
"""Events after which the talk goes on without the words that were supposed."""

MOST = 4
"""Questions asked ahead, one after the other: an intent, a search, what a model makes of it."""


class Supposing:
    """A session's guess at its next turn. Nothing of it is committed, spoken or logged; the turn that asks just the
    same takes the answer over."""

    def __init__(self, run: Run, thinker: Thinker) -> None:
        self._run = run
        self._thinker = thinker
        self._text = ""
        self._seq = -1
        self._task: asyncio.Task[None] | None = None

    def suppose(self, state: State, text: str, at: int) -> None:
        """The caller has probably finished with these words; none: she goes on, what was supposed is not so."""
        if text == self._text and state.seq == self._seq:
            return
        self.drop()
        if not text or not self._thinker.eager:
            return
        run = self._run
        expected = expectation(run, state)
        if expected.here is None:
            return
        reading = hear(expected, text, run.now(at), run.session["locale"])
        self._text, self._seq = text, state.seq
        self._task = asyncio.get_running_loop().create_task(
            self._think(state, Heard(at, text, reading, True), at)
        )

    def happened(self, event: Event) -> None:
        """An event was committed: from here on the turn itself asks."""
        if isinstance(event, Heard):
            self._stop()
            if event.text != self._text:
                self._thinker.drop()
            self._text = ""
        elif isinstance(event, OTHERWISE):
            self.drop()

    def drop(self) -> None:
        """What was supposed is not so."""
        self._stop()
        self._text = ""
        self._thinker.drop()

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _think(self, state: State, event: Event, at: int) -> None:
        for _ in range(MOST):
            try:
                state, effects = step(self._run, state, event)
            except Exception:  # what a step makes of it is found out when the words are sure
                return
            thought = _first(effects)
            if thought is None:
                return
            asked = self._thinker.suppose(thought)
            if isinstance(thought, AskModel):
                return
            outcome: Outcome = await asyncio.shield(asked)
            event = Result(at, thought.id, outcome.outcome, outcome.value, outcome.detail)


def _first(effects: Sequence[Effect]) -> AskModel | SearchKnowledge | JudgeIntent | None:
    return next((e for e in effects if isinstance(e, AHEAD)), None)
