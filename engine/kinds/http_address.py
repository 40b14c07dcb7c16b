"""Addresses with values in them: what callers say fills a part of an address and never makes another of it.

A value is percent-encoded whole (RFC 3986, 2.1), so that it holds no ``/``, ``?``, ``#``, ``&`` or ``@``. The encoding
cannot help with the two names that every client reads as steps, ``.`` and ``..``: an address that gets one of those
from its values is not called. A value the address *begins* with is the whole place, chosen by who drew the flow, and
stays as it is.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote, unquote

from engine.expressions import EvaluationError, Rendered
from engine.kinds.instructions import Text

STEPS = (".", "..")
SLASHES = re.compile(r"[/\\]")
"""What servers split paths at, also when it came encoded."""
Piece = str | Callable[[Sequence[Any]], Any]


def address(text: Text, whole: bool = True) -> Text:
    """The compiled template of an address, with its values quoted; without ``whole`` also one it begins with.

    What it gives raises ``EvaluationError`` (``bad_value``) when values would make steps of it.
    """
    if not isinstance(text, Rendered):
        return text
    pieces = text.pieces
    drawn = _steps("".join(piece if isinstance(piece, str) else "x" for piece in pieces))

    def filled(values: Sequence[Any]) -> str:
        made = "".join(_part(piece, whole and i == 0, values) for i, piece in enumerate(pieces))
        if _steps(made) > drawn:
            raise EvaluationError(
                "bad_value", f"{made[:100]} is not called: a value leads elsewhere by its dots."
            )
        return made

    return filled


def _part(piece: Piece, raw: bool, values: Sequence[Any]) -> str:
    if isinstance(piece, str):
        return piece
    said = str(piece(values))
    return said if raw else quote(said, safe="")


def _steps(text: str) -> int:
    """How many parts of the path are steps, up or in place."""
    path = text.partition("#")[0].partition("?")[0]
    return sum(part in STEPS for part in SLASHES.split(unquote(path)))
