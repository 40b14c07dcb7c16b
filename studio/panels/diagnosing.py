"""What is wrong with the fields of one node, at once and by place: fast enough for every keystroke."""

from collections.abc import Mapping

import msgspec

from engine.compiler.scopes import flow_scope
from engine.expressions import ExpressionError, check, check_template, parse, parse_template
from engine.flow import Flow, FlowNode
from engine.kinds import Source, typed_node


class Trouble(msgspec.Struct, frozen=True):
    """One mistake in one field: ``start`` and ``end`` are character positions in its text, -1 without a place."""

    message: str
    hint: str = ""
    start: int = -1
    end: int = -1
    error: bool = True


def diagnose(node: FlowNode, flow: Flow, document: Flow) -> dict[str, Trouble]:
    """By field path (``prompt.en-US``, ``rules.0.when``): the first mistake there."""
    typed = typed_node(node)
    found: dict[str, Trouble] = {}
    for d in typed.diagnostics:
        found.setdefault(d.field, Trouble(d.message, d.fix, d.start, d.end, d.severity == "error"))
    if typed.kind is None or typed.fields is None:
        return found
    scope = flow_scope(flow, document)
    for source in typed.kind.sources(typed.fields):
        trouble = _trouble(source, scope.types)
        if trouble is not None:
            found.setdefault(source.field, trouble)
    for d in typed.kind.check(typed.fields, scope):
        found.setdefault(d.field, Trouble(d.message, d.fix, d.start, d.end, d.severity == "error"))
    return found


def _trouble(source: Source, types: Mapping[str, object]) -> Trouble | None:
    try:
        known = {**types, **source.extra}
        if source.template:
            errors = list(check_template(parse_template(source.text), known).errors)  # type: ignore[arg-type]
        else:
            checked = check(parse(source.text), known)  # type: ignore[arg-type]
            errors = list(checked.errors)
            if not errors and source.want is not None and checked.type != source.want:
                message = f"This must be a {source.want}, and it is a {checked.type}."
                return Trouble(message, "", 0, len(source.text))
    except ExpressionError as error:
        errors = [error]
    if not errors:
        return None
    first = errors[0]
    return Trouble(first.message, first.hint, first.start, first.end)
