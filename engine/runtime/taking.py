"""Taking values out of an answer."""

from typing import Any

from engine.expressions import EvaluationError
from engine.kinds.instructions import Save
from engine.protocol import State


def dig(body: Any, path: tuple[str | int, ...]) -> Any:
    """What stands at a path; None when nothing does."""
    found = body
    for part in path:
        if isinstance(part, int):
            found = found[part] if isinstance(found, list) and part < len(found) else None
        else:
            found = found.get(part) if isinstance(found, dict) else None
    return found


def take(s: State, saves: tuple[Save, ...], body: Any) -> bool:
    """Fill variables from an answer, all or none; says whether every value it must hold was there."""
    values = s.vars.copy()
    for save in saves:
        found = dig(body, save.path)
        try:
            value = None if found is None else save.convert(found)
        except (ValueError, EvaluationError):
            return False
        if value is None and not save.optional:
            return False
        if save.slot >= 0:
            values[save.slot] = value
    s.vars = values
    return True
