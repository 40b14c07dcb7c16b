"""Tool: call a function the flow declares."""

from collections.abc import Iterable
from typing import Annotated, Any

from engine.flow import Diagnostic, Flow, FlowNode
from engine.kinds.building import Builder
from engine.kinds.extract import combinations
from engine.kinds.forms import Form
from engine.kinds.http import Save, path_of, placed
from engine.kinds.instructions import Save as SaveInstruction
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
from engine.kinds.thinking import function_mistakes
from engine.kinds.thoughts import Use
from engine.kinds.values import from_plain, to_plain
from engine.protocol.script import Answer


class ToolFields(NodeFields, frozen=True):
    """The fields of tool."""

    function: Annotated[str, Form("Function", "text", "One of the flow's functions.")] = ""
    arguments: Annotated[
        dict[str, str], Form("Arguments", "expressions", "Name and value of each input.")
    ] = {}
    response: Annotated[tuple[Save, ...], Form("Take from the answer", "list")] = ()


class Tool(Kind[ToolFields]):
    """Call a function."""

    id = "tool"
    family = Family.ACT
    title = "Tool"
    summary = "Calls a function of a tool, such as a calendar, and keeps what it answers."
    structure = ToolFields
    rank = 20
    waits = True

    def ports(self, fields: ToolFields, document: Flow) -> tuple[Port, ...]:
        function = document.functions.get(fields.function)
        unknown = Port("unknown", "nobody can say", PortClass.UNKNOWN, rare=True, instead="error")
        if function is not None and function.replay == "never":
            unknown = Port("unknown", "nobody can say", PortClass.UNKNOWN)
        return (
            Port("ok", "done"),
            Port("error", "failed", PortClass.ERROR),
            Port("timeout", "too slow", PortClass.TIMEOUT, rare=True, instead="error"),
            unknown,
        )

    def sources(self, fields: ToolFields) -> Iterable[Source]:
        for name, text in fields.arguments.items():
            yield Source(f"arguments.{name}", text)

    def assigns(self, fields: ToolFields) -> Assigned:
        return {"ok": tuple(s.to for s in fields.response if not s.optional)}

    def clears(self, fields: ToolFields) -> Assigned:
        return {"ok": tuple(s.to for s in fields.response if s.optional)}

    def check(self, fields: ToolFields, scope: Scope) -> Iterable[Diagnostic]:
        if not fields.function:
            yield Diagnostic(
                "F003", "It calls no function.", field="function", fix="Choose one of the flow's functions."
            )
            return
        yield from function_mistakes((fields.function,), "function", scope)
        function = scope.document.functions.get(fields.function)
        if function is None:
            return
        for name in fields.arguments:
            if name not in function.inputs:
                message = f'"{fields.function}" has no input "{name}".'
                yield Diagnostic("F003", message, field=f"arguments.{name}", fix="Remove it, or rename it.")
        for name, parameter in function.inputs.items():
            if not parameter.optional and name not in fields.arguments:
                message = f'"{fields.function}" needs "{name}".'
                yield Diagnostic("F003", message, field="arguments", fix=f'Add a value for "{name}".')
        for i, save in enumerate(fields.response):
            if save.to not in scope.flow.variables:
                yield unknown_variable(save.to, f"response.{i}.to")

    def badge(self, fields: ToolFields) -> str:
        return fields.function

    def lower(self, node: FlowNode, fields: ToolFields, build: Builder) -> None:
        build.emit(
            Use(
                node.id,
                fields.function,
                tuple((k, build.expression(v, f"arguments.{k}")) for k, v in fields.arguments.items()),
                tuple(
                    SaveInstruction(
                        path_of(s.path),
                        build.slot(s.to),
                        from_plain(build.scope.types.get(s.to)),
                        s.optional,
                    )
                    for s in fields.response
                ),
                build.port("ok"),
                build.port("error"),
                build.port("timeout"),
                build.port("unknown"),
            )
        )

    def outcomes(self, fields: ToolFields, outlook: Outlook) -> Iterable[Outcome]:
        function = outlook.scope.document.functions.get(fields.function)
        take = path_of(function.take) if function is not None and not function.tool else ()
        for assign in combinations(fields.response, outlook):
            body: Any = {}
            for save in fields.response:
                body = placed(body, path_of(save.path), to_plain(assign[save.to]))
            yield Outcome("ok", (Answer(body=placed({}, take, body)),), assign)
        for name in ("error", "timeout", "unknown"):
            yield Outcome(name, (Answer(name),))


KIND = Tool()
