"""One row of what an agent knows: what it is, how far it is, what went wrong with it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.client.knowledge import KnownSource
from studio.operations.parts import Bar, Tile, button, label, quiet, row
from studio.theme import Look

GLYPHS = {"document": ("answer", "Think"), "address": ("web", "Listen"), "faq": ("ask", "Talk")}
DOING = {"waiting": "Waits to be read", "reading": "Is being read", "embedding": "Is being learnt"}
MOST_PROBLEMS = 3
"""Pages that could not be read, named on the row; the tool tip has them all."""


class SourceRow(QWidget):
    """``again`` asks to read it again, ``gone`` to take it away."""

    again = Signal(str)
    gone = Signal(str)

    def __init__(self, look: Look, source: KnownSource) -> None:
        super().__init__()
        self.source = source
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 2, 0, 4)
        line.setSpacing(10)
        tile = Tile(look, *GLYPHS.get(source.kind, GLYPHS["document"]))
        column = QVBoxLayout()
        column.setSpacing(2)
        self._title = label("", "row-name")
        self._words = label("", "hint")
        self._bar = Bar(look, alive=True)
        self._problem = label("", "trouble")
        self._retry = button("Try again", "link", lambda: self.again.emit(self.source.id))
        for widget in (self._title, self._words, self._bar, self._problem):
            column.addWidget(widget)
        again = row(self._retry)
        again.setContentsMargins(-6, 0, 0, 0)  # its words begin where the others do
        column.addLayout(again)
        self._again = quiet(look, "restart", "Read it again", lambda: self.again.emit(self.source.id))
        self._gone = quiet(look, "trash", "Take it away", lambda: self.gone.emit(self.source.id))
        line.addWidget(tile)
        line.addLayout(column, 1)
        line.addWidget(self._again)
        line.addWidget(self._gone)
        for part in (tile, self._again, self._gone):
            line.setAlignment(part, Qt.AlignmentFlag.AlignTop)
        line.setSpacing(4)
        line.insertSpacing(1, 6)
        self.show_source(source)

    def show_source(self, source: KnownSource) -> None:
        """Show how it stands."""
        self.source = source
        self._title.setText(source.title or source.origin)
        self._title.setToolTip(source.origin)
        words = words_of(source)
        self._words.setText(words)
        self._words.setVisible(bool(words))
        self._bar.setVisible(source.busy)
        self._bar.show_value(source.progress)
        problem = problem_of(source)
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        self._problem.setToolTip("\n".join(source.problems))
        self._retry.setVisible(source.state == "failed")
        self._again.setVisible(source.kind == "address" and source.state == "ready")
        self.setAccessibleName(f"{self._title.text()}: {words} {problem}")

    @property
    def words(self) -> str:
        """The line under its name."""
        return self._words.text()

    @property
    def problem(self) -> str:
        """What went wrong, in words; empty when nothing did."""
        return self._problem.text()


def words_of(source: KnownSource) -> str:
    """How it stands, in a line."""
    if source.busy:
        far = f" · {source.progress // 10} %" if source.progress else ""
        return DOING[source.state] + far
    if source.state == "failed" and not source.chunks:
        return ""
    passages = "1 passage" if source.chunks == 1 else f"{source.chunks} passages"
    parts = [passages]
    if source.pages > 1:
        parts.append(f"{source.pages} pages")
    if source.recrawl_hours:
        parts.append(f"read again {often(source.recrawl_hours)}")
    if source.state == "failed":
        parts.append("what was read before is still found")
    return " · ".join(parts)


def often(hours: int) -> str:
    """How often a page is read again."""
    return {1: "every hour", 24: "every day", 168: "every week"}.get(hours, f"every {hours} hours")


def problem_of(source: KnownSource) -> str:
    """What went wrong, in words."""
    if source.state == "failed":
        return source.problem or "It could not be read."
    if source.problems:
        shown = "\n".join(source.problems[:MOST_PROBLEMS])
        more = len(source.problems) - MOST_PROBLEMS
        return f"{shown}\n…and {more} more." if more > 0 else shown
    return ""
