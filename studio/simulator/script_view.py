"""The script of the talk, set like a play: names in the margin, the agent's words in serif, notes in small."""

from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QPainter,
    QPen,
    QResizeEvent,
    QTextCharFormat,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from studio.simulator.lines import Line, Voice
from studio.theme import Look

MARGIN = 82
"""Pixels the names take, with the gap behind them."""

ABOVE = {Voice.AGENT: 5, Voice.YOU: 5, Voice.NOTE: 1, Voice.TROUBLE: 3}
WRAP = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
LINE_ROLE = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex


class ScriptModel(QAbstractListModel):
    """The lines. ``speaker`` is the agent's name in the margin; lines from ``parted`` on are new since an edit;
    ``marked`` is the one that is heard now."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines: list[Line] = []
        self.speaker = "Agent"
        self.parted = -1
        self.marked = -1

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.lines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not 0 <= index.row() < len(self.lines):
            return None
        line = self.lines[index.row()]
        if role == LINE_ROLE:
            return line
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            name = self.name(index.row())
            return f"{name}: {line.text}" if name else line.text
        if role == Qt.ItemDataRole.ToolTipRole:
            return "Go back to this moment" if line.voice in (Voice.AGENT, Voice.YOU) else None
        return None

    def name(self, row: int) -> str:
        """The name in the margin; empty for notes and when the line before is the same person's in the same breath."""
        line = self.lines[row]
        if line.voice is Voice.AGENT:
            return self.speaker
        return "You" if line.voice is Voice.YOU else ""

    def show_lines(self, lines: list[Line], speaker: str, parted: int) -> None:
        """Show another script; what is the same at its beginning stays as it is."""
        same = 0
        for old, new in zip(self.lines, lines, strict=False):
            if old != new:
                break
            same += 1
        if same < len(self.lines):
            self.beginRemoveRows(QModelIndex(), same, len(self.lines) - 1)
            del self.lines[same:]
            self.endRemoveRows()
        self.speaker, self.parted = speaker, parted
        if same < len(lines):
            self.beginInsertRows(QModelIndex(), same, len(lines) - 1)
            self.lines.extend(lines[same:])
            self.endInsertRows()
        elif self.lines:
            self.dataChanged.emit(self.index(0), self.index(len(self.lines) - 1))


