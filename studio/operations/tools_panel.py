"""The tools panel: what the agent may use in the services of others."""

import re
from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit

from studio.client.tools import AgentTool, ToolFacts
from studio.operations.agency import Agency
from studio.operations.page import AgentPage
from studio.operations.parts import Column, button, clear, label, row
from studio.operations.tool_card import ToolCard
from studio.theme import Look

WORDS = (
    "What is set up here counts at once, for talks on releases too. A flow calls a tool by a function, such as "
    "google_calendar.free_busy."
)
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
EMPTY = (
    "This server offers no tools. What needs no code, a call of a web service, is drawn in the flow itself."
)


class ToolsPanel(AgentPage):
    """``saved``, ``connected``, ``refreshed``, ``forgotten`` and ``tried`` are a card's, with the tool's id before."""

    saved = Signal(str, bool, dict, list)
    connected = Signal(str)
    refreshed = Signal(str)
    forgotten = Signal(str)
    tried = Signal(str, str, dict)

    def __init__(self, look: Look, agency: Agency) -> None:
        self._look = look
        super().__init__("Tools", agency)
        self.cards: dict[str, ToolCard] = {}
        self._shown: object = None
        self.column.addWidget(label(WORDS, "hint"))
        self._empty = label(EMPTY, "second")
        self._empty.hide()
        self._trouble = label("", "trouble")
        self._trouble.hide()
        self._list = Column(10)
        self._agent = ""
        self._known: list[ToolFacts] = []
        self._more: list[AgentTool] = []
        """Cards that were asked for here, and that the server does not know yet."""
        self.another = Column(6)
        self.name = QLineEdit()
        self.name.setPlaceholderText("Its name here, such as orders")
        self.name.setAccessibleName("Name of another MCP server")
        self.name.returnPressed.connect(self.add_another)
        self.another.column.addWidget(label("Another MCP server", "label"))
        self.another.column.addLayout(
            row(self.name, button("Add it", "small-go", self.add_another), stretch=0)
        )
        self._wrong = label("", "trouble")
        self._wrong.hide()
        self.another.column.addWidget(self._wrong)
        self.another.hide()
        for widget in (self._empty, self._trouble, self._list, self.another):
            self.column.addWidget(widget)
        self.column.addStretch()

    def show_tools(self, agent: str, tools: Sequence[ToolFacts], states: Sequence[AgentTool]) -> None:
        """Show these; cards that are there already only change."""
        if agent != self._agent:
            self._agent, self._more = agent, []
        self._known = list(tools)
        known = {state.tool for state in states}
        states = [*states, *(state for state in self._more if state.tool not in known)]
        shape = (agent, tools, [state.tool for state in states])
        if shape != self._shown:
            self._shown = shape
            open = {id for id, card in self.cards.items() if not card.body.isHidden()}
            clear(self._list.column)
            self.cards = {}
            for state in states:
                self._add(state, facts_of(tools, state.tool))
                self.cards[state.tool].unfold(state.tool in open)
        for state in states:
            self.cards[state.tool].show_state(state)
        self._empty.setVisible(not states)
        self.another.setVisible(any(tool.listed for tool in tools))
        self.show_trouble("")

    def _add(self, state: AgentTool, facts: ToolFacts | None) -> None:
        card = ToolCard(self._look, facts, state)
        id = state.tool
        card.saved.connect(lambda enabled, config, off: self.saved.emit(id, enabled, config, off))
        card.connected.connect(lambda: self.connected.emit(id))
        card.refreshed.connect(lambda: self.refreshed.emit(id))
        card.forgotten.connect(lambda: self.forgotten.emit(id))
        card.tried.connect(lambda function, arguments: self.tried.emit(id, function, arguments))
        self._list.column.addWidget(card)
        self.cards[id] = card

    def add_another(self) -> None:
        """A card for another server, to be set up."""
        name = self.name.text().strip().lower()
        first = next((tool for tool in self._known if tool.listed), None)
        if first is None:
            return
        id = f"{first.id}_{name}"
        wrong = "" if NAME.fullmatch(name) else "Use small letters, digits and _, beginning with a letter."
        wrong = wrong or ("There is one of that name already." if id in self.cards else "")
        self._wrong.setText(wrong)
        self._wrong.setVisible(bool(wrong))
        if wrong:
            return
        state = AgentTool("", id, f"{first.title} {name}", enabled=False, config={})
        self._more.append(state)
        self._add(state, first)
        self.cards[id].unfold(True)
        self.name.clear()

    def show_trouble(self, words: str) -> None:
        """Say why nothing can be shown."""
        self._trouble.setText(words)
        self._trouble.setVisible(bool(words))


def facts_of(tools: Sequence[ToolFacts], id: str) -> ToolFacts | None:
    """The tool of this id; of one that is listed by a service an agent may have several."""
    exact = next((tool for tool in tools if tool.id == id), None)
    return exact or next((tool for tool in tools if tool.listed and id.startswith(f"{tool.id}_")), None)
