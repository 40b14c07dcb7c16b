"""The bottom line: the worst problem as a sentence, with the button that mends it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from engine.flow import Flow
from studio.panels.checking import Checked
from studio.panels.findings import Repair, finding_html, repair_of, shows_way
from studio.theme import Look


class ProblemLine(QWidget):
    """``opened`` asks for the list, ``shown`` to show a finding's way, ``mended`` brings a repair."""

    opened = Signal()
    shown = Signal(object)
    mended = Signal(object)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.setObjectName("problem-line")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(34)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._count = QPushButton("Checking…")
        self._count.setProperty("role", "count")
        self._count.clicked.connect(lambda _=False: self.opened.emit())
        self._words = QLabel()
        self._words.setProperty("role", "second")
        self._words.setTextFormat(Qt.TextFormat.RichText)
        self._words.setMinimumWidth(40)
        self._show = self._link("Show me")
        self._mend = self._link("")
        self._finding: object = None
        self._repair: Repair | None = None
        self._show.clicked.connect(lambda _=False: self.shown.emit(self._finding))
        self._mend.clicked.connect(lambda _=False: self.mended.emit(self._repair))
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 10, 0)
        row.setSpacing(8)
        row.addWidget(self._count)
        row.addWidget(self._words, 1)
        row.addWidget(self._show)
        row.addWidget(self._mend)
        self._show.hide()
        self._mend.hide()

    def _link(self, text: str) -> QPushButton:
        button = QPushButton(text)
        button.setProperty("role", "link")
        return button

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.opened.emit()

    def show_checked(self, checked: Checked, flow: Flow) -> None:
        """Show what was found."""
        serious = checked.errors
        others = tuple(f for f in checked.warnings if f.severity == "warning")
        worst = next(iter((*serious, *others)), None)
        self._finding = worst
        if checked.trouble:
            self._say("bad", "Check failed", checked.trouble)
        elif worst is None:
            hints = len(checked.warnings)
            more = (
                f"{hints} thing{'s' * (hints != 1)} worth knowing"
                if hints
                else "Nothing a caller would suffer."
            )
            self._say("good", "All is well", more)
        else:
            count = len(serious) or len(others)
            word = "problem" if serious else "doubt"
            self._say("bad" if serious else "doubt", f"{count} {word}{'s' * (count != 1)}", "")
            self._words.setText(finding_html(worst))
            self._words.setToolTip(worst.message)
        self._repair = repair_of(worst, flow) if worst is not None else None
        self._show.setVisible(worst is not None and shows_way(worst))
        self._mend.setVisible(self._repair is not None)
        self._mend.setText(self._repair.name if self._repair is not None else "")

    def _say(self, tone: str, count: str, words: str) -> None:
        self._count.setText(count)
        self._count.setProperty("tone", tone)
        self._count.style().unpolish(self._count)
        self._count.style().polish(self._count)
        self._words.setText(words)
        self._words.setToolTip(words)

    @property
    def sentence(self) -> str:
        """What is shown, without markup."""
        return f"{self._count.text()} {self._words.toolTip()}"
