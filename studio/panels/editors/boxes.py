"""Choice boxes and ticks as the look has them: a chevron, a tick, and no change by a wheel that only scrolls past."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPolygonF, QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QSizePolicy, QStyle, QStyleOptionButton, QWidget

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

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Only where one is."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The box, and its chevron."""
        super().paintEvent(event)
        painter = QPainter(self)
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
