"""Branch: the first condition that holds decides."""

from collections.abc import Iterable
from typing import Annotated

import msgspec

from engine.expressions import BOOL, EvaluationError
from engine.flow import Flow, FlowNode
from engine.kinds.building import Builder
from engine.kinds.forms import Form
from engine.kinds.instructions import Branch as BranchInstruction
from engine.kinds.kind import Family, Kind, NodeFields, Outcome, Outlook, Port, PortClass, Source


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One way to go."""

    id: Annotated[str, Form("Id", "text", "A short name that never changes.")]
    when: Annotated[str, Form("When", "expression", "A condition, such as guests > 8.")] = ""
    label: Annotated[str, Form("Label", "text", "How the way is named on the canvas.")] = ""


class BranchFields(NodeFields, frozen=True):
    """The fields of branch."""

    cases: Annotated[
        tuple[Case, ...], Form("Cases", "list", "Looked at in order; the first that holds is taken.")
    ] = ()


class Branch(Kind[BranchFields]):
    """Go one way or another."""

    id = "branch"
    family = Family.DECIDE
    title = "Branch"
    summary = "Goes the first way whose condition holds, else the other."
    structure = BranchFields
    rank = 10

    def ports(self, fields: BranchFields, document: Flow) -> tuple[Port, ...]:
        cases = tuple(Port(c.id, c.label or c.when or c.id, PortClass.CASE) for c in fields.cases)
        return (
            *cases,
            Port("else", "else"),
            Port("error", "cannot be told", PortClass.ERROR, rare=True, optional=True),
        )

    def sources(self, fields: BranchFields) -> Iterable[Source]:
        return (Source(f"cases.{i}.when", case.when, want=BOOL) for i, case in enumerate(fields.cases))

    def lower(self, node: FlowNode, fields: BranchFields, build: Builder) -> None:
        cases = tuple(
            (build.expression(case.when, f"cases.{i}.when"), build.port(case.id))
            for i, case in enumerate(fields.cases)
        )
        build.emit(BranchInstruction(node.id, cases, build.port("else"), build.port("error")))

    def outcomes(self, fields: BranchFields, outlook: Outlook) -> Iterable[Outcome]:
        try:
            for case in fields.cases:
                if outlook.evaluate(case.when):
                    return (Outcome(case.id),)
        except EvaluationError:
            return (Outcome("error"),)
        return (Outcome("else"),)


KIND = Branch()
