"""Where a wire runs so that it passes between cards instead of behind them."""

import numpy as np

from studio.canvas.arrays import Arrays
from studio.canvas.routing import STUB, End, plain_lane, polyline, route

CLEARANCE = 13
"""How far a lane keeps from a card."""
LONG = 330
"""Shorter forward wires have no card to pass."""
DETOUR = 420
"""A lane further away than this from where it would run by itself is no help to the eye."""


def lane_for(source: End, target: End, arrays: Arrays) -> float | None:
    """The height a wire runs at between its turns; None for one that goes straight."""
    if target.x <= source.x:
        return clear_lane(source, target, arrays)
    if target.x - source.x < LONG or not _hits_card(source, target, arrays):
        return None
    return clear_lane(source, target, arrays)


def clear_lane(source: End, target: End, arrays: Arrays) -> float:
    """The height nearest to the plain lane at which no card lies between the two turns of the wire."""
    forward = target.x > source.x
    wanted = (source.y + target.y) / 2 if forward else plain_lane(source, target)
    left, right = sorted((target.x - STUB, source.x + STUB))
    cards = arrays.cards
    across = cards[(cards[:, 0] < right) & (cards[:, 0] + cards[:, 2] > left)]
    blocked = sorted(
        (top - CLEARANCE, top + height + CLEARANCE) for top, height in across[:, [1, 3]].tolist()
    )
    lane = _nearest_gap(wanted, blocked)
    return lane if abs(lane - wanted) <= DETOUR else wanted


def _hits_card(source: End, target: End, arrays: Arrays) -> bool:
    """Whether the curve runs behind a card on its way."""
    points = np.array(polyline(route(source, target), 24)[1:-1])
    left, top, width, height = (arrays.cards[:, i] for i in range(4))
    near = (left < target.x - 1) & (left + width > source.x + 1)
    left, top, right, bottom = left[near], top[near], (left + width)[near], (top + height)[near]
    x, y = points[:, :1], points[:, 1:]
    return bool(((x > left) & (x < right) & (y > top) & (y < bottom)).any())


def _nearest_gap(wanted: float, blocked: list[tuple[float, float]]) -> float:
    """The free height nearest to ``wanted``; blocks are sorted by their upper edge."""
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
