"""Call: run a sub-flow, with typed values in and out, and go on by the exit it takes."""

from collections.abc import Iterable
from typing import Annotated

from engine.flow import Diagnostic, Flow, FlowNode
from engine.kinds.building import Builder
from engine.kinds.forms import Form
from engine.kinds.instructions import Call as CallInstruction
from engine.kinds.kind import Assigned, Family, Kind, NodeFields, Port, PortClass, Scope, Source
from engine.kinds.set import unknown_variable


class CallFields(NodeFields, frozen=True):
    """The fields of call."""

    flow: Annotated[str, Form("Sub-flow", "flow")] = ""
    inputs: Annotated[
        dict[str, str], Form("Goes in", "expressions", "Its inputs, and a value for each.")
    ] = {}
    outputs: Annotated[
        dict[str, str], Form("Comes out", "texts", "Variables here, and its output for each.")
    ] = {}


class Call(Kind[CallFields]):
    """Run a sub-flow."""

    id = "call"
    family = Family.STRUCTURE
    title = "Sub-flow"
    summary = "Runs a sub-flow and goes on by the exit it takes."
    structure = CallFields
    rank = 10

    def ports(self, fields: CallFields, document: Flow) -> tuple[Port, ...]:
        return tuple(Port(exit, exit, PortClass.CASE) for exit in exits(document, fields.flow))

    def sources(self, fields: CallFields) -> Iterable[Source]:
        return (Source(f"inputs.{name}", text) for name, text in fields.inputs.items())

    def clears(self, fields: CallFields) -> Assigned:
        return {"*": tuple(fields.outputs)}

    def check(self, fields: CallFields, scope: Scope) -> Iterable[Diagnostic]:
        flow = scope.document.subflows.get(fields.flow)
        if flow is None:
            message = (
                f'There is no sub-flow "{fields.flow}".' if fields.flow else "It does not say which sub-flow."
            )
            yield Diagnostic(
                "R003", message, field="flow", fix="Choose one of the sub-flows of this document."
            )
            return
        for name in flow.inputs:
            if name not in fields.inputs:
                message = f'The sub-flow wants "{name}", and nothing goes in for it.'
                yield Diagnostic("R003", message, field="inputs", fix=f"Give {name} a value.")
        for name in fields.inputs:
            if name not in flow.inputs:
                message = f'The sub-flow has no input "{name}".'
                yield Diagnostic("R003", message, field=f"inputs.{name}", fix="Remove it.")
        for here, there in fields.outputs.items():
            if here not in scope.flow.variables:
                yield unknown_variable(here, f"outputs.{here}")
            if there not in flow.outputs:
                message = f'The sub-flow has no output "{there}".'
                yield Diagnostic("R003", message, field=f"outputs.{here}", fix="Choose one of its outputs.")
            elif _types_differ(flow, there, scope.flow, here):
                message = f'"{there}" is not of the type that "{here}" holds.'
                yield Diagnostic("D003", message, field=f"outputs.{here}", fix="Give both the same type.")

    def badge(self, fields: CallFields) -> str:
        return fields.flow

    def lower(self, node: FlowNode, fields: CallFields, build: Builder) -> None:
        flow = build.scope.document.subflows.get(fields.flow)
        if flow is None:
            build.trap("R003", f'There is no sub-flow "{fields.flow}"')
            return
        names = list(flow.variables)
        build.emit(
            CallInstruction(
                node.id,
                build.flow_index(fields.flow),
                tuple(
                    (build.slot_in(fields.flow, name), build.expression(text, f"inputs.{name}"))
                    for name, text in fields.inputs.items()
                    if name in names
                ),
                tuple(
                    (build.slot(here), build.slot_in(fields.flow, there))
                    for here, there in fields.outputs.items()
                    if there in names
                ),
                {exit: build.port(exit) for exit in exits(build.scope.document, fields.flow)},
                build.pc + 1,
            )
        )
        build.trap("D003", "A value for the sub-flow could not be computed")


def _types_differ(flow: Flow, there: str, outer: Flow, here: str) -> bool:
    inner, own = flow.variables.get(there), outer.variables.get(here)
    return inner is not None and own is not None and inner.type != own.type


def exits(document: Flow, flow: str) -> tuple[str, ...]:
    """The exits of a sub-flow, by the return nodes in it, in order of their names; ``done`` when it has
    none."""
    part = document.subflows.get(flow)
    if part is None:
        return ()
    names = {str(n.fields.get("exit") or "done") for n in part.nodes.values() if n.kind == "return"}
    return tuple(sorted(names)) or ("done",)


KIND = Call()
