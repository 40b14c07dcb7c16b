"""A gesture: begun by a press, fed with moves, ended by a release or given up by Esc."""

from typing import Protocol

import msgspec
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt

from studio.canvas.items import FrameItem, NodeItem, WireItem
from studio.canvas.overlays import Overlays
from studio.canvas.scene import FlowScene
from studio.document import Catalogue, Document, Edit


class Hand(msgspec.Struct, frozen=True):
    """Where the pointer is: in viewport pixels and on the canvas, with the buttons and keys held."""

    pixel: QPoint
    at: QPointF
    button: Qt.MouseButton = Qt.MouseButton.NoButton
    keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier

    @property
    def more(self) -> bool:
        """Whether Shift or Ctrl is held: what is chosen joins what is selected."""
        return bool(self.keys & (Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier))


class Under(msgspec.Struct, frozen=True):
    """What is under the pointer: a port or the input of a node, a node, a wire, a frame's title or corner."""

    node: NodeItem | None = None
    port: str | None = None
    entry: bool = False
    dots: bool = False
    wire: WireItem | None = None
    wire_end: bool = False
    frame: FrameItem | None = None
    frame_corner: bool = False


class Surface(Protocol):
    """What gestures may do to the canvas."""

    document: Document
    catalogue: Catalogue
    overlays: Overlays

    @property
    def flow_scene(self) -> FlowScene:
        """The scene."""

    @property
    def zoom(self) -> float:
        """Pixels for a unit of the canvas."""

    def in_view(self) -> QRectF:
        """The part of the scene that is seen."""

    def under(self, at: QPointF) -> Under:
        """What is under a point."""

    def pan(self, dx: int, dy: int) -> None:
        """Move the picture by pixels."""

    def apply(self, edit: Edit, merge: str = "") -> None:
        """Make an edit."""

    def offer_nodes(self, at: QPointF, source: tuple[str, str] | None, target: str | None) -> None:
        """Open quick add at a point, for a node after a port or before a node."""

    def begin(self, gesture: "Gesture") -> None:
        """Let another gesture go on."""

    def show_cursor(self, shape: Qt.CursorShape) -> None:
        """Change the pointer's shape."""

    def refresh_moved(self) -> None:
        """Cards or frames have moved on the screen."""


class Gesture:
    """The base: does nothing, ends at the release."""

    def __init__(self, surface: Surface) -> None:
        self.surface = surface

    def move(self, hand: Hand) -> None:
        """The pointer moved."""

    def release(self, hand: Hand) -> None:
        """The button went up; the gesture is over after this."""

    def cancel(self) -> None:
        """Give up: everything is as it was before."""
