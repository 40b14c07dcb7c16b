"""Regular expressions whose matching time is linear in the text: RE2's."""

from collections.abc import Callable

import re2

from engine.expressions.errors import EvaluationError

_MEMORY = 1 << 20
"""Bytes one compiled pattern may use."""

_LONGEST = 512
"""Characters of a pattern."""


def matcher(pattern: str) -> Callable[[str], bool]:
    """A function that says whether the pattern occurs in a text; ``EvaluationError`` when it is no
    pattern.
    """
    if len(pattern) > _LONGEST:
        raise EvaluationError("bad_value", f"A pattern may have {_LONGEST} characters at most.")
    options = re2.Options()
    options.max_mem = _MEMORY
    options.log_errors = False
    try:
        compiled = re2.compile(pattern, options)
    except (re2.error, UnicodeEncodeError) as error:
        raise EvaluationError("bad_value", f"This is no pattern: {_reason(error)}.") from None
    search = compiled.search

    def matches(text: str) -> bool:
        return search(text) is not None

    return matches


def _reason(error: Exception) -> str:
    reason = error.args[0] if error.args else error
    text = reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)
    if "invalid perl operator" in text or "invalid escape" in text:
        return f"{text} (looking ahead or behind and references back are not offered)"
    return text
