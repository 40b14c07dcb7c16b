"""What the panels of the server's side have in common: a title, the agent they are about, and a body to scroll."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from studio.operations.agency import NOBODY, Agency
from studio.operations.parts import button, label
from studio.panels.editors.boxes import ChoiceBox

NONE = ""


class AgentPage(QWidget):
    """``wanted`` asks for the newest of the agent. The body is shown while there is an agent."""

    wanted = Signal()

    def __init__(self, title: str, agency: Agency) -> None:
        super().__init__()
        self.agency = agency
        self.setProperty("role", "panel")
        whole = QVBoxLayout(self)
        whole.setContentsMargins(8, 10, 0, 8)
        whole.setSpacing(6)
        self._head(whole, title)
        self._words = label(agency.words, "second")
        self._words.setContentsMargins(8, 6, 12, 0)
        whole.addWidget(self._words)
        self._make = button("Make an agent", "pill", agency.make)
        line = QHBoxLayout()
        line.setContentsMargins(8, 4, 0, 0)
        line.addWidget(self._make)
        line.addStretch()
        whole.addLayout(line)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        body = QWidget()
        body.setProperty("role", "panel")
        self.column = QVBoxLayout(body)
        self.column.setContentsMargins(8, 4, 10, 8)
        self.column.setSpacing(8)
        self.area.setWidget(body)
        whole.addWidget(self.area, 1)
        self._room = QWidget()
        whole.addWidget(self._room, 1)
        agency.subscribe(self._show_agency)
        self._show_agency()

    def _head(self, whole: QVBoxLayout, title: str) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(8, 0, 8, 0)
        head.addWidget(label(title, "section", wrap=False), 1)
        head.addWidget(button("Look again", "link", self.agency.look))
        whole.addLayout(head)
        self.box = ChoiceBox()
        self.box.setAccessibleName("Agent")
        self.box.activated.connect(lambda _: self.agency.choose(self.box.currentData()))
        line = QHBoxLayout()
        line.setContentsMargins(8, 0, 10, 2)
        line.addWidget(self.box)
        whole.addLayout(line)

    def showEvent(self, event: object) -> None:
        """Made anew when it is seen."""
        self.agency.look()

    @property
    def words(self) -> str:
        """What is said in the body's place; empty while there is a body."""
        return self.agency.words

    def _show_agency(self) -> None:
        agency = self.agency
        self.box.clear()
        if agency.agent is None:
            self.box.addItem("Choose an agent", NONE)
        for agent in agency.agents:
            self.box.addItem(agent.name, agent.id)
        if agency.agent is not None:
            self.box.setCurrentIndex(self.box.findData(agency.agent.id))
        self.box.setVisible(agency.api is not None)
        self._words.setText(agency.words)
        self._words.setVisible(bool(agency.words))
        self._make.setVisible(agency.words == NOBODY)
        self.area.setVisible(not agency.words)
        self._room.setVisible(bool(agency.words))
        if self.isVisible() and not agency.words:
            self.wanted.emit()
