"""Nothing in hand: watches what is pointed at, and decides which gesture a press begins."""

from PySide6.QtCore import Qt

from studio.canvas.gestures.band import Band
from studio.canvas.gestures.drag import DragFrame, DragNodes, StretchFrame
from studio.canvas.gestures.gesture import Gesture, Hand, Surface, Under
from studio.canvas.gestures.panning import Panning
from studio.canvas.gestures.wiring import Wiring
from studio.canvas.items import WireItem


class Idle:
    """Between gestures."""

    def __init__(self, surface: Surface) -> None:
        self.surface = surface
        self.space = False
        self._hovered: WireItem | None = None

    def hover(self, hand: Hand) -> Under:
        """Light up the wire under the pointer and shape the pointer."""
        under = self.surface.under(hand.at)
        self._hover_wire(under.wire)
        if self.space:
            shape = Qt.CursorShape.OpenHandCursor
        elif under.port is not None or under.entry or under.wire_end:
            shape = Qt.CursorShape.CrossCursor
        elif under.frame_corner:
            shape = Qt.CursorShape.SizeFDiagCursor
        else:
            shape = Qt.CursorShape.ArrowCursor
        self.surface.show_cursor(shape)
        return under

    def leave(self) -> None:
        """The pointer went away, or what it pointed at did."""
        self._hover_wire(None)

    def press(self, hand: Hand) -> Gesture | None:
        """The gesture a press begins."""
        self._hover_wire(None)
        if hand.button == Qt.MouseButton.MiddleButton or (
            self.space and hand.button == Qt.MouseButton.LeftButton
        ):
            return Panning(self.surface, hand)
        if hand.button != Qt.MouseButton.LeftButton:
            return None
        under = self.surface.under(hand.at)
        if under.dots and under.node is not None:
            self.surface.flow_scene.expand(under.node.id)
            return None
        if under.node is not None and under.port is not None:
            return Wiring.from_port(self.surface, under.node, under.port)
        if under.node is not None and under.entry:
            return Wiring.from_entry(self.surface, under.node)
        if under.node is not None:
            return DragNodes(self.surface, under.node, hand)
        if under.wire is not None and under.wire_end:
            return Wiring.of_wire(self.surface, under.wire)
        if under.frame is not None:
            stretch = StretchFrame if under.frame_corner else DragFrame
            return stretch(self.surface, under.frame, hand)
        return Band(self.surface, hand)

    def _hover_wire(self, wire: WireItem | None) -> None:
        if wire is self._hovered:
            return
        there = self.surface.flow_scene.wires
        if self._hovered is not None and there.get(self._hovered.key) is self._hovered:
            self._hovered.mark(hovered=False)
        self._hovered = wire
        if wire is not None:
            wire.mark(hovered=True)
