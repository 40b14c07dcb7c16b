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


class Lane(msgspec.Struct, frozen=True):
    """The way of a wire round cards: it turns at ``out``, crosses at ``height``, turns again at ``back``."""

    out: float
    height: float
    back: float


def plain_lane(source: End, target: End) -> Lane:
    """The lane with nothing in its way: between the nodes when there is room, else below both."""
    if target.x > source.x:
        height = (source.y + target.y) / 2
    elif target.top - source.bottom >= 2 * RADIUS:
        height = (source.bottom + target.top) / 2
    elif source.top - target.bottom >= 2 * RADIUS:
        height = (target.bottom + source.top) / 2
    else:
        height = max(source.bottom, target.bottom) + 26
    return Lane(source.x + STUB, height, target.x - STUB)


def route(source: End, target: End, lane: Lane | None = None) -> Route:
    """The way from a port to a node: a curve, or a lane when it leads back or is given one."""
    if target.x > source.x and lane is None:
        reach = max(36.0, (target.x - source.x) / 2)
        leave, arrive = (source.x + reach, source.y), (target.x - reach, target.y)
        return Route(((source.x, source.y), leave, arrive, (target.x, target.y)), True)
    lane = lane or plain_lane(source, target)
    corners = (
        (source.x, source.y),
        (lane.out, source.y),
        (lane.out, lane.height),
        (lane.back, lane.height),
        (lane.back, target.y),
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


def _to_segment(at: Point, start: Point, end: Point) -> float:
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = dx * dx + dy * dy
    along = 0.0 if not length else ((at[0] - start[0]) * dx + (at[1] - start[1]) * dy) / length
    along = min(1.0, max(0.0, along))
    return math.hypot(at[0] - start[0] - along * dx, at[1] - start[1] - along * dy)
