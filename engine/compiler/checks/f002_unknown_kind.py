"""A node whose kind this Parley does not know: it is kept as it is, and a run that comes to it fails."""

from collections.abc import Iterable

from engine.compiler.declared import declared
from engine.compiler.finding import Finding
from engine.compiler.view import View
from engine.flow import Severity

CODE = "F002"
SEVERITY = Severity.ERROR
TITLE = "Unknown kind"

_LOOK = declared(CODE)


def run(view: View) -> Iterable[Finding]:
    """One finding a node."""
    return view.each(CODE, _LOOK)
