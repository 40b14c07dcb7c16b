"""The tests of the flow: run, read, play again."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from engine.kinds.program import Program
from engine.simulation import Case, case_files
from studio.simulator.keeping import TestResult, run_test
from studio.theme import Look
from studio.theme.glyphs import glyph_icon


class Tests(QWidget):
    """Lists the tests beside the open flow. ``played`` brings a case to play in the rehearsal."""

    played = Signal(object)

    def __init__(self, look: Look, folder: Callable[[], Path | None]) -> None:
        super().__init__()
        self._look = look
        self._folder = folder
        self._program: Program | None = None
        self.results: dict[Path, TestResult] = {}
        self.setProperty("role", "panel")
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 10, 8)
        column.setSpacing(10)
        head = QHBoxLayout()
        self._summary = QLabel("Tests")
        self._summary.setProperty("role", "second")
        self._summary.setWordWrap(True)
        self._run = QPushButton("Run all")
        self._run.setProperty("role", "small")
        self._run.clicked.connect(lambda _=False: self.run())
        head.addWidget(self._summary, 1)
        head.addWidget(self._run)
        head.setContentsMargins(0, 0, 6, 0)
        column.addLayout(head)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setAccessibleName("Tests")
        column.addWidget(self._area, 1)

    def showEvent(self, event: object) -> None:
        """Made anew when it is seen."""
        self.show_tests()

    def use(self, program: Program) -> None:
        """The flow has a new program: what was run before is no longer known."""
        if self._program is None or self._program.hash != program.hash:
            self._program = program
            ran = bool(self.results)
            self.results = {}
            if self.isVisible():
                self.run() if ran else self.show_tests()

    def run(self) -> None:
        """Run all of them."""
        folder = self._folder()
        if self._program is not None and folder is not None:
            self.results = {path: run_test(self._program, path) for path in case_files(folder)}
        self.show_tests()

    def show_tests(self) -> None:
        """Show the tests there are, and how they went."""
        folder = self._folder()
        files = case_files(folder) if folder is not None else []
        body = QWidget()
        body.setProperty("role", "panel")
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 6, 0)
        column.setSpacing(8)
        for path in files:
            column.addWidget(self._row(path))
        if not files:
            words = QLabel(
                "Save the flow first; its tests live beside it."
                if folder is None
                else "No tests yet. Rehearse a talk you like, then keep it as a test."
            )
            words.setProperty("role", "second")
            words.setWordWrap(True)
            column.addWidget(words)
        column.addStretch()
        self._area.setWidget(body)
        self._run.setEnabled(bool(files) and self._program is not None)
        self._summary.setText(self._words(len(files)))

    def _words(self, count: int) -> str:
        if not self.results:
            return f"{count} test{'s' * (count != 1)}"
        failed = sum(not r.passed for r in self.results.values())
        return f"{failed} of {count} failed" if failed else f"All {count} passed"

    def _row(self, path: Path) -> QWidget:
        result = self.results.get(path)
        card = QFrame()
        card.setProperty("role", "inset")
        column = QVBoxLayout(card)
        column.setContentsMargins(12, 8, 8, 8)
        column.setSpacing(4)
        head = QHBoxLayout()
        name = QLabel(result.name if result is not None else path.stem.replace("-", " ").capitalize())
        name.setProperty("role", "name")
        name.setWordWrap(True)
        head.addWidget(name, 1)
        if result is not None:
            verdict = QLabel("passed" if result.passed else "failed")
            verdict.setProperty("role", "good" if result.passed else "problem")
            head.addWidget(verdict)
        if result is not None and result.case is not None:
            head.addWidget(self._play(result.case))
        column.addLayout(head)
        if result is not None and result.difference:
            words = QLabel(
                f"Turn {result.turn + 1}: {result.difference}" if result.turn >= 0 else result.difference
            )
            words.setProperty("role", "second")
            words.setWordWrap(True)
            column.addWidget(words)
        return card

    def _play(self, case: Case) -> QToolButton:
        button = QToolButton()
        button.setProperty("role", "quiet")
        button.setIcon(glyph_icon("play", self._look.tokens.violet_text, 16))
        button.setToolTip("Play it")
        button.setAccessibleName(f"Play {case.name}")
        button.clicked.connect(lambda _=False: self.played.emit(case))
        return button
