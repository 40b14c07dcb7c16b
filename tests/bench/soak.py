"""``make soak``: 20,000 repaints of 5,000 nodes end without a crash and without growth.

A reference lost at each paint ends the process only after thousands of them, so that a short test does not see it.
"""

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from studio.theme import Look, install_fonts, load_tokens
from tests.bench.canvas_worker import Canvas
from tests.bench.large_flows import web
from tests.bench.processes import resident

REPAINTS = 20_000
NODES = 5000
WARM_UP = 2000
ZOOMS = (0.08, 0.2, 0.45, 0.7, 1.0)
MOST_GROWTH = 24 * 2**20
"""Bytes that memory may move by after the warm-up: far less than a leak of 1.5 KiB a paint."""


def main() -> int:
    """Repaint at several zooms and places; 1 when memory grew."""
    application = QApplication([])
    flow, layout = web(NODES)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "flow.json"
        path.write_bytes(flow)
        path.with_name("layout.json").write_bytes(layout)
        canvas = Canvas(application, path, Look(load_tokens(), install_fonts()))
    canvas.show()
    walk = walker(canvas)
    for step in range(WARM_UP):
        walk(step)
    began = resident(os.getpid())
    nones = sys.getrefcount(None)
    for step in range(REPAINTS):
        walk(step)
        if step % 2000 == 1999:
            growth = (resident(os.getpid()) - began) / 2**20
            print(f"{step + 1} repaints, {growth:+.1f} MiB", flush=True)
    grown = resident(os.getpid()) - began
    lost = nones - sys.getrefcount(None) if sys.version_info < (3, 12) else 0
    print(
        f"soak_growth_mib {grown / 2**20:.1f} MiB (of {REPAINTS} repaints of {NODES} nodes; none lost: {lost})"
    )
    failed = grown > MOST_GROWTH or lost > WARM_UP
    sys.stdout.flush()
    os._exit(1 if failed else 0)


def walker(canvas: Canvas) -> Callable[[int], None]:
    """One repaint for each step, at the next place; after every hundred at the next zoom."""
    everything = canvas.scene.content_rect()
    view = canvas.view

    def walk(step: int) -> None:
        if step % 100 == 0:
            view.zoom_to(ZOOMS[step // 100 % len(ZOOMS)])
            view.look_from(everything.center())
        view.pan(-7 if step % 100 < 50 else 7, 3 if step % 2 else -3)
        canvas.repaint()
        if step % 20 == 0:
            canvas.application.processEvents()

    return walk


if __name__ == "__main__":
    sys.exit(main())
