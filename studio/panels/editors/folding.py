"""A card of a list: its number or its name, buttons to move and remove it, and a body that may fold."""

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from studio.panels.editors.editor import Surroundings
from studio.panels.editors.texts import quiet_button
from studio.theme.glyphs import paint_glyph

FOLDS_FROM = 6
"""A card with so many fields folds: a list of them would be longer than any window."""
SIGN = 14
"""Pixels of the sign that says whether it is folded."""


class FoldSign(QWidget):
    """Points down over an open body, right over a folded one."""

    def __init__(self, around: Surroundings) -> None:
        super().__init__()
        self._around = around
        self.open = False
        self.setFixedSize(SIGN, SIGN)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colour = self._around.look.tokens.ink2
        paint_glyph(painter, QRectF(0, 0, SIGN, SIGN), "down" if self.open else "forward", colour)
        painter.end()


class Gist(QLabel):
    """Words in one line, as far as they fit."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "hint")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        words = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, words)
        painter.end()


class FoldHead(QWidget):
    """The line above a body; ``pressed`` by a click, Enter or space."""

    pressed = Signal()

    def __init__(self, around: Surroundings, *, folds: bool) -> None:
        super().__init__()
        self._around = around
        self._folds = folds
        if folds:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
            self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.setAccepted(self._folds)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._folds and self.rect().contains(event.position().toPoint()):
            self.pressed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._folds and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.pressed.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.hasFocus():
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(self._around.look.tokens.violet), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 8, 8)
            painter.end()


class FoldCard(QFrame):
    """``number`` counts from 1. The acts of the head are glyph, name and what they do."""

    def __init__(
        self,
        around: Surroundings,
        number: int,
        acts: tuple[tuple[str, str, Callable[[], None]], ...],
        *,
        folds: bool,
    ) -> None:
        super().__init__()
        self.setProperty("role", "inset")
        self._number = number
        self._folds = folds
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 6, 6, 6 if folds else 10)
        layout.setSpacing(6)
        self.head = FoldHead(around, folds=folds)
        self.head.pressed.connect(lambda: self.unfold(not self.open))
        line = QHBoxLayout(self.head)
        line.setContentsMargins(2, 0, 0, 0)
        line.setSpacing(0)
        self._sign = FoldSign(around)
        self._sign.setVisible(folds)
        line.addWidget(self._sign)
        line.addSpacing(6 if folds else 0)
        self._name = QLabel(f"{number}")
        self._name.setProperty("role", "code" if folds else "section")
        self._words = Gist()
        line.addWidget(self._name)
        line.addSpacing(8)
        line.addWidget(self._words, 1)
        for glyph, name, act in acts:
            button = quiet_button(around, glyph, f"{name} number {number}")
            button.clicked.connect(lambda _=False, act=act: act())
            line.addWidget(button)
        layout.addWidget(self.head)
        self._body = QWidget()
        self.column = QVBoxLayout(self._body)
        self.column.setContentsMargins(0, 0, 4 if folds else 0, 4 if folds else 0)
        self.column.setSpacing(6)
        layout.addWidget(self._body)
        self.unfold(not folds)

    @property
    def open(self) -> bool:
        """Whether its fields are in sight."""
        return not self._body.isHidden()

    def unfold(self, open: bool) -> None:
        """Show its fields, or put them away."""
        self._body.setVisible(open or not self._folds)
        self._sign.open = self.open
        self._sign.update()
        self._words.setVisible(self._folds and not self.open)

    def show_name(self, name: str, words: str) -> None:
        """What stands in its head while it folds."""
        if not self._folds:
            return
        self._name.setText(name or f"Number {self._number}")
        self._words.setText(words)
        self.head.setAccessibleName(f"{self._name.text()}: {words}. Unfold")
        self.head.setToolTip(words)
