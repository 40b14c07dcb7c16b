"""A session in memory: its conversation, and everyone who watches it."""

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

from engine.conversation import Conversation, SessionRef
from engine.conversation.voice import TurnTimes
from engine.protocol import Record
from server.sessions.messages import Shown, agent_messages, labels_in, visitor_message
from server.speech.settings import SpeechSettings


class Watcher(Protocol):
    """Somebody who is told what happens in a session."""

    def shown(self, own: Shown | None, key: str, messages: list[Shown], waiting: bool) -> None:
        """A record was committed: the visitor's words in it (``key`` is what they came with), the agent's,
        and whether the agent still waits for something. Must not block."""
        ...

    def lost(self) -> None:
        """Another process has taken the session, or this one lets it go."""
        ...


class Turns(Protocol):
    """Who measures the turns of a session."""

    def asked(self) -> None:
        """A visitor has written something."""

    def recorded(self, record: Record, waiting: bool) -> None:
        """A record was committed; ``waiting``: its answer comes from outside."""

    def measured(self, times: TurnTimes) -> None:
        """The times of a spoken turn."""

    def close(self) -> None:
        """The turn that is open is over."""


class LiveSession:
    """The channel of a conversation, and the door to it.

    ``keys`` are the keys that came with events so far, so that what was said twice is answered once;
    ``followers`` are called with each record. ``voice`` is the line it is spoken on, if it is; ``rehearsal``
    says that only memory keeps its log. ``speech`` is how it is
    heard and spoken; ``turns`` measures, if somebody does.
    """

    def __init__(self, ref: SessionRef, release_id: str, started_ms: int) -> None:
        self.ref = ref
        self.release_id = release_id
        self.started_ms = started_ms
        self.conversation: Conversation
        self.watchers: list[Watcher] = []
        self.followers: list[Callable[[Record], None]] = []
        self.keys: dict[str, int] = {}
        self.touched = 0.0
        self.seq = 0
        self.voice: object | None = None
        self.rehearsal = False
        self.speech = SpeechSettings()
        self.turns: Turns | None = None
        self._labels: dict[str, str] = {}
        self._changed: asyncio.Event | None = None

    def adopt(self, records: list[Record], keys: dict[str, int]) -> None:
        """What had happened before it came into memory."""
        self.keys = keys
        for record in records:
            self._labels = labels_in(record, self._labels)
            self.seq = record.seq

    async def say(self, text: str, key: str = "") -> int | None:
        """The visitor's words. Answers with the number of the record that holds them already, when they were
        sent before (``key`` tells), else None: watchers hear of the new record. Raises ``Closed``, ``Fenced``
        or ``Busy``."""
        known = self._asked(key)
        if known is None:
            await self.conversation.say(text, key)
        return known

    async def press(self, button: str, key: str = "") -> int | None:
        """A button, like `say`."""
        known = self._asked(key)
        if known is None:
            await self.conversation.press(button, key)
        return known

    async def digit(self, digit: str, key: str = "") -> int | None:
        """A telephone key, like `say`."""
        known = self._asked(key)
        if known is None:
            await self.conversation.digit(digit, key)
        return known

    def _asked(self, key: str) -> int | None:
        """The visitor does something; answers with the record that holds it already."""
        self.touched = time.monotonic()
        known = self.keys.get(key) if key else None
        if known is None and self.turns is not None:
            self.turns.asked()
        return known

    def deliver(self, record: Record, key: str) -> None:
        """Tell everyone; called by the conversation after each commit."""
        self.seq = record.seq
        if self.turns is not None:
            self.turns.recorded(record, bool(self.conversation.state.pending))
        if self.watchers:
            own = visitor_message(record, self.started_ms, key, self._labels)
            messages = agent_messages(record, self.started_ms)
            waiting = bool(self.conversation.state.pending)
            for watcher in tuple(self.watchers):
                watcher.shown(own, key, messages, waiting)
        for follow in tuple(self.followers):
            follow(record)
        self._labels = labels_in(record, self._labels)
        if self._changed is not None:
            self._changed.set()

    async def settle(self, seconds: float) -> None:
        """Wait until the agent waits for nothing but the visitor, or the time is up."""
        try:
            async with asyncio.timeout(seconds):
                while self.conversation.state.pending and not self.conversation.ended:
                    self._changed = asyncio.Event()
                    await self._changed.wait()
        except TimeoutError:
            return

    @property
    def resting(self) -> bool:
        """Whether nothing is lost when it leaves memory: nobody watches, nothing runs."""
        state = self.conversation.state
        if self.watchers or self.voice is not None or state.pending:
            return False
        return self.conversation.ended or not state.timer

    def let_go(self) -> None:
        """Leave memory; the log has everything."""
        self.conversation.close()
        if self.turns is not None:
            self.turns.close()
        for watcher in tuple(self.watchers):
            watcher.lost()
        self.watchers.clear()
