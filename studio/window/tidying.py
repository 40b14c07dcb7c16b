"""Python's garbage collection, kept on the interface thread.

The collector runs on whichever thread happens to allocate, and a widget that it finds there is destroyed there:
Qt then warns of timers stopped from another thread, or crashes. So while windows and the checks' thread live side
by side, collection is done here, now and then, and nowhere else.
"""

import gc

from PySide6.QtCore import QObject, QTimer

EVERY_MS = 400


class Tidying(QObject):
    """From `start` until `stop`. The collector is as it was afterwards."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._was_on = False
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self.tidy)

    def start(self) -> None:
        """Take collection over."""
        self._was_on = gc.isenabled()
        gc.disable()
        self._timer.start()

    def tidy(self) -> None:
        """Collect the generations that are due."""
        counts, limits = gc.get_count(), gc.get_threshold()
        due = max((i for i in range(3) if limits[i] and counts[i] > limits[i]), default=-1)
        if due >= 0:
            gc.collect(due)

    def stop(self) -> None:
        """Give it back."""
        self._timer.stop()
        if self._was_on:
            gc.enable()
