"""A flow's picture as arrays, for everything that is drawn all at once: the overview and the minimap."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from studio.canvas import geometry as g
from studio.canvas.items import NodeItem, WireItem, WireKey

Floats = NDArray[np.float64]

FAMILIES = ("Talk", "Listen", "Decide", "Think", "Act", "People", "Structure", "Policy")


class Arrays:
    """Cards (x, y, width, height), families, wires (x0, y0, x1, y1), in the order of ``items`` and ``wires``."""

    def __init__(self, nodes: Mapping[str, NodeItem], wires: Mapping[WireKey, WireItem]) -> None:
        rank = {name: i for i, name in enumerate(FAMILIES)}
        items = list(nodes.values())
        self.items = items
        self.row = {item.id: i for i, item in enumerate(items)}
        self.cards: Floats = np.array(
            [(item.x0, item.y0, g.WIDTH, item.box.height) for item in items], np.float64
        ).reshape(-1, 4)
        self.family = np.array([rank.get(item.box.card.family, 6) for item in items], np.uint8)
        self.wires = list(wires.values())
        self.ends: Floats = np.array([_ends(wire) for wire in self.wires], np.float64).reshape(-1, 4)
        self.curved = np.array([wire.way.curved for wire in self.wires], np.bool_)
        self.wire_row = {wire.key: i for i, wire in enumerate(self.wires)}

    def moved(self, item: NodeItem) -> None:
        """Take a node's new place."""
        row = self.row.get(item.id)
        if row is not None:
            self.cards[row] = (item.x0, item.y0, g.WIDTH, item.box.height)

    def rewired(self, wire: WireItem) -> None:
        """Take a wire's new ends."""
        row = self.wire_row.get(wire.key)
        if row is not None:
            self.ends[row] = _ends(wire)
            self.curved[row] = wire.way.curved

    def within(self, left: float, top: float, right: float, bottom: float) -> NDArray[np.intp]:
        """Rows of the cards that touch a rectangle."""
        cards = self.cards
        x, y = cards[:, 0], cards[:, 1]
        touching = (x < right) & (x + cards[:, 2] > left) & (y < bottom) & (y + cards[:, 3] > top)
        return np.flatnonzero(touching)

    def wires_within(self, left: float, top: float, right: float, bottom: float) -> NDArray[np.intp]:
        """Rows of the wires whose ends span a box that touches a rectangle."""
        e = self.ends
        touching = (
            (np.minimum(e[:, 0], e[:, 2]) < right)
            & (np.maximum(e[:, 0], e[:, 2]) > left)
            & (np.minimum(e[:, 1], e[:, 3]) < bottom)
            & (np.maximum(e[:, 1], e[:, 3]) > top)
        )
        return np.flatnonzero(touching)

    def marked(self) -> list[WireItem]:
        """The wires that are shown as taken or as leading to a problem."""
        return [wire for wire in self.wires if wire.live or wire.witness]

    def bounds(self) -> tuple[float, float, float, float] | None:
        """Left, top, right, bottom of all cards; None when there is none."""
        if not len(self.cards):
            return None
        low = self.cards[:, :2].min(axis=0)
        high = (self.cards[:, :2] + self.cards[:, 2:]).max(axis=0)
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def _ends(wire: WireItem) -> tuple[float, float, float, float]:
    (x0, y0), (x1, y1) = wire.way.points[0], wire.way.points[-1]
    return x0, y0, x1, y1
