"""Listening to recorded calls: the list, the player, the script and the path that follow it."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

from studio.client.api import Api, ServerTrouble
from studio.client.connection import Connection
from studio.client.recordings import Recorded, Tape, newest_recordings, read_tape
from studio.panels.recordings import AWAY
from studio.simulator.replay import RecordedTalk
from studio.window.desk import Desk
from studio.window.tasks import Tasks

if TYPE_CHECKING:
    from studio.simulator.player import Player


class Hearing:
    """One recording at a time."""

    def __init__(self, desk: Desk, connection: Connection, tasks: Tasks) -> None:
        self._desk = desk
        self._dock = desk.dock
        self._connection = connection
        self._tasks = tasks
        self._player: Player | None = None
        self._playing = False
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._asked = 0
        desk.recordings.wanted.connect(self.look)
        desk.recordings.chosen.connect(self.open)
        bar = desk.dock.player
        bar.toggled.connect(self.toggle)
        bar.sought.connect(self.seek)
        bar.saved.connect(self.ask_save)
        bar.left.connect(self._dock.put_away)
        desk.dock.heard_from.connect(self.seek)
        desk.dock.left.connect(self.close)

    @property
    def talk(self) -> RecordedTalk | None:
        """What is heard."""
        talk = self._dock.talk
        return talk if isinstance(talk, RecordedTalk) else None

    def show_connection(self) -> None:
        """A server came or went."""
        if self._desk.recordings.isVisible():
            self.look()

    def look(self) -> None:
        """See what is recorded."""
        api = self._connection.api
        if api is None or not self._connection.up:
            self._desk.recordings.show_words(AWAY)
            return
        self._tasks.spawn(self._look(api), "Looking for recordings")

    async def _look(self, api: Api) -> None:
        try:
            found = await newest_recordings(api)
        except ServerTrouble as trouble:
            self._desk.recordings.show_words(trouble.message)
            return
        self._desk.recordings.show_recordings(found)

    def open(self, recorded: Recorded) -> None:
        """Fetch a recording, and play it."""
        api = self._connection.api
        if api is not None:
            self._asked += 1
            self._tasks.spawn(self._open(api, recorded, self._asked), "Opening a recording")

    async def _open(self, api: Api, recorded: Recorded, asked: int) -> None:
        try:
            tape = await read_tape(api, recorded)
        except ServerTrouble as trouble:
            self._desk.notices.tell(trouble.message, grave=True)
            return
        if asked == self._asked:
            self._begin(tape)

    def _begin(self, tape: Tape) -> None:
        # The multimedia library is large, and only who listens needs it.
        from studio.simulator.player import make_player

        self.close()
        self._folder = tempfile.TemporaryDirectory(prefix="parley-")
        file = Path(self._folder.name) / tape.recorded.name
        file.write_bytes(tape.sound)
        talk = RecordedTalk(tape)
        self._desk.side.turn_to("rehearse")
        self._dock.listen(talk)
        player = self._player = make_player(file, tape.recorded.ms, self._desk)
        player.moved.connect(self._moved)
        player.turned.connect(self._turned)
        if not player.heard:
            self._dock.tell(
                "No loudspeaker here: the script follows in silence. Save the file to hear it elsewhere."
            )
        self._moved(0)
        player.play()

    def _turned(self, on: bool) -> None:
        self._playing = on
        self._dock.player.show_playing(on)

    def _moved(self, ms: int) -> None:
        talk = self.talk
        if talk is not None:
            talk.at_ms = ms
            self._dock.player.show_position(ms, talk.tape.recorded.ms)
            self._dock.show_heard()

    def toggle(self) -> None:
        """Play, or wait."""
        if self._player is not None and self._playing:
            self._player.pause()
        elif self._player is not None:
            self._player.play()

    def seek(self, ms: int) -> None:
        """Hear it from a moment on."""
        if self._player is not None:
            self._player.seek(ms)
            self._moved(ms)

    def close(self) -> None:
        """Let the player and its file go."""
        self._turned(False)
        if self._player is not None:
            self._player.moved.disconnect(self._moved)
            self._player.turned.disconnect(self._turned)
            self._player.stop()
            self._player = None
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def ask_save(self) -> None:
        """Ask where to keep the file."""
        talk = self.talk
        if talk is None:
            return
        name = f"{talk.tape.recorded.session_id}-{talk.tape.recorded.name}"
        dialog = QFileDialog(self._desk.window(), "Save the recording", name, "Recordings (*.ogg)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("ogg")
        dialog.fileSelected.connect(self.save)
        dialog.open()

    def save(self, path: str) -> None:
        """Keep the file there."""
        talk = self.talk
        if talk is None:
            return
        try:
            Path(path).write_bytes(talk.tape.sound)
        except OSError as error:
            self._desk.notices.tell(f"The recording could not be written: {error.strerror}.", grave=True)
            return
        self._desk.notices.tell(f"Saved as {Path(path).name}.")
