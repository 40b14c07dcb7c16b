"""The rubber band: select what it touches."""

from PySide6.QtCore import QRectF

from studio.canvas.gestures.gesture import Gesture, Hand, Surface


class Band(Gesture):
    """Selects while it is drawn; a press without a move selects nothing."""

    def __init__(self, surface: Surface, hand: Hand) -> None:
        super().__init__(surface)
        self._from = hand.at
        selection = surface.document.selection
        self._before = (selection.nodes, selection.groups)
        self._kept = selection.nodes if hand.more else ()
        selection.set(self._kept)

    def move(self, hand: Hand) -> None:
        """Select the cards the band touches."""
        band = QRectF(self._from, hand.at).normalized()
        self.surface.overlays.set_band(band)
        arrays = self.surface.flow_scene.arrays
        rows = arrays.within(band.left(), band.top(), band.right(), band.bottom())
        touched = (arrays.items[row].id for row in rows.tolist())
        self.surface.document.selection.set((*self._kept, *touched))

    def release(self, hand: Hand) -> None:
        """The band goes, the selection stays."""
        self.surface.overlays.set_band(None)

    def cancel(self) -> None:
        """Select what was selected before."""
        self.surface.overlays.set_band(None)
        self.surface.document.selection.set(*self._before)
