"""Talking aloud: a rehearsal by voice, a call placed to oneself, somebody's call followed."""

from collections.abc import Callable, Coroutine
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog

from engine.protocol import Header
from engine.protocol.script import Keys, Leave, Say, Step
from studio.client.api import Api, ServerTrouble
from studio.client.calls import (
    CallNews,
    Caption,
    Clear,
    Doing,
    Entrance,
    Failure,
    Frame,
    Happened,
    Over,
    Ready,
    Socket,
    Turned,
    begin_rehearsal,
    follow,
    live_calls,
    open_sound,
)
from studio.client.connection import Connection
from studio.simulator.followed import FollowedTalk
from studio.simulator.waves import level, read_wave
from studio.window.desk import Desk
from studio.window.question import Asked
from studio.window.tasks import Tasks

if TYPE_CHECKING:
    from studio.simulator.sound import Sound

DOING = {"dialing": "being called", "ringing": "ringing", "up": "on the line"}


class Calls:
    """One line at a time. The dock shows it; the canvas follows it, as it follows any talk. ``heard`` is the wave file
    of what was said last, where there are no devices."""

    def __init__(self, desk: Desk, connection: Connection, tasks: Tasks) -> None:
        self._desk = desk
        self._dock = desk.dock
        self._connection = connection
        self._tasks = tasks
        self._socket: Socket | None = None
        self._sound: Sound | None = None
        self._talk: FollowedTalk | None = None
        self._line = 0
        self.heard: Path | None = None
        bar = desk.dock.bar
        bar.aloud.connect(self.toggle)
        bar.call.connect(self.ask_call)
        bar.watch.connect(self.ask_follow)
        bar.say_file.connect(self.ask_file)
        desk.dock.sent.connect(self.send)
        desk.dock.left.connect(self.hang_up)

    @property
    def on(self) -> bool:
        """Whether a line is open, or being opened."""
        return bool(self._line % 2)

    @property
    def sound(self) -> "Sound | None":
        """Where it sounds."""
        return self._sound

    def show_connection(self) -> None:
        """Whether one may talk aloud has perhaps changed."""
        by_file = hasattr(self._sound, "speak")
        self._dock.bar.show_sound(can=self._connection.up, on=self.on, by_file=by_file)

    def toggle(self) -> None:
        """Begin to talk aloud, or hang up."""
        if self.on:
            self.hang_up()
        else:
            self._begin(self._rehearse)

    def hang_up(self) -> None:
        """End the line that is open."""
        if self.on:
            self._line += 1
            socket, self._socket = self._socket, None
            if socket is not None:
                self._tasks.spawn(socket.close(), "Hanging up")
            self._quiet()

    def send(self, step: Step) -> None:
        """Do something in the talk that is under way."""
        socket = self._socket
        if isinstance(step, Leave):
            self.hang_up()
        elif socket is not None and isinstance(step, Keys):
            self._tasks.spawn(socket.keys(step.keys), "Sending keys")
        elif socket is not None and isinstance(step, Say):
            self._tasks.spawn(socket.text(step.text), "Saying something")

    def ask_call(self) -> None:
        """Ask for the address to call."""
        Asked(
            self._desk.window(),
            "Where are you?",
            "A SIP address the server can reach, like sip:me@192.168.1.20. The flow as it stands calls you there.",
            "Call me",
            self.call,
        ).open()

    def call(self, address: str) -> None:
        """Let the server call ``address`` with the flow as it stands."""
        address = address.strip()
        if address and not address.startswith(("sip:", "tel:", "+")):
            address = f"sip:{address}"
        if address:
            self._begin(lambda api: self._rehearse(api, address))

    def ask_follow(self) -> None:
        """Follow the newest talk that is under way."""
        api = self._connection.api
        if api is not None:
            self._tasks.spawn(self._newest_call(api), "Looking for calls")

    def follow(self, session_id: str) -> None:
        """Follow a session."""
        self._begin(lambda api: self._follow(api, session_id))

    def ask_file(self) -> None:
        """Choose a wave file to say."""
        dialog = QFileDialog(self._desk.window(), "Say a wave file", "", "Wave files (*.wav)")
        dialog.fileSelected.connect(self.say_file)
        dialog.open()

    def say_file(self, path: str) -> None:
        """Say a wave file into the talk."""
        from studio.simulator.sound import FileSound

        if not isinstance(self._sound, FileSound):
            return
        try:
            self._sound.speak(read_wave(Path(path)))
        except ValueError as error:
            self._desk.notices.tell(str(error))

    # The line.

    def _begin(self, work: Callable[[Api], Coroutine[Any, Any, None]]) -> None:
        api = self._connection.api
        if api is None or self._dock.newest is None:
            self._desk.notices.tell("The flow does not run yet: mend what the problems say, then talk to it.")
            return
        self.hang_up()
        self._line += 1
        self.show_connection()
        self._tasks.spawn(self._held(work(api), self._line), "Talking aloud")

    async def _held(self, work: Coroutine[Any, Any, None], line: int) -> None:
        try:
            await work
        except ServerTrouble as trouble:
            self._dock.tell(trouble.message)
        finally:
            if self._line == line:
                self._line += 1
                self._socket = None
                self._quiet()

    def _quiet(self) -> None:
        if self._sound is not None:
            self._sound.stop()
            self._sound = None
        if self._talk is not None:
            self._talk.over = True
            if self._dock.talk is self._talk:
                self._dock.show_talk()
            self._talk = None
        self._dock.show_level(-1)
        self.show_connection()

    async def _rehearse(self, api: Api, call_to: str = "") -> None:
        assert self._dock.newest is not None
        flow, program = self._dock.newest
        entrance = await begin_rehearsal(api, flow, program.locales[0], call_to)
        if entrance.way == "call":
            await self._follow(api, entrance.session_id)
            return
        await self._talk_aloud(api, entrance)

    async def _talk_aloud(self, api: Api, entrance: Entrance) -> None:
        line = self._line
        async with open_sound(api, entrance) as socket:
            if self._line != line:
                return
            self._socket = socket
            self._sound = self._devices()
            async for frame in socket:
                if self._line != line:
                    return
                if isinstance(frame, bytes):
                    self._dock.show_level(level(frame))
                    self._sound.play(frame)
                elif isinstance(frame, Clear):
                    self._sound.clear()
                else:
                    self._show(frame)

    async def _follow(self, api: Api, session_id: str) -> None:
        line = self._line
        async with follow(api, session_id) as socket:
            if self._line != line:
                return
            self._socket = socket
            async for frame in socket:
                if self._line != line:
                    return
                if not isinstance(frame, bytes):
                    self._show(frame)

    async def _newest_call(self, api: Api) -> None:
        try:
            calls = await live_calls(api)
        except ServerTrouble as trouble:
            self._desk.notices.tell(trouble.message, grave=True)
            return
        if calls:
            self.follow(calls[0].id)
        else:
            self._desk.notices.tell("Nobody is talking to an agent right now.")

    def _devices(self) -> "Sound":
        # The multimedia library is large, and only who talks aloud needs it.
        from studio.simulator.sound import DeviceSound, FileSound, devices

        if all(devices()):
            return DeviceSound(self._desk)
        home = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation))
        sound = FileSound(home / "talks" / f"{datetime.now():%Y-%m-%d %H.%M.%S}.wav", self._desk)
        self.heard = sound.path
        self._desk.notices.tell(f"No microphone and loudspeaker here: what is said goes to {sound.path}.")
        return sound

    def _listen(self) -> None:
        sound, socket = self._sound, self._socket
        if sound is None or socket is None:
            return

        def captured(pcm: bytes) -> None:
            if self._socket is socket:
                self._dock.show_level(level(pcm))
                self._tasks.spawn(socket.sound(pcm), "Sending sound")

        sound.captured.connect(captured)
        sound.start()
        self.show_connection()

    def _show(self, frame: Frame) -> None:
        talk = self._talk
        if isinstance(frame, Ready):
            self._ready(frame)
        elif isinstance(frame, Failure):
            self._dock.tell(frame.message)
        elif talk is None:
            return
        elif isinstance(frame, Happened):
            talk.partial = ""
            talk.take(frame.record)
        elif isinstance(frame, Caption):
            if frame.who == "caller" and not frame.final:
                talk.partial = frame.text
        elif isinstance(frame, Turned):
            if frame.audio is not None:
                talk.took(frame.audio)
        elif isinstance(frame, Doing):
            talk.doing = frame.state
        elif isinstance(frame, CallNews):
            talk.doing = DOING.get(frame.state, "")
            if frame.state == "ended" and frame.reason:
                self._dock.tell(f"The call ended: {frame.reason.replace('_', ' ')}.")
        elif isinstance(frame, Over):
            talk.over = True
        if talk is not None and self._dock.talk is talk:
            self._dock.show_talk()

    def _ready(self, ready: Ready) -> None:
        assert self._dock.newest is not None
        flow, program = self._dock.newest
        header = ready.header or Header(
            ready.session_id,
            program.hash,
            program.semantics,
            0,
            f"{datetime.now():%Y-%m-%dT%H:%M:%S}",
            program.locales[0],
            modality="voice",
        )
        self._talk = FollowedTalk(flow, program, header)
        self._dock.follow(self._talk)
        if ready.program and ready.program != program.hash:
            self._dock.tell("This talk runs another version of the flow than the one on the canvas.")
        self._listen()
