"""A frame's title, written where it stands."""

from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget


class TitleField(QLineEdit):
    """Opens over a title; Enter or leaving keeps what was written, Esc forgets it."""

    written = Signal(str, str)
    """The frame's id and its new title."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._frame = ""
        self.setAccessibleName("Title of the frame")
        self.installEventFilter(self)
        self.hide()

    def write(self, frame: str, title: str, where: QRect) -> None:
        """Open for a frame's title."""
        self._frame = frame
        self.setText(title)
        self.selectAll()
        self.setGeometry(where)
        self.show()
        self.raise_()
        self.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter, Esc and leaving end it."""
        if event.type() == QEvent.Type.FocusOut:
            self._keep()
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._keep()
                return True
            if event.key() == Qt.Key.Key_Escape:
                self._frame = ""
                self.hide()
                return True
        return super().eventFilter(watched, event)

    def _keep(self) -> None:
        frame, self._frame = self._frame, ""
        self.hide()
        if frame and self.text().strip():
            self.written.emit(frame, self.text().strip())
