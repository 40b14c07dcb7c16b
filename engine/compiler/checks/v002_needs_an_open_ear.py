"""A question of a flow for voice whose answer can neither be keyed nor be heard by the recogniser that comes with
Parley, which knows what a grammar holds and English only: it needs a speech provider."""

from collections.abc import Iterable

from engine.compiler.facts import Facts
from engine.compiler.finding import Finding
from engine.compiler.view import View
from engine.flow import Flow, Severity
from engine.kinds.ask import BY_KEYS, AskFields
from engine.kinds.menu import MenuFields

CODE = "V002"
SEVERITY = Severity.INFO
TITLE = "Needs a speech provider"

VOICE = frozenset(("play", "record", "transfer", "consent", "record_control"))
"""Kinds that only a flow for voice has."""

OPEN = frozenset(("text", "email", "name"))
"""Types of answers no grammar holds, or of which it holds the most common ones only."""

OPEN_KINDS = frozenset(("converse",))
"""Kinds to which people may say anything."""


def run(view: View) -> Iterable[Finding]:
    """One finding a question."""
    found = view.each(CODE, _look)
    return found if found and for_voice(view.document) else ()


def _look(view: View, facts: Facts) -> Iterable[Finding]:
    if facts.fields is None or _keyed(facts):
        return
    foreign = [tag for tag in view.document.locales if tag.partition("-")[0].lower() != "en"]
    if _is_name(facts):
        yield _finding(
            view,
            facts,
            "with a name, of which the recogniser that comes with Parley knows the common ones only",
        )
    elif _open(facts):
        yield _finding(
            view, facts, "in free words, which the recogniser that comes with Parley does not understand"
        )
    elif foreign and isinstance(facts.fields, AskFields | MenuFields):
        tongues = " and ".join(foreign)
        yield _finding(
            view, facts, f"in {tongues}, which the recogniser that comes with Parley does not understand"
        )


def for_voice(document: Flow) -> bool:
    """Whether the flow is made to be talked to."""
    flows = (document, *document.subflows.values())
    if document.recording or document.notices:
        return True
    return any(node.kind in VOICE for flow in flows for node in flow.nodes.values())


def _open(facts: Facts) -> bool:
    if isinstance(facts.fields, AskFields):
        return facts.fields.type in OPEN
    return facts.kind is not None and facts.kind.id in OPEN_KINDS


def _keyed(facts: Facts) -> bool:
    """Whether every answer has keys."""
    fields = facts.fields
    if isinstance(fields, MenuFields):
        return all(option.key for option in fields.options)
    if isinstance(fields, AskFields):
        if fields.type == "choice":
            return all(option.key for option in fields.choices)
        return fields.type in BY_KEYS or fields.type == "yes_no"
    return False


def _is_name(facts: Facts) -> bool:
    return isinstance(facts.fields, AskFields) and facts.fields.type == "name"


def _finding(view: View, facts: Facts, how: str) -> Finding:
    message = f'"{facts.name}" is answered {how}.'
    fix = "Give it a speech provider, ask for something that can be keyed, or go on without the answer."
    return Finding(CODE, message, SEVERITY, view.id, (facts.id,), fix=fix)
