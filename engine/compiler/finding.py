"""What the compiler finds, said so that a designer knows what to do."""

import msgspec

from engine.flow import Severity
from engine.protocol.script import Script


class Wire(msgspec.Struct, frozen=True):
    """A wire that would mend it: from a node's port to another node."""

    node: str
    port: str
    to: str


class Repair(msgspec.Struct, frozen=True):
    """A change that mends the finding without any further question."""

    wire: Wire


class Finding(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing wrong with a flow.

    ``flow`` is the sub-flow's id, or empty for the main flow; ``nodes`` are the nodes it is about, the first one
    first. ``port`` and ``field`` (a path such as ``text.en-US``) say where in that node, ``start`` and ``end``
    which characters of the field. ``witness`` is an input that leads the engine to the defect. ``suppressed`` is
    the reason for which it was accepted, or empty.
    """

    code: str
    message: str
    severity: Severity = Severity.ERROR
    flow: str = ""
    nodes: tuple[str, ...] = ()
    port: str = ""
    field: str = ""
    start: int = -1
    end: int = -1
    fix: str = ""
    repair: Repair | None = None
    witness: Script | None = None
    suppressed: str = ""

    @property
    def node(self) -> str:
        """The first of its nodes, or an empty text."""
        return self.nodes[0] if self.nodes else ""


RANK = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
"""How the severities are ordered, the worst first."""
