"""Which telephone keys a listening node takes for itself."""

from engine.compiler.facts import Facts
from engine.kinds.ask import BY_KEYS, YES_NO_KEYS, AskFields
from engine.kinds.digits import DigitsFields
from engine.kinds.listening import Option
from engine.kinds.menu import MenuFields

Keyed = tuple[str, Option]
"""The field a key stands in, and its option."""


def keyed(facts: Facts) -> tuple[Keyed, ...]:
    """The options of a node that have a key."""
    fields = facts.fields
    if isinstance(fields, MenuFields):
        return tuple((f"options.{i}.key", o) for i, o in enumerate(fields.options) if o.key)
    if isinstance(fields, AskFields):
        return tuple((f"choices.{i}.key", o) for i, o in enumerate(fields.choices) if o.key)
    return ()


def taken_keys(facts: Facts) -> frozenset[str]:
    """The keys that never reach a handler while the node listens."""
    taken = {option.key[:1] for _, option in keyed(facts)}
    fields = facts.fields
    if isinstance(fields, AskFields) and fields.type == "yes_no":
        taken |= {*YES_NO_KEYS}
    if isinstance(fields, DigitsFields) or (isinstance(fields, AskFields) and fields.type in BY_KEYS):
        taken |= {*"0123456789"}
    return frozenset(taken)
