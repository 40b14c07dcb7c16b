"""What lies over and under the picture: a talk's path, selection, the path to a problem, finds, a wire in hand."""

from collections.abc import Collection, Mapping, Sequence

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, QVariantAnimation, Signal
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen

from studio.canvas.card_painter import CardPainter
from studio.canvas.ink import Ink
from studio.canvas.items import NodeItem, WireKey
from studio.canvas.labels import Label, paint_label
from studio.canvas.scene import FlowScene


class Overlays(QObject):
    """State of the layers; draws rings and glows around cards from the scene's items."""

    stirred = Signal(QRectF)
    """A rectangle of the scene must be drawn again."""

    def __init__(self, scene: FlowScene, cards: CardPainter, ink: Ink) -> None:
        super().__init__()
        self._scene, self._cards, self._ink = scene, cards, ink
        self.visited: tuple[str, ...] = ()
        self.taken: frozenset[WireKey] = frozenset()
        self.current: str | None = None
        self.witness: frozenset[str] = frozenset()
        self.witness_wires: frozenset[WireKey] = frozenset()
        self.hits: frozenset[str] = frozenset()
        self.problems: Mapping[str, int] = {}
        self.target: str | None = None
        self.hand: QPainterPath | None = None
        self.band: QRectF | None = None
        self.label: Label | None = None
        self.guides: tuple[float | None, float | None] = (None, None)
        self._marked_nodes: frozenset[str] = frozenset()
        self._marked_wires: frozenset[WireKey] = frozenset()
        self._pulse = 1.0
        self._breath = QVariantAnimation(self)
        self._breath.setDuration(ink.tokens.glow_ms)
        self._breath.setKeyValues([(0.0, 0.45), (0.5, 1.0), (1.0, 0.45)])
        self._breath.setLoopCount(-1)
        self._breath.valueChanged.connect(self._breathe)
        self.still = False
        scene.rebuilt.connect(self.restore)
        scene.changed_items.connect(self.restore)

    def set_still(self, still: bool) -> None:
        """Whether motion is unwelcome: then the glow does not breathe."""
        self.still = still
        self._tend_breath()

    def set_live(self, visited: Sequence[str], taken: Collection[WireKey], current: str | None) -> None:
        """Show a talk's way: the nodes it went through, the wires it took, the node it stands at."""
        self.visited, self.taken, self.current = tuple(visited), frozenset(taken), current
        self.restore()
        self._tend_breath()
        self._stir()

    def set_witness(self, nodes: Collection[str], wires: Collection[WireKey]) -> None:
        """Show the path that leads to a problem; nothing hides it."""
        self.witness, self.witness_wires = frozenset(nodes), frozenset(wires)
        self.restore()
        self._stir()

    def set_hits(self, nodes: Collection[str]) -> None:
        """Ring what a search found."""
        self.hits = frozenset(nodes)
        self._stir()

    def set_problems(self, counts: Mapping[str, int]) -> None:
        """Badges: how many problems a node has; negative counts are warnings only."""
        self.problems = dict(counts)
        self.restore()

    def set_target(self, node: str | None) -> None:
        """Ring the node a wire in hand would connect to."""
        if node != self.target:
            self.target = node
            self._stir()

    def set_hand(self, path: QPainterPath | None) -> None:
        """The wire in hand, in scene coordinates."""
        for each in (self.hand, path):
            if each is not None:
                self.stirred.emit(each.controlPointRect().adjusted(-12, -12, 12, 12))
        self.hand = path

    def set_band(self, rect: QRectF | None) -> None:
        """The rubber band, in scene coordinates."""
        for each in (self.band, rect):
            if each is not None:
                self.stirred.emit(each.adjusted(-4, -4, 4, 4))
        self.band = rect

    def set_guides(self, upright: float | None, level: float | None) -> None:
        """Lines that show what a dragged card is caught by: at an x, at a y."""
        if (upright, level) != self.guides:
            self.guides = (upright, level)
            self._stir()

    def set_label(self, label: Label | None) -> None:
        """What the wire under the pointer means."""
        if label != self.label:
            self.label = label
            self._stir()

    def restore(self) -> None:
        """Mark the items the overlays speak of; only those that differ are drawn again."""
        ports: dict[str, set[str]] = {}
        for source, port in self.taken:
            ports.setdefault(source, set()).add(port)
        seen = frozenset(self.visited)
        nodes = seen | ports.keys() | self.problems.keys()
        for id in nodes | self._marked_nodes:
            item = self._scene.nodes.get(id)
            if item is not None:
                _mark(item, id in seen, frozenset(ports.get(id, ())), self.problems.get(id, 0))
        wires = self.taken | self.witness_wires
        for key in wires | self._marked_wires:
            wire = self._scene.wires.get(key)
            if wire is not None:
                wire.mark(live=key in self.taken, witness=key in self.witness_wires)
        self._marked_nodes, self._marked_wires = frozenset(nodes), wires

    def paint_under(self, painter: QPainter, exposed: QRectF) -> None:
        """The glow under the current node."""
        item = self._scene.nodes.get(self.current or "")
        if item is None:
            return
        rect = item.rect()
        reach = self._ink.glow.reach
        if rect.adjusted(-reach, -reach, reach, reach).intersects(exposed):
            painter.setOpacity(self._pulse)
            self._ink.glow.paint(painter, rect)
            painter.setOpacity(1)

    def paint_over(self, painter: QPainter, exposed: QRectF, zoom: float) -> None:
        """Rings, the wire in hand, the rubber band."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink = self._ink
        for id in self.hits:
            self._ring(painter, id, QColor(ink.tokens.violet_line), 4, zoom, 3.5)
        for id in self.witness:
            self._ring(painter, id, ink.bad, 2, zoom, 3)
        for id in self._scene.document.selection.nodes:
            self._ring(painter, id, ink.violet, 2, zoom, 1)
        if self.target is not None:
            self._ring(painter, self.target, ink.violet, 3, zoom, 3)
        if self.current is not None:
            selected = self.current in self._scene.document.selection
            self._ring(painter, self.current, ink.sunrise, 2, zoom, 4 if selected else 1)
        for id in self._scene.document.selection.groups:
            frame = self._scene.frames.get(id)
            if frame is not None:
                painter.setPen(QPen(ink.violet, 2 / min(1, zoom)))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(frame.rect(), 26, 26)
        self._guides(painter, exposed, zoom)
        if self.label is not None:
            paint_label(painter, self.label, ink, zoom)
        if self.hand is not None:
            painter.setPen(QPen(ink.violet, 2.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPath(self.hand)
            painter.setBrush(QBrush(ink.violet))
            painter.drawEllipse(self.hand.currentPosition(), 4, 4)
        if self.band is not None:
            fill = QColor(ink.violet)
            fill.setAlphaF(0.08)
            painter.setPen(QPen(ink.violet, 1 / zoom))
            painter.setBrush(fill)
            painter.drawRoundedRect(self.band, 6 / zoom, 6 / zoom)

    def _guides(self, painter: QPainter, exposed: QRectF, zoom: float) -> None:
        upright, level = self.guides
        painter.setPen(QPen(self._ink.violet, 1 / zoom))
        if upright is not None:
            painter.drawLine(QPointF(upright, exposed.top()), QPointF(upright, exposed.bottom()))
        if level is not None:
            painter.drawLine(QPointF(exposed.left(), level), QPointF(exposed.right(), level))

    def _ring(
        self, painter: QPainter, id: str, colour: QColor, width: float, zoom: float, gap: float
    ) -> None:
        item = self._scene.nodes.get(id)
        if item is None:
            return
        pen = QPen(colour, width / min(1.0, zoom))
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.save()
        painter.translate(QPointF(item.x0, item.y0))
        if gap > 1:
            scale_x = (item.rect().width() + 2 * gap) / item.rect().width()
            scale_y = (item.rect().height() + 2 * gap) / item.rect().height()
            painter.translate(-gap, -gap)
            painter.scale(scale_x, scale_y)
        painter.drawPath(self._cards.outline(item.box.height))
        painter.restore()
        if zoom >= 0.5:
            painter.translate(item.x0, item.y0)
            self._cards.paint_dots(painter, item.box, item.state)
            painter.translate(-item.x0, -item.y0)

    def _tend_breath(self) -> None:
        breathing = self.current is not None and not self.still
        if breathing and self._breath.state() != QVariantAnimation.State.Running:
            self._breath.start()
        elif not breathing:
            self._breath.stop()
            self._pulse = 1.0

    def _breathe(self, value: object) -> None:
        # Steps the eye cannot tell apart are not drawn: each costs a repaint of the card.
        pulse = round(float(str(value)) * 16) / 16
        item = self._scene.nodes.get(self.current or "")
        if pulse != self._pulse and item is not None:
            self._pulse = pulse
            reach = self._ink.glow.reach
            self.stirred.emit(item.rect().adjusted(-reach, -reach, reach, reach))

    def _stir(self) -> None:
        self.stirred.emit(QRectF())


def _mark(item: NodeItem, live: bool, ports: frozenset[str], problems: int) -> None:
    state = item.state
    if (state.live_in, state.live_ports, state.problems) != (live, ports, problems):
        state.live_in, state.live_ports, state.problems = live, ports, problems
        item.update()
