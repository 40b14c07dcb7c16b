"""An expression or a template that makes no sense, or whose value does not fit where it goes."""

from collections.abc import Iterable

from engine.compiler.declared import of_node
from engine.compiler.facts import Examined, Facts
from engine.compiler.finding import Finding
from engine.compiler.view import View
from engine.expressions import Checked, ListType, parse_type
from engine.expressions.types import with_article
from engine.flow import Severity
from engine.kinds.loop import LoopFields
from engine.kinds.values import from_plain

CODE = "D003"
SEVERITY = Severity.ERROR
TITLE = "Wrong type"

FIX = "Change the marked part, so that it fits the rest."


def run(view: View) -> Iterable[Finding]:
    """One finding for the first mistake of each source, with its place in the text."""
    yield from _variables(view)
    yield from view.each(CODE, _look)


def _variables(view: View) -> Iterable[Finding]:
    for name, variable in view.flow.variables.items():
        try:
            type = parse_type(variable.type)
        except ValueError as error:
            message, field = f"*{name}* has no type that makes sense: {error}.", f"variables.{name}.type"
            yield Finding(CODE, message, SEVERITY, view.id, field=field, fix="Choose one of the types.")
            continue
        if variable.initial is None:
            continue
        try:
            from_plain(type)(variable.initial)
        except ValueError as error:
            message, field = f"*{name}* cannot begin as it does: {error}.", f"variables.{name}.initial"
            yield Finding(
                CODE, message, SEVERITY, view.id, field=field, fix=f"Begin with {with_article(type)}."
            )


def _look(view: View, facts: Facts) -> Iterable[Finding]:
    yield from (of_node(view, facts, d) for d in facts.diagnostics if d.code == CODE)
    reported = {d.field for d in facts.diagnostics}
    for examined in facts.sources:
        if examined.errors and examined.source.field not in reported:
            error = examined.errors[0]
            message = f'"{facts.name}": {error.message}'
            field = examined.source.field
            yield Finding(
                CODE,
                message,
                SEVERITY,
                view.id,
                (facts.id,),
                "",
                field,
                error.start,
                error.end,
                error.hint or FIX,
            )
        elif isinstance(facts.fields, LoopFields):
            yield from _loop(view, facts, examined)


def _loop(view: View, facts: Facts, examined: Examined) -> Iterable[Finding]:
    """What a loop goes over must be a list, and its elements must fit the variable that holds each."""
    if examined.source.field != "over" or not isinstance(examined.checked, Checked):
        return
    type, text = examined.checked.type, examined.source.text
    item = view.around.scope.types.get(facts.fields.item)
    if not isinstance(type, ListType):
        message = f'"{facts.name}" goes over {with_article(type)}, and it needs a list.'
        fix = "Write a list, or say how often instead."
    elif item is not None and item != type.element:
        message = f'"{facts.name}" puts {with_article(type.element)} into *{facts.fields.item}*, which holds {item}.'
        fix = "Give the variable the type of the elements."
    else:
        return
    yield Finding(CODE, message, SEVERITY, view.id, (facts.id,), "", "over", 0, len(text), fix)
