"""Loop: go round a bounded number of times, or once for each element of a list."""

from collections.abc import Iterable
from typing import Annotated

from engine.expressions import INT, EvaluationError
from engine.flow import Diagnostic, Flow, FlowNode
from engine.kinds.building import Builder
from engine.kinds.forms import Form
from engine.kinds.instructions import Loop as LoopInstruction
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
from engine.kinds.set import unknown_variable

MOST = 1000


class LoopFields(NodeFields, frozen=True):
    """The fields of loop."""

    times: Annotated[str, Form("How often", "expression", "A whole number, such as 3.")] = ""
    over: Annotated[
        str, Form("For each of", "expression", "A list; then it goes round once for each element.")
    ] = ""
    item: Annotated[str, Form("Each as", "variable", "The variable that holds the element.")] = ""


class Loop(Kind[LoopFields]):
    """Go round a bounded number of times."""

    id = "loop"
    family = Family.DECIDE
    title = "Loop"
    summary = "Goes round a number of times, or once for each element of a list."
    structure = LoopFields
    rank = 40

    def ports(self, fields: LoopFields, document: Flow) -> tuple[Port, ...]:
        return (
            Port("again", "again", PortClass.CASE, saves=fields.item),
            Port("done", "done"),
            Port("error", "cannot be told", PortClass.ERROR, rare=True, optional=True),
        )

    def sources(self, fields: LoopFields) -> Iterable[Source]:
        if fields.over:
            yield Source("over", fields.over)
        else:
            yield Source("times", fields.times, want=INT)

    def assigns(self, fields: LoopFields) -> Assigned:
        return {"again": (fields.item,)} if fields.item and fields.over else {}

    def check(self, fields: LoopFields, scope: Scope) -> Iterable[Diagnostic]:
        if fields.over and fields.times:
            yield Diagnostic(
                "F003", "It has both a number and a list.", field="times", fix="Keep one of them."
            )
        if not fields.over and not fields.times:
            yield Diagnostic(
                "F003", "It does not say how often.", field="times", fix="Write a number, such as 3."
            )
        if fields.item and fields.item not in scope.flow.variables:
            yield unknown_variable(fields.item, "item")

    def badge(self, fields: LoopFields) -> str:
        return f"each of {fields.over}" if fields.over else f"{fields.times} times"

    def lower(self, node: FlowNode, fields: LoopFields, build: Builder) -> None:
        over = bool(fields.over)
        build.emit(
            LoopInstruction(
                node.id,
                build.hidden("count"),
                MOST,
                None if over else build.expression(fields.times, "times"),
                build.expression(fields.over, "over") if over else None,
                build.slot(fields.item) if over else -1,
                build.port("again"),
                build.port("done"),
                build.port("error"),
            )
        )

    def outcomes(self, fields: LoopFields, outlook: Outlook) -> Iterable[Outcome]:
        try:
            count = outlook.evaluate("#count", {}) or 0
            elements = (
                list(outlook.evaluate(fields.over)) if fields.over else range(outlook.evaluate(fields.times))
            )
        except EvaluationError:
            return (Outcome("error"),)
        if count < min(len(elements), MOST):
            item = {fields.item: elements[count]} if fields.item and fields.over else {}
            return (Outcome("again", assign={"#count": count + 1, **item}),)
        return (Outcome("done", assign={"#count": 0}),)


KIND = Loop()
