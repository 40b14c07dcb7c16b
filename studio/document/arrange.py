"""Auto-layout: our own layered drawing, left to right.

After Sugiyama: break cycles, give every node a layer, order each layer by the middle of its neighbours (port order
counts), then straighten. Sizes are respected, and the present picture seeds the order, so that a tidy flow keeps its
shape.
"""

from collections.abc import Collection, Iterable, Mapping

from engine.flow import Flow
from studio.document.patch import Place

Size = tuple[int, int]
Wire = tuple[str, int, str]
"""Source, the row of the port it leaves, target."""

GAP_X, GAP_Y = 92, 44
SWEEPS = 8


FRAME_ROOM = (28, 46, 28, 28)
"""How far a frame reaches beyond what stands in it: left, top, right, bottom."""


def plain_sizes(flow: Flow) -> dict[str, Size]:
    """Sizes good enough where nothing has been measured."""
    return {id: (226, 150) for id in flow.nodes}


def arrange(
    flow: Flow,
    sizes: Mapping[str, Size],
    now: Mapping[str, Place] | None = None,
    frames: Mapping[str, Collection[str]] | None = None,
) -> dict[str, Place]:
    """A place for every node of a flow. ``now`` is where they stand at present.

    What stands in a frame (``frames``: node ids by frame) is laid out by itself and then moves as one block.
    """
    now = now or {}
    wires = [
        (node.id, row, to)
        for node in flow.nodes.values()
        for row, (_, to) in enumerate(node.out.items())
        if to in flow.nodes
    ]
    block = {id: id for id in flow.nodes}
    block |= {id: frame for frame, inside in (frames or {}).items() for id in inside if id in flow.nodes}
    inner: dict[str, dict[str, Place]] = {}
    for frame, inside in (frames or {}).items():
        members = [id for id in inside if block.get(id) == frame]
        inner[frame] = _layered(members, flow.start, wires, sizes, now)
    outer_sizes = {
        id: _block_size(inner[id], sizes) if id in inner else sizes[id] for id in set(block.values())
    }
    outer_now = {id: _block_now(id, block, now) for id in outer_sizes}
    outer_wires = [(block[source], row, block[to]) for source, row, to in wires]
    outer = _layered(list(outer_sizes), block.get(flow.start, ""), outer_wires, outer_sizes, outer_now)
    return {id: _within(outer[frame], inner.get(frame, {}).get(id)) for id, frame in block.items()}


def _block_size(places: Mapping[str, Place], sizes: Mapping[str, Size]) -> Size:
    left, top, right, bottom = FRAME_ROOM
    width = max((x + sizes[id][0] for id, (x, _) in places.items()), default=0)
    height = max((y + sizes[id][1] for id, (_, y) in places.items()), default=0)
    return width + left + right, height + top + bottom


def _block_now(id: str, block: Mapping[str, str], now: Mapping[str, Place]) -> Place:
    members = [now[node] for node, frame in block.items() if frame == id and node in now]
    return min((x for x, _ in members), default=0), min((y for _, y in members), default=0)


def _within(corner: Place, inside: Place | None) -> Place:
    if inside is None:
        return corner
    return corner[0] + FRAME_ROOM[0] + inside[0], corner[1] + FRAME_ROOM[1] + inside[1]


def _layered(
    ids: Collection[str], start: str, wires: list[Wire], sizes: Mapping[str, Size], now: Mapping[str, Place]
) -> dict[str, Place]:
    """A layered drawing of some nodes, its upper left corner at the origin."""
    order = sorted(ids, key=lambda id: (now.get(id, (0, 0))[1], now.get(id, (0, 0))[0], id))
    here = frozenset(order)
    own = [wire for wire in wires if wire[0] in here and wire[2] in here and wire[0] != wire[2]]
    forward = _without_cycles(start, order, own)
    layer = _layers(order, forward)
    rows: list[list[str]] = [[] for _ in range(max(layer.values(), default=-1) + 1)]
    for id in order:
        rows[layer[id]].append(id)
    _untangle(rows, forward)
    return _settle(rows, forward, sizes)


