"""The knowledge a program asks for by name."""

from engine.kinds.program import Program
from engine.kinds.thoughts import Search


def bases_named(program: Program) -> tuple[str, ...]:
    """The knowledge bases a program asks by name."""
    named = (name for i in program.instructions if isinstance(i, Search) for name in i.scope)
    return tuple(dict.fromkeys(named))
