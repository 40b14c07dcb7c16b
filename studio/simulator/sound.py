"""Sound in and out of the studio: the machine's devices, or wave files where there are none."""

import time
import wave
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QByteArray, QIODevice, QObject, QTimer, Signal, SignalInstance
from PySide6.QtMultimedia import QAudioFormat, QAudioSink, QAudioSource, QMediaDevices

from studio.simulator.waves import FRAME, FRAME_MS, RATE


class Sound(Protocol):
    """A mouth and an ear. ``captured`` is a Qt signal that brings stretches of 16 kHz 16-bit mono sound."""

    captured: SignalInstance
    name: str

    def start(self) -> None:
        """Begin to listen and to be heard."""

    def play(self, pcm: bytes) -> None:
        """Sound that follows what was given before."""

    def clear(self) -> None:
        """Be silent now."""

    def stop(self) -> None:
        """Let the devices go."""


def devices() -> tuple[bool, bool]:
    """Whether the machine has a microphone, and a loudspeaker."""
    return bool(QMediaDevices.audioInputs()), bool(QMediaDevices.audioOutputs())


class DeviceSound(QObject):
    """The default microphone and loudspeaker."""

    captured: SignalInstance = Signal(bytes)  # type: ignore[assignment]

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        shape = QAudioFormat()
        shape.setSampleRate(RATE)
        shape.setChannelCount(1)
        shape.setSampleFormat(QAudioFormat.SampleFormat.Int16)
        microphone, speaker = QMediaDevices.defaultAudioInput(), QMediaDevices.defaultAudioOutput()
        self.name = f"{microphone.description()}, {speaker.description()}"
        self._source = QAudioSource(microphone, shape, self)
        self._source.setBufferSize(FRAME * 4)
        self._sink = QAudioSink(speaker, shape, self)
        self._sink.setBufferSize(FRAME * 10)
        self._from: QIODevice | None = None
        self._to: QIODevice | None = None
        self._waiting = bytearray()
        self._feeder = QTimer(self)
        self._feeder.setInterval(FRAME_MS // 2)
        self._feeder.timeout.connect(self._feed)

    def start(self) -> None:
        """Begin to listen and to be heard."""
        self._from = self._source.start()
        if self._from is not None:
            self._from.readyRead.connect(self._read)
        self._to = self._sink.start()
        self._feeder.start()

    def _read(self) -> None:
        if self._from is not None:
            data = self._from.readAll()
            if data.size():
                self.captured.emit(bytes(data.data()))

    def play(self, pcm: bytes) -> None:
        """Sound that follows what was given before."""
        self._waiting += pcm

    def _feed(self) -> None:
        if self._to is None or not self._waiting:
            return
        room = self._sink.bytesFree() // 2 * 2
        if room and self._to is not None:
            written = self._to.write(QByteArray(bytes(self._waiting[:room])))
            del self._waiting[: max(0, written)]

    def clear(self) -> None:
        """Be silent now: what waits in the device is dropped as well."""
        self._waiting.clear()
        self._sink.reset()
        self._to = self._sink.start()

    def stop(self) -> None:
        """Let the devices go."""
        self._feeder.stop()
        self._source.stop()
        self._sink.stop()
        self._from = self._to = None


class FileSound(QObject):
    """No devices: what the agent says goes into a wave file, and waves can be said (`speak`)."""

    captured: SignalInstance = Signal(bytes)  # type: ignore[assignment]

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.path = path
        self.name = f"no devices; what is said goes to {path.name}"
        self._out: wave.Wave_write | None = None
        self._pending = bytearray()
        self._saying = bytearray()
        self._said = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(FRAME_MS)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        """Begin the file."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._out = wave.open(str(self.path), "wb")  # noqa: SIM115
        self._out.setnchannels(1)
        self._out.setsampwidth(2)
        self._out.setframerate(RATE)
        self._said = time.monotonic()
        self._timer.start()

    def _tick(self) -> None:
        """Real time, as a microphone keeps it: silence where nothing is said. A late tick catches up."""
        now = time.monotonic()
        while self._said + FRAME_MS / 1000 <= now:
            self._said += FRAME_MS / 1000
            stretch = bytes(self._saying[:FRAME])
            del self._saying[:FRAME]
            self.captured.emit(stretch + bytes(FRAME - len(stretch)))
            heard = bytes(self._pending[:FRAME])
            del self._pending[:FRAME]
            if self._out is not None:
                self._out.writeframes(heard + bytes(FRAME - len(heard)))

    def speak(self, pcm: bytes) -> None:
        """Say this into the talk."""
        self._saying += pcm

    def play(self, pcm: bytes) -> None:
        """Sound that follows what was given before."""
        self._pending += pcm

    def clear(self) -> None:
        """Be silent now."""
        self._pending.clear()

    def stop(self) -> None:
        """Close the file."""
        self._timer.stop()
        if self._out is not None:
            self._out.close()
            self._out = None
