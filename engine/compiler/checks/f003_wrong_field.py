"""A field of a node that is missing, unknown, or holds what it cannot hold."""

from collections.abc import Iterable

from engine.compiler.declared import declared
from engine.compiler.finding import Finding
from engine.compiler.view import View
from engine.flow import Severity

CODE = "F003"
SEVERITY = Severity.ERROR
TITLE = "Wrong field"

_LOOK = declared(CODE)


def run(view: View) -> Iterable[Finding]:
    """One finding a field."""
    return view.each(CODE, _LOOK)
