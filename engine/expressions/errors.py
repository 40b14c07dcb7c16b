"""What can be wrong with an expression: as it is written, and as it runs."""

from collections.abc import Iterable

from rapidfuzz import process
from rapidfuzz.distance import Indel

WINDOW = 76
"""Characters of a line that a caret display shows at most."""

_ALIKE = 0.6
"""How alike two names are, from 0 to 1, when one may be meant for the other."""


class ExpressionError(Exception):
    """A mistake in the source of an expression or a template.

    ``start`` and ``end`` are character positions in the source; ``hint`` says what to try, and may be empty.
    """

    def __init__(self, message: str, start: int, end: int, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = max(end, start)
        self.hint = hint

    def position(self, source: str) -> tuple[int, int]:
        """Line and column of the mistake, both counted from 1."""
        start = min(self.start, len(source))
        return source.count("\n", 0, start) + 1, start - (source.rfind("\n", 0, start) + 1) + 1

    def caret(self, source: str) -> str:
        """The line with the mistake, carets beneath it, and the hint when there is one."""
        start = min(self.start, len(source))
        first = source.rfind("\n", 0, start) + 1
        last = source.find("\n", start)
        line = source[first : len(source) if last < 0 else last]
        column = start - first
        width = max(1, min(self.end - start, len(line) - column))
        left = max(0, min(column - 8, len(line) - WINDOW))
        shown = line[left : left + WINDOW].replace("\t", " ")
        width = min(width, max(1, left + WINDOW - column))
        lines = [shown, " " * (column - left) + "^" * width]
        if self.hint:
            lines.append(self.hint)
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"ExpressionError({self.message!r}, {self.start}, {self.end}, {self.hint!r})"


class EvaluationError(Exception):
    """An expression has no value this time. ``code`` is one of `EVALUATION_CODES`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


EVALUATION_CODES = {
    "absent": "A variable, a field or an entry has no value.",
    "overflow": "A number, date or duration is too large to hold.",
    "divide_by_zero": "Something is divided by zero.",
    "bad_index": "A list has no entry at that place.",
    "too_long": "A text or a list is longer than is allowed.",
    "bad_value": "A value cannot be turned into what is wanted.",
}


def absent(name: str) -> EvaluationError:
    """The error for a variable without a value."""
    return EvaluationError("absent", f'"{name}" has no value yet.')


def did_you_mean(name: str, known: Iterable[str], otherwise: str = "") -> str:
    """A hint that names the likeliest of the known names, or ``otherwise``."""
    choices = {each.lower(): each for each in known}
    close = process.extractOne(
        name.lower()[:80], list(choices), scorer=Indel.normalized_similarity, score_cutoff=_ALIKE
    )
    return f'Did you mean "{choices[close[0]]}"?' if close else otherwise
