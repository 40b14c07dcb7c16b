"""Where one listens to a recording: play, the position, the length, and the file."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QToolButton, QWidget

from studio.simulator.replay import clock
from studio.theme import Look
from studio.theme.glyphs import glyph_icon


class PlayerBar(QWidget):
    """``toggled`` asks to play or to wait, ``sought`` to go to a position (ms), ``saved`` to keep the file, ``left`` to
    put the recording away."""

    toggled = Signal()
    sought = Signal(int)
    saved = Signal()
    left = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 12, 12, 12)
        row.setSpacing(8)
        self._play = QToolButton()
        self._play.setProperty("role", "mic")
        self._play.setIconSize(QSize(20, 20))
        self._play.setFixedSize(42, 42)
        self._play.clicked.connect(lambda _=False: self.toggled.emit())
        row.addWidget(self._play)
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setProperty("role", "position")
        self._slider.setAccessibleName("Position in the recording")
        self._slider.setPageStep(5_000)
        self._slider.setSingleStep(1_000)
        self._slider.sliderMoved.connect(self.sought)
        self._slider.actionTriggered.connect(lambda _: self.sought.emit(self._slider.sliderPosition()))
        row.addWidget(self._slider, 1)
        self._time = QLabel()
        self._time.setProperty("role", "hint")
        row.addWidget(self._time)
        row.addWidget(self._quiet("save", "Save the recording as a file", self.saved.emit))
        row.addWidget(self._quiet("close", "Put the recording away", self.left.emit))
        self.show_playing(False)

    def _quiet(self, glyph: str, name: str, tell: Callable[[], object]) -> QToolButton:
        button = QToolButton()
        button.setProperty("role", "quiet")
        button.setIcon(glyph_icon(glyph, self._look.tokens.ink2, 20))
        button.setIconSize(QSize(20, 20))
        button.setToolTip(name)
        button.setAccessibleName(name)
        button.clicked.connect(lambda _=False: tell())
        return button

    def show_playing(self, on: bool) -> None:
        """Whether it plays."""
        self._play.setIcon(glyph_icon("pause" if on else "play", "#FFFFFF", 20, "#FFFFFF"))
        words = "Wait" if on else "Play"
        self._play.setToolTip(words)
        self._play.setAccessibleName(words)

    def show_position(self, ms: int, length: int) -> None:
        """Where it is."""
        self._slider.setMaximum(max(1, length))
        if not self._slider.isSliderDown():
            self._slider.setValue(ms)
        self._time.setText(f"{clock(ms)} / {clock(length)}")
