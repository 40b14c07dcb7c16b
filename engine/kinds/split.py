"""Split: an experiment; chance decides, and the session remembers."""

from collections.abc import Iterable
from typing import Annotated

import msgspec

from engine.flow import Diagnostic, Flow, FlowNode
from engine.kinds.building import Builder
from engine.kinds.forms import Form
from engine.kinds.instructions import Split as SplitInstruction
from engine.kinds.kind import Family, Kind, NodeFields, Port, PortClass, Scope


class Arm(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One way, and how often it is taken."""

    id: Annotated[str, Form("Id", "text", "A short name that never changes.")]
    weight: Annotated[int, Form("Share", "number", "Its share among the shares of all.")] = 1
    label: Annotated[str, Form("Label", "text")] = ""


class SplitFields(NodeFields, frozen=True):
    """The fields of split."""

    arms: Annotated[tuple[Arm, ...], Form("Ways", "list")] = ()


class Split(Kind[SplitFields]):
    """Try one way with some, another with others."""

    id = "split"
    family = Family.DECIDE
    title = "Split"
    summary = "Takes one way with some callers, another with others."
    structure = SplitFields
    rank = 50

    def ports(self, fields: SplitFields, document: Flow) -> tuple[Port, ...]:
        return tuple(Port(arm.id, arm.label or arm.id, PortClass.CASE) for arm in fields.arms)

    def check(self, fields: SplitFields, scope: Scope) -> Iterable[Diagnostic]:
        if not fields.arms:
            yield Diagnostic("R002", "A split needs at least one way to go.", field="arms", fix="Add a way.")
        for i, arm in enumerate(fields.arms):
            if arm.weight < 1:
                message = f'The share of "{arm.id}" must be at least 1.'
                yield Diagnostic(
                    "F003", message, field=f"arms.{i}.weight", fix="Give it 1, or remove the way."
                )

    def badge(self, fields: SplitFields) -> str:
        return " : ".join(str(arm.weight) for arm in fields.arms)

    def lower(self, node: FlowNode, fields: SplitFields, build: Builder) -> None:
        if not fields.arms:
            build.trap("R002", "A split without ways")
            return
        arms = tuple((arm.id, max(1, arm.weight), build.port(arm.id)) for arm in fields.arms)
        build.emit(SplitInstruction(node.id, arms))


KIND = Split()
