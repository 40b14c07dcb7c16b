"""The variables of the talk; the ones that just changed are lit."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QScrollArea, QWidget

from studio.simulator.lines import plain_text
from studio.simulator.talk import Value

ROWS = 5
"""Variables in sight at once; the rest is scrolled to."""
ROW = 22


class ValuesView(QScrollArea):
    """Name on the left, value on the right."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "values")
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Variables of the talk")
        self._body = QWidget()
        self.setWidget(self._body)
        self._shown: list[Value] = []
        self.hide()

    def show_values(self, values: list[Value]) -> None:
        """Show these; changed ones first, then those that hold something, then the rest."""
        values = sorted(values, key=lambda v: (not v.changed, v.now is None, v.name))
        if values == self._shown:
            return
        self._shown = values
        self._body = QWidget()
        self._body.setProperty("role", "panel")
        grid = QGridLayout(self._body)
        grid.setContentsMargins(18, 10, 18, 10)
        grid.setVerticalSpacing(0)
        grid.setHorizontalSpacing(12)
        grid.setColumnStretch(1, 1)
        for row, value in enumerate(values):
            grid.setRowMinimumHeight(row, ROW)
            name = QLabel(value.name)
            name.setProperty("role", "variable")
            shown = QLabel(value_words(value))
            role = "value-new" if value.changed else "value" if value.now is not None else "value-none"
            shown.setProperty("role", role)
            shown.setToolTip(plain_text(value.now))
            shown.setAccessibleName(f"{value.name}: {shown.text()}")
            grid.addWidget(name, row, 0)
            grid.addWidget(shown, row, 1, Qt.AlignmentFlag.AlignRight)
        self.setWidget(self._body)
        self.setVisible(bool(values))
        rows = min(ROWS, len(values))
        self.setFixedHeight(10 + rows * ROW + (10 if rows == len(values) else 0))
        self.verticalScrollBar().setValue(0)


def value_words(value: Value, longest: int = 28) -> str:
    """A value in few characters; what changed shows what it was."""
    now = plain_text(value.now)
    words = f"{plain_text(value.before)} → {now}" if value.changed and value.before is not None else now
    words = words if len(words) <= longest else now  # what it is now matters more than what it was
    return words if len(words) <= longest else f"{words[: longest - 1]}…"
