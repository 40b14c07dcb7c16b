"""Takes the README's picture of the studio; run it on a display of 1440 x 900, such as ``xvfb-run`` gives:

``xvfb-run -a -s "-screen 0 1440x900x24" .venv/bin/python packaging/pictures docs/studio.png``

It opens the table reservation as ``parley studio`` does and rehearses the beginning of a talk.
"""

import os
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from studio.main import main as studio
from studio.window.window import Window

FLOW = Path(__file__).resolve().parents[2] / "flows" / "table-reservation"
SAYINGS = ("Friday at half past seven", "four of us")
PAUSE = 1500
"""Milliseconds for checks and animations to come to rest between two steps."""


def window() -> Window:
    """The studio's window."""
    return next(widget for widget in QApplication.topLevelWidgets() if isinstance(widget, Window))


def take(target: Path) -> None:
    """Rehearse, then keep the screen and end."""
    desk = window().desk
    steps: list[Callable[[], object]] = [desk.rehearse]
    steps += [partial(desk.dock.say, said) for said in SAYINGS]
    steps += [partial(desk.canvas.zoom_to, 0.8), partial(desk.canvas.pan, 90, -200)]
    for number, step in enumerate(steps, 1):
        QTimer.singleShot(PAUSE * number, step)

    def keep() -> None:
        screen = QGuiApplication.primaryScreen()
        if not screen.grabWindow(int(window().winId())).save(str(target)):
            print(f"{target} cannot be written", file=sys.stderr)
            os._exit(1)
        os._exit(0)

    QTimer.singleShot(PAUSE * (len(steps) + 2), keep)


def main(target: Path) -> int:
    """Open the studio and take the picture."""
    application = QApplication(["parley"])
    QTimer.singleShot(PAUSE, application, lambda: take(target))
    with tempfile.TemporaryDirectory() as data:
        return studio([str(FLOW), "--data", data])


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
