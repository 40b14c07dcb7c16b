"""Words on the canvas that are not on a card: what a wire means, and the invitation on an empty canvas."""

import msgspec
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from studio.canvas.ink import Ink
from studio.canvas.items import WireItem
from studio.canvas.routing import polyline

INVITATION = "Press Tab to say what happens first."
HINT = "Then draw from any port to say what happens next."


class Label(msgspec.Struct, frozen=True):
    """A text at a point of the scene."""

    text: str
    at: tuple[float, float]

    def rect(self, ink: Ink, zoom: float) -> QRectF:
        """The pill around it, in scene coordinates; it keeps its size on the screen."""
        width = (ink.small_metrics.horizontalAdvance(self.text) + 20) / zoom
        height = 22 / zoom
        return QRectF(self.at[0] - width / 2, self.at[1] - height / 2, width, height)


def label_of(wire: WireItem) -> Label:
    """What a wire means: the port it leaves and the node it leads to."""
    card = wire.source.box.card
    port = next((port.label for port in card.ports if port.id == wire.port), wire.port)
    if wire.way.curved:
        return Label(f"{port} → {wire.target.box.card.title}", polyline(wire.way, 2)[1])
    (left, height), (right, _) = wire.way.points[2:4]
    middle = ((left + right) / 2, height)
    return Label(f"{port} → {wire.target.box.card.title}", middle)


def paint_label(painter: QPainter, label: Label, ink: Ink, zoom: float) -> None:
    """Draw a label as a pill."""
    rect = label.rect(ink, zoom)
    painter.save()
    painter.translate(rect.topLeft())
    painter.scale(1 / zoom, 1 / zoom)
    pill = QRectF(0, 0, rect.width() * zoom, rect.height() * zoom)
    painter.setPen(QPen(QColor(ink.tokens.violet_line), 1))
    painter.setBrush(ink.paper)
    painter.drawRoundedRect(pill, 11, 11)
    painter.setFont(ink.small_font)
    painter.setPen(QColor(ink.tokens.violet_text))
    painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, label.text)
    painter.restore()


def paint_invitation(painter: QPainter, middle: QPointF, ink: Ink) -> None:
    """What an empty canvas says; the painter is in pixels."""
    painter.setFont(ink.look.faces.speech(22))
    painter.setPen(ink.ink2)
    across = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter
    painter.drawText(QRectF(middle.x() - 300, middle.y() - 44, 600, 34), across, INVITATION)
    painter.setFont(ink.port_font)
    painter.setPen(ink.ink3)
    painter.drawText(QRectF(middle.x() - 300, middle.y() - 6, 600, 24), across, HINT)
