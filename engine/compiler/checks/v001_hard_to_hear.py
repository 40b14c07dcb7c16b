"""Words that are hard to listen to: too long, too many choices, two questions at once, what nobody can
pronounce."""

import re
from collections.abc import Iterable, Iterator

from engine.compiler.declared import of_node
from engine.compiler.facts import Facts
from engine.compiler.finding import Finding
from engine.compiler.speech import HOLE, LOOKED_AT, seconds
from engine.compiler.view import View
from engine.flow import Severity
from engine.kinds.menu import MenuFields

CODE = "V001"
SEVERITY = Severity.WARNING
TITLE = "Hard to hear"

LONGEST = 20
"""Seconds the other side may have to listen without a word of its own."""

SHORT = 100
"""Characters of a text that cannot be too long, however short its words are."""

MOST_OPTIONS = 3
ADDRESS = re.compile(r"https?://\S+|www\.\S+|\b[\w-]+\.(?:com|org|net|io|app|dev)(?:/\S*)?\b", re.IGNORECASE)
MARKUP = re.compile(r"</?[a-zA-Z][^>]*>|\*\*|__|`|\b\w+_\w+\b|#{2,}")
SUSPICIOUS = re.compile(r"[/.][a-z]|[<`#*_]|[b-df-hj-np-tv-xz]{5}", re.IGNORECASE)
"""What every one of the patterns above and below has in it: most texts have nothing of the kind."""

CONSONANTS = re.compile(r"\b[b-df-hj-np-tv-xzB-DF-HJ-NP-TV-XZ]{5,}\b")


def run(view: View) -> Iterable[Finding]:
    """One finding a text, and one for each stretch of speech that is too long altogether."""
    yield from view.each(CODE, _look)
    yield from _stretches(view)


def _look(view: View, facts: Facts) -> Iterable[Finding]:
    yield from (of_node(view, facts, d) for d in facts.diagnostics if d.code == CODE)
    for field, text in facts.spoken:
        for message, fix, start, end in _faults(facts, text):
            yield Finding(CODE, message, SEVERITY, view.id, (facts.id,), "", field, start, end, fix)
    if isinstance(facts.fields, MenuFields):
        yield from _menu(view, facts, facts.fields)


def _faults(facts: Facts, text: str) -> Iterator[tuple[str, str, int, int]]:
    plain = text[:LOOKED_AT]
    if "{{" in plain:
        plain = HOLE.sub(lambda hole: " " * len(hole.group()), plain)
    length = seconds(text) if len(text) > SHORT else 0
    if length > LONGEST:
        message = f'"{facts.name}" talks for about {length:.0f} seconds without a break.'
        yield message, f"Say it in under {LONGEST} seconds, or in two steps.", 0, len(text)
    if facts.listens and plain.count("?") > 1:
        second = plain.index("?", plain.index("?") + 1)
        yield f'"{facts.name}" asks two things at once.', "Ask one question at a time.", second, second + 1
    if not SUSPICIOUS.search(plain):
        return
    for pattern, what, fix in (
        (ADDRESS, "an address", "Send it, or put it on a card, and say in words what it is."),
        (MARKUP, "signs that are not for the ear", "Write it as it should be said."),
        (
            CONSONANTS,
            "letters nobody can pronounce",
            "Write it as it should be said, or spell it with | spell.",
        ),
    ):
        found = pattern.search(plain)
        if found:
            yield f'"{facts.name}" says "{found.group()[:40]}": {what}.', fix, found.start(), found.end()
            return


def _menu(view: View, facts: Facts, fields: MenuFields) -> Iterator[Finding]:
    for locale, text in fields.prompt.items():
        said = text.lower()
        named = [o for o in fields.options if _names(o.label.get(locale, ""), said)]
        if len(named) > MOST_OPTIONS:
            message = (
                f'"{facts.name}" reads out {len(named)} choices; people keep about {MOST_OPTIONS} in mind.'
            )
            fix = "Offer fewer, or let people say in their own words what they want."
            field = f"prompt.{locale}"
            yield Finding(CODE, message, SEVERITY, view.id, (facts.id,), "", field, 0, len(text), fix)


def _names(label: str, text: str) -> bool:
    words = label.lower().removeprefix("the ").removeprefix("a ").strip()
    return bool(words) and re.search(rf"\b{re.escape(words)}\b", text) is not None


def _stretches(view: View) -> Iterator[Finding]:
    """Speech that follows speech without anybody being asked."""
    free, facts = view.graph.free, view.facts
    alone = [f.speech if f.speech <= LONGEST else 0.0 for f in facts]  # the others are findings of their own
    if sum(alone) <= LONGEST:
        return
    length = alone.copy()
    place = [-1] * len(free)
    for n, i in enumerate(view.rush):
        place[i] = n
        for to in free[i]:
            if place[to] < 0 and length[i] + alone[to] > length[to]:
                length[to] = length[i] + alone[to]
    for i in view.rush:
        if length[i] > LONGEST and (facts[i].waits or facts[i].ends) and length[i] > alone[i]:
            message = (
                f'Before "{view.name(i)}" is over, the other side listens for about {length[i]:.0f} seconds.'
            )
            fix = "Say less, or ask something in between."
            yield Finding(CODE, message, SEVERITY, view.id, (facts[i].id,), fix=fix)
