"""The tools panel: what the agent may use in the services of others."""

from collections.abc import Sequence

from PySide6.QtCore import Signal

from studio.client.tools import AgentTool, ToolFacts
from studio.operations.agency import Agency
from studio.operations.page import AgentPage
from studio.operations.parts import Column, clear, label
from studio.operations.tool_card import ToolCard
from studio.theme import Look

WORDS = (
    "What is set up here counts at once, for talks on releases too. A flow calls a tool by a function, such as "
    "google_calendar.free_busy."
)
EMPTY = (
    "This server offers no tools. What needs no code, a call of a web service, is drawn in the flow itself."
)


class ToolsPanel(AgentPage):
    """``saved``, ``connected``, ``forgotten`` and ``tried`` are a card's, with the tool's id before."""

    saved = Signal(str, bool, dict, list)
    connected = Signal(str)
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
        for widget in (self._empty, self._trouble, self._list):
            self.column.addWidget(widget)
        self.column.addStretch()

    def show_tools(self, agent: str, tools: Sequence[ToolFacts], states: Sequence[AgentTool]) -> None:
        """Show these; cards that are there already only change."""
        facts = {tool.id: tool for tool in tools}
        shape = (agent, tools, [(state.tool, [f.name for f in state.functions]) for state in states])
        if shape != self._shown:
            self._shown = shape
            open = {id for id, card in self.cards.items() if not card.body.isHidden()}
            clear(self._list.column)
            self.cards = {}
            for state in states:
                self._add(state, facts.get(state.tool))
                self.cards[state.tool].unfold(state.tool in open)
        for state in states:
            self.cards[state.tool].show_state(state)
        self._empty.setVisible(not states)
        self.show_trouble("")

    def _add(self, state: AgentTool, facts: ToolFacts | None) -> None:
        card = ToolCard(self._look, facts, state)
        id = state.tool
        card.saved.connect(lambda enabled, config, off: self.saved.emit(id, enabled, config, off))
        card.connected.connect(lambda: self.connected.emit(id))
        card.forgotten.connect(lambda: self.forgotten.emit(id))
        card.tried.connect(lambda function, arguments: self.tried.emit(id, function, arguments))
        self._list.column.addWidget(card)
        self.cards[id] = card

    def show_trouble(self, words: str) -> None:
        """Say why nothing can be shown."""
        self._trouble.setText(words)
        self._trouble.setVisible(bool(words))
