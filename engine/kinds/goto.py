"""Go to: go on at another node without drawing a wire across the picture."""

from typing import Annotated

from engine.flow import Flow, FlowNode
from engine.kinds.building import Builder
from engine.kinds.forms import Form
from engine.kinds.instructions import Jump
from engine.kinds.kind import Family, Kind, NodeFields, Port


class GotoFields(NodeFields, frozen=True):
    """The fields of goto."""

    to: Annotated[str, Form("Go on at", "node")] = ""


class Goto(Kind[GotoFields]):
    """Go on at another node."""

    id = "goto"
    family = Family.STRUCTURE
    title = "Go to"
    summary = "Goes on at another node, without a wire across the picture."
    structure = GotoFields
    rank = 30

    def ports(self, fields: GotoFields, document: Flow) -> tuple[Port, ...]:
        return ()

    def jumps(self, fields: GotoFields) -> tuple[str, ...]:
        return (fields.to,)

    def lower(self, node: FlowNode, fields: GotoFields, build: Builder) -> None:
        build.emit(Jump(node.id, build.node(fields.to)))


KIND = Goto()
