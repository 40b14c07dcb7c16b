"""One thing wrong with a document, said so that a person knows what to do."""

from enum import StrEnum

import msgspec


class Severity(StrEnum):
    """How bad it is: an ``error`` may not be published, a ``warning`` may, ``info`` is worth knowing."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Diagnostic(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where, what, and what to try.

    ``flow`` is the sub-flow's id or empty for the main flow; ``node`` is a node id or empty; ``field`` is a
    path inside it (``text.en-US``); ``start`` and ``end`` are character positions in the field's text when
    the trouble has a place there.
    """

    code: str
    message: str
    severity: Severity = Severity.ERROR
    flow: str = ""
    node: str = ""
    field: str = ""
    start: int = -1
    end: int = -1
    fix: str = ""
