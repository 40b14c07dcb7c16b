"""The list of findings: jump to one, see its way, mend it, accept it."""

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from engine.compiler import Finding
from engine.flow import Suppression
from studio.document import Document
from studio.document.edits import set_setting
from studio.document.patch import part_of
from studio.panels.checking import Checked
from studio.panels.findings import finding_html, repair_of, set_words
from studio.theme import Look

MOST = 200
"""Findings shown at once; a flow with more has other worries."""
TALLEST = 300
CODE = 52
"""Pixels a code takes, so that all sentences begin at one line."""


class Problems(QFrame):
    """``jump`` brings the finding to go to, ``shown`` the one whose way to play, ``mended`` a repair."""

    jump = Signal(object)
    shown = Signal(object)
    mended = Signal(object)

    def __init__(self, look: Look, document: Document) -> None:
        super().__init__()
        self._look = look
        self._document = document
        self.findings: tuple[Finding, ...] = ()
        self.setObjectName("problems")
        self.setAccessibleName("Problems")
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 1, 0, 0)
        column.addWidget(self._area)
        self._checked: Checked | None = None
        self.hide()

    def show_checked(self, checked: Checked) -> None:
        """Take the newest findings; the list is made when it is seen."""
        self._checked = checked
        self.findings = checked.findings
        if not self.isHidden():
            self._fill()

    def toggle(self) -> None:
        """Open or close the list."""
        self.setVisible(self.isHidden())
        if not self.isHidden():
            self._fill()
            body = self._area.widget()
            first = body.findChild(QPushButton) if body is not None else None
            if first is not None:
                first.setFocus()

    def _fill(self) -> None:
        body = QWidget()
        body.setProperty("role", "panel")
        column = QVBoxLayout(body)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(2)
        if not self.findings:
            words = QLabel("Nothing a caller would suffer.")
            words.setProperty("role", "second")
            column.addWidget(words)
        for finding in self.findings[:MOST]:
            column.addWidget(self._row(finding))
        if len(self.findings) > MOST:
            column.addWidget(QLabel(f"and {len(self.findings) - MOST} more"))
        column.addStretch()
        self._area.setWidget(body)
        self._fit()

    def _fit(self) -> None:
        body = self._area.widget()
        if body is not None:
            self.setFixedHeight(min(TALLEST, max(40, body.heightForWidth(max(200, self.width() - 12)) + 6)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._fit()

    def _row(self, finding: Finding) -> QWidget:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(4, 2, 0, 2)
        line.setSpacing(8)
        code = QPushButton(finding.code)
        code.setProperty("role", "count")
        tone = {"error": "bad", "warning": "doubt"}.get(str(finding.severity), "quiet")
        code.setProperty("tone", "quiet" if finding.suppressed else tone)
        code.setFixedWidth(CODE)
        code.setAccessibleName(f"{finding.severity} {finding.code}: {finding.message} Go there")
        code.clicked.connect(lambda _=False: self.jump.emit(finding))
        words = QLabel(self._words(finding))
        words.setTextFormat(Qt.TextFormat.RichText)
        words.setWordWrap(True)
        words.setProperty("role", "second")
        line.addWidget(code, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(words, 1)
        for button in self._buttons(finding):
            line.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        return row

    def _words(self, finding: Finding) -> str:
        t = self._look.tokens
        more = set_words(finding.fix if not finding.suppressed else f"Accepted: {finding.suppressed}")
        return f'{finding_html(finding)} <span style="color:{t.ink3}">{more}</span>'

    def _buttons(self, finding: Finding) -> list[QPushButton]:
        acts: list[tuple[str, Any]] = []
        if finding.witness is not None:
            acts.append(("Show me", lambda: self.shown.emit(finding)))
        repair = repair_of(finding, self._document.flow)
        if repair is not None and not finding.suppressed:
            acts.append((repair.name, lambda: self.mended.emit(repair)))
        if not finding.suppressed:
            acts.append(("Accept…", lambda: self._ask_reason(finding)))
        buttons = []
        for text, act in acts:
            button = QPushButton(text)
            button.setProperty("role", "link")
            button.clicked.connect(lambda _=False, act=act: act())
            buttons.append(button)
        return buttons

    def _ask_reason(self, finding: Finding) -> None:
        field = QLineEdit(self)
        field.setPlaceholderText(f"Why is {finding.code} fine here? Enter keeps it.")
        field.setAccessibleName("Reason")
        field.setGeometry(12, 4, self.width() - 24, 34)
        field.returnPressed.connect(lambda: self.accept(finding, field.text()))
        field.editingFinished.connect(field.deleteLater)
        field.show()
        field.setFocus()

    def accept(self, finding: Finding, reason: str) -> None:
        """Accept a finding, with the reason."""
        flow = part_of(self._document.flow, finding.flow)
        if reason.strip() and flow is not None:
            kept = (*flow.suppress, Suppression(finding.code, reason.strip(), finding.nodes[:1]))
            self._document.apply(set_setting(self._document.state, finding.flow, "suppress", kept))
