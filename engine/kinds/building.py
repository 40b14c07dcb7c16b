"""What a kind may ask of the compiler while it lowers a node."""

from collections.abc import Mapping
from typing import Protocol

from engine.expressions import Type
from engine.flow import Flow
from engine.kinds.instructions import Closure, Handler, Instruction, Prompt, Text
from engine.kinds.kind import Scope


class Builder(Protocol):
    """Emits the instructions of one node.

    Targets of other nodes are labels, resolved when all nodes are lowered; what is not wired resolves to a
    trap.
    """

    scope: Scope

    @property
    def pc(self) -> int:
        """The index the next emitted instruction will have."""

    def emit(self, instruction: Instruction) -> int:
        """Append an instruction; answers its index."""

    def handle(self, handler: Handler) -> None:
        """Declare a global reaction."""

    def port(self, id: str) -> int:
        """A label for where the port leads: its wire, the port that answers instead, the flow's default,
        or a trap."""

    def node(self, id: str) -> int:
        """A label for another node of this flow."""

    def prompt(
        self, texts: Mapping[str, str], voice: Mapping[str, str] | None = None, field: str = "text"
    ) -> Prompt:
        """Words by locale, compiled. A locale without words takes those of the first."""

    def template(self, text: str, field: str) -> Text:
        """A template outside speech: an address, a header."""

    def expression(self, text: str, field: str, extra: Mapping[str, Type] | None = None) -> Closure:
        """A compiled expression; what cannot be compiled raises ``EvaluationError`` when it runs."""

    def slot(self, variable: str) -> int:
        """The slot of a variable of this flow; -1 for none (an empty or unknown name)."""

    def hidden(self, purpose: str) -> int:
        """A slot of this node's own."""

    def slot_in(self, flow: str, variable: str) -> int:
        """The slot of a variable of a sub-flow; -1 for an unknown one."""

    def flow_index(self, id: str) -> int:
        """The number of a sub-flow; -1 for an unknown one."""

    def trap(self, code: str, message: str) -> int:
        """A trap of this node; answers its index."""

    def patience(self, milliseconds: int) -> tuple[int, int]:
        """How long to wait for an answer, by text and by voice: the node's own wish, else the flow's, else
        the default."""

    @property
    def flow(self) -> Flow:
        """The flow the node stands in."""
