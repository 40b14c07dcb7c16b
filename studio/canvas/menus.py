"""What a right click offers, by what is under it."""

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QPoint, QPointF
from PySide6.QtWidgets import QMenu, QWidget

from studio.canvas.gestures.gesture import Under
from studio.canvas.items import FrameItem, WireKey
from studio.document import Document, Edit
from studio.document.edits import set_start
from studio.document.frames import remove_group
from studio.document.wiring import disconnect

Entry = tuple[str, Callable[[], object]] | None
"""Words and what they do; None is a line between groups."""


class Commanded(Protocol):
    """What the menus ask of the canvas."""

    document: Document

    def apply(self, edit: Edit) -> None:
        """Make an edit."""

    def open_node(self, id: str) -> None:
        """Look at a node closely."""

    def edit_title(self, frame: FrameItem) -> None:
        """Write a frame's title."""

    def offer_nodes(self, at: QPointF, source: WireKey | None, target: str | None) -> None:
        """Open quick add."""

    def duplicate_selection(self) -> None:
        """Copies beside the selected nodes."""

    def copy_selection(self) -> None:
        """The selected nodes as text."""

    def paste_clipboard(self) -> None:
        """Nodes from the clipboard."""

    def delete_selection(self) -> None:
        """Take the selection away."""

    def group_selection(self) -> None:
        """A frame around the selection."""

    def select_all(self) -> None:
        """Select every node."""

    def arrange(self) -> None:
        """Lay the flow out anew."""

    def fit(self) -> None:
        """Show the whole flow."""


def entries(canvas: Commanded, under: Under, at: QPointF) -> list[Entry]:
    """What may be done with what is under the pointer."""
    document = canvas.document
    state, part = document.state, document.shown
    if under.node is not None:
        id = under.node.id
        return [
            ("Open", lambda: canvas.open_node(id)),
            ("Start the flow here", lambda: canvas.apply(set_start(state, part, id))),
            None,
            ("Duplicate", canvas.duplicate_selection),
            ("Copy", canvas.copy_selection),
            ("Draw a frame around it", canvas.group_selection),
            None,
            ("Delete", canvas.delete_selection),
        ]
    if under.wire is not None:
        key = under.wire.key
        return [
            ("Add a node in between…", lambda: canvas.offer_nodes(at, key, None)),
            ("Disconnect", lambda: canvas.apply(disconnect(state, part, *key))),
        ]
    if under.frame is not None:
        frame = under.frame
        return [
            ("Write its title", lambda: canvas.edit_title(frame)),
            ("Remove the frame", lambda: canvas.apply(remove_group(state, frame.id))),
        ]
    return [
        ("Add a node…", lambda: canvas.offer_nodes(at, None, None)),
        ("Paste", canvas.paste_clipboard),
        None,
        ("Select all", canvas.select_all),
        ("Tidy up", canvas.arrange),
        ("Show everything", canvas.fit),
    ]


def show_menu(parent: QWidget, where: QPoint, offered: list[Entry]) -> QMenu:
    """Open a menu at a point of the screen; it goes when it is done."""
    menu = QMenu(parent)
    for entry in offered:
        if entry is None:
            menu.addSeparator()
        else:
            menu.addAction(entry[0]).triggered.connect(lambda _=False, act=entry[1]: act())
    menu.aboutToHide.connect(menu.deleteLater)
    menu.popup(where)
    return menu
