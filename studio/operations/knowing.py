"""Between the knowledge panel and the server."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

from studio.client import knowledge
from studio.client.agents import Agent
from studio.client.api import Api, ServerTrouble
from studio.operations.agency import Agency
from studio.operations.bringing import ENDINGS
from studio.operations.knowledge_panel import KnowledgePanel
from studio.window.tasks import Tasks

SECONDS = 0.7
"""Between two looks while something is being read."""
LARGEST = 64 * 1024 * 1024
"""Bytes; what is larger is not even read here. The server's own limit may be lower, and it says so."""


class Knowing:
    """One agent's knowledge at a time."""

    def __init__(self, panel: KnowledgePanel, agency: Agency, tasks: Tasks) -> None:
        self._panel = panel
        self._agency = agency
        self._tasks = tasks
        self._watched: asyncio.Task[None] | None = None
        self._shown = ""
        panel.wanted.connect(self.look)
        panel.brought.connect(self.bring)
        panel.addressed.connect(self._bring_addresses)
        panel.sought.connect(self.seek)
        panel.again.connect(
            lambda id: self._do(lambda api, _: knowledge.read_again(api, id), "Reading again")
        )
        panel.gone.connect(
            lambda id: self._do(lambda api, _: knowledge.forget_source(api, id), "Taking away")
        )
        panel.address.given.connect(self._give_address)
        panel.question.given.connect(self._give_question)

    def look(self) -> None:
        """Look what the agent knows, again and again while something is being read."""
        agent, api = self._agency.agent, self._agency.api
        if agent is None or api is None:
            return
        if agent.id != self._shown:
            self._shown = agent.id
            self._panel.search.clear()
            self._panel.show_found(None)
            self._panel.show_sources([])
        if self._watched is not None:
            self._watched.cancel()
        self._watched = self._tasks.spawn(self._watch(api, agent), "Looking what the agent knows")

    async def _watch(self, api: Api, agent: Agent) -> None:
        while True:
            try:
                base = await knowledge.base_of(api, agent)
                sources = await knowledge.list_sources(api, base) if base else []
            except ServerTrouble as trouble:
                self._panel.show_trouble(trouble.message)
                return
            self._panel.show_sources(sources)
            if not any(source.busy for source in sources) or not self._panel.isVisible():
                return
            await asyncio.sleep(SECONDS)

    def bring(self, paths: Sequence[Path]) -> None:
        """Bring documents."""
        self._panel.show_trouble("")
        self._spawn(
            lambda api, base: self._bring(api, base, paths), "Bringing documents", self._panel.show_trouble
        )

    async def _bring(self, api: Api, base: str, paths: Sequence[Path]) -> None:
        troubles = []
        for path in paths:
            try:
                data = await asyncio.to_thread(read_document, path)
                await knowledge.add_document(api, base, path.name, data)
            except ServerTrouble as trouble:
                troubles.append(f"{path.name}: {trouble.message}")
            except OSError as error:
                troubles.append(f"{path.name} cannot be read here: {error.strerror or error}.")
        self._panel.show_trouble("\n".join(troubles))

    def _bring_addresses(self, urls: Sequence[str]) -> None:
        async def bring(api: Api, base: str) -> None:
            for url in urls:
                await knowledge.add_address(api, base, url)

        self._spawn(bring, "Adding addresses", self._panel.show_trouble)

    def _give_address(self, url: str, hours: int) -> None:
        form = self._panel.address

        async def give(api: Api, base: str) -> None:
            await knowledge.add_address(api, base, url, hours)
            form.done()

        self._spawn(give, "Adding an address", form.show_trouble)

    def _give_question(self, question: str, answer: str, also: list[str]) -> None:
        form = self._panel.question

        async def give(api: Api, base: str) -> None:
            await knowledge.add_question(api, base, question, answer, also)
            form.done()

        self._spawn(give, "Adding a question", form.show_trouble)

    def seek(self, query: str) -> None:
        """Show what the agent would find."""

        async def seek(api: Api, base: str) -> None:
            self._panel.show_found(await knowledge.search(api, base, query))

        self._spawn(seek, "Searching", self._panel.show_trouble, look=False)

    def _do(self, act: Callable[[Api, str], Awaitable[object]], name: str) -> None:
        async def do(api: Api, base: str) -> None:
            await act(api, base)

        self._spawn(do, name, self._panel.show_trouble)

    def _spawn(
        self,
        work: Callable[[Api, str], Coroutine[Any, Any, None]],
        name: str,
        trouble: Callable[[str], None],
        *,
        look: bool = True,
    ) -> None:
        """Do something with the agent's base, which is made if need be, and look again. What went wrong is told."""
        agent, api = self._agency.agent, self._agency.api
        if agent is None or api is None:
            return

        async def do() -> None:
            try:
                await work(api, await knowledge.base_of(api, agent, make=True))
            except ServerTrouble as error:
                trouble(error.message)
            if look:
                self.look()

        self._tasks.spawn(do(), name)


def read_document(path: Path) -> bytes:
    """What is in a file. Raises ``OSError``, or `ServerTrouble` for what no server would take."""
    if path.is_dir():
        raise ServerTrouble("This is a folder. Drop the documents in it.")
    if path.suffix.lower() not in ENDINGS:
        raise ServerTrouble(f"It cannot be read. Bring one of these: {', '.join(e[1:] for e in ENDINGS)}.")
    if path.stat().st_size > LARGEST:
        raise ServerTrouble("It is larger than 64 MB. Split it, or bring the part that answers questions.")
    return path.read_bytes()
