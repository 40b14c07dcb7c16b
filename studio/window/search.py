"""The one search field: nodes, words, variables, commands, in one list under it."""

from collections.abc import Callable

import msgspec
from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from studio.actions import Actions
from studio.document import Document
from studio.document.search import Hit, search
from studio.theme import Look
from studio.theme.glyphs import glyph_icon

MOST = 12
SMALL = Qt.ItemDataRole.UserRole


class Found(msgspec.Struct, frozen=True):
    """One line of the list."""

    name: str
    small: str
    glyph: str
    run: Callable[[], None]


class TwoTones(QStyledItemDelegate):
    """A name, and behind it in small what was found there."""

    def __init__(self, look: Look, parent: QObject) -> None:
        super().__init__(parent)
        self._look = look

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """The name as any item, then the rest of the line."""
        super().paint(painter, option, index)
        small = index.data(SMALL)
        rect: QRect = option.rect
        if small:
            name = QFontMetrics(self._look.faces.ui(13)).horizontalAdvance(str(index.data()))
            room = rect.adjusted(34 + name + 14, 0, -10, 0)
            painter.setFont(self._look.faces.ui(12))
            painter.setPen(QColor(self._look.tokens.ink3))
            words = QFontMetrics(painter.font()).elidedText(small, Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, words)


class Everything(QObject):
    """Fills the list while one types. ``jump`` brings a hit in the document; ``marked`` the nodes that hold
    the words."""

    jump = Signal(object)
    marked = Signal(object)

    def __init__(
        self, look: Look, field: QLineEdit, window: QWidget, document: Document, actions: Actions
    ) -> None:
        super().__init__(window)
        self._look = look
        self._field = field
        self._document = document
        self._actions = actions
        self._found: list[Found] = []
        self._popup = QFrame(window)
        self._popup.setObjectName("popup")
        column = QVBoxLayout(self._popup)
        column.setContentsMargins(6, 6, 6, 6)
        self.list = QListWidget()
        self.list.setIconSize(QSize(16, 16))
        self.list.setItemDelegate(TwoTones(look, self))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setAccessibleName("Found")
        self.list.itemClicked.connect(lambda _: self.take())
        column.addWidget(self.list)
        self._popup.hide()
        field.textEdited.connect(self.look_for)
        field.installEventFilter(self)

    def open(self) -> None:
        """Put the caret into the field and offer what one may do."""
        self._field.setFocus()
        self._field.selectAll()
        self.look_for(self._field.text())

    def look_for(self, text: str) -> None:
        """List what the words find."""
        hits = search(self._document.state, text, 60) if text.strip() else []
        self.marked.emit({h.node for h in hits if h.node and h.part == self._document.shown})
        self._found = [*self._nodes(hits), *self._commands(text)][:MOST]
        self.list.clear()
        for found in self._found:
            item = QListWidgetItem(found.name)
            item.setData(SMALL, found.small)
            item.setIcon(glyph_icon(found.glyph, self._look.tokens.ink2, 16))
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self._place()

    def _nodes(self, hits: list[Hit]) -> list[Found]:
        found, seen = [], set()
        for hit in hits:
            key = (hit.part, hit.node or hit.text)
            if key in seen:
                continue
            seen.add(key)
            found.append(self._hit(hit))
        return found[: MOST - 4]

    def _hit(self, hit: Hit) -> Found:
        flow = (
            self._document.flow.subflows.get(hit.part, self._document.flow)
            if hit.part
            else self._document.flow
        )
        node = flow.nodes.get(hit.node)
        if node is None:
            glyph = "variable" if hit.where == "variable" else "flow"
            return Found(hit.text, hit.where, glyph, lambda: self.jump.emit(hit))
        around = hit.text[max(0, hit.start - 18) : hit.end + 24].replace("\n", " ")
        small = "" if hit.where == "name" else f"… {around}"
        return Found(node.label or node.kind, small, node.kind, lambda: self.jump.emit(hit))

    def _commands(self, text: str) -> list[Found]:
        return [
            Found(
                a.name,
                QKeySequence(a.keys[0]).toString(QKeySequence.SequenceFormat.NativeText)
                if a.keys
                else a.group,
                "forward",
                lambda id=a.id: self._actions.run(id),  # type: ignore[misc]
            )
            for a in self._actions.matching(text)
            if a.enabled()
        ]

    def _place(self) -> None:
        if not self._found:
            self._popup.hide()
            return
        window = self._popup.parentWidget()
        if window is None:
            return
        corner = self._field.mapTo(window, QPoint(0, self._field.height() + 8))
        rows = min(len(self._found), MOST)
        self._popup.setGeometry(
            corner.x(),
            corner.y(),
            max(320, self._field.width()),
            rows * max(24, self.list.sizeHintForRow(0)) + 16,
        )
        self._popup.show()
        self._popup.raise_()

    def take(self) -> None:
        """Do what the current line says."""
        row = self.list.currentRow()
        found = self._found[row] if 0 <= row < len(self._found) else None
        self.close()
        if found is not None:
            found.run()

    def close(self) -> None:
        """Put the list away."""
        self._popup.hide()
        self._field.clear()
        self.marked.emit(set())

    @property
    def names(self) -> list[str]:
        """What the list offers."""
        return [found.name for found in self._found]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = Qt.Key(event.key())
            if key in (Qt.Key.Key_Down, Qt.Key.Key_Up) and self._found:
                step = 1 if key == Qt.Key.Key_Down else -1
                self.list.setCurrentRow((self.list.currentRow() + step) % len(self._found))
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.take()
                return True
            if key == Qt.Key.Key_Escape:
                self.close()
                self._field.clearFocus()
                return True
        if watched is self._field and event.type() == QEvent.Type.FocusOut:
            self._popup.hide()
        return super().eventFilter(watched, event)
