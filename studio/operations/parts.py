"""Small pieces the panels are put together from: labels, buttons, insets that fold."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.theme import Look
from studio.theme.glyphs import glyph_icon, paint_tile

TILE = 26


def label(text: str, role: str, *, wrap: bool = True) -> QLabel:
    """Words in one of the style's roles; never read as markup."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("role", role)
    made.setWordWrap(wrap)
    return made


def button(text: str, role: str, act: Callable[[], object], name: str = "") -> QPushButton:
    """A button that does ``act``."""
    made = QPushButton(text)
    made.setProperty("role", role)
    made.setAccessibleName(name or text)
    made.clicked.connect(lambda _=False: act())
    return made


def quiet(look: Look, glyph: str, name: str, act: Callable[[], object]) -> QToolButton:
    """A small round button with a drawing; its name is what a screen reader says."""
    made = QToolButton()
    made.setProperty("role", "quiet")
    made.setIcon(glyph_icon(glyph, look.tokens.ink2, 14))
    made.setToolTip(name)
    made.setAccessibleName(name)
    made.clicked.connect(lambda _=False: act())
    return made


def clear(layout: QLayout) -> None:
    """Take everything out of a layout, for good."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()


def row(*widgets: QWidget, stretch: int = -1) -> QHBoxLayout:
    """Widgets side by side; the one at ``stretch`` takes the room, without one it is left at the end."""
    line = QHBoxLayout()
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(6)
    for i, widget in enumerate(widgets):
        line.addWidget(widget, 1 if i == stretch else 0)
    if stretch < 0:
        line.addStretch()
    return line


def restyle(widget: QWidget, role: str) -> None:
    """Give a widget another role."""
    if widget.property("role") != role:
        widget.setProperty("role", role)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


class Tile(QWidget):
    """A glyph on the tint of its family."""

    def __init__(self, look: Look, glyph: str, family: str) -> None:
        super().__init__()
        self._look, self._glyph, self._family = look, glyph, family
        self.setFixedSize(TILE, TILE)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_tile(painter, QRectF(0, 0, TILE, TILE), self._glyph, self._family, self._look.tokens)
        painter.end()


class Bar(QWidget):
    """How far something is, or how near: a thin line, filled in per mille."""

    def __init__(self, look: Look, *, alive: bool = False) -> None:
        super().__init__()
        self._look = look
        self._alive = alive
        self.value = 0
        self.setFixedHeight(4)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_value(self, value: int) -> None:
        """Fill it so far."""
        self.value = max(0, min(1000, value))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._look.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.line))
        painter.drawRoundedRect(QRectF(self.rect()), 2, 2)
        filled = QRectF(0, 0, max(4.0, self.width() * self.value / 1000), 4)
        painter.setBrush(QColor(tokens.sunrise if self._alive else tokens.violet))
        painter.drawRoundedRect(filled, 2, 2)
        painter.end()


class Inset(QFrame):
    """A card inside a panel, with a column to fill."""

    def __init__(self, spacing: int = 6) -> None:
        super().__init__()
        self.setProperty("role", "inset")
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(12, 10, 10, 10)
        self.column.setSpacing(spacing)


class Column(QWidget):
    """Nothing but widgets under each other."""

    def __init__(self, spacing: int = 8) -> None:
        super().__init__()
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(spacing)


class Head(QWidget):
    """A line one can press to unfold what is below; ``pressed`` says so. Enter and space do the same."""

    pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.line = QHBoxLayout(self)
        self.line.setContentsMargins(0, 0, 0, 0)
        self.line.setSpacing(9)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.rect().contains(event.position().toPoint()):
            self.pressed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.pressed.emit()
        else:
            super().keyPressEvent(event)


class Resized(QObject):
    """Keeps a widget over the whole of another."""

    def __init__(self, over: QWidget, under: QWidget) -> None:
        super().__init__(over)
        self._over = over
        under.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and isinstance(watched, QWidget):
            self._over.setGeometry(watched.rect())
        return False
