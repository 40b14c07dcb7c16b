"""The view: zoom, scrolling, and which painter draws at which zoom."""

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPixmapCache, QResizeEvent, QTransform
from PySide6.QtWidgets import QFrame, QGraphicsView, QWidget

from studio.canvas.card_painter import CardPainter
from studio.canvas.ink import Ink
from studio.canvas.labels import paint_invitation
from studio.canvas.overlays import Overlays
from studio.canvas.overview import Overview
from studio.canvas.scene import FlowScene

SWITCH = 0.5
"""Below this zoom everything is drawn at once; from here on each card draws itself."""
SMALLEST, LARGEST = 0.02, 3.0
CACHE_KIB = 192 * 1024
"""Room for the cards' pictures: a screen of 2560 x 1440 full of them at twice the density fits."""


class FlowView(QGraphicsView):
    """A scene seen through a window."""

    zoomed = Signal(float)
    looked = Signal()
    """The part of the scene in view has changed."""

    def __init__(self, scene: FlowScene, ink: Ink, parent: QWidget | None = None) -> None:
        super().__init__(scene, parent)
        self.flow_scene = scene
        self.ink = ink
        self._cards = CardPainter(ink)
        self.overlays = Overlays(scene, self._cards, ink)
        self._overview = Overview(ink, self._cards)
        self._corner: QWidget | None = None
        self._set_up()
        self.overlays.stirred.connect(self._redraw)
        scene.rebuilt.connect(self._refresh)
        scene.changed_items.connect(self.refresh_moved)

    def _set_up(self) -> None:
        if QPixmapCache.cacheLimit() < CACHE_KIB:
            QPixmapCache.setCacheLimit(CACHE_KIB)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.SmartViewportUpdate)
        self.setOptimizationFlags(
            QGraphicsView.OptimizationFlag.DontSavePainterState
            | QGraphicsView.OptimizationFlag.DontAdjustForAntialiasing
        )
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setBackgroundBrush(self.ink.room)
        self.viewport().setMouseTracking(True)

    @property
    def zoom(self) -> float:
        """Pixels for a unit of the canvas; 1 is 100 %."""
        return self.transform().m11()

    def set_corner(self, widget: QWidget) -> None:
        """Put a widget (the minimap) into the lower right corner."""
        self._corner = widget
        widget.setParent(self)
        widget.show()
        self._place_corner()

    def zoom_to(self, zoom: float, about: QPoint | None = None) -> None:
        """Zoom, with the point under ``about`` (viewport pixels; default: the middle) staying where it is."""
        zoom = min(LARGEST, max(SMALLEST, zoom))
        about = about if about is not None else self.viewport().rect().center()
        fixed = self.mapToScene(about)
        self.setTransform(QTransform.fromScale(zoom, zoom))
        self._pin(fixed, about)
        self.zoomed.emit(zoom)
        self.looked.emit()

    def look_at(self, rect: QRectF, margin: float = 48, largest: float = 1.0) -> None:
        """Show a rectangle of the scene, whole."""
        if rect.isEmpty():
            return
        room = self.viewport().rect()
        width, height = max(1.0, room.width() - 2 * margin), max(1.0, room.height() - 2 * margin)
        self.zoom_to(min(width / rect.width(), height / rect.height(), largest))
        self.look_from(rect.center())

    def look_from(self, middle: QPointF) -> None:
        """Bring a point of the scene to the middle."""
        self._pin(middle, self.viewport().rect().center())
        self.looked.emit()

    def pan(self, dx: int, dy: int) -> None:
        """Move the picture by pixels."""
        for bar, by in ((self.horizontalScrollBar(), dx), (self.verticalScrollBar(), dy)):
            if by:
                bar.setValue(bar.value() - by)

    def refresh_moved(self) -> None:
        """Cards have moved or changed: the overview is drawn anew, items see to themselves."""
        if self.zoom < SWITCH:
            self.viewport().update()
        self.looked.emit()

    def in_view(self) -> QRectF:
        """The part of the scene that is seen."""
        return self.mapToScene(self.viewport().rect()).boundingRect()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Above the switch zoom the items draw themselves, below it the overview draws all at once."""
        if self.zoom >= SWITCH:
            super().paintEvent(event)
            return
        painter = QPainter(self.viewport())
        try:
            painter.setClipRegion(event.region())
            self._paint_far(painter, event.rect())
        finally:
            # A painter left open takes the whole process down with the next paint.
            painter.end()

    def _paint_far(self, painter: QPainter, rect: QRect) -> None:
        zoom, origin = self.zoom, self.mapToScene(QPoint(0, 0))
        painter.fillRect(rect, self.ink.room)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        to_scene = QTransform.fromScale(zoom, zoom).translate(-origin.x(), -origin.y())
        exposed = to_scene.inverted()[0].mapRect(QRectF(rect))
        painter.setTransform(to_scene)
        for frame in self.flow_scene.frames.values():
            if frame.rect().intersects(exposed):
                frame.paint_far(painter, zoom)
        self.overlays.paint_under(painter, exposed)
        painter.resetTransform()
        self._overview.paint(painter, self.flow_scene.arrays, origin, zoom, QRectF(rect))
        painter.setTransform(to_scene)
        self.overlays.paint_over(painter, exposed, zoom)

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        """The room, and the glow under the current node."""
        painter.fillRect(rect, self.ink.room)
        self.overlays.paint_under(painter, QRectF(rect))

    def drawForeground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        """Selection, paths and what is in hand."""
        self.overlays.paint_over(painter, QRectF(rect), self.zoom)
        if not self.flow_scene.nodes:
            painter.resetTransform()
            paint_invitation(painter, QRectF(self.viewport().rect()).center(), self.ink)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Scroll by moving the pixels that are there, around the widget in the corner.

        Qt repaints a whole viewport that anything lies over; so the strips beside that widget are moved one by one.
        """
        corner = self._corner
        if corner is None or corner.isHidden():
            super().scrollContentsBy(dx, dy)
            self.looked.emit()
            return
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.NoViewportUpdate)
        super().scrollContentsBy(dx, dy)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.SmartViewportUpdate)
        viewport = self.viewport()
        covered = corner.geometry().translated(-viewport.pos()) & viewport.rect()
        if self.zoom < SWITCH or covered.isEmpty():
            viewport.update()
        else:
            for strip in _around(viewport.rect(), covered):
                viewport.scroll(dx, dy, strip)
            viewport.update(covered)
        self.looked.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the corner's widget in its corner."""
        super().resizeEvent(event)
        self._place_corner()
        self.looked.emit()

    def _pin(self, point: QPointF, at: QPoint) -> None:
        """Scroll until ``point`` of the scene stands at ``at`` in the viewport."""
        offset = self.transform().map(point)
        self.horizontalScrollBar().setValue(round(offset.x() - at.x()))
        self.verticalScrollBar().setValue(round(offset.y() - at.y()))

    def _place_corner(self) -> None:
        if self._corner is not None:
            size = self._corner.size()
            self._corner.move(self.width() - size.width(), self.height() - size.height())
            self._corner.raise_()

    def _redraw(self, rect: QRectF) -> None:
        if rect.isNull():
            self.viewport().update()
        else:
            self.viewport().update(self.mapFromScene(rect).boundingRect().adjusted(-3, -3, 3, 3))

    def _refresh(self) -> None:
        self.viewport().update()
        self.looked.emit()


def _around(whole: QRect, hole: QRect) -> list[QRect]:
    """The rectangles that cover ``whole`` but ``hole``."""
    strips = [
        QRect(whole.left(), whole.top(), whole.width(), hole.top() - whole.top()),
        QRect(whole.left(), hole.bottom() + 1, whole.width(), whole.bottom() - hole.bottom()),
        QRect(whole.left(), hole.top(), hole.left() - whole.left(), hole.height()),
        QRect(hole.right() + 1, hole.top(), whole.right() - hole.right(), hole.height()),
    ]
    return [strip for strip in strips if strip.width() > 0 and strip.height() > 0]
