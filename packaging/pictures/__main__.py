"""Takes the README's picture of the studio: ``xvfb-run -s "-screen 0 1440x900x24" .venv/bin/python packaging/pictures FILE``.

It opens the table reservation as ``parley studio`` does, rehearses the beginning of a talk, and keeps what is on the screen.
"""

import os
import sys
import tempfile
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
    steps = [lambda: window().desk.rehearse()]
    steps += [lambda said=said: window().desk.dock.say(said) for said in SAYINGS]
    steps.append(lambda: window().desk.canvas.zoom_to(0.8))
    for number, step in enumerate(steps, 1):
        QTimer.singleShot(PAUSE * number, step)

    def keep() -> None:
        screen = QGuiApplication.primaryScreen()
        if not screen.grabWindow(0).save(str(target)):
            print(f"{target} cannot be written", file=sys.stderr)
            os._exit(1)
        os._exit(0)

    QTimer.singleShot(PAUSE * (len(steps) + 2), keep)


def main(target: Path) -> int:
    """Open the studio and take the picture."""
    application = QApplication(["parley"])
    QTimer.singleShot(0, application, lambda: take(target))
    with tempfile.TemporaryDirectory() as data:
        return studio([str(FLOW), "--data", data])


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
