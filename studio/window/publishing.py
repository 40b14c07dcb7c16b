"""Publishing: which agent, what forbids it, what came of it. A sheet over the window that stops nothing."""

from collections.abc import Callable

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from studio.client.agents import Agent, Published
from studio.panels.checking import Checked
from studio.panels.editors.boxes import ChoiceBox
from studio.panels.findings import finding_text
from studio.theme import Look

NEW = ""
MOST = 4
"""Findings shown in the sheet."""


class PublishSheet(QFrame):
    """``wanted`` brings (agent or None, name of a new one, whether to publish over a newer draft)."""

    wanted = Signal(object, str, bool)
    jump = Signal(object)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self.agents: list[Agent] = []
        self._page = ""
        self._busy = False
        self._checked: Checked | None = None
        self.setObjectName("popup")
        self.setFixedWidth(360)
        self.setAccessibleName("Publish")
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(10)
        title = QLabel("Publish")
        title.setProperty("role", "question")
        self._hint = _label(
            "The next visitor gets this flow. Talks under way keep the one they began with.", "second"
        )
        self._box = ChoiceBox()
        self._box.setAccessibleName("Agent")
        self._name = QLineEdit()
        self._box.currentIndexChanged.connect(lambda _: self._name.setVisible(self._box.currentData() == NEW))
        self._name.setAccessibleName("Name of the new agent")
        self._name.setPlaceholderText("Name of the new agent")
        self._blocking = QWidget()
        self._blocks = QVBoxLayout(self._blocking)
        self._blocks.setContentsMargins(0, 0, 0, 0)
        self._blocks.setSpacing(4)
        self._status = _label("", "second")
        self._status.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for widget in (title, self._hint, self._box, self._name, self._blocking, self._status):
            column.addWidget(widget)
        column.addLayout(self._buttons())
        self.hide()

    def _buttons(self) -> QHBoxLayout:
        self._open = self._button("Open the page", "pill", self._open_page)
        self._over = self._button("Publish over it", "pill", lambda: self._want(overwrite=True))
        self._go = self._button("Publish", "go", lambda: self._want(overwrite=False))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._button("Close", "link", self.hide))
        row.addStretch()
        for button in (self._open, self._over, self._go):
            row.addWidget(button)
        self._open.hide()
        self._over.hide()
        return row

    def _button(self, text: str, role: str, act: Callable[[], object]) -> QPushButton:
        button = QPushButton(text)
        button.setProperty("role", role)
        button.clicked.connect(lambda _=False: act())
        return button

    def begin(self, flow_name: str, checked: Checked | None) -> None:
        """Open the sheet."""
        self._name.setText(flow_name)
        self._open.hide()
        self._over.hide()
        self.show_checked(checked)
        self.say("Looking for agents…")
        self.show()
        self.raise_()
        self._go.setFocus()

    def show_agents(self, agents: list[Agent], chosen: str) -> None:
        """Offer these, and a new one."""
        self.agents = agents
        self._box.clear()
        for agent in agents:
            live = f"release {agent.release}" if agent.release else "not published yet"
            self._box.addItem(f"{agent.name} ({live})", agent.id)
        self._box.addItem("A new agent…", NEW)
        self._box.setCurrentIndex(max(0, self._box.findData(chosen)) if chosen else self._box.count() - 1)
        self._name.setVisible(self._box.currentData() == NEW)
        self.say("")
        self._allow()

    def show_checked(self, checked: Checked | None) -> None:
        """Show what forbids publishing."""
        self._checked = checked
        while (item := self._blocks.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        errors = checked.errors if checked is not None else ()
        if errors:
            more = "Mend this first:" if len(errors) == 1 else f"Mend these {len(errors)} first:"
            self._blocks.addWidget(_label(more, "problem"))
        for finding in errors[:MOST]:
            button = QPushButton(finding_text(finding))
            button.setProperty("role", "row")
            button.setToolTip(finding_text(finding))
            button.clicked.connect(lambda _=False, f=finding: self.jump.emit(f))
            self._blocks.addWidget(button)
        self._blocking.setVisible(bool(errors))
        self._allow()
        self.adjustSize()

    def _allow(self) -> None:
        clear = self._checked is not None and not self._checked.errors
        self._go.setEnabled(clear and not self._busy and self._box.count() > 0)

    def _want(self, *, overwrite: bool) -> None:
        id = self._box.currentData()
        agent = next((a for a in self.agents if a.id == id), None)
        name = self._name.text().strip()
        if agent is None and not name:
            self.say("Give the new agent a name.")
            return
        self.busy("Publishing…")
        self._over.hide()
        self.wanted.emit(agent, name, overwrite)

    def busy(self, words: str) -> None:
        """Something is under way."""
        self._busy = True
        self.say(words)
        self._allow()

    def say(self, words: str, role: str = "second") -> None:
        """Say how it stands."""
        self._status.setProperty("role", role)
        self._status.style().unpolish(self._status)
        self._status.style().polish(self._status)
        self._status.setText(words)
        self._status.setVisible(bool(words))
        self.adjustSize()

    def done(self, published: Published) -> None:
        """It was published."""
        self._busy = False
        self._page = published.page
        same = published.unchanged
        words = f"Release {published.number} of “{published.agent.name}” "
        self.say(words + ("was this already." if same else "is out. The next visitor gets it."), "good")
        self._open.show()
        self._allow()
        self.adjustSize()

    def failed(self, words: str, *, conflict: bool) -> None:
        """It was not published; nothing is lost."""
        self._busy = False
        self.say(words, "problem-text")
        self._over.setVisible(conflict)
        self._allow()
        self.adjustSize()

    @property
    def status(self) -> str:
        """The sentence shown."""
        return self._status.text()

    @property
    def publish_button(self) -> QPushButton:
        """The button that does it."""
        return self._go

    @property
    def over_button(self) -> QPushButton:
        """The button that publishes over somebody else's draft."""
        return self._over

    def _open_page(self) -> None:
        QDesktopServices.openUrl(QUrl(self._page))


def _label(text: str, role: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", role)
    label.setWordWrap(True)
    return label
