"""The stage: who is speaking now, as a wave."""

import math

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.theme import Look
from studio.theme.glyphs import arch

REST = (8, 16, 30, 44, 26, 52, 38, 20, 34, 56, 42, 22, 12, 24, 36, 18, 8)
"""Heights of the bars at rest, pixels: a voice, frozen."""

FRAME_MS = 33
BAR = 3.0
GAP = 3.0


class Stage(QWidget):
    """A strip with the wave, a word on who is doing what, and the time of the talk. It moves only while
    something happens,
    and not at all when reduced motion is asked for."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._caption = "Not begun"
        self._time = ""
        self._phase = 0.0
        self._left = 0
        self._level = -1.0
        self.reduced_motion = False
        self._timer = QTimer(self)
        self._timer.setInterval(FRAME_MS)
        self._timer.timeout.connect(self._tick)
        self.setFixedHeight(86)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Stage")

    def sizeHint(self) -> QSize:
        return QSize(304, 86)

    def show_moment(self, caption: str, seconds: int, *, speaking_ms: int = 0) -> None:
        """Say who does what; with ``speaking_ms`` the wave moves that long."""
        self._caption = caption
        self._time = f"{seconds // 60}:{seconds % 60:02}" if seconds < 3600 else f"{seconds // 3600} h"
        self.setAccessibleDescription(f"{caption}, {self._time}")
        self._left = 0 if self.reduced_motion else speaking_ms
        if self._left > 0:
            self._timer.start()
        self.update()

    def show_level(self, level: float) -> None:
        """How loud the line is, 0 to 1, from either side; below 0 there is no line."""
        if level < 0 or self.reduced_motion:
            self._level = level if level < 0 else 0.35
        else:
            # A bar falls slower than it rises, as on any meter.
            self._level = max(level, self._level * 0.8)
            self._phase += 0.12
        self.update()

    def _tick(self) -> None:
        self._left -= FRAME_MS
        self._phase += 0.24
        if self._left <= 0 or not self.isVisible():
            self._timer.stop()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens, faces = self._look.tokens, self._look.faces
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect())
        ground = QLinearGradient(rect.topLeft(), rect.bottomRight())
        think = tokens.family("Think")
        ground.setColorAt(0, QColor(think.tint))
        ground.setColorAt(1, QColor(think.tint2))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawPath(arch(rect, 26, 8))
        self._paint_wave(painter, rect)
        painter.setPen(QColor(tokens.ink2))
        painter.setFont(faces.ui(11))
        words = rect.adjusted(16, 0, -16, -8)
        painter.drawText(words, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, self._caption)
        painter.drawText(words, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom, self._time)
        painter.end()

    def _tall(self, height: float, bar: int) -> float:
        swing = 0.62 + 0.38 * math.sin(self._phase + bar * 0.9)
        if self._level >= 0:
            return max(4.0, height * swing * (0.15 + self._level))
        return height * swing if self._left > 0 else height

    def _paint_wave(self, painter: QPainter, rect: QRectF) -> None:
        tokens = self._look.tokens
        width = len(REST) * (BAR + GAP) - GAP
        x = rect.center().x() - width / 2
        middle = rect.center().y() - 2
        for i, height in enumerate(REST):
            tall = self._tall(height, i)
            bar = QRectF(x, middle - tall / 2, BAR, tall)
            wave = QLinearGradient(bar.topLeft(), bar.bottomLeft())
            wave.setColorAt(0, QColor(tokens.violet))
            wave.setColorAt(1, QColor(tokens.sunrise))
            painter.setBrush(wave)
            painter.drawRoundedRect(bar, BAR / 2, BAR / 2)
            x += BAR + GAP