def _without_cycles(start: str, order: list[str], wires: list[Wire]) -> list[Wire]:
    """The wires with those turned round that lead back, found depth first from the start."""
    out: dict[str, list[Wire]] = {id: [] for id in order}
    for wire in wires:
        out[wire[0]].append(wire)
    state: dict[str, int] = {}
    forward: list[Wire] = []
    roots = ([start] if start in out else []) + [id for id in order if id != start]
    for root in roots:
        if root in state:
            continue
        state[root] = 1
        stack = [(root, iter(out[root]))]
        while stack:
            id, rest = stack[-1]
            step = next(rest, None)
            if step is None:
                state[id] = 2
                stack.pop()
                continue
            target = step[2]
            forward.append((target, 0, id) if state.get(target) == 1 else step)
            if target not in state:
                state[target] = 1
                stack.append((target, iter(out[target])))
    return forward


def _layers(order: list[str], wires: list[Wire]) -> dict[str, int]:
    """Each node one layer after the last that leads to it; what has no way in stands just before what it leads to."""
    out: dict[str, list[str]] = {id: [] for id in order}
    waiting = dict.fromkeys(order, 0)
    for source, _, target in wires:
        out[source].append(target)
        waiting[target] += 1
    layer = dict.fromkeys(order, 0)
    ready = [id for id in order if not waiting[id]]
    roots = tuple(ready)
    for id in ready:
        for target in out[id]:
            layer[target] = max(layer[target], layer[id] + 1)
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    for root in roots:
        if out[root]:
            layer[root] = max(0, min(layer[target] for target in out[root]) - 1)
    return layer


def _untangle(rows: list[list[str]], wires: list[Wire]) -> None:
    """Order each layer by the middle of its neighbours, to and fro."""
    before: dict[str, list[tuple[str, float]]] = {}
    after: dict[str, list[tuple[str, float]]] = {}
    for source, port, target in wires:
        before.setdefault(target, []).append((source, port / 16))
        after.setdefault(source, []).append((target, 0.0))
    place = {id: float(i) for row in rows for i, id in enumerate(row)}
    for sweep in range(SWEEPS):
        forth = sweep % 2 == 0
        neighbours = before if forth else after
        for row in rows if forth else reversed(rows):
            row.sort(key=lambda id: _middle(neighbours.get(id, ()), place, place[id]))
            for i, id in enumerate(row):
                place[id] = float(i)


def _middle(neighbours: Iterable[tuple[str, float]], place: Mapping[str, float], otherwise: float) -> float:
    found = sorted(place[id] + shift for id, shift in neighbours)
    return found[(len(found) - 1) // 2] if found else otherwise


def _settle(rows: list[list[str]], wires: list[Wire], sizes: Mapping[str, Size]) -> dict[str, Place]:
    """Columns as wide as their widest card; heights drawn towards the neighbours without overlapping."""
    neighbours: dict[str, list[str]] = {}
    for source, _, target in wires:
        neighbours.setdefault(source, []).append(target)
        neighbours.setdefault(target, []).append(source)
    y: dict[str, float] = {}
    for row in rows:
        top = 0.0
        for id in row:
            y[id] = top
            top += sizes[id][1] + GAP_Y
    for _ in range(SWEEPS):
        for row in rows:
            wanted = [_wish(id, neighbours, y) for id in row]
            for id, top in zip(row, _apart(wanted, [sizes[id][1] + GAP_Y for id in row]), strict=True):
                y[id] = top
    left, top = 0, -min(y.values(), default=0)
    places = {}
    for row in rows:
        for id in row:
            places[id] = (left, round(y[id] + top))
        left += max((sizes[id][0] for id in row), default=0) + GAP_X
    return places


def _wish(id: str, neighbours: Mapping[str, list[str]], y: Mapping[str, float]) -> float:
    found = [y[other] for other in neighbours.get(id, ())]
    return sum(found) / len(found) if found else y[id]


def _apart(wanted: list[float], heights: list[float]) -> list[float]:
    """Places as near to the wanted ones as order and heights allow: blocks that touch share their mean."""
    blocks: list[tuple[float, int, float]] = []
    offset = 0.0
    for wish, height in zip(wanted, heights, strict=True):
        blocks.append((wish - offset, 1, wish - offset))
        offset += height
        while len(blocks) > 1 and blocks[-2][2] > blocks[-1][2]:
            total, count, _ = blocks.pop()
            before, more, _ = blocks.pop()
            blocks.append((before + total, more + count, (before + total) / (more + count)))
    tops, offset = [], 0.0
    means = [mean for _, count, mean in blocks for _ in range(count)]
    for mean, height in zip(means, heights, strict=True):
        tops.append(mean + offset)
        offset += height
    return tops
