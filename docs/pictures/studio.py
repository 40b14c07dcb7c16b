"""Makes ``docs/studio.png``: the studio while a table is booked.

Run ``xvfb-run -a -s "-screen 0 1440x900x24" python docs/pictures/studio.py``, or without ``xvfb-run`` where there is
a display.
"""

import asyncio
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve()
sys.path.insert(0, str(HERE.parents[2]))

import qasync  # noqa: E402
from PySide6.QtCore import QPointF  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

from studio.client.connection import Connection  # noqa: E402
from studio.document import Document  # noqa: E402
from studio.main import SAMPLES, dress  # noqa: E402
from studio.window.keepsakes import Keepsakes  # noqa: E402
from studio.window.window import Window  # noqa: E402

PICTURE = HERE.parents[1] / "studio.png"
SIZE = (1440, 900)
WORDS = ("Friday at half past seven", "no, I meant Saturday at eight")
ZOOM = 0.86
MARGIN = 44
"""Room above and left of the flow, in canvas units."""


async def take(window: Window) -> None:
    """Rehearse, wait until the wave is at rest, and keep what is seen."""
    desk = window.desk
    await until(lambda: desk.newest is not None and desk.newest.program is not None)
    desk.rehearse()
    for words in WORDS:
        desk.dock.say(words)
    await asyncio.sleep(5)
    canvas = desk.canvas
    canvas.zoom_to(ZOOM)
    seen = canvas.in_view()
    corner = canvas.flow_scene.content_rect().topLeft() - QPointF(MARGIN, MARGIN)
    canvas.look_from(corner + QPointF(seen.width() / 2, seen.height() / 2))
    await asyncio.sleep(1)
    window.grab().save(str(PICTURE))


async def until(seen: Callable[[], bool]) -> None:
    """Wait for something, half a minute at most."""
    async with asyncio.timeout(30):
        while not seen():
            await asyncio.sleep(0.05)


def main() -> None:
    """Open a copy of the sample, talk to it, take the picture."""
    app = QApplication([])
    look = dress(app, "light")
    loop = qasync.QEventLoop(app)
    asyncio.set_event_loop(loop)
    with tempfile.TemporaryDirectory() as folder, loop:
        copy = Path(shutil.copytree(SAMPLES / "table-reservation", Path(folder) / "table-reservation"))
        keepsakes = Keepsakes(Path(folder) / "kept")
        window = Window(look, Document.open(copy, keepsakes.journals), keepsakes, Connection(None))
        window.resize(*SIZE)
        window.show()
        loop.run_until_complete(take(window))
        window.close()


if __name__ == "__main__":
    main()
