"""Quick add: a small field with the kinds that fit, at the cursor."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from studio.document import KindCard
from studio.theme import Look
from studio.theme.glyphs import paint_tile

WIDTH, ROWS, ROW = 272, 7, 34
KIND = int(Qt.ItemDataRole.UserRole)


class QuickAdd(QFrame):
    """Type to narrow, arrows to choose, Enter to add, Esc to think again."""

    chosen = Signal(str)
    """The id of the kind to add."""
    dismissed = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._parent = parent
        self._look = look
        self._kinds: Sequence[KindCard] = ()
        self.setProperty("role", "card")
        self.setAccessibleName("Add a node")
        self.field = QLineEdit(self)
        self.field.setPlaceholderText("What happens next?")
        self.field.setAccessibleName("Kind of node")
        self.field.setProperty("role", "field")
        self.rows = QListWidget(self)
        self.rows.setAccessibleName("Kinds that fit")
        self.rows.setIconSize(QSize(24, 24))
        self.rows.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.rows.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.hint = QLabel(self)
        self.hint.setProperty("role", "hint")
        self.hint.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 10, 10, 10)
        column.setSpacing(6)
        for widget in (self.field, self.rows, self.hint):
            column.addWidget(widget)
        self.setFixedWidth(WIDTH)
        self.field.textChanged.connect(self._narrow)
        self.field.installEventFilter(self)
        self.rows.itemClicked.connect(self._choose)
        self.rows.currentItemChanged.connect(self._explain)
        self.hide()

    def offer(self, at: QPoint, kinds: Sequence[KindCard]) -> None:
        """Open at a point of the parent, with these kinds."""
        self._kinds = kinds
        self.field.clear()
        self._narrow("")
        room = self._parent.rect()
        self.move(
            max(8, min(at.x(), room.width() - self.width() - 8)),
            max(8, min(at.y(), room.height() - self.height() - 8)),
        )
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def dismiss(self) -> None:
        """Close without adding."""
        if self.isVisible():
            self.hide()
            self.dismissed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The field keeps the focus; arrows, Enter and Esc steer the list."""
        if event.type() == QEvent.Type.FocusOut:
            self.dismiss()
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._steer(Qt.Key(event.key()))
        return super().eventFilter(watched, event)

    def _steer(self, key: Qt.Key) -> bool:
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Tab, Qt.Key.Key_Backtab) and self.rows.count():
            step = 1 if key in (Qt.Key.Key_Down, Qt.Key.Key_Tab) else -1
            self.rows.setCurrentRow((self.rows.currentRow() + step) % self.rows.count())
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self.rows.currentItem())
            return True
        if key == Qt.Key.Key_Escape:
            self.dismiss()
            return True
        return False

    def _narrow(self, text: str) -> None:
        self.rows.clear()
        for kind in rank_kinds(self._kinds, text):
            row = QListWidgetItem(self._icon(kind), kind.title)
            row.setData(KIND, kind.id)
            row.setData(int(Qt.ItemDataRole.AccessibleDescriptionRole), kind.summary)
            row.setSizeHint(QSize(0, ROW))
            self.rows.addItem(row)
        self.rows.setCurrentRow(0)
        self.rows.setFixedHeight(min(ROWS, max(1, self.rows.count())) * ROW + 4)
        self.adjustSize()
        if not self.rows.count():
            self.hint.setText("Nothing is called that here.")

    def _choose(self, row: QListWidgetItem | None) -> None:
        if row is not None:
            self.hide()
            self.chosen.emit(str(row.data(KIND)))

    def _explain(self, row: QListWidgetItem | None) -> None:
        if row is not None:
            self.hint.setText(str(row.data(int(Qt.ItemDataRole.AccessibleDescriptionRole))))

    def _icon(self, kind: KindCard) -> QIcon:
        pixmap = QPixmap(48, 48)
        pixmap.setDevicePixelRatio(2)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        paint_tile(painter, QRectF(0, 0, 24, 24), kind.id, kind.family, self._look.tokens)
        painter.end()
        return QIcon(pixmap)


def rank_kinds(kinds: Sequence[KindCard], text: str) -> list[KindCard]:
    """The kinds that a few typed letters may mean, the likeliest first."""
    needle = text.strip().casefold()
    if not needle:
        return list(kinds)
    ranked = [(rank, i, kind) for i, kind in enumerate(kinds) if (rank := _rank(kind, needle)) is not None]
    return [kind for _, _, kind in sorted(ranked, key=lambda entry: entry[:2])]


def _rank(kind: KindCard, needle: str) -> int | None:
    title = kind.title.casefold()
    if title.startswith(needle):
        return 0
    if needle in title or needle in kind.id:
        return 1
    if needle in kind.summary.casefold() or needle in kind.family.casefold():
        return 2
    letters = iter(title)
    return 3 if all(letter in letters for letter in needle) else None
