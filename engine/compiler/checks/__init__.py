"""The checks: one file a finding.

A new file in this folder that defines ``CODE``, ``SEVERITY``, ``TITLE`` and ``run`` is a new finding; nothing else
needs to know.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from functools import cache

import msgspec

from engine.compiler.finding import Finding
from engine.compiler.view import View
from engine.flow import Severity

Run = Callable[[View], Iterable[Finding]]


class Check(msgspec.Struct, frozen=True):
    """A check: the code of what it finds, how bad that is at worst, what it is called, and what it means.

    ``structural`` says that it looks at nothing but the shape of the flow (`Facts.shape`): names, wires, variables.
    """

    code: str
    severity: Severity
    title: str
    meaning: str
    run: Run
    structural: bool


@cache
def all_checks() -> tuple[Check, ...]:
    """Every check, in order of the codes."""
    modules = (importlib.import_module(f"{__name__}.{m.name}") for m in pkgutil.iter_modules(__path__))
    checks = [
        Check(m.CODE, m.SEVERITY, m.TITLE, (m.__doc__ or "").strip(), m.run, getattr(m, "STRUCTURAL", False))
        for m in modules
        if hasattr(m, "CODE")
    ]
    return tuple(sorted(checks, key=lambda check: check.code))
