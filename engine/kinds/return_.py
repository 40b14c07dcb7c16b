"""Return: leave a sub-flow by an exit; in a handler, go back to where it interrupted."""

from typing import Annotated

from engine.flow import Flow, FlowNode
from engine.kinds.building import Builder
from engine.kinds.forms import Form
from engine.kinds.instructions import Return as ReturnInstruction
from engine.kinds.kind import Family, Kind, NodeFields, Port


class ReturnFields(NodeFields, frozen=True):
    """The fields of return."""

    exit: Annotated[str, Form("Exit", "text", "By which exit, in a word: found, not_found.")] = "done"


class Return(Kind[ReturnFields]):
    """Leave a sub-flow, or a handler."""

    id = "return"
    family = Family.STRUCTURE
    title = "Return"
    summary = "Leaves a sub-flow by an exit, or goes back to where a handler interrupted."
    structure = ReturnFields
    rank = 20
    ends = True

    def ports(self, fields: ReturnFields, document: Flow) -> tuple[Port, ...]:
        return ()

    def badge(self, fields: ReturnFields) -> str:
        return fields.exit

    def lower(self, node: FlowNode, fields: ReturnFields, build: Builder) -> None:
        build.emit(ReturnInstruction(node.id, fields.exit or "done"))


KIND = Return()
