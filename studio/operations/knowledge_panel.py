"""The knowledge panel: what the agent knows, what it would find, and how to bring more."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QLineEdit

from studio.client.knowledge import FoundPassage, KnownSource
from studio.operations.agency import Agency
from studio.operations.bringing import (
    AddressForm,
    DropPlace,
    QuestionForm,
    dropped_addresses,
    dropped_files,
)
from studio.operations.page import AgentPage
from studio.operations.parts import Column, button, clear, label, row
from studio.operations.passage_card import PassageCard
from studio.operations.source_row import SourceRow
from studio.theme import Look

EMPTY = (
    "It knows nothing yet but its flow. What you bring here it may answer from, and says where it read it."
)
NOTHING = "Nothing found. An agent would say that it does not know."


class KnowledgePanel(AgentPage):
    """``brought`` brings files, ``addressed`` addresses that were dropped, ``sought`` what to look for, ``again`` and
    ``gone`` a source's id."""

    brought = Signal(list)
    addressed = Signal(list)
    sought = Signal(str)
    again = Signal(str)
    gone = Signal(str)

    def __init__(self, look: Look, agency: Agency) -> None:
        self._look = look
        super().__init__("Knowledge", agency)
        self.rows: dict[str, SourceRow] = {}
        self.search = QLineEdit()
        self.search.setProperty("role", "field")
        self.search.setPlaceholderText("Ask what it would find…")
        self.search.setAccessibleName("Search what the agent knows")
        self.search.setClearButtonEnabled(True)
        self.search.returnPressed.connect(self._seek)
        self.search.textChanged.connect(lambda text: None if text.strip() else self.show_found(None))
        self._found = Column()
        self._says = label("", "second")
        self._says.hide()
        self._note = label("", "parting")
        self._note.hide()
        self._empty = label(EMPTY, "second")
        self._known = label("What it knows", "section")
        self._list = Column(4)
        self.place = DropPlace(look)
        self.place.chosen.connect(self.brought)
        self.address = AddressForm()
        self.question = QuestionForm()
        for widget in (
            self.search,
            self._says,
            self._found,
            self._note,
            self._known,
            self._empty,
            self._list,
            self.place,
        ):
            self.column.addWidget(widget)
        self.column.addLayout(
            row(
                button("An address…", "choice", self.address.open),
                button("A question…", "choice", self.question.open),
            )
        )
        self.column.addWidget(self.address)
        self.column.addWidget(self.question)
        self._trouble = label("", "trouble")
        self._trouble.hide()
        self.column.addWidget(self._trouble)
        self.column.addStretch()
        self.setAcceptDrops(True)

    # What is dropped

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        data = event.mimeData()
        if not self.words and (dropped_files(data) or dropped_addresses(data)):
            self.place.show_over(True)
            self.area.ensureWidgetVisible(self.place)
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.place.show_over(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self.place.show_over(False)
        files, addresses = dropped_files(event.mimeData()), dropped_addresses(event.mimeData())
        if files:
            self.brought.emit(files)
        if addresses:
            self.addressed.emit(addresses)
        event.acceptProposedAction()

    # What is shown

    def show_sources(self, sources: Sequence[KnownSource]) -> None:
        """Show these; rows that are there already only change."""
        if [source.id for source in sources] != list(self.rows):
            clear(self._list.column)
            self.rows = {}
            for source in sources:
                made = SourceRow(self._look, source)
                made.again.connect(self.again)
                made.gone.connect(self.gone)
                self._list.column.addWidget(made)
                self.rows[source.id] = made
        for source in sources:
            self.rows[source.id].show_source(source)
        self._empty.setVisible(not sources)
        self._known.setVisible(bool(sources))
        self.search.setVisible(bool(sources))
        note = next((source.note for source in sources if source.note), "")
        self._note.setText(note)
        self._note.setVisible(bool(note))

    def show_found(self, passages: Sequence[FoundPassage] | None) -> None:
        """Show what a search found; None puts it away."""
        clear(self._found.column)
        for passage in passages or ():
            self._found.column.addWidget(PassageCard(self._look, passage))
        self._says.setText("" if passages or passages is None else NOTHING)
        self._says.setVisible(bool(self._says.text()))

    @property
    def found(self) -> list[FoundPassage]:
        """The passages shown."""
        return [card.passage for card in self._found.findChildren(PassageCard) if not card.isHidden()]

    def show_trouble(self, words: str) -> None:
        """Say what went wrong with what was brought."""
        self._trouble.setText(words)
        self._trouble.setVisible(bool(words))

    @property
    def trouble(self) -> str:
        """What went wrong with what was brought."""
        return self._trouble.text()

    def _seek(self) -> None:
        text = self.search.text().strip()
        if text:
            self.sought.emit(text)
