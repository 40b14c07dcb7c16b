"""What every listening kind shares: the ladder of re-prompts, patience, options, and the ports of failure."""

from collections.abc import Mapping
from typing import Annotated

import msgspec

from engine.kinds.building import Builder
from engine.kinds.forms import Form
from engine.kinds.instructions import Prompt
from engine.kinds.kind import NodeFields, Port, PortClass
from engine.protocol.script import Keys, Silence, Step
from engine.understanding import Choice

Words = dict[str, str]
"""Words by locale; each is a template."""


class Option(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One thing to choose."""

    id: Annotated[str, Form("Id", "text", "A short name that never changes, such as garden.")]
    label: Annotated[Words, Form("Label", "prompt", "What people read and say.")] = {}
    synonyms: Annotated[
        dict[str, tuple[str, ...]], Form("Also said as", "texts", "Other words for it, by locale.")
    ] = {}
    key: Annotated[str, Form("Key", "text", "The telephone key that chooses it.")] = ""


class Listening(NodeFields, frozen=True):
    """The fields of a node that asks and waits."""

    prompt: Annotated[Words, Form("Question", "prompt", "What the caller hears and reads.")] = {}
    reprompts: Annotated[
        tuple[Words, ...],
        Form(
            "When it was not understood",
            "prompts",
            "Said after the first, second, ... answer that made no sense.",
        ),
    ] = ()
    silences: Annotated[
        tuple[Words, ...],
        Form("When nothing is said", "prompts", "Said after the first, second, ... silence."),
    ] = ()
    tries: Annotated[int, Form("Tries", "number", "How often it asks before it gives up.")] = 3
    patience: Annotated[
        int,
        Form("Patience", "duration", "How long it waits for an answer; 0 is the flow's own.", advanced=True),
    ] = 0
    interruptible: Annotated[
        bool,
        Form(
            "May be cut in on", "toggle", "Whether an answer may come before it has finished.", advanced=True
        ),
    ] = True


FAILURE_PORTS = (
    Port("no_input", "no answer", PortClass.NO_INPUT, rare=True, instead="gives_up"),
    Port("no_match", "not understood", PortClass.NO_MATCH, rare=True, instead="gives_up"),
    Port("gives_up", "gives up", PortClass.GIVES_UP),
)


def ladder(build: Builder, rungs: tuple[Words, ...], field: str) -> tuple[Prompt, ...]:
    """The compiled re-prompts."""
    return tuple(build.prompt(words, field=f"{field}.{i}") for i, words in enumerate(rungs))


def choices(options: tuple[Option, ...], locale: str) -> tuple[Choice, ...]:
    """The options as the understanding wants them, in one locale."""
    return tuple(
        Choice(o.id, said(o.label, locale) or o.id, tuple(o.synonyms.get(locale, ()))) for o in options
    )


def pressed(key: str, options: tuple[Option, ...]) -> tuple[Step, ...]:
    """The steps that choose by key: where another code begins with it, a pause must follow."""
    waits = any(o.key != key and o.key.startswith(key) for o in options)
    return (Keys(key), Silence()) if waits else (Keys(key),)


def said(words: Mapping[str, str], locale: str) -> str:
    """The words in a locale, else in the first there is, else nothing."""
    return words.get(locale) or next(iter(words.values()), "")


def duration_text(ms: int) -> str:
    """A duration for a node's header: ``2 s``, ``5 min``."""
    if ms >= 60_000:
        return f"{ms // 60_000} min"
    return f"{ms / 1000:g} s"
