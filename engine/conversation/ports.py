"""What a conversation needs of the world."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol

import msgspec

from engine.protocol import AskModel, CallTool, HttpRequest, JudgeIntent, Plain, Record, SearchKnowledge


class SessionRef(msgspec.Struct, frozen=True):
    """A session and the organisation it belongs to. Every look at the log names both."""

    organization: str
    session: str


class Fenced(Exception):
    """Another owner has taken the session over: stop at once, commit and send nothing more."""


class Busy(Exception):
    """The log takes no more right now; nothing was written. Try again later."""


class Duplicate(Exception):
    """An event with this key is in the log already; ``seq`` is its number."""

    def __init__(self, seq: int) -> None:
        super().__init__(f"Already recorded as event {seq}.")
        self.seq = seq


class EventLog(Protocol):
    """Where sessions rest."""

    async def append(
        self, session: SessionRef, epoch: int, records: Sequence[Record], *, key: str = ""
    ) -> None:
        """Write records, durable when it returns. ``key`` makes the first of them unique in its session.

        Raises `Fenced` when ``epoch`` is not the session's, `Duplicate` for a key seen before, `Busy` when
        overloaded.
        """

    async def read(self, session: SessionRef, after: int = 0) -> list[Record]:
        """The records with a number above ``after``, in order."""


class Channel(Protocol):
    """The other side, as far as it can be reached."""

    def deliver(self, record: Record, key: str) -> None:
        """What was committed, to be shown or spoken. Must not block and must not raise; a channel that
        cannot keep up closes itself. ``key`` is that of the input, so that it can be acknowledged."""


class Outcome(msgspec.Struct, frozen=True):
    """What came of a request: ``ok`` with ``{"status": int, "body": plain}``, or ``error``, ``timeout``,
    ``unknown``."""

    outcome: str
    value: Plain = None
    detail: str = ""


class Tools(Protocol):
    """Services outside."""

    async def http(self, request: HttpRequest, key: str) -> Outcome:
        """Perform a request with its time limit and retries; never raises. ``key`` is its idempotency key."""


class Ability(msgspec.Struct, frozen=True):
    """Something a model may call: its name, what it does, and its arguments as JSON Schema."""

    name: str
    description: str
    schema: Plain


class Models(Protocol):
    """Language models."""

    async def ask(
        self,
        request: AskModel,
        abilities: Sequence[Ability],
        wrote: Callable[[str], Awaitable[None]],
        key: str,
    ) -> Outcome:
        """Have a model write as `engine.protocol.AskModel` says; each sentence that may be spoken goes to ``wrote``
        as soon as it is whole. Never raises; being cancelled stops the model. ``key`` names the effect."""
        ...

    async def judge(self, request: JudgeIntent, key: str) -> Outcome:
        """Say which intent the words are, as `engine.protocol.JudgeIntent` says. Never raises."""
        ...


class Knowledge(Protocol):
    """What the house knows."""

    async def search(self, request: SearchKnowledge, key: str) -> Outcome:
        """Find passages, as `engine.protocol.SearchKnowledge` says. Never raises."""
        ...


class Toolbox(Protocol):
    """Registered tools."""

    async def call(self, request: CallTool, key: str) -> Outcome:
        """Call a function, as `engine.protocol.CallTool` says. Never raises. ``key`` is its idempotency key."""
        ...


class Line(Protocol):
    """Where the session is spoken, when it is."""

    def perform(self, record: Record) -> None:
        """What was committed, to be spoken and listened for. Must not block and must not raise."""


class Telephony(Protocol):
    """Giving a call to somebody else."""

    async def transfer(self, to: str, manner: str, briefing: str, timeout: int, key: str) -> tuple[str, str]:
        """Transfer as `engine.protocol.Transfer` says; answers with the outcome and a sentence of detail.
        Never raises. ``key`` is its idempotency key."""
        ...


class Handle(Protocol):
    """A timer that was set."""

    def cancel(self) -> None:
        """Forget it."""


class Clock(Protocol):
    """Time."""

    def now_ms(self) -> int:
        """Milliseconds since the Unix epoch."""

    def call_later(self, ms: int, callback: Callable[[], Any]) -> Handle:
        """Call back after ``ms`` milliseconds."""
