"""Where one talks: a field, buttons, telephone keys, and what can happen beside words."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from engine.protocol import Button
from engine.protocol.script import Keys, Leave, Pass, Press, Say, Silence, Step
from studio.simulator.flowing import Flowing
from studio.theme import Look
from studio.theme.glyphs import glyph_icon

HOUR_MS = 3_600_000


class KeyPad(QWidget):
    """The telephone's keys."""

    pressed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(16, 8, 16, 0)
        grid.setSpacing(6)
        for i, key in enumerate("123456789*0#"):
            button = QPushButton(key)
            button.setProperty("role", "key")
            button.setAccessibleName(f"Key {key}")
            button.clicked.connect(lambda _=False, key=key: self.pressed.emit(key))
            grid.addWidget(button, i // 3, i % 3)


class TalkBar(QWidget):
    """``done`` brings a step; ``again`` asks to start over, ``keep`` to save the talk as a test; ``aloud`` begins
    or ends a talk by voice, ``call`` asks to be called, ``watch`` to follow somebody's call, ``say_file`` to say a
    wave file."""

    done = Signal(object)
    again = Signal()
    keep = Signal()
    aloud = Signal()
    call = Signal()
    watch = Signal()
    say_file = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._aloud = False
        self._by_file = False
        self._said: list[str] = []
        self._wanted_keys = False
        self._at = 0
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._pills = QWidget()
        self._flowing = Flowing(self._pills)
        self._flowing.setContentsMargins(16, 10, 16, 0)
        self._pads = KeyPad()
        self._pads.pressed.connect(lambda key: self.done.emit(Keys(key)))
        self._pads.hide()
        self._pills.hide()
        column.addWidget(self._pills)
        column.addWidget(self._pads)
        column.addLayout(self._line())

    def _line(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setContentsMargins(16, 12, 12, 12)
        line.setSpacing(8)
        self._mic = QToolButton()
        self._mic.setProperty("role", "mic")
        self._mic.setIconSize(QSize(20, 20))
        self._mic.setFixedSize(42, 42)
        self._mic.clicked.connect(lambda _=False: self.aloud.emit())
        self._mic.setAccessibleName("Microphone")
        self.show_sound(can=False)
        self.field = QLineEdit()
        self.field.setProperty("role", "field")
        self.field.setFixedHeight(38)
        self.field.setPlaceholderText("Type something…")
        self.field.setAccessibleName("What you say")
        self.field.returnPressed.connect(self._say)
        self.field.installEventFilter(self)
        line.addWidget(self._mic)
        line.addWidget(self.field, 1)
        line.addWidget(self._quiet("restart", "Start over", self.again.emit))
        self._more = self._quiet("more", "What else can happen", self._open_menu)
        line.addWidget(self._more)
        return line

    def show_sound(self, *, can: bool, on: bool = False, by_file: bool = False) -> None:
        """Whether one may talk aloud, does so now, and without devices."""
        self._aloud, self._by_file = on, by_file
        self._mic.setEnabled(can or on)
        self._mic.setProperty("alive", on)
        colour = self._look.tokens.ink if on else "#FFFFFF"
        self._mic.setIcon(glyph_icon("close" if on else "mic", colour, 20, "#FFFFFF"))
        self._mic.style().unpolish(self._mic)
        self._mic.style().polish(self._mic)
        words = "Hang up" if on else "Talk aloud" if can else "Talking aloud needs a server; type for now."
        self._mic.setToolTip(words)
        self._mic.setAccessibleName(words)

    def _quiet(self, glyph: str, name: str, act: Callable[[], None]) -> QToolButton:
        button = QToolButton()
        button.setProperty("role", "quiet")
        button.setIcon(glyph_icon(glyph, self._look.tokens.ink2, 20))
        button.setIconSize(QSize(20, 20))
        button.setToolTip(name)
        button.setAccessibleName(name)
        button.clicked.connect(lambda _=False: act())
        return button

    def _open_menu(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Says nothing", self.say_nothing)
        menu.addAction("An hour passes", self.pass_hour)
        menu.addAction("Hangs up", self.hang_up)
        menu.addSeparator()
        menu.addAction("Hide the keys" if self._pads.isVisible() else "Telephone keys", self.toggle_keys)
        menu.addAction("Keep this talk as a test…", self.keep.emit)
        if self._mic.isEnabled():
            menu.addSeparator()
            if self._aloud and self._by_file:
                menu.addAction("Say a wave file…", self.say_file.emit)
            menu.addAction("Call me…", self.call.emit)
            menu.addAction("Follow a call…", self.watch.emit)
        menu.popup(self._above(menu))

    def _above(self, menu: QMenu) -> QPoint:
        corner = self._more.mapToGlobal(self._more.rect().topRight())
        hint = menu.sizeHint()
        corner.setX(corner.x() - hint.width())
        corner.setY(corner.y() - hint.height() - 4)
        return corner

    def say_nothing(self) -> None:
        """The caller is silent until the patience of the node is over."""
        self.done.emit(Silence())

    def pass_hour(self) -> None:
        """An hour passes."""
        self.done.emit(Pass(HOUR_MS))

    def hang_up(self) -> None:
        """The caller hangs up."""
        self.done.emit(Leave())

    def toggle_keys(self) -> None:
        """Show or hide the telephone's keys."""
        self._pads.setVisible(not self._pads.isVisible())

    def show_moment(
        self,
        buttons: tuple[Button, ...],
        *,
        ended: bool,
        keys: bool,
        answers: tuple[tuple[str, Step], ...] = (),
    ) -> None:
        """What may be done now; ``answers`` are what can come of what the flow waits for."""
        while (item := self._flowing.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for b in buttons:
            pill = QPushButton(b.label)
            pill.setProperty("role", "choice")
            pill.clicked.connect(lambda _=False, id=b.id: self.done.emit(Press(id)))
            self._flowing.addWidget(pill)
        for words, step in answers:
            pill = QPushButton(words)
            pill.setProperty("role", "choice")
            pill.clicked.connect(lambda _=False, step=step: self.done.emit(step))
            self._flowing.addWidget(pill)
        self._pills.setVisible(bool(buttons or answers))
        self.field.setEnabled(not ended)
        self.field.setPlaceholderText("The talk is over" if ended else "Type something…")
        if keys != self._wanted_keys:
            self._wanted_keys = keys
            self._pads.setVisible(keys)

    def _say(self) -> None:
        words = self.field.text().strip()
        if words:
            self._said.append(words)
            self._at = len(self._said)
            self.field.clear()
            self.done.emit(Say(words))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up and down bring back what one said before."""
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
            if step and self._said:
                self._at = max(0, min(len(self._said), self._at + step))
                self.field.setText(self._said[self._at] if self._at < len(self._said) else "")
                return True
        return super().eventFilter(watched, event)
