"""What the check says of one node, above its form."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from engine.compiler import Finding
from engine.flow import Flow
from studio.panels.findings import finding_html, repair_of, set_words

MOST = 3


class NodeFindings(QWidget):
    """``shown`` asks to show a finding's way, ``mended`` brings a repair."""

    shown = Signal(object)
    mended = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self._showing: tuple[Finding, ...] = ()

    def show_findings(self, findings: tuple[Finding, ...], document: Flow) -> None:
        """Show the findings of a node; what stands in a field is said there already."""
        findings = tuple(f for f in findings if not f.suppressed and f.start < 0)[:MOST]
        if findings == self._showing:
            return
        self._showing = findings
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for finding in findings:
            self._column.addWidget(self._row(finding, document))

    def _row(self, finding: Finding, document: Flow) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        words = QLabel(f"{finding_html(finding)} {set_words(finding.fix)}")
        words.setTextFormat(Qt.TextFormat.RichText)
        words.setWordWrap(True)
        words.setProperty("role", "problem-text" if finding.severity == "error" else "second")
        column.addWidget(words)
        row = QHBoxLayout()
        row.setSpacing(4)
        repair = repair_of(finding, document)
        if finding.witness is not None:
            row.addWidget(self._link("Show me", lambda: self.shown.emit(finding)))
        if repair is not None:
            row.addWidget(self._link(repair.name, lambda: self.mended.emit(repair)))
        row.addStretch()
        if row.count() > 1:
            column.addLayout(row)
        return holder

    def _link(self, text: str, act: object) -> QPushButton:
        button = QPushButton(text)
        button.setProperty("role", "link")
        button.clicked.connect(act)
        return button
