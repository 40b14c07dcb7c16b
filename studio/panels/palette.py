"""The palette: every kind by family, to drag onto the canvas or to click."""

from PySide6.QtCore import QEvent, QPoint, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from engine.kinds import Kind, all_kinds
from studio.theme import Look
from studio.theme.glyphs import paint_tile


class PaletteEntry(QWidget):
    """One kind. A click or Enter adds it; dragging carries it to the canvas.

    ``carried`` brings the entry and where it is held (global), ``dropped`` the kind and where it was let go.
    """

    chosen = Signal(str)
    carried = Signal(object, QPoint)
    dropped = Signal(str, QPoint)

    def __init__(self, look: Look, kind: Kind) -> None:  # type: ignore[type-arg]
        super().__init__()
        self._look = look
        self.kind = kind
        self._pressed: QPoint | None = None
        self._carrying = False
        self._over = False
        self.setFixedHeight(36)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(f"Add {kind.title}")
        self.setAccessibleDescription(kind.summary)
        self.setToolTip(kind.summary)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._look.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._over or self.hasFocus():
            painter.setPen(QPen(QColor(tokens.violet), 2) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.room))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 0, -1, 0), 12, 12)
        self._paint_tile(painter, QRectF(8, 5, 26, 26))
        painter.setPen(QColor(tokens.ink))
        painter.setFont(self._look.faces.ui(13))
        painter.drawText(self.rect().adjusted(44, 0, -4, 0), Qt.AlignmentFlag.AlignVCenter, self.kind.title)
        painter.end()

    def _paint_tile(self, painter: QPainter, rect: QRectF) -> None:
        paint_tile(painter, rect, self.kind.id, self.kind.family.value, self._look.tokens)

    def enterEvent(self, event: QEnterEvent) -> None:
        self._over = True
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._over = False
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.chosen.emit(self.kind.id)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            return
        at = event.globalPosition().toPoint()
        moved = (event.position().toPoint() - self._pressed).manhattanLength()
        if self._carrying or moved >= QApplication.startDragDistance():
            self._carrying = True
            self.carried.emit(self, at)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            return
        carrying, self._carrying, self._pressed = self._carrying, False, None
        if carrying:
            self.dropped.emit(self.kind.id, event.globalPosition().toPoint())
        elif self.rect().contains(event.position().toPoint()):
            self.chosen.emit(self.kind.id)

    def picture(self) -> QPixmap:
        """How it looks while it is carried."""
        ratio = self.devicePixelRatioF()
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        self.render(picture, QPoint(), renderFlags=QWidget.RenderFlag.DrawChildren)
        return picture


class Palette(QScrollArea):
    """All kinds. ``chosen`` brings the id of the one to add; ``dropped`` also where, in global coordinates."""

    chosen = Signal(str)
    dropped = Signal(str, QPoint)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Palette")
        body = QWidget()
        body.setProperty("role", "panel")
        column = QVBoxLayout(body)
        column.setContentsMargins(12, 14, 12, 14)
        column.setSpacing(0)
        family = None
        for kind in all_kinds().values():
            if kind.family is not family:
                family = kind.family
                heading = QLabel(family.value)
                heading.setProperty("role", "section")
                heading.setContentsMargins(6, 12, 6, 6)
                column.addWidget(heading)
            entry = PaletteEntry(look, kind)
            entry.chosen.connect(self.chosen)
            entry.carried.connect(self._carry)
            entry.dropped.connect(self._drop)
            column.addWidget(entry)
        column.addStretch()
        self.setWidget(body)
        self._ghost: QLabel | None = None

    def _carry(self, entry: PaletteEntry, at: QPoint) -> None:
        if self._ghost is None:
            self._ghost = QLabel(self.window())
            self._ghost.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            self._ghost.setPixmap(entry.picture())
            self._ghost.adjustSize()
            self._ghost.show()
            self._ghost.raise_()
        self._ghost.move(self.window().mapFromGlobal(at) - QPoint(20, 18))

    def _drop(self, kind: str, at: QPoint) -> None:
        if self._ghost is not None:
            self._ghost.deleteLater()
            self._ghost = None
        self.dropped.emit(kind, at)
