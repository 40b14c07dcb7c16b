"""Snapping while nodes are dragged: to the edges of cards in view, and to where a wire would run level. Free of Qt."""

from collections.abc import Iterable

import msgspec

from studio.canvas import geometry as g
from studio.canvas.items import NodeItem, WireItem

NEAR = 6
"""Pixels within which an edge is caught."""


class Snap(msgspec.Struct, frozen=True):
    """How far to move on, and the lines to show: ``upright`` at an x, ``level`` at a y."""

    dx: float = 0.0
    dy: float = 0.0
    upright: float | None = None
    level: float | None = None


def snap(
    node: NodeItem,
    at: tuple[float, float],
    others: Iterable[NodeItem],
    wires: Iterable[WireItem],
    zoom: float,
) -> Snap:
    """Where a card dragged to ``at`` wants to be. ``wires`` are those that touch it."""
    near = NEAR / zoom
    lefts, tops = [], []
    for other in others:
        lefts.append(other.x0)
        tops += [other.y0, other.y0 + other.box.height - node.box.height]
    levels: list[tuple[float, float]] = []
    for wire in wires:
        if wire.source is wire.target:
            continue
        if wire.target is node:
            levels.append((wire.source.exit(wire.port).y, g.INPUT_Y))
        else:
            levels.append((wire.target.entry().y, node.box.port_y(wire.port)))
    level = _nearest(at[1], [y - inset for y, inset in levels], near)
    top = _nearest(at[1], tops, near) if level is None else None
    left = _nearest(at[0], lefts, near)
    y = level if level is not None else top
    return Snap(
        0.0 if left is None else left - at[0],
        0.0 if y is None else y - at[1],
        left,
        None if y is None else y + (g.INPUT_Y if level is not None else 0),
    )


def _nearest(value: float, wanted: list[float], near: float) -> float | None:
    found = min(wanted, key=lambda each: abs(each - value), default=None)
    return found if found is not None and abs(found - value) <= near else None
