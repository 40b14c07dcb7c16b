"""Wait: let time pass."""

from typing import Annotated

from engine.flow import Flow, FlowNode
from engine.kinds.building import Builder
from engine.kinds.forms import Form
from engine.kinds.instructions import Wait as WaitInstruction
from engine.kinds.kind import Family, Kind, NodeFields, Outcome, Outlook, Port
from engine.kinds.listening import duration_text
from engine.protocol.script import Pass


class WaitFields(NodeFields, frozen=True):
    """The fields of wait."""

    duration: Annotated[int, Form("How long", "duration", "In milliseconds.")] = 1000


class Wait(Kind[WaitFields]):
    """Let time pass."""

    id = "wait"
    family = Family.DECIDE
    title = "Wait"
    summary = "Lets time pass."
    structure = WaitFields
    rank = 30
    waits = True

    def ports(self, fields: WaitFields, document: Flow) -> tuple[Port, ...]:
        return (Port("then", "then"),)

    def badge(self, fields: WaitFields) -> str:
        return duration_text(fields.duration)

    def lower(self, node: FlowNode, fields: WaitFields, build: Builder) -> None:
        build.emit(WaitInstruction(node.id, max(1, fields.duration), build.port("then")))

    def outcomes(self, fields: WaitFields, outlook: Outlook) -> tuple[Outcome, ...]:
        return (Outcome("then", (Pass(),)),)


KIND = Wait()
