"""How wires run: level out of a port and into a node; backward ones around, in round-cornered lanes. Free of Qt."""

import math
from itertools import pairwise

import msgspec

Point = tuple[float, float]

RADIUS = 16
STUB = 30
"""How far a backward wire goes out before it turns."""


class End(msgspec.Struct, frozen=True):
    """One end of a wire: where it meets the node, and the node's upper and lower edge."""

    x: float
    y: float
    top: float
    bottom: float


class Route(msgspec.Struct, frozen=True):
    """A wire's way: the four points of one curve, or the corners of a lane."""

    points: tuple[Point, ...]
    curved: bool

    def bounds(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of its points; the way never leaves them."""
        xs = [x for x, _ in self.points]
        ys = [y for _, y in self.points]
        return min(xs), min(ys), max(xs), max(ys)


def route(source: End, target: End, lane: float | None = None) -> Route:
    """The way from a port to a node; ``lane`` is the height at which it runs when it may not go straight."""
    if target.x > source.x and lane is None:
        reach = max(36.0, (target.x - source.x) / 2)
        curve = (
            (source.x, source.y),
            (source.x + reach, source.y),
            (target.x - reach, target.y),
            (target.x, target.y),
        )
        return Route(curve, True)
    lane = plain_lane(source, target) if lane is None else lane
    out, back = source.x + STUB, target.x - STUB
    corners = (
        (source.x, source.y),
        (out, source.y),
        (out, lane),
        (back, lane),
        (back, target.y),
        (target.x, target.y),
    )
    return Route(corners, False)


def polyline(way: Route, steps: int = 8) -> list[Point]:
    """Points along the way, for batches and for finding what is under the pointer."""
    if not way.curved:
        return list(way.points)
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = way.points
    points = []
    for step in range(steps + 1):
        t = step / steps
        a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
        points.append((a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3))
    return points


def distance(way: Route, at: Point) -> float:
    """How far a point is from the way."""
    points = polyline(way, 16)
    return min(_to_segment(at, *pair) for pair in pairwise(points))


def plain_lane(source: End, target: End) -> float:
    """The height of the lane a wire takes: between the nodes when there is room, else below both."""
    if target.top - source.bottom >= 2 * RADIUS:
        return (source.bottom + target.top) / 2
    if source.top - target.bottom >= 2 * RADIUS:
        return (target.bottom + source.top) / 2
    return max(source.bottom, target.bottom) + 26


def _to_segment(at: Point, start: Point, end: Point) -> float:
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = dx * dx + dy * dy
    along = 0.0 if not length else ((at[0] - start[0]) * dx + (at[1] - start[1]) * dy) / length
    along = min(1.0, max(0.0, along))
    return math.hypot(at[0] - start[0] - along * dx, at[1] - start[1] - along * dy)
