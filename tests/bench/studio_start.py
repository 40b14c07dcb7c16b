"""Opens the studio as ``parley studio FLOW`` does and prints how many seconds it took to a drawn flow, then ends."""

import os
import sys
from pathlib import Path


def age() -> float:
    """Seconds since this process began."""
    ticks = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
    uptime = float(Path("/proc/uptime").read_text().split()[0])
    return uptime - ticks / os.sysconf("SC_CLK_TCK")


def main(flow: str, data: str) -> None:
    """Run the studio until its canvas has painted."""
    from PySide6.QtCore import QEvent, QObject, QTimer
    from PySide6.QtWidgets import QApplication, QGraphicsView

    from server.cli import main as parley

    class Watch(QObject):
        """Waits for the canvas' first paint."""

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint and isinstance(watched.parent(), QGraphicsView):
                QTimer.singleShot(0, drawn)
            return False

    def drawn() -> None:
        print(age(), flush=True)
        os._exit(0)

    application = QApplication(["parley"])
    watch = Watch()
    application.installEventFilter(watch)
    sys.argv = ["parley", "studio", flow]
    os.environ["XDG_DATA_HOME"] = data
    parley()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
