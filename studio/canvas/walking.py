"""Walking through a flow by arrow keys: along wires to the right and the left, to neighbours up and down."""

from PySide6.QtCore import Qt

from studio.canvas.items import NodeItem
from studio.canvas.scene import FlowScene


def step_from(scene: FlowScene, current: str | None, key: Qt.Key) -> str | None:
    """The node an arrow key leads to; the start of the flow when none is selected."""
    if not scene.nodes:
        return None
    here = scene.nodes.get(current or "")
    if here is None:
        start = scene.document.part.start
        return start if start in scene.nodes else next(iter(scene.nodes))
    if key == Qt.Key.Key_Right:
        return _along(scene, here) or _beside(scene, here, 1, 0)
    if key == Qt.Key.Key_Left:
        arriving = [wire.source for wire in scene.arriving(here.id) if wire.source.x0 < here.x0]
        return _nearest(here, arriving) or _beside(scene, here, -1, 0)
    return _beside(scene, here, 0, 1 if key == Qt.Key.Key_Down else -1)


def _along(scene: FlowScene, here: NodeItem) -> str | None:
    for port in here.box.ports:
        wire = scene.wires.get((here.id, port.id))
        if wire is not None and wire.target is not here:
            return wire.target.id
    return None


def _beside(scene: FlowScene, here: NodeItem, right: int, down: int) -> str | None:
    """The nearest card in a direction; one straight ahead counts as nearer than one aside."""
    best: tuple[float, str] | None = None
    centre = here.rect().center()
    for item in scene.nodes.values():
        to = item.rect().center() - centre
        ahead = to.x() * right + to.y() * down
        aside = abs(to.x() * down) + abs(to.y() * right)
        if item is not here and ahead > 1 and aside <= 3 * ahead:
            far = ahead + 2 * aside
            if best is None or far < best[0]:
                best = (far, item.id)
    return best[1] if best is not None else None


def _nearest(here: NodeItem, others: list[NodeItem]) -> str | None:
    return min(others, key=lambda o: abs(o.y0 - here.y0) + abs(o.x0 - here.x0)).id if others else None
