"""Choice boxes and ticks as the look has them: a chevron, a tick, and no change by a wheel that only scrolls past."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPalette, QPolygonF, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)

from studio.theme.glyphs import glyph_pen

CHEVRON = 12.0


class ChoiceBox(QComboBox):
    """As wide as it is given, whatever its words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(4)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._options: Callable[[], Sequence[tuple[str, Any]]] | None = None

    def offer_later(self, now: tuple[str, Any], options: Callable[[], Sequence[tuple[str, Any]]]) -> None:
        """Show one choice (words, value); the others are asked for when somebody comes to choose."""
        self.clear()
        self.addItem(*now)
        self._options = options

    def _fill(self) -> None:
        if self._options is None:
            return
        options, self._options = self._options(), None
        current = self.currentData()
        self.blockSignals(True)
        self.clear()
        for words, value in options:
            self.addItem(words, value)
        self.setCurrentIndex(max(0, self.findData(current)))
        self.blockSignals(False)

    def showPopup(self) -> None:
        """With all choices."""
        self._fill()
        super().showPopup()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keyboard steps through all of them."""
        self._fill()
        super().keyPressEvent(event)

    def choose(self, value: Any) -> None:
        """Choose as a hand would."""
        self._fill()
        self.setCurrentIndex(self.findData(value))
        self.activated.emit(self.currentIndex())

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Only where one is."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The box, its words as far as they fit, and its chevron."""
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        part = QStyle.SubControl.SC_ComboBoxEditField
        control = QStyle.ComplexControl.CC_ComboBox
        room = self.style().subControlRect(control, option, part, self).width() - 2
        words = self.fontMetrics().elidedText(option.currentText, Qt.TextElideMode.ElideRight, room)
        option.currentText = words
        painter.drawComplexControl(control, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(glyph_pen(self.palette().color(QPalette.ColorRole.PlaceholderText), 1.4))
        middle = QPointF(self.width() - CHEVRON - 2, self.height() / 2)
        painter.drawPolyline(
            QPolygonF([middle + QPointF(-4, -2), middle + QPointF(0, 2), middle + QPointF(4, -2)])
        )
        painter.end()


class Tick(QCheckBox):
    """A switch with a tick in it."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """The box, and the tick when it is on."""
        super().paintEvent(event)
        if not self.isChecked():
            return
        option = QStyleOptionButton()
        self.initStyleOption(option)
        where = self.style().subElementRect(QStyle.SubElement.SE_CheckBoxIndicator, option, self)
        box = QRectF(where)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(glyph_pen(QColor(Qt.GlobalColor.white), 1.8))
        left, top, side = box.left(), box.top(), box.width()
        painter.drawPolyline(
            QPolygonF(
                [
                    QPointF(left + side * 0.27, top + side * 0.53),
                    QPointF(left + side * 0.44, top + side * 0.69),
                    QPointF(left + side * 0.74, top + side * 0.34),
                ]
            )
        )
        painter.end()
