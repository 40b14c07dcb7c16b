"""Extract: typed values out of what was said."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import Annotated, Any

from engine.flow import Diagnostic, Flow, FlowNode
from engine.kinds.building import Builder
from engine.kinds.forms import Form
from engine.kinds.http import Save
from engine.kinds.kind import Assigned, Family, Kind, Outcome, Outlook, Port, PortClass, Scope, Source
from engine.kinds.thinking import (
    THINKING_PORTS,
    Bounded,
    Kept,
    bound_mistakes,
    failing_outcomes,
    kept_mistakes,
    saves_of,
    schema_of,
    ways_of,
)
from engine.kinds.thoughts import Generate
from engine.kinds.typical import typical_of
from engine.kinds.values import to_plain
from engine.protocol.script import Answer

SAME = object()


class ExtractFields(Bounded, frozen=True):
    """The fields of extract."""

    instructions: Annotated[
        str,
        Form("What to look for", "template", "What it is about; the talk so far is given beside it."),
    ] = ""
    outputs: Annotated[
        tuple[Kept, ...], Form("Values", "list", "Each is checked against the type of its variable.")
    ] = ()
    tries: Annotated[
        int, Form("Tries", "number", "How often it is asked again when a value does not fit.")
    ] = 2


class Extract(Kind[ExtractFields]):
    """Typed values, validated."""

    id = "extract"
    family = Family.THINK
    title = "Extract"
    summary = "Takes typed values out of the talk, checks them, and asks again when one does not fit."
    structure = ExtractFields
    rank = 30
    waits = True

    def ports(self, fields: ExtractFields, document: Flow) -> tuple[Port, ...]:
        return (
            Port("found", "found"),
            Port("missing", "not there", PortClass.NO_MATCH, rare=True, instead="failed"),
            *THINKING_PORTS,
        )

    def sources(self, fields: ExtractFields) -> Iterable[Source]:
        yield Source("instructions", fields.instructions, template=True)

    def assigns(self, fields: ExtractFields) -> Assigned:
        return {"found": tuple(k.to for k in fields.outputs if not k.optional)}

    def clears(self, fields: ExtractFields) -> Assigned:
        return {"found": tuple(k.to for k in fields.outputs if k.optional)}

    def check(self, fields: ExtractFields, scope: Scope) -> Iterable[Diagnostic]:
        yield from bound_mistakes(fields)
        if not fields.outputs:
            yield Diagnostic("F003", "It looks for nothing.", field="outputs", fix="Add the values you want.")
        if not 1 <= fields.tries <= 5:
            yield Diagnostic("F003", "Tries go from 1 to 5.", field="tries", fix="Choose from 1 to 5.")
        yield from kept_mistakes(fields.outputs, "outputs", scope)

    def badge(self, fields: ExtractFields) -> str:
        return f"{len(fields.outputs)} values"

    def lower(self, node: FlowNode, fields: ExtractFields, build: Builder) -> None:
        build.emit(
            Generate(
                node.id,
                "extract",
                build.template(fields.instructions, "instructions"),
                build.port("found"),
                build.port("failed"),
                {**ways_of(build), "not_known": build.port("missing")},
                schema=schema_of(fields.outputs, build.scope),
                saves=saves_of(fields.outputs, build),
                tries=max(1, fields.tries),
                tokens=fields.tokens,
                temperature=0,
                limit=fields.timeout,
            )
        )

    def outcomes(self, fields: ExtractFields, outlook: Outlook) -> Iterable[Outcome]:
        for values in combinations(fields.outputs, outlook):
            data = {name: to_plain(value) for name, value in values.items()}
            yield Outcome("found", (Answer(body={"data": data}),), values)
        yield Outcome("missing", (Answer(body={"data": {"was_said": False}}),))
        yield from failing_outcomes()


def combinations(kept: Sequence[Kept | Save], outlook: Outlook) -> Iterable[Mapping[str, Any]]:
    """Values an answer may bring along: enough of them that each interesting one is there once."""
    columns = []
    for value in kept:
        options = [*outlook.interesting(value.to), *typical_of(outlook.scope.types.get(value.to))]
        columns.append(list({repr(v): v for v in (*options, *((None,) if value.optional else ()))}.values()))
    first = [column[0] for column in columns]
    for row in zip_longest(*columns, fillvalue=SAME) if columns else ((),):
        yield {
            k.to: first[i] if value is SAME else value
            for i, (k, value) in enumerate(zip(kept, row, strict=True))
        }


KIND = Extract()
