"""A talk about a hotel, held live in memory: with models, knowledge and tools that do as a test wants."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

from engine.compiler import compile_flow
from engine.conversation import Conversation, Outcome
from engine.flow import load_flow
from engine.kinds.program import Program
from engine.protocol import CallTool, Effect, Header, HttpRequest, SearchKnowledge
from engine.providers.llm.asking import Asking
from engine.providers.llm.contract import Event, Prompt
from engine.runtime import bind
from tests.engine.conversation.world import REF, Channel, Clock, Log

CONCIERGE = Path(__file__).parents[3] / "flows" / "concierge" / "flow.json"

Answering = Callable[[Prompt], AsyncIterator[Event]]


def concierge() -> Program:
    """The sample flow."""
    return compile_flow(load_flow(CONCIERGE.read_bytes())[0])


class Model:
    """A language model that answers by a function."""

    name, model, window = "test", "test", 100_000

    def __init__(self, answer: Answering) -> None:
        self._answer = answer
        self.asked: list[Prompt] = []

    def stream(self, prompt: Prompt, *, budget_ms: int) -> AsyncIterator[Event]:
        self.asked.append(prompt)
        return self._answer(prompt)

    async def check(self) -> None:
        """Well."""

    async def aclose(self) -> None:
        """Nothing to let go."""


class House:
    """Web services, knowledge and tools, each a function of what is asked."""

    def __init__(
        self,
        service: Callable[[HttpRequest], Awaitable[Outcome]],
        passages: Callable[[SearchKnowledge], Awaitable[Outcome]],
    ) -> None:
        self._service = service
        self._passages = passages

    async def http(self, request: HttpRequest, key: str) -> Outcome:
        return await self._service(request)

    async def search(self, request: SearchKnowledge, key: str) -> Outcome:
        return await self._passages(request)

    async def call(self, request: CallTool, key: str) -> Outcome:
        return Outcome("error", None, "There are no tools here.")


class Stay:
    """One talk. ``async with Stay(...)``."""

    def __init__(self, model: Model, house: House, program: Program | None = None) -> None:
        program = program or concierge()
        header = Header("s1", program.hash, 1, 7, "2026-11-20T10:00", program.locales[0])
        self.log = Log()
        self.channel = Channel(self.log)
        self.conversation = Conversation(
            bind(program, header), REF, 1, self.log, self.channel, house, Clock(), 1_000_000
        )
        thinker = self.conversation.thinker
        thinker.models, thinker.knowledge, thinker.toolbox = Asking(model), house, house

    async def __aenter__(self) -> "Stay":
        await self.conversation.start()
        await self.settled()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.conversation.close()

    async def say(self, text: str) -> None:
        """Words, and all that comes of them."""
        await self.conversation.say(text)
        await self.settled()

    async def settled(self) -> None:
        """Until nothing is waited for any more, or only what nobody here answers."""
        async with asyncio.timeout(30):
            while self.conversation.state.pending and self.conversation._requests:
                await asyncio.sleep(0.001)

    @property
    def effects(self) -> list[Effect]:
        """All effects so far."""
        return [e for record in self.log.records for e in record.effects]

    @property
    def outcome(self) -> str:
        """How it ended; empty while it goes on."""
        return self.conversation.state.outcome


async def quote(request: HttpRequest) -> Outcome:
    """The hotel's own service, as it answers on a good day."""
    room: dict[str, Any] = {"room": "14", "name": "Garden Room", "price": 240}
    if request.method == "POST":
        return Outcome("ok", {"status": 201, "body": {"reference": "H-1"}})
    return Outcome("ok", {"status": 200, "body": room if "/rooms/" in request.url else {"rooms": [room]}})
