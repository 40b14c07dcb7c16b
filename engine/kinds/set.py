"""Set: give variables values."""

from collections.abc import Iterable
from typing import Annotated

import msgspec

from engine.expressions import EvaluationError
from engine.flow import Diagnostic, Flow, FlowNode
from engine.kinds.building import Builder
from engine.kinds.forms import Form
from engine.kinds.instructions import Assign
from engine.kinds.kind import (
    Assigned,
    Family,
    Kind,
    NodeFields,
    Outcome,
    Outlook,
    Port,
    PortClass,
    Scope,
    Source,
)


class Assignment(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One variable and its new value."""

    variable: Annotated[str, Form("Variable", "variable")] = ""
    value: Annotated[str, Form("Value", "expression", "Such as guests + 1.")] = ""


class SetFields(NodeFields, frozen=True):
    """The fields of set."""

    assignments: Annotated[tuple[Assignment, ...], Form("Values", "list", "Done in order.")] = ()


class Set(Kind[SetFields]):
    """Give variables values."""

    id = "set"
    family = Family.DECIDE
    title = "Set"
    summary = "Gives variables values."
    structure = SetFields
    rank = 20

    def ports(self, fields: SetFields, document: Flow) -> tuple[Port, ...]:
        return (
            Port("then", "then"),
            Port("error", "cannot be told", PortClass.ERROR, rare=True, optional=True),
        )

    def sources(self, fields: SetFields) -> Iterable[Source]:
        done: tuple[str, ...] = ()
        for i, a in enumerate(fields.assignments):
            yield Source(f"assignments.{i}.value", a.value, assigned=done, into=a.variable)
            done = (*done, a.variable)

    def assigns(self, fields: SetFields) -> Assigned:
        return {"then": tuple(a.variable for a in fields.assignments)}

    def check(self, fields: SetFields, scope: Scope) -> Iterable[Diagnostic]:
        for i, assignment in enumerate(fields.assignments):
            if assignment.variable not in scope.flow.variables:
                yield unknown_variable(assignment.variable, f"assignments.{i}.variable")

    def badge(self, fields: SetFields) -> str:
        return ", ".join(a.variable for a in fields.assignments[:2])

    def lower(self, node: FlowNode, fields: SetFields, build: Builder) -> None:
        items = tuple(
            (build.slot(a.variable), build.expression(a.value, f"assignments.{i}.value"))
            for i, a in enumerate(fields.assignments)
        )
        build.emit(Assign(node.id, items, build.port("then"), build.port("error")))

    def outcomes(self, fields: SetFields, outlook: Outlook) -> Iterable[Outcome]:
        assigned: dict[str, object] = {}
        try:
            for a in fields.assignments:
                assigned[a.variable] = outlook.evaluate(a.value, assigned)
        except EvaluationError:
            return (Outcome("error"),)
        return (Outcome("then", assign=assigned),)


def unknown_variable(name: str, field: str) -> Diagnostic:
    """The finding for a variable that is written and nowhere declared."""
    if not name:
        return Diagnostic(
            "R003", "It does not say which variable it fills.", field=field, fix="Choose a variable."
        )
    message = f'There is no variable "{name}" in this flow.'
    return Diagnostic("R003", message, field=field, fix=f'Add the variable "{name}", or choose another.')


KIND = Set()
