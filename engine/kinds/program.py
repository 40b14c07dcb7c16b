"""A compiled flow: flat, immutable tables, shared by every session of a release."""

from collections.abc import Mapping
from typing import Any

import msgspec

from engine.expressions import Type
from engine.kinds.instructions import Handler, Instruction, Prompt
from engine.kinds.thoughts import FunctionCode, Persona

NOW_SLOT = 0
SESSION_SLOT = 1
FIRST_SLOT = 2

SEMANTICS = 1
"""The version of the engine's semantics. It grows when a program would behave differently; golden logs
hold it still."""


class FlowTable(msgspec.Struct, frozen=True):
    """One flow's variables and entry.

    ``names``, ``types`` and ``initial`` are by slot; the first two slots are the time and the session.
    ``fault`` is where to go when the run itself fails, or -1.
    """

    id: str
    name: str
    entry: int
    fault: int
    names: tuple[str, ...]
    types: tuple[Type | None, ...]
    initial: tuple[Any, ...]
    inputs: tuple[int, ...] = ()
    exported: tuple[int, ...] = ()

    def slot(self, name: str) -> int:
        """The slot of a variable; raises ``ValueError`` for an unknown one."""
        return self.names.index(name)


class Program(msgspec.Struct, frozen=True):
    """``hash`` covers the semantic document and the semantics version. ``entries`` maps node ids to instructions;
    ``reach`` has, by flow, the handlers in reach there. ``recording`` is when a call may be recorded
    (`engine.flow.document.RECORDING`); ``notices`` are what is said by itself, by name. ``thinks`` says that models
    read the talk; ``persona`` is how they sound, ``functions`` what may be called by name. After
    ``escalate_after`` answers in a row that were not understood a handler of that signal is called."""

    hash: str
    semantics: int
    name: str
    locales: tuple[str, ...]
    instructions: tuple[Instruction, ...]
    flows: tuple[FlowTable, ...]
    handlers: tuple[Handler, ...]
    entries: Mapping[str, int]
    reach: tuple[tuple[Handler, ...], ...] = ()
    clocked: bool = False
    recording: str = ""
    notices: Mapping[str, Prompt] = {}
    thinks: bool = False
    persona: Persona = Persona()
    functions: Mapping[str, FunctionCode] = {}
    escalate_after: int = 0
    expectations: dict[Any, Any] = {}
    """A memory for `engine.runtime.expectation`: by place, what would be understood there."""
