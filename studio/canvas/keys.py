"""The canvas's own keys, as a table. What also stands in a menu is here so that it works wherever the canvas is."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

_K = Qt.Key
_NONE = Qt.KeyboardModifier.NoModifier
_CTRL = Qt.KeyboardModifier.ControlModifier

KEYS: dict[tuple[Qt.KeyboardModifier, Qt.Key], str] = {
    (_NONE, _K.Key_Tab): "quick_add",
    (_NONE, _K.Key_Delete): "delete_selection",
    (_NONE, _K.Key_Backspace): "delete_selection",
    (_NONE, _K.Key_Escape): "cancel",
    (_NONE, _K.Key_F): "frame_selection",
    (_NONE, _K.Key_Home): "fit",
    (_NONE, _K.Key_Return): "open",
    (_NONE, _K.Key_Enter): "open",
    (_NONE, _K.Key_Left): "walk",
    (_NONE, _K.Key_Right): "walk",
    (_NONE, _K.Key_Up): "walk",
    (_NONE, _K.Key_Down): "walk",
    (_CTRL, _K.Key_A): "select_all",
    (_CTRL, _K.Key_C): "copy_selection",
    (_CTRL, _K.Key_X): "cut_selection",
    (_CTRL, _K.Key_V): "paste_clipboard",
    (_CTRL, _K.Key_D): "duplicate_selection",
    (_CTRL, _K.Key_G): "group_selection",
}


def shortcut_of(event: QKeyEvent) -> str | None:
    """The name of what a key does on the canvas, or None when it is not the canvas's."""
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    return KEYS.get((modifiers, Qt.Key(event.key())))
