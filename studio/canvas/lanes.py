"""Where a backward wire runs so that it passes between cards instead of behind them."""

from studio.canvas.arrays import Arrays
from studio.canvas.routing import STUB, End, plain_lane

CLEARANCE = 13
"""How far a lane keeps from a card."""
DETOUR = 420
"""A lane further away than this from where it would run by itself is no help to the eye."""


def clear_lane(source: End, target: End, arrays: Arrays) -> float:
    """The height nearest to the plain lane at which no card lies between the two turns of the wire."""
    wanted = plain_lane(source, target)
    left, right = target.x - STUB, source.x + STUB
    cards = arrays.cards
    across = cards[(cards[:, 0] < right) & (cards[:, 0] + cards[:, 2] > left)]
    blocked = sorted(
        (top - CLEARANCE, top + height + CLEARANCE) for top, height in across[:, [1, 3]].tolist()
    )
    lane = _nearest_gap(wanted, blocked)
    return lane if abs(lane - wanted) <= DETOUR else wanted


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
