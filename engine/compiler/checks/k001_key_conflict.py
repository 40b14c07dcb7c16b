"""Telephone keys that get in each other's way: the same key twice, a code that begins another, a handler's key
that a listening node takes for itself."""

from collections.abc import Iterable, Iterator

from engine.compiler.facts import Facts
from engine.compiler.finding import Finding
from engine.compiler.keys import Keyed, keyed, taken_keys
from engine.compiler.view import View
from engine.flow import Severity
from engine.flow.document import MAIN
from engine.kinds.listening import Option

CODE = "K001"
SEVERITY = Severity.ERROR
TITLE = "Keys in conflict"


def run(view: View) -> Iterable[Finding]:
    """One finding a conflict."""
    keys = _handlers(view)
    yield from _between_handlers(view)
    yield from view.each(CODE, _look)
    for facts in view.facts if keys else ():
        if facts.listens:
            yield from _swallowed(view, facts, keys)


def _look(view: View, facts: Facts) -> Iterable[Finding]:
    return _between_options(view, facts, keyed(facts)) if facts.listens else ()


def _handlers(view: View) -> dict[str, str]:
    """The keys of the handlers in reach, with how people know the handler."""
    reacting = [view.facts[h] for h in view.graph.handlers]
    names = {f.id: f.name for f in reacting}
    found = {key: names.get(node, "a handler of the main flow") for key, node in view.outside.keys.items()}
    for facts in reacting:
        for key in facts.handler.keys if facts.handler else ():
            if view.id != MAIN or key not in found:
                found[key] = facts.name
    return found


def _between_handlers(view: View) -> Iterator[Finding]:
    first: dict[str, Facts] = {}
    for facts in (view.facts[h] for h in view.graph.handlers):
        for n, key in enumerate(facts.handler.keys if facts.handler else ()):
            other = first.setdefault(key, facts)
            if other is not facts:
                message = f'Key {key} sets off both "{other.name}" and "{facts.name}": only the first ever hears it.'
                fix = "Give one of them another key."
                nodes = (facts.id, other.id)
                yield Finding(CODE, message, SEVERITY, view.id, nodes, field=f"keys.{n}", fix=fix)


def _between_options(view: View, facts: Facts, options: tuple[Keyed, ...]) -> Iterator[Finding]:
    first: dict[str, Option] = {}
    longer: dict[str, Option] = {}
    for _, option in options:
        for end in range(1, len(option.key)):
            longer.setdefault(option.key[:end], option)
    for field, option in options:
        key, where = option.key, (view.id, (facts.id,), option.id, field)
        other = first.setdefault(key, option)
        if other is not option:
            message = f'"{facts.name}" gives key {key} to both *{other.id}* and *{option.id}*.'
            yield Finding(CODE, message, SEVERITY, *where, fix="Give one of them another key.")
        elif key in longer:
            other = longer[key]
            message = (
                f'"{facts.name}": who presses {key} for *{option.id}* must wait, '
                f"because {other.key} for *{other.id}* begins with it."
            )
            yield Finding(
                CODE, message, Severity.WARNING, *where, fix="Choose keys of which none begins another."
            )


def _swallowed(view: View, facts: Facts, handlers: dict[str, str]) -> Iterator[Finding]:
    """Keys of handlers that this node takes for itself."""
    lost = sorted(taken_keys(facts) & handlers.keys())
    if lost:
        keys = " and ".join(lost) if len(lost) < 3 else ", ".join(lost)
        names = ", ".join(dict.fromkeys(f'"{handlers[key]}"' for key in lost))
        message = (
            f'While "{facts.name}" listens, it takes {keys} for itself, and {names} cannot be reached by key.'
        )
        fix = "Choose another key, such as * or #, or let people say it in words."
        yield Finding(CODE, message, Severity.WARNING, view.id, (facts.id,), fix=fix)
