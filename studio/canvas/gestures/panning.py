"""Moving the picture with the hand."""

from PySide6.QtCore import Qt

from studio.canvas.gestures.gesture import Gesture, Hand, Surface


class Panning(Gesture):
    """The picture follows the pointer."""

    def __init__(self, surface: Surface, hand: Hand) -> None:
        super().__init__(surface)
        self._last = hand.pixel
        surface.show_cursor(Qt.CursorShape.ClosedHandCursor)

    def move(self, hand: Hand) -> None:
        """Follow."""
        step = hand.pixel - self._last
        self._last = hand.pixel
        self.surface.pan(step.x(), step.y())
