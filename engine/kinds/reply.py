"""Reply: one generated turn, spoken as it is written."""

from collections.abc import Iterable
from typing import Annotated

from engine.expressions import STRING
from engine.flow import Diagnostic, Flow, FlowNode
from engine.kinds.building import Builder
from engine.kinds.forms import Form
from engine.kinds.kind import Assigned, Family, Kind, Outcome, Outlook, Port, Scope, Source
from engine.kinds.set import unknown_variable
from engine.kinds.thinking import THINKING_PORTS, Bounded, bound_mistakes, failing_outcomes, ways_of
from engine.kinds.thoughts import Generate
from engine.protocol.script import Answer

WORDS = "some words"


class ReplyFields(Bounded, frozen=True):
    """The fields of reply."""

    instructions: Annotated[
        str,
        Form("What to say", "template", "What this one turn is to do. {{ variables }} are given as data."),
    ] = ""
    save: Annotated[str, Form("Keep it as", "variable", "A text variable for what was said.")] = ""
    interruptible: Annotated[
        bool, Form("May be cut in on", "toggle", "Off for what must be heard to its end.", advanced=True)
    ] = True


class Reply(Kind[ReplyFields]):
    """One generated turn."""

    id = "reply"
    family = Family.THINK
    title = "Reply"
    summary = "Lets a model say one thing in its own words, sentence by sentence, and goes on."
    structure = ReplyFields
    rank = 10
    waits = True

    def ports(self, fields: ReplyFields, document: Flow) -> tuple[Port, ...]:
        return (Port("then", "then", saves=fields.save), *THINKING_PORTS)

    def sources(self, fields: ReplyFields) -> Iterable[Source]:
        yield Source("instructions", fields.instructions, template=True)

    def assigns(self, fields: ReplyFields) -> Assigned:
        return {"then": (fields.save,)} if fields.save else {}

    def check(self, fields: ReplyFields, scope: Scope) -> Iterable[Diagnostic]:
        yield from bound_mistakes(fields)
        if not fields.instructions.strip():
            yield Diagnostic(
                "F003", "It does not say what to say.", field="instructions", fix="Say it as to a colleague."
            )
        yield from text_mistakes(fields.save, scope)

    def badge(self, fields: ReplyFields) -> str:
        return "model"

    def lower(self, node: FlowNode, fields: ReplyFields, build: Builder) -> None:
        build.emit(
            Generate(
                node.id,
                "reply",
                build.template(fields.instructions, "instructions"),
                build.port("then"),
                build.port("failed"),
                ways_of(build),
                spoken=True,
                interruptible=fields.interruptible,
                slot=build.slot(fields.save),
                tokens=fields.tokens,
                limit=fields.timeout,
            )
        )

    def outcomes(self, fields: ReplyFields, outlook: Outlook) -> Iterable[Outcome]:
        yield Outcome("then", (Answer(body=WORDS),), {fields.save: WORDS} if fields.save else {})
        yield from failing_outcomes()


def text_mistakes(save: str, scope: Scope) -> Iterable[Diagnostic]:
    """Words kept in what is no text variable."""
    if save and save not in scope.flow.variables:
        yield unknown_variable(save, "save")
    elif save and scope.types.get(save) != STRING:
        message = f'Words are kept, and "{save}" holds {scope.types.get(save)}.'
        yield Diagnostic("D003", message, field="save", fix="Keep them in a text variable.")


KIND = Reply()
