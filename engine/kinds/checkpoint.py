"""Checkpoint: a named moment, for reports and for people who read a session."""

from typing import Annotated

from engine.flow import Flow, FlowNode
from engine.kinds.building import Builder
from engine.kinds.forms import Form
from engine.kinds.instructions import Mark
from engine.kinds.kind import Family, Kind, NodeFields, Port


class CheckpointFields(NodeFields, frozen=True):
    """The fields of checkpoint."""

    name: Annotated[str, Form("Name", "text", "How reports call this moment.")] = ""


class Checkpoint(Kind[CheckpointFields]):
    """Name a moment of the conversation."""

    id = "checkpoint"
    family = Family.STRUCTURE
    title = "Checkpoint"
    summary = "Names a moment, for reports."
    structure = CheckpointFields
    rank = 50

    def ports(self, fields: CheckpointFields, document: Flow) -> tuple[Port, ...]:
        return (Port("then", "then"),)

    def badge(self, fields: CheckpointFields) -> str:
        return fields.name

    def lower(self, node: FlowNode, fields: CheckpointFields, build: Builder) -> None:
        build.emit(Mark(node.id, fields.name or node.label or node.id, build.port("then")))


KIND = Checkpoint()
