"""A voice session as the engine sees it: what it is told to do, and what it tells.

Words in, words out, and the turn between them. Everything below (sockets, codecs, voice activity, providers)
is the port's own business.
"""

from typing import Protocol

import msgspec

from engine.protocol import Plain, TakeMessage


class Speech(msgspec.Struct, frozen=True, omit_defaults=True):
    """One utterance to speak, after what was told before it.

    ``number`` counts the utterances of a line. ``prompt`` is the content hash of a prompt whose audio was
    prepared, ``parts`` the fixed words and values the text is made of; ``audio`` is the address of a
    recording to play instead. ``interruptible`` off: it is spoken to its end, whatever the caller does.
    """

    number: int
    epoch: int
    text: str
    locale: str = "en-US"
    interruptible: bool = True
    prompt: str = ""
    parts: tuple[str, ...] = ()
    audio: str = ""


class Ear(msgspec.Struct, frozen=True, omit_defaults=True):
    """What to listen for, from now until told otherwise.

    ``expects`` is the type asked for (``yes_no``, ``digits``, ``text``, ...), ``words`` are hints for the
    recogniser, ``grammar`` is JSGF and empty where anything may be said. ``pause`` is the silence that ends a
    turn, ``longest_pause`` the one that ends it although the words sound unfinished (ms).
    """

    node: str = ""
    expects: str = ""
    locale: str = "en-US"
    words: tuple[str, ...] = ()
    grammar: str = ""
    pause: int = 500
    longest_pause: int = 1500


class Utterance(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was recognised. ``sure`` is per mille (0: the recogniser does not say). No text: somebody spoke,
    and nothing was recognised. ``ended`` is how long ago the caller fell silent, in milliseconds."""

    text: str
    sure: int = 0
    alternatives: tuple[str, ...] = ()
    language: str = ""
    ended: int = 0


class TurnTimes(msgspec.Struct, frozen=True, omit_defaults=True):
    """How long the parts of a turn took, in milliseconds from the end of the caller's speech; None when the
    part did not happen. ``stt`` and ``tts`` name the providers; ``prepared`` says no synthesis was needed."""

    number: int
    transcript: int | None = None
    decision: int | None = None
    audio: int | None = None
    stt: str = ""
    tts: str = ""
    prepared: bool = False
    heard_ms: int = 0
    spoken_characters: int = 0
    cost_micros: int = 0


class VoicePort(Protocol):
    """A person on the line, as somebody to speak to. Nothing here blocks or raises; a line that cannot go on
    says so through its listener."""

    def speak(self, speech: Speech) -> None:
        """Speak next, after everything told before."""

    def stop(self, epoch: int) -> None:
        """Be silent now, and forget what waits of ``epoch`` and before."""

    def listen(self, ear: Ear) -> None:
        """Listen for this from now on."""

    def press(self, keys: str) -> None:
        """Send telephone keys to the other side, in their turn between utterances."""

    def take_message(self, message: TakeMessage) -> None:
        """Record what the caller says, after what waits was spoken; answers by ``result``."""

    def record(self, action: str) -> None:
        """Record the call: ``on``, ``pause``, ``off``."""

    def hold(self, on: bool) -> None:
        """Let the caller hear that we are at work (music, a soft tone) when it takes long."""

    def hang_up(self, cause: str) -> None:
        """End the call, once what waits was heard. ``cause`` is a name of the taxonomy of ends."""


class VoiceListener(Protocol):
    """Who is told what happens on the line. Nothing here blocks or raises."""

    def speaking(self, on: bool) -> None:
        """The caller begins to make sounds, or falls silent."""

    def partial(self, text: str) -> None:
        """What the recogniser believes so far: for the screen only."""

    def supposed(self, text: str) -> None:
        """The caller has probably finished, with these words; none: she goes on. `words` says what they were."""

    def words(self, utterance: Utterance) -> None:
        """The caller's turn is over."""

    def key(self, digit: str) -> None:
        """A telephone key."""

    def began(self, number: int) -> None:
        """An utterance begins to sound."""

    def finished(self, number: int) -> None:
        """Utterance ``number`` and all before it were heard. Told when nothing is left to speak; never for
        speech that was stopped or cut."""

    def barged_in(self, epoch: int, played_ms: int, heard: str) -> None:
        """The caller cut in; ``heard`` are the words of the cut utterances that had sounded."""

    def result(self, effect: str, outcome: str, value: Plain, detail: str) -> None:
        """What came of an effect that answers (`TakeMessage`)."""

    def trouble(self, what: str, detail: str) -> None:
        """``hearing``: no recogniser answers. ``voice``: nothing can be spoken; an apology was played.
        ``recording``: one could not be had; its words are spoken, if it has any."""

    def measured(self, times: TurnTimes) -> None:
        """The times of a turn, once its answer sounds."""

    def gone(self, by: str, reason: str) -> None:
        """The line is over: ``caller``, ``agent`` or ``line``, and the name of the end. Comes once, last."""
