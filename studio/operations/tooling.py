"""Between the tools panel and the server."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from studio.client import tools
from studio.client.agents import Agent
from studio.client.api import Api, ServerTrouble
from studio.operations.agency import Agency
from studio.operations.tool_card import ToolCard
from studio.operations.tools_panel import ToolsPanel
from studio.window.tasks import Tasks

SECONDS = 1.0
"""Between two looks while somebody allows it in the browser."""
LOOKS = 900
"""As long as the address is good: a quarter of an hour."""


class Tooling:
    """One agent's tools at a time."""

    def __init__(self, panel: ToolsPanel, agency: Agency, tasks: Tasks) -> None:
        self._panel = panel
        self._agency = agency
        self._tasks = tasks
        self._waiting: asyncio.Task[None] | None = None
        panel.wanted.connect(self.look)
        panel.saved.connect(self._save)
        panel.connected.connect(self._connect)
        panel.refreshed.connect(self._refresh)
        panel.forgotten.connect(self._forget)
        panel.tried.connect(self._try)

    def look(self) -> None:
        """Look what there is, and how the agent uses it."""
        agent, api = self._agency.agent, self._agency.api
        if agent is not None and api is not None:
            self._tasks.spawn(self._look(api, agent), "Looking for tools")

    async def _look(self, api: Api, agent: Agent) -> None:
        try:
            known, states = await tools.list_tools(api), await tools.tools_of(api, agent.id)
        except ServerTrouble as trouble:
            self._panel.show_trouble(trouble.message)
            return
        if self._of(agent):
            self._panel.show_tools(agent.id, known, states)

    def _of(self, agent: Agent) -> bool:
        now = self._agency.agent
        return now is not None and now.id == agent.id

    def _save(self, tool: str, enabled: bool, config: dict[str, Any], off: list[str]) -> None:
        async def save(api: Api, agent: Agent, card: ToolCard) -> None:
            state = await tools.put_tool(
                api, agent.id, tool, enabled=enabled, config=config, switched_off=off
            )
            card.show_state(state)

        self._spawn(tool, save, f"Setting up {tool}")

    def _refresh(self, tool: str) -> None:
        async def refresh(api: Api, agent: Agent, card: ToolCard) -> None:
            card.show_state(await tools.list_again(api, agent.id, tool))

        self._spawn(tool, refresh, f"Listing the functions of {tool}")

    def _forget(self, tool: str) -> None:
        async def forget(api: Api, agent: Agent, card: ToolCard) -> None:
            await tools.forget_tool(api, agent.id, tool)
            self.look()

        self._spawn(tool, forget, f"Forgetting {tool}")

    def _try(self, tool: str, function: str, arguments: dict[str, Any]) -> None:
        async def call(api: Api, agent: Agent, card: ToolCard) -> None:
            card.show_trial(await tools.try_function(api, agent.id, tool, function, arguments))

        self._spawn(tool, call, f"Trying {tool}", lambda card: card.trial.show_trouble)

    def _connect(self, tool: str) -> None:
        async def connect(api: Api, agent: Agent, card: ToolCard) -> None:
            address = QUrl(await tools.connect_address(api, agent.id, tool))
            if not QDesktopServices.openUrl(address):
                card.show_trouble(
                    f"No browser could be opened. Open this address in one: {address.toString()}"
                )
            if self._waiting is not None:
                self._waiting.cancel()
            self._waiting = self._tasks.spawn(self._wait(api, agent, tool), "Waiting for the account")

        self._spawn(tool, connect, f"Connecting {tool}")

    async def _wait(self, api: Api, agent: Agent, tool: str) -> None:
        """Look until the account is there, the panel is left, or the address is good no more."""
        before = await self._state(api, agent, tool)
        for _ in range(LOOKS):
            await asyncio.sleep(SECONDS)
            state = await self._state(api, agent, tool)
            card = self._panel.cards.get(tool)
            if card is None or not self._of(agent) or not self._panel.isVisible():
                return
            if state is not None:
                if before is None or state.connection != before.connection:
                    card.show_state(state)
                if state.connection == "connected" and (before is None or before.connection != "connected"):
                    return

    async def _state(self, api: Api, agent: Agent, tool: str) -> tools.AgentTool | None:
        try:
            return await tools.read_tool(api, agent.id, tool)
        except ServerTrouble:
            return None  # it is looked again

    def _spawn(
        self,
        tool: str,
        work: Callable[[Api, Agent, ToolCard], Coroutine[Any, Any, None]],
        name: str,
        trouble: Callable[[ToolCard], Callable[[str], None]] = lambda card: card.show_trouble,
    ) -> None:
        agent, api, card = self._agency.agent, self._agency.api, self._panel.cards.get(tool)
        if agent is None or api is None or card is None:
            return

        async def do() -> None:
            try:
                await work(api, agent, card)
            except ServerTrouble as error:
                card.show_state(card.state)
                trouble(card)(error.message)

        self._tasks.spawn(do(), name)
