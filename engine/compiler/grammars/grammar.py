"""From what is expected to a grammar."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from engine.compiler.grammars.answers import answer_of
from engine.compiler.grammars.english import RULES
from engine.compiler.grammars.named import phrase_sentences
from engine.understanding import Expected

OPEN = frozenset(("text", "email"))
"""Types to which anything may be said."""

ASKED_ONLY = frozenset(("text", "email", "name"))
"""Types that are given when asked for, and never as a correction of something else."""

NAMED = frozenset(("date", "choice"))
"""Types whose values are words of their own: "i meant one" may be anything, "i meant friday" is not."""

MOST_HINTS = 100
"""Recognisers take about a hundred key terms; more make them worse."""

_REFERENCE = re.compile(r"<(\w+)>")


def grammar_of(expected: Sequence[Expected], phrases: Sequence[str], locale: str) -> str:
    """The JSGF of what may be said: answers to the first expectation, corrections towards the others, and the
    phrases of handlers. Empty where anything may be said, where nothing is expected, and but in English."""
    return _grammar(tuple(expected), tuple(phrases), locale)


def hints_of(expected: Sequence[Expected], phrases: Sequence[str], locale: str) -> tuple[str, ...]:
    """Words worth listening for, in any language: what can be chosen, and what sets a handler off."""
    named = [name for e in expected for c in e.choices for name in (c.label, *c.synonyms)]
    return tuple(dict.fromkeys(n.strip() for n in (*named, *phrases) if n.strip()))[:MOST_HINTS]


@lru_cache(maxsize=2048)
def _grammar(expected: tuple[Expected, ...], phrases: tuple[str, ...], locale: str) -> str:
    if locale.partition("-")[0].lower() != "en" or (expected and expected[0].type in OPEN):
        return ""
    bodies = dict(_bodies(expected, phrases))
    if not bodies:
        return ""
    lines = [f"<{name}> = {body};" for name, body in _used(bodies.values())]
    lines += [f"<{name}> = {body};" for name, body in bodies.items()]
    return "\n".join(
        [
            "#JSGF V1.0;",
            "grammar answer;",
            f"public <answer> = {' | '.join(f'<{n}>' for n in bodies)};",
            *lines,
            "",
        ]
    )


def _bodies(expected: tuple[Expected, ...], phrases: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """The parts of the grammar, each with a name: the answer, values in its place, phrases."""
    if expected:
        body = answer_of(expected[0])
        if body:
            yield "here", body
        for i, other in enumerate(expected[1:]):
            instead = answer_of(other, bare=True) if other.type not in ASKED_ONLY else ""
            if instead and other.type not in ("yes_no", expected[0].type):
                before = "<meant>" if other.type in NAMED else "<rather>"
                yield f"instead{i}", f"{before} ({instead})"
    said = phrase_sentences(phrases)
    if said:
        yield "phrase", " | ".join(said)


def _used(bodies: Iterable[str]) -> list[tuple[str, str]]:
    """The rules the bodies refer to, and those these refer to, in order of their names."""
    found: dict[str, str] = {}
    waiting = [name for body in bodies for name in _REFERENCE.findall(body)]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = RULES[name]
            waiting += _REFERENCE.findall(RULES[name])
    return sorted(found.items())