class ScriptDelegate(QStyledItemDelegate):
    """Draws one line."""

    def __init__(self, look: Look, view: QListView) -> None:
        super().__init__(view)
        self._look = look
        self._view = view
        faces = look.faces
        self._fonts: dict[Voice, QFont] = {
            Voice.AGENT: faces.speech(16),
            Voice.YOU: faces.ui(13),
            Voice.NOTE: faces.ui(12),
            Voice.TROUBLE: faces.ui(12),
        }
        self._small = faces.code(10.5)
        self._names = faces.ui(11, 600)

    def _width(self) -> int:
        return max(120, self._view.viewport().width() - MARGIN - 14)

    def _set(self, line: Line) -> QTextLayout:
        """The words in lines, as wide as there is room."""
        layout = QTextLayout(line.text or " ", self._fonts[line.voice])
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        if 0 <= line.heard < len(line.text):
            struck = QTextLayout.FormatRange()
            struck.start, struck.length = line.heard, len(line.text) - line.heard
            shape = QTextCharFormat()
            shape.setFontStrikeOut(True)
            shape.setForeground(QColor(self._look.tokens.ink3))
            struck.format = shape
            layout.setFormats([struck])
        layout.beginLayout()
        y = 0.0
        while (row := layout.createLine()).isValid():
            row.setLineWidth(self._width())
            row.setPosition(QPointF(0, y))
            y += row.height() * (1.06 if line.voice is Voice.AGENT else 1.12)
        layout.endLayout()
        return layout

    def _height(self, layout: QTextLayout) -> float:
        last = layout.lineAt(layout.lineCount() - 1)
        return last.y() + last.height()

    def _facts(self, line: Line) -> int:
        if not line.facts:
            return 0
        metrics = QFontMetrics(self._look.faces.ui(12))
        bounds = QRect(0, 0, self._width() - 20, 100_000)
        return 14 + metrics.boundingRect(bounds, WRAP, "\n".join(line.facts)).height()

    def _fits_behind(self, line: Line, layout: QTextLayout) -> bool:
        last = layout.lineAt(layout.lineCount() - 1)
        small = QFontMetrics(self._small).horizontalAdvance(line.small) + 8
        return last.naturalTextWidth() + small < self._width()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        line: Line = index.data(LINE_ROLE)
        layout = self._set(line)
        height = self._height(layout) + ABOVE[line.voice] + 6 + self._facts(line)
        if line.small and not self._fits_behind(line, layout):
            height += 14
        if index.row() == self._parted():
            height += 20
        return QSize(self._view.viewport().width(), round(height))

    def _parted(self) -> int:
        model = self._view.model()
        return model.parted if isinstance(model, ScriptModel) else -1

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        line: Line = index.data(LINE_ROLE)
        tokens = self._look.tokens
        rect: QRect = option.rect
        state = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top = rect.top() + ABOVE[line.voice]
        if index.row() == self._parted():
            self._paint_parting(painter, rect)
            top += 20
        model = index.model()
        if isinstance(model, ScriptModel) and model.marked == index.row():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.sunrise_soft))
            painter.drawRoundedRect(rect.adjusted(6, 1, -6, -1), 10, 10)
        if state & (QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_HasFocus):
            focused = bool(state & QStyle.StateFlag.State_HasFocus)
            painter.setPen(QPen(QColor(tokens.violet), 1.5) if focused else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.room))
            painter.drawRoundedRect(rect.adjusted(6, 1, -6, -1), 10, 10)
        name = model.name(index.row()) if isinstance(model, ScriptModel) else ""
        if name:
            painter.setFont(self._names)
            painter.setPen(QColor(tokens.ink3))
            where = QRect(rect.left() + 8, top, MARGIN - 18, 24)
            painter.drawText(
                where.adjusted(0, 3, 0, 0),
                Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop,
                QFontMetrics(self._names).elidedText(name, Qt.TextElideMode.ElideRight, MARGIN - 18),
            )
        self._paint_words(painter, QPoint(rect.left() + MARGIN, top), line)
        painter.restore()

    def _paint_words(self, painter: QPainter, at: QPoint, line: Line) -> None:
        tokens = self._look.tokens
        colours = {Voice.NOTE: tokens.ink3, Voice.TROUBLE: tokens.bad}
        painter.setPen(QColor(colours.get(line.voice, tokens.ink)))
        layout = self._set(line)
        layout.draw(painter, QPointF(at))
        bottom = at.y() + round(self._height(layout))
        if line.small:
            painter.setFont(self._small)
            painter.setPen(QColor(tokens.ink3))
            if self._fits_behind(line, layout):
                last = layout.lineAt(layout.lineCount() - 1)
                base = at.y() + round(last.y() + last.ascent())
                painter.drawText(at.x() + round(last.naturalTextWidth()) + 8, base, line.small)
            else:
                painter.drawText(at.x(), bottom + 10, line.small)
                bottom += 14
        if line.facts:
            box = QRect(at.x(), bottom + 4, self._width(), self._facts(line) - 6)
            painter.setPen(QPen(QColor(tokens.line), 1))
            painter.setBrush(QColor(tokens.paper))
            painter.drawRoundedRect(box, 10, 10)
            painter.setFont(self._look.faces.ui(12))
            painter.setPen(QColor(tokens.ink2))
            painter.drawText(box.adjusted(10, 4, -10, -4), WRAP, "\n".join(line.facts))

    def _paint_parting(self, painter: QPainter, rect: QRect) -> None:
        painter.setPen(QPen(QColor(self._look.tokens.sunrise), 2))
        painter.drawLine(rect.left() + 16, rect.top() + 9, rect.right() - 16, rect.top() + 9)


class ScriptView(QListView):
    """The lines, newest in sight. ``chosen`` brings a line one wants to go back to."""

    chosen = Signal(object)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = ScriptModel(self)
        self.setModel(self._model)
        self.setItemDelegate(ScriptDelegate(look, self))
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QListView.SelectionMode.NoSelection)
        self.setMouseTracking(True)
        self.setUniformItemSizes(False)
        self.setAccessibleName("Script of the talk")
        self.setStyleSheet("QListView::item { padding: 0; }")
        self.clicked.connect(self._choose)
        self.activated.connect(self._choose)

    @property
    def script(self) -> ScriptModel:
        """The lines shown."""
        return self._model

    def show_lines(self, lines: list[Line], speaker: str, parted: int = -1) -> None:
        """Show a script and scroll to where it stands, or to where an edit parted it."""
        self._model.show_lines(lines, speaker, parted)
        row = parted if 0 <= parted < len(lines) else len(lines) - 1
        if row >= 0:
            self.doItemsLayout()
            self.scrollTo(self._model.index(row))

    def mark(self, row: int) -> None:
        """Light the line that is heard now (-1: none), and keep it in sight."""
        if row == self._model.marked:
            return
        self._model.marked = row
        self.viewport().update()
        if row >= 0:
            self.scrollTo(self._model.index(row))

    def _choose(self, index: QModelIndex) -> None:
        line = index.data(LINE_ROLE)
        if line is not None:
            self.chosen.emit(line)

    def resizeEvent(self, event: QResizeEvent) -> None:
        bar = self.verticalScrollBar()
        at_end = bar.value() >= bar.maximum() - 2
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()
        if at_end:
            QTimer.singleShot(0, self, self.scrollToBottom)

    def viewportEvent(self, event: QEvent) -> bool:
        over = event.type() == QEvent.Type.MouseMove
        if over:
            at = event.position().toPoint()  # type: ignore[attr-defined]
            line = self.indexAt(at).data(LINE_ROLE)
            hand = line is not None and line.voice in (Voice.AGENT, Voice.YOU)
            self.viewport().setCursor(
                Qt.CursorShape.PointingHandCursor if hand else Qt.CursorShape.ArrowCursor
            )
        return super().viewportEvent(event)
