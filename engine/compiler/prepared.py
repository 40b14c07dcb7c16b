"""What can be spoken before anybody calls: every text to synthesise when a release is made, and how much of it
then needs no provider."""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from engine.expressions import Rendered
from engine.kinds.instructions import Check, Prompt
from engine.kinds.program import Program


class PreparedText(msgspec.Struct, frozen=True):
    """A text to synthesise. ``hash`` is its name (`content_hash`), ``locale`` the language it is in, ``whole`` says
    that it is a prompt and not a part of one."""

    hash: str
    text: str
    locale: str
    whole: bool = False


class Coverage(msgspec.Struct, frozen=True):
    """How much can be spoken without a provider: ``ready`` of ``prompts``; ``open`` are the nodes of the others."""

    prompts: int
    ready: int
    open: tuple[str, ...] = ()

    @property
    def per_mille(self) -> int:
        """The same as a share; of nothing, all."""
        return self.ready * 1000 // self.prompts if self.prompts else 1000


def content_hash(text: str) -> str:
    """The name of the sound of a text: 16 hexadecimal digits; empty for no text. Prompts, and the parts of one, go
    by it."""
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest() if text else ""


def prepared(program: Program) -> tuple[PreparedText, ...]:
    """Every text of a program that is known before a call: prompts whole, else their fixed words and the values
    that have an end, and the notices. In order of first use, each once a locale."""
    found: dict[tuple[str, str], PreparedText] = {}
    for locale, text, whole in _texts(program):
        found.setdefault((locale, text), PreparedText(content_hash(text), text, locale, whole))
    return tuple(found.values())


def coverage(program: Program) -> Coverage:
    """How much of a program can be spoken from what was prepared."""
    total = ready = 0
    lacking: dict[str, None] = {}
    for node, prompt in _prompts(program):
        for text in prompt.voice:
            if text == "":
                continue
            total += 1
            if isinstance(text, str) or (isinstance(text, Rendered) and text.beforehand()[1]):
                ready += 1
            else:
                lacking[node] = None
    return Coverage(total, ready, tuple(lacking))


def recordings(program: Program) -> tuple[str, ...]:
    """The addresses of recordings that are known before a call, in the order of first use."""
    played = (getattr(instruction, "audio", "") for instruction in program.instructions)
    return tuple(dict.fromkeys(address for address in played if isinstance(address, str) and address))


def _texts(program: Program) -> Iterator[tuple[str, str, bool]]:
    for _, prompt in _prompts(program):
        for locale, text in zip(program.locales, prompt.voice, strict=True):
            if isinstance(text, str):
                if text:
                    yield locale, text, True
            elif isinstance(text, Rendered):
                yield from ((locale, part, False) for part in text.beforehand()[0])


def _prompts(program: Program) -> Iterator[tuple[str, Prompt]]:
    """Every prompt that may be spoken, with its node. Cards are for the eye, and so are the labels of buttons."""
    yield from (("", prompt) for prompt in program.notices.values())
    for instruction in program.instructions:
        for name in instruction.__struct_fields__:
            if name not in ("buttons", "cards"):
                yield from ((instruction.node, p) for p in _in(getattr(instruction, name)))


def _in(value: Any) -> Iterable[Prompt]:
    if isinstance(value, Prompt):
        yield value
    elif isinstance(value, Check):
        yield from _in(value.prompt)
    elif isinstance(value, tuple):
        for part in value:
            if isinstance(part, Prompt | Check | tuple):
                yield from _in(part)
