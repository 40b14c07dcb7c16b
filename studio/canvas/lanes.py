"""Where a wire runs so that it passes between cards instead of behind them."""

import numpy as np

from studio.canvas.arrays import Arrays, Floats
from studio.canvas.routing import End, Lane, plain_lane, polyline, route

CLEARANCE = 13
"""How far a lane keeps from a card."""
LONG = 330
"""Shorter forward wires have no card to pass."""
LEAST = 12
"""How far a wire runs level out of a port or into a node at least."""
TURN = 70
"""How far a turn may move aside."""
DETOUR = 420
"""A lane further away than this from where it would run by itself is no help to the eye."""


def lane_for(source: End, target: End, arrays: Arrays) -> Lane | None:
    """The lane of a wire; None for one that goes straight."""
    if target.x <= source.x:
        return clear_lane(source, target, arrays)
    if target.x - source.x < LONG or not _hits_card(source, target, arrays):
        return None
    return clear_lane(source, target, arrays)


def clear_lane(source: End, target: End, arrays: Arrays) -> Lane:
    """The lane nearest to the plain one along which no card lies."""
    plain = plain_lane(source, target)
    height = _gap(plain.height, arrays.cards[:, [1, 3, 0, 2]], (plain.out, plain.back), DETOUR)
    across = arrays.cards[:, [0, 2, 1, 3]]
    out = _gap(plain.out, across, (source.y, height), TURN)
    back = _gap(plain.back, across, (height, target.y), TURN)
    return Lane(max(out, source.x + LEAST), height, min(back, target.x - LEAST))


def _gap(wanted: float, cards: Floats, between: tuple[float, float], detour: float) -> float:
    """The free place nearest to ``wanted`` for a line.

    The cards are given as place and size along the axis that is asked about, then along the axis the line runs on, from
    one end of ``between`` to the other.
    """
    low, high = sorted(between)
    met = cards[(cards[:, 2] < high) & (cards[:, 2] + cards[:, 3] > low)]
    blocked = sorted((near - CLEARANCE, near + size + CLEARANCE) for near, size in met[:, :2].tolist())
    found = _nearest_gap(wanted, blocked)
    return found if abs(found - wanted) <= detour else wanted


def _hits_card(source: End, target: End, arrays: Arrays) -> bool:
    """Whether the curve runs behind a card on its way."""
    points = np.array(polyline(route(source, target), 24)[1:-1])
    left, top, width, height = (arrays.cards[:, i] for i in range(4))
    near = (left < target.x - 1) & (left + width > source.x + 1)
    left, top, right, bottom = left[near], top[near], (left + width)[near], (top + height)[near]
    x, y = points[:, :1], points[:, 1:]
    return bool(((x > left) & (x < right) & (y > top) & (y < bottom)).any())


def _nearest_gap(wanted: float, blocked: list[tuple[float, float]]) -> float:
    """The free place nearest to ``wanted``; blocks are sorted by where they begin."""
    merged: list[tuple[float, float]] = []
    for top, bottom in blocked:
        if merged and top < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(bottom, merged[-1][1]))
        else:
            merged.append((top, bottom))
    for top, bottom in merged:
        if top < wanted < bottom:
            return top if wanted - top < bottom - wanted else bottom
    return wanted
