"""A wire in hand: from a port to a node, to empty space (which offers nodes), or an end of one that is there."""

from PySide6.QtCore import QPointF

from studio.canvas.gestures.gesture import Gesture, Hand, Surface
from studio.canvas.items import NodeItem, WireItem, WireKey
from studio.canvas.paths import wire_path
from studio.canvas.routing import End, route
from studio.document.edits import NOTHING
from studio.document.wiring import connect, disconnect, reconnect


class Wiring(Gesture):
    """One end is fixed, the other follows the pointer. ``lifted`` is the wire that was taken up, if any."""

    def __init__(
        self, surface: Surface, source: WireKey | None, target: str | None, lifted: WireKey | None
    ) -> None:
        super().__init__(surface)
        self._source, self._target, self._lifted = source, target, lifted
        self._moved = False

    @classmethod
    def from_port(cls, surface: Surface, node: NodeItem, port: str) -> "Wiring":
        """A wire drawn from a port; one that is there is replaced when it arrives elsewhere."""
        return cls(surface, (node.id, port), None, None)

    @classmethod
    def from_entry(cls, surface: Surface, node: NodeItem) -> "Wiring":
        """Take up the end of the last wire that arrives here, or draw one backwards when there is none."""
        arriving = surface.flow_scene.arriving(node.id)
        if arriving:
            return cls.of_wire(surface, arriving[-1])
        return cls(surface, None, node.id, None)

    @classmethod
    def of_wire(cls, surface: Surface, wire: WireItem) -> "Wiring":
        """Take up the far end of a wire."""
        return cls(surface, wire.key, None, wire.key)

    def move(self, hand: Hand) -> None:
        """Draw the wire to the pointer and ring what it would connect to."""
        self._moved = True
        overlays, scene = self.surface.overlays, self.surface.flow_scene
        end = self._free_end(hand)
        loose = End(hand.at.x(), hand.at.y(), hand.at.y() - 20, hand.at.y() + 20)
        overlays.set_target(end[0] if end is not None else None)
        if self._source is not None:
            start = scene.nodes[self._source[0]].exit(self._source[1])
            arrival = scene.nodes[end[0]].entry() if end is not None else loose
            overlays.set_hand(wire_path(route(start, arrival)))
        elif self._target is not None:
            departure = scene.nodes[end[0]].exit(end[1]) if end is not None else loose
            overlays.set_hand(wire_path(route(departure, scene.nodes[self._target].entry())))

    def release(self, hand: Hand) -> None:
        """Connect, take away, or offer nodes."""
        end = self._free_end(hand)
        self._put_down()
        if not self._moved:
            return
        state, part = self.surface.document.state, self.surface.document.shown
        edit = NOTHING
        if end is not None and self._source is not None:
            old = self._lifted or self._source
            edit = reconnect(state, part, old, self._source, end[0])
        elif end is not None and self._target is not None:
            edit = connect(state, part, *end, self._target)
        elif self._lifted is not None and self._over_empty(hand.at):
            edit = disconnect(state, part, *self._lifted)
        elif self._over_empty(hand.at):
            self.surface.offer_nodes(hand.at, self._source, self._target)
        self.surface.apply(edit)

    def cancel(self) -> None:
        """The wire stays as it was."""
        self._put_down()

    def _put_down(self) -> None:
        self.surface.overlays.set_hand(None)
        self.surface.overlays.set_target(None)

    def _free_end(self, hand: Hand) -> WireKey | None:
        """The node (and, drawn backwards, the port) that the free end would connect to."""
        under = self.surface.under(hand.at)
        if under.node is None:
            return None
        if self._source is not None:
            itself = under.node.id == self._source[0] and not under.entry
            return None if itself or not under.node.box.card.enters else (under.node.id, "")
        if under.node.id == self._target:
            return None
        ports = under.node.box.ports
        if under.port is not None:
            return under.node.id, under.port
        unwired = [port.id for port in ports if port.id not in under.node.node.out]
        return (under.node.id, (unwired or [ports[0].id])[0]) if ports else None

    def _over_empty(self, at: QPointF) -> bool:
        return self.surface.under(at).node is None
