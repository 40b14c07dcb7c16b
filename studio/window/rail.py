"""The rail: the places of the window."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QToolButton, QVBoxLayout, QWidget

from studio.theme import Look
from studio.theme.glyphs import glyph_icon

PLACES = (
    ("flow", "Flow: the palette", True),
    ("outline", "Outline: every node as a tree", True),
    ("tests", "Tests", True),
    ("variable", "Variables", True),
    ("knowledge", "Knowledge: what the agent may answer from", True),
    ("tools", "Tools: what the agent may use", True),
    ("speech", "Voice and models: how the agent hears, speaks and thinks", True),
    ("live", "Recorded calls", True),
)


class Rail(QWidget):
    """``chosen`` brings a place; choosing the place one is in hides its drawer."""

    chosen = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setObjectName("rail")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(56)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 12, 8, 12)
        column.setSpacing(6)
        self._group = QButtonGroup(self)
        self._group.setExclusive(False)
        self._buttons: dict[str, QToolButton] = {}
        for name, words, there in PLACES:
            button = QToolButton()
            button.setProperty("role", "rail")
            icon = glyph_icon(name, look.tokens.ink2, 20, look.tokens.wire)
            button.setIcon(icon)
            button.setIconSize(QSize(20, 20))
            button.setCheckable(True)
            button.setEnabled(there)
            button.setToolTip(words)
            button.setAccessibleName(words)
            button.clicked.connect(lambda _=False, name=name: self.chosen.emit(name))
            column.addWidget(button)
            self._buttons[name] = button
        column.addStretch()
        self._look = look

    def show_place(self, place: str) -> None:
        """Mark where one is; an empty name marks nothing."""
        for name, button in self._buttons.items():
            on = name == place
            button.setChecked(on)
            colour = self._look.tokens.violet if on else self._look.tokens.ink2
            button.setIcon(glyph_icon(name, colour, 20, self._look.tokens.wire))
