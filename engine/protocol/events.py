"""Events: all that reaches the engine.

Every event carries ``at``, whole milliseconds since the session started; it is the engine's only clock.
Understanding has already happened: the driver reads the words with what the node expects and puts the
`Reading` into the event, so a replay never parses words again.
"""

import msgspec

from engine.protocol.values import Plain


class Reading(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the words were taken to mean.

    ``target`` says for whom they were meant: ``"here"`` (the listening node), ``"amend"`` (another value for
    the question being confirmed), ``"correct"`` (another value for the question before), a handler's node id,
    or ``""`` for no one. ``confidence`` is per mille. ``note`` is a sentence for people: why this was
    understood.
    """

    target: str = ""
    value: Plain = None
    confidence: int = 0
    note: str = ""


NOT_UNDERSTOOD = Reading()


class Started(msgspec.Struct, frozen=True, tag="started", omit_defaults=True):
    """The session begins."""

    at: int = 0
    inputs: dict[str, Plain] = {}


class Heard(msgspec.Struct, frozen=True, tag="text", omit_defaults=True):
    """Words, typed or spoken (a final transcript), and what they were taken to mean.

    ``sure`` is the recogniser's confidence in per mille, 0 when it gave none. No text at all means that
    somebody spoke and nothing could be recognised.
    """

    at: int
    text: str
    reading: Reading = NOT_UNDERSTOOD
    spoken: bool = False
    sure: int = 0


class Digit(msgspec.Struct, frozen=True, tag="digit", omit_defaults=True):
    """One key of the telephone: ``0``-``9``, ``*``, ``#``, ``A``-``D``."""

    at: int
    digit: str


class Pressed(msgspec.Struct, frozen=True, tag="button", omit_defaults=True):
    """A button on the screen, by its id."""

    at: int
    button: str


class SpeechFinished(msgspec.Struct, frozen=True, tag="speech_finished", omit_defaults=True):
    """All that was to be spoken in ``epoch`` has been heard."""

    at: int
    epoch: int


class BargeIn(msgspec.Struct, frozen=True, tag="barge_in", omit_defaults=True):
    """The caller spoke over us; ``heard`` is what she had heard of the words spoken in ``epoch``."""

    at: int
    epoch: int
    played_ms: int = 0
    heard: str = ""


class TimerFired(msgspec.Struct, frozen=True, tag="timer", omit_defaults=True):
    """A timer set by ``SetTimer`` ran out."""

    at: int
    timer: int


class Result(msgspec.Struct, frozen=True, tag="result", omit_defaults=True):
    """What came of an effect that answers, by the effect's id (``seq:k``).

    ``outcome`` is ``ok``, ``error``, ``timeout`` or ``unknown`` (it was sent, and nobody can say what came of
    it).
    """

    at: int
    effect: str
    outcome: str = "ok"
    value: Plain = None
    detail: str = ""


class Wrote(msgspec.Struct, frozen=True, tag="wrote", omit_defaults=True):
    """A model has written a sentence that may be spoken, under the effect ``seq:k`` that is still under way."""

    at: int
    effect: str
    text: str


class Signal(msgspec.Struct, frozen=True, tag="signal", omit_defaults=True):
    """Something happened outside that a handler may wait for, by name."""

    at: int
    name: str
    value: Plain = None


class HungUp(msgspec.Struct, frozen=True, tag="hung_up", omit_defaults=True):
    """The other side left (``caller``) or the line was lost (``line``); ``reason`` is the name of the end in
    the taxonomy of calls."""

    at: int
    by: str = "caller"
    reason: str = ""


class Resumed(msgspec.Struct, frozen=True, tag="resumed", omit_defaults=True):
    """Another owner took the session over after a crash; results that were under way and may not be asked
    for again are answered ``unknown`` by the driver right after this event."""

    at: int


class Switched(msgspec.Struct, frozen=True, tag="switched", omit_defaults=True):
    """The same talk goes on in another modality: ``voice`` or ``text``."""

    at: int
    modality: str


class Trouble(msgspec.Struct, frozen=True, tag="trouble", omit_defaults=True):
    """A sense is gone for now: ``hearing`` (no speech-to-text), ``voice`` (nothing can be synthesised). ``recording``:
    one could not be had, and its words were spoken instead."""

    at: int
    what: str
    detail: str = ""


Event = (
    Started
    | Heard
    | Digit
    | Pressed
    | SpeechFinished
    | BargeIn
    | TimerFired
    | Result
    | Wrote
    | Signal
    | HungUp
    | Resumed
    | Switched
    | Trouble
)
