"""What every editor of a field can do."""

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from engine.flow import Flow
from engine.kinds import FieldSpec
from studio.panels.diagnosing import Trouble
from studio.theme import Look


class Surroundings:
    """What an editor may ask: the flow it stands in, the document, the locale shown, the look."""

    def __init__(self, look: Look, flow: Callable[[], Flow], document: Callable[[], Flow]) -> None:
        self.look = look
        self.flow = flow
        self.document = document
        self.locale = "en-US"
        self.declare: Callable[[str], None] | None = None
        """Makes a variable of a name that does not exist yet; None where that cannot be."""


class Editor(QWidget):
    """Edits one value. ``changed`` brings the new value, and whether it grew by typing (so that keystrokes merge)."""

    changed = Signal(object, bool)

    def __init__(self, spec: FieldSpec, path: str, around: Surroundings) -> None:
        super().__init__()
        self.spec = spec
        self.path = path
        self.around = around
        self.setObjectName(f"field:{path}")

    def show_value(self, value: Any) -> None:
        """Show a value that came from elsewhere (undo, another view). What one is typing is left alone when equal."""
        raise NotImplementedError

    def show_troubles(self, troubles: Mapping[str, Trouble]) -> None:
        """Show what is wrong, by path; an editor shows what stands at its own path and passes on the rest."""

    def first_field(self) -> QWidget:
        """Where the focus goes when someone wants to edit this."""
        return self

    def editor_at(self, path: str) -> "Editor | None":
        """The editor of a path inside this one, or None."""
        return self if path == self.path else None


def column(widget: QWidget, spacing: int = 4) -> QVBoxLayout:
    """A column without margins."""
    layout = QVBoxLayout(widget)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(spacing)
    return layout


class TroubleLine(QLabel):
    """The sentence under a field: what is wrong and what to try. Takes no room while nothing is wrong."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "trouble")
        self.setWordWrap(True)
        self.hide()

    def show_trouble(self, trouble: Trouble | None) -> None:
        """Show it, or nothing."""
        if trouble is None:
            self.clear()
            self.hide()
            return
        self.setText(f"{trouble.message} {trouble.hint}".strip())
        self.show()
