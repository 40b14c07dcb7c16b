"""Record control: begin, pause or stop the recording of the call."""

from typing import Annotated, Literal

from engine.flow import Flow, FlowNode
from engine.kinds.building import Builder
from engine.kinds.forms import Form
from engine.kinds.instructions import Record
from engine.kinds.kind import Family, Kind, NodeFields, Port


class RecordControlFields(NodeFields, frozen=True):
    """The fields of record_control."""

    action: Annotated[
        Literal["on", "pause", "off"],
        Form(
            "The call is recorded",
            "choice",
            "on: from here on; pause: not for a while, such as while a card number is said; off: no longer.",
            options=("on", "pause", "off"),
        ),
    ] = "on"


class RecordControl(Kind[RecordControlFields]):
    """Record the call, or not."""

    id = "record_control"
    family = Family.POLICY
    title = "Recording"
    summary = "Begins, pauses or stops the recording of the call."
    structure = RecordControlFields
    rank = 20

    def ports(self, fields: RecordControlFields, document: Flow) -> tuple[Port, ...]:
        return (Port("then", "then"),)

    def badge(self, fields: RecordControlFields) -> str:
        return fields.action

    def lower(self, node: FlowNode, fields: RecordControlFields, build: Builder) -> None:
        build.emit(Record(node.id, fields.action, build.port("then")))


KIND = RecordControl()
