"""Input scripts: what the other side does, step by step. Conversation tests, witnesses and covering suites
are scripts."""

import msgspec

from engine.protocol.values import Plain


class Say(msgspec.Struct, frozen=True, tag="say", omit_defaults=True):
    """She types or says words."""

    text: str


class CutIn(msgspec.Struct, frozen=True, tag="cut_in", omit_defaults=True):
    """She says words while she is spoken to. What must not be cut in on is heard to its end first."""

    text: str


class Keys(msgspec.Struct, frozen=True, tag="keys", omit_defaults=True):
    """She presses keys of the telephone, one after the other."""

    keys: str


class Press(msgspec.Struct, frozen=True, tag="press", omit_defaults=True):
    """She presses a button on the screen, by its id."""

    button: str


class Silence(msgspec.Struct, frozen=True, tag="silence", omit_defaults=True):
    """She says nothing until the patience of the node is over."""


class Pass(msgspec.Struct, frozen=True, tag="pass", omit_defaults=True):
    """Time passes: ``ms`` milliseconds, or until the running timer fires when 0."""

    ms: int = 0


class Answer(msgspec.Struct, frozen=True, tag="answer", omit_defaults=True):
    """The outside world answers what is under way: a request, a transfer, a message being recorded.

    ``outcome`` is that of the effect: ``ok``, ``error``, ``timeout`` or ``unknown`` for a request; ``busy``,
    ``no_answer``, ``refused`` too for a transfer; ``silence`` for a message. ``status`` and ``body`` are those of a
    web service; the ``body`` of a message is ``{"recording": name, "ms": int}``.
    """

    outcome: str = "ok"
    status: int = 200
    body: Plain = None


class Happen(msgspec.Struct, frozen=True, tag="happen", omit_defaults=True):
    """A named signal arrives."""

    name: str
    value: Plain = None


class Leave(msgspec.Struct, frozen=True, tag="leave", omit_defaults=True):
    """She hangs up."""


Step = Say | CutIn | Keys | Press | Silence | Pass | Answer | Happen | Leave


class Script(msgspec.Struct, frozen=True, omit_defaults=True):
    """Steps under a seed, a reference time (civil, ``2026-11-20T10:00``), a locale and a modality."""

    steps: tuple[Step, ...] = ()
    seed: int = 0
    now: str = "2026-11-20T10:00"
    locale: str = ""
    modality: str = "text"
