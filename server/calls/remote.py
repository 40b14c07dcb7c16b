"""A line held by a worker, as the voice port the engine speaks through."""

from collections.abc import Callable
from typing import Any

from engine.conversation.voice import Ear, Speech
from engine.protocol import TakeMessage
from server.calls.hub import Worker
from server.workers.wire import Tell


class RemoteVoice:
    """`engine.conversation.voice.VoicePort` over the worker's socket. What is told to a dead worker is lost:
    the next line begins with what is being asked. ``recording`` is told what is told of recording, for the next
    worker to know."""

    def __init__(
        self, worker: Worker, seat: str, recording: Callable[[str], None] = lambda action: None
    ) -> None:
        self._worker = worker
        self._seat = seat
        self._recording = recording

    def _tell(self, call: str, *args: Any) -> None:
        self._worker.send(Tell(self._seat, call, args))

    def speak(self, speech: Speech) -> None:
        """Speak next."""
        self._tell("speak", speech)

    def stop(self, epoch: int) -> None:
        """Be silent now."""
        self._tell("stop", epoch)

    def listen(self, ear: Ear) -> None:
        """Listen for this."""
        self._tell("listen", ear)

    def press(self, keys: str) -> None:
        """Send telephone keys."""
        self._tell("press", keys)

    def take_message(self, message: TakeMessage) -> None:
        """Record what the caller says."""
        self._tell("take_message", message)

    def record(self, action: str) -> None:
        """Record the call."""
        self._recording(action)
        self._tell("record", action)

    def hold(self, on: bool) -> None:
        """We are at work."""
        self._tell("hold", on)

    def hang_up(self, cause: str) -> None:
        """End the call."""
        self._tell("hang_up", cause)
