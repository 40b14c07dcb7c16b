"""Words that are hard to listen to: too long, too many choices, two questions at once, what nobody can
pronounce."""

import re
from collections.abc import Iterable, Iterator, Mapping

from engine.compiler.declared import of_node
from engine.compiler.facts import Facts
from engine.compiler.finding import Finding
from engine.compiler.graph import order
from engine.compiler.view import View, instant, narrowed
from engine.flow import Severity
from engine.kinds.listening import Listening
from engine.kinds.menu import MenuFields
from engine.kinds.say import SayFields

CODE = "V001"
SEVERITY = Severity.WARNING
TITLE = "Hard to hear"

WORDS_A_SECOND = 2.6
LONGEST = 20
"""Seconds the other side may have to listen without a word of its own."""

MOST_OPTIONS = 3
HOLE = re.compile(r"\{\{.*?\}\}", re.DOTALL)
ADDRESS = re.compile(r"https?://\S+|www\.\S+|\b[\w-]+\.(?:com|org|net|io|app|dev)(?:/\S*)?\b", re.IGNORECASE)
MARKUP = re.compile(r"</?[a-zA-Z][^>]*>|\*\*|__|`|\b\w+_\w+\b|#{2,}")
CONSONANTS = re.compile(r"\b[b-df-hj-np-tv-xzB-DF-HJ-NP-TV-XZ]{5,}\b")


def run(view: View) -> Iterable[Finding]:
    """One finding a text, and one for each stretch of speech that is too long altogether."""
    yield from view.each(CODE, _look)
    yield from _stretches(view)


def _look(view: View, facts: Facts) -> Iterable[Finding]:
    yield from (of_node(view, facts, d) for d in facts.diagnostics if d.code == CODE)
    for field, text in _spoken(facts):
        for message, fix, start, end in _faults(facts, text):
            yield Finding(CODE, message, SEVERITY, view.id, (facts.id,), "", field, start, end, fix)
    if isinstance(facts.fields, MenuFields):
        yield from _menu(view, facts, facts.fields)


def _spoken(facts: Facts) -> Iterator[tuple[str, str]]:
    """What the node says aloud, each with its field."""
    fields = facts.fields
    if isinstance(fields, SayFields):
        for locale, text in {**fields.text, **fields.voice}.items():
            yield (f"voice.{locale}" if locale in fields.voice else f"text.{locale}"), text
        return
    for name in ("prompt", "text", "confirm", "invalid"):
        words = getattr(fields, name, None)
        if isinstance(words, Mapping):
            yield from ((f"{name}.{locale}", text) for locale, text in words.items())
    for name in ("reprompts", "silences") if isinstance(fields, Listening) else ():
        for i, words in enumerate(getattr(fields, name)):
            yield from ((f"{name}.{i}.{locale}", text) for locale, text in words.items())


def seconds(text: str) -> float:
    """How long it takes to say a text; each value in it counts as two words."""
    return len(HOLE.sub(" a value ", text).split()) / WORDS_A_SECOND


def _faults(facts: Facts, text: str) -> Iterator[tuple[str, str, int, int]]:
    plain = HOLE.sub(lambda hole: " " * len(hole.group()), text)
    length = seconds(text)
    if length > LONGEST:
        message = f'"{facts.name}" talks for about {length:.0f} seconds without a break.'
        yield message, f"Say it in under {LONGEST} seconds, or in two steps.", 0, len(text)
    if facts.listens and plain.count("?") > 1:
        second = plain.index("?", plain.index("?") + 1)
        yield f'"{facts.name}" asks two things at once.', "Ask one question at a time.", second, second + 1
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
    free = narrowed(view, instant)
    length = [0.0] * len(free)
    alone = [max((seconds(t) for f, t in _spoken(facts) if _first(f)), default=0.0) for facts in view.facts]
    sweep = order(free, view.graph.roots())
    place = {node: n for n, node in enumerate(sweep)}
    for i in sweep:
        length[i] += alone[i]
        for to in free[i]:
            if place[to] > place[i]:
                length[to] = max(length[to], length[i])
    for i in sweep:
        facts = view.facts[i]
        last = facts.waits or (facts.kind is not None and facts.kind.ends)
        if last and length[i] > LONGEST and max(alone[i], 0) <= LONGEST and length[i] > alone[i]:
            message = (
                f'Before "{facts.name}" is over, the other side listens for about {length[i]:.0f} seconds.'
            )
            fix = "Say less, or ask something in between."
            yield Finding(CODE, message, SEVERITY, view.id, (facts.id,), fix=fix)


def _first(field: str) -> bool:
    """Whether a text is said when the node is entered, and not only later."""
    return field.startswith(("prompt.", "text.", "voice."))
