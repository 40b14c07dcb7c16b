"""The calls that were recorded, newest first."""

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from studio.client.recordings import Recorded
from studio.simulator.replay import clock

CHANNELS = {"phone": "telephone", "widget": "browser", "livekit": "browser"}
EMPTY = (
    "Nothing was recorded yet. A call is recorded where its number, its flow or a node says so; messages that callers "
    "leave are here as well."
)
AWAY = "Recordings are on the server. Connect the studio to one to hear them."


class Recordings(QWidget):
    """``wanted`` asks for the newest list, ``chosen`` brings the recording one wants to hear."""

    wanted = Signal()
    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "panel")
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 10, 8, 8)
        row = QHBoxLayout()
        title = QLabel("Recorded calls")
        title.setProperty("role", "section")
        title.setContentsMargins(8, 0, 0, 0)
        look = QPushButton("Look again")
        look.setProperty("role", "link")
        look.clicked.connect(lambda _=False: self.wanted.emit())
        row.addWidget(title, 1)
        row.addWidget(look)
        column.addLayout(row)
        self._words = QLabel(AWAY)
        self._words.setProperty("role", "second")
        self._words.setWordWrap(True)
        self._words.setContentsMargins(8, 6, 8, 0)
        column.addWidget(self._words)
        self.list = QListWidget()
        self.list.setAccessibleName("Recorded calls")
        self.list.setWordWrap(True)
        self.list.itemActivated.connect(self._choose)
        self.list.itemClicked.connect(self._choose)
        column.addWidget(self.list, 1)
        self.list.hide()

    def showEvent(self, event: object) -> None:
        """Made anew when it is seen."""
        self.wanted.emit()

    @property
    def words(self) -> str:
        """What is said in the list's place."""
        return self._words.text()

    def show_words(self, words: str) -> None:
        """Say something in the list's place."""
        self._words.setText(words)
        self._words.show()
        self.list.hide()

    def show_recordings(self, recordings: Sequence[Recorded]) -> None:
        """Show these."""
        if not recordings:
            self.show_words(EMPTY)
            return
        self._words.hide()
        self.list.show()
        self.list.clear()
        for recorded in recordings:
            item = QListWidgetItem(words_of(recorded))
            item.setData(Qt.ItemDataRole.UserRole, recorded)
            self.list.addItem(item)

    def _choose(self, item: QListWidgetItem) -> None:
        self.chosen.emit(item.data(Qt.ItemDataRole.UserRole))


def words_of(recorded: Recorded) -> str:
    """Two lines: when and how, then how long and what came of it."""
    when = datetime.fromisoformat(recorded.started_at).astimezone()
    how = "a message" if recorded.kind == "message" else CHANNELS.get(recorded.channel, recorded.channel)
    number = recorded.name.removesuffix(".ogg").partition("-")[2]
    how = f"{how}, part {number}" if number else how
    outcome = f" · {recorded.outcome.replace('_', ' ')}" if recorded.outcome else ""
    return f"{when:%a %d %b, %H:%M} · {how}\n{clock(recorded.ms)}{outcome}"
