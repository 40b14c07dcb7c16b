"""Our canvas under the same strain as the peer's: ``canvas_worker.py NODES`` prints one line of JSON.

Milliseconds of wall time (``..._ms``) and of CPU scaled to the reference core (``..._ref_ms``); 1920 x 1080, offscreen.
"""

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QApplication

from studio.canvas.ink import Ink
from studio.canvas.scene import FlowScene
from studio.canvas.view import FlowView
from studio.document import Document, EngineCatalogue
from studio.theme import Look, install_fonts, load_tokens
from tests.bench.figures import REFERENCE, loop_speed
from tests.bench.large_flows import web

WORST_FROM, WORST_TO, WORST_STEPS = 0.05, 1.0, 24


class Canvas:
    """A view of a document, shown."""

    def __init__(self, application: QApplication, path: Path, look: Look) -> None:
        self.application = application
        self.document = Document.open(path)
        self.ink = Ink(look)
        self.scene = FlowScene(self.document, EngineCatalogue(), self.ink)
        self.view = FlowView(self.scene, self.ink)

    def show(self) -> None:
        """Bring it onto the screen."""
        self.view.resize(1920, 1080)
        self.view.show()
        self.application.processEvents()

    def repaint(self) -> None:
        """Paint the whole viewport now."""
        self.view.viewport().repaint()


def wall(work: Callable[[], object]) -> float:
    """Milliseconds of wall time."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def scaled(works: list[Callable[[], object]]) -> list[float]:
    """CPU milliseconds of each work, scaled by the core's speed right before."""
    speed = loop_speed(0.1) / REFERENCE
    spent = []
    for work in works:
        began = time.process_time()
        work()
        spent.append((time.process_time() - began) * 1000 * speed)
    return spent


def main(nodes: int) -> dict[str, float]:
    """Load, fit, zoom and pan."""
    application = QApplication([])
    flow, layout = web(nodes)
    found: dict[str, float] = {"nodes": nodes}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "flow.json"
        path.write_bytes(flow)
        path.with_name("layout.json").write_bytes(layout)
        look = Look(load_tokens(), install_fonts())
        speed = loop_speed(0.1) / REFERENCE
        began, cpu = time.perf_counter(), time.process_time()
        canvas = Canvas(application, path, look)
        found["load_ms"] = (time.perf_counter() - began) * 1000
        found["load_ref_ms"] = (time.process_time() - cpu) * 1000 * speed
    canvas.show()
    view = canvas.view
    everything: QRectF = canvas.scene.content_rect()
    view.look_at(everything, margin=0)
    application.processEvents()
    canvas.repaint()
    found["fit_ms"] = statistics.median(wall(canvas.repaint) for _ in range(7))
    found["fit_ref_ms"] = statistics.median(scaled([canvas.repaint] * 7))
    found["worst_zoom_ref_ms"] = worst_zoom(canvas, everything)
    view.zoom_to(1.0)
    view.look_from(everything.center())
    application.processEvents()

    def pan() -> None:
        view.pan(-17, -5)
        application.processEvents()

    for _ in range(3):
        pan()
    found["pan_ms"] = statistics.median(wall(pan) for _ in range(30))
    steps = sorted(scaled([pan] * 40))
    found["pan_p95_ref_ms"] = steps[int(len(steps) * 0.95)]
    return found


def worst_zoom(canvas: Canvas, everything: QRectF) -> float:
    """The slowest full repaint over all zooms; at each the middle one of five."""
    worst = 0.0
    for step in range(WORST_STEPS + 1):
        zoom = WORST_FROM * (WORST_TO / WORST_FROM) ** (step / WORST_STEPS)
        canvas.view.zoom_to(zoom)
        canvas.view.look_from(everything.center())
        canvas.application.processEvents()
        canvas.repaint()
        worst = max(worst, statistics.median(scaled([canvas.repaint] * 5)))
    return worst


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]))), flush=True)
    os._exit(0)  # Qt's own end of so many items is not what is measured
