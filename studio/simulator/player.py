"""Playing a recording: through the loudspeaker, or (where there is none) by the clock alone, so that its way can be
followed all the same."""

from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, QUrl, Signal, SignalInstance
from PySide6.QtMultimedia import QAudioOutput, QMediaDevices, QMediaPlayer

TICK_MS = 100


class Player(Protocol):
    """``moved`` brings the position in milliseconds, ``turned`` whether it plays."""

    moved: SignalInstance
    turned: SignalInstance
    heard: bool

    def play(self) -> None:
        """Go on."""

    def pause(self) -> None:
        """Wait here."""

    def seek(self, ms: int) -> None:
        """Go to a position."""

    def stop(self) -> None:
        """Let the loudspeaker go."""


class LoudPlayer(QObject):
    """A file through the default loudspeaker."""

    moved: SignalInstance = Signal(int)  # type: ignore[assignment]
    turned: SignalInstance = Signal(bool)  # type: ignore[assignment]
    heard = True

    def __init__(self, file: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._output = QAudioOutput(QMediaDevices.defaultAudioOutput(), self)
        self._player = QMediaPlayer(self)
        self._player.setAudioOutput(self._output)
        self._player.setSource(QUrl.fromLocalFile(str(file)))
        self._player.positionChanged.connect(self.moved)
        self._player.playingChanged.connect(self.turned)

    def play(self) -> None:
        """Go on."""
        self._player.play()

    def pause(self) -> None:
        """Wait here."""
        self._player.pause()

    def seek(self, ms: int) -> None:
        """Go to a position."""
        self._player.setPosition(ms)

    def stop(self) -> None:
        """Let the loudspeaker go."""
        self._player.stop()
        self._player.setSource(QUrl())


class QuietPlayer(QObject):
    """Nothing sounds; the position goes on as if it did, up to ``length`` (ms)."""

    moved: SignalInstance = Signal(int)  # type: ignore[assignment]
    turned: SignalInstance = Signal(bool)  # type: ignore[assignment]
    heard = False

    def __init__(self, length: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._length = length
        self._from = 0
        self._clock = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)

    @property
    def _at(self) -> int:
        passed = self._clock.elapsed() if self._timer.isActive() else 0
        return min(self._length, self._from + passed)

    def play(self) -> None:
        """Go on; from the beginning when it was over."""
        if self._from >= self._length:
            self._from = 0
        self._clock.start()
        self._timer.start()
        self.turned.emit(True)

    def pause(self) -> None:
        """Wait here."""
        self._from = self._at
        self._timer.stop()
        self.turned.emit(False)

    def seek(self, ms: int) -> None:
        """Go to a position."""
        self._from = max(0, min(self._length, ms))
        self._clock.start()
        self.moved.emit(self._from)

    def stop(self) -> None:
        """End."""
        self._timer.stop()

    def _tick(self) -> None:
        at = self._at
        self.moved.emit(at)
        if at >= self._length:
            self.pause()


def make_player(file: Path, length: int, parent: QObject) -> Player:
    """Through the loudspeaker when there is one."""
    if QMediaDevices.audioOutputs():
        return LoudPlayer(file, parent)
    return QuietPlayer(length, parent)
