"""Answer: from the knowledge of the house, with its sources, or an honest "I don't know"."""

from collections.abc import Iterable
from typing import Annotated

from engine.expressions import STRING
from engine.flow import Diagnostic, Flow, FlowNode
from engine.kinds.building import Builder
from engine.kinds.forms import Form
from engine.kinds.kind import Assigned, Family, Kind, Outcome, Outlook, Port, PortClass, Scope, Source
from engine.kinds.reply import WORDS, text_mistakes
from engine.kinds.thinking import THINKING_PORTS, Bounded, bound_mistakes, failing_outcomes, ways_of
from engine.kinds.thoughts import Generate, Search
from engine.protocol.script import Answer as Reply

FOUND = [{"id": "p1", "text": WORDS, "title": "Handbook", "score": 900}]
MOST_PASSAGES = 20


class AnswerFields(Bounded, frozen=True):
    """The fields of answer."""

    question: Annotated[
        str, Form("The question", "expression", "What is looked up; the caller's last words when empty.")
    ] = ""
    scope: Annotated[
        tuple[str, ...],
        Form("Knowledge", "texts", "Names of knowledge bases; all of the agent's when there are none."),
    ] = ()
    instructions: Annotated[
        str, Form("How to answer", "template", "Such as: in two sentences, with prices.")
    ] = ""
    threshold: Annotated[
        int,
        Form(
            "Sure from", "number", "In per mille: what is found below it counts as not known.", advanced=True
        ),
    ] = 350
    count: Annotated[int, Form("Passages", "number", "How many it may read.", advanced=True)] = 5
    sources: Annotated[bool, Form("Show its sources", "toggle", "On a screen, below the answer.")] = True
    quote: Annotated[
        bool,
        Form(
            "Quote without a model", "toggle", "When no model answers, says what was found in its own words."
        ),
    ] = False
    save: Annotated[str, Form("Keep it as", "variable", "A text variable for the answer.", advanced=True)] = (
        ""
    )


class Answer(Kind[AnswerFields]):
    """Answer from knowledge."""

    id = "answer"
    family = Family.THINK
    title = "Answer"
    summary = "Answers from the agent's knowledge and shows its sources; what is not there, it does not know."
    structure = AnswerFields
    rank = 20
    waits = True

    def ports(self, fields: AnswerFields, document: Flow) -> tuple[Port, ...]:
        return (
            Port("answered", "answered", saves=fields.save),
            Port("not_known", "not known", PortClass.NO_MATCH),
            *THINKING_PORTS,
        )

    def sources(self, fields: AnswerFields) -> Iterable[Source]:
        if fields.question:
            yield Source("question", fields.question, want=STRING)
        yield Source("instructions", fields.instructions, template=True)

    def assigns(self, fields: AnswerFields) -> Assigned:
        return {"answered": (fields.save,)} if fields.save else {}

    def check(self, fields: AnswerFields, scope: Scope) -> Iterable[Diagnostic]:
        yield from bound_mistakes(fields)
        if not 0 <= fields.threshold <= 1000:
            message = f"Nothing is {fields.threshold} per mille sure."
            yield Diagnostic("F003", message, field="threshold", fix="Choose from 0 to 1000.")
        if not 1 <= fields.count <= MOST_PASSAGES:
            message = f"It cannot read {fields.count} passages."
            yield Diagnostic("F003", message, field="count", fix=f"Choose from 1 to {MOST_PASSAGES}.")
        yield from text_mistakes(fields.save, scope)

    def badge(self, fields: AnswerFields) -> str:
        return "knowledge"

    def lower(self, node: FlowNode, fields: AnswerFields, build: Builder) -> None:
        passages, failed, unknown = build.hidden("passages"), build.port("failed"), build.port("not_known")
        build.emit(
            Search(
                node.id,
                build.expression(fields.question, "question") if fields.question else None,
                fields.scope,
                fields.count,
                fields.threshold,
                passages,
                min(fields.timeout, 5000),
                build.pc + 1,
                unknown,
                failed,
                build.port("timeout"),
            )
        )
        build.emit(
            Generate(
                node.id,
                "answer",
                build.template(fields.instructions, "instructions"),
                build.port("answered"),
                failed,
                {**ways_of(build), "not_known": unknown},
                spoken=True,
                slot=build.slot(fields.save),
                passages=passages,
                cites=fields.sources,
                quotes=fields.quote,
                history=8,
                tokens=fields.tokens,
                temperature=0,
                limit=fields.timeout,
            )
        )

    def outcomes(self, fields: AnswerFields, outlook: Outlook) -> Iterable[Outcome]:
        found = Reply(body=FOUND)
        yield Outcome("answered", (found, Reply(body=WORDS)), {fields.save: WORDS} if fields.save else {})
        yield Outcome("not_known", (Reply(body=[]),))
        yield Outcome("not_known", (found, Reply("not_known")))
        yield Outcome("failed", (Reply("error"),))
        yield Outcome("timeout", (Reply("timeout"),))
        for outcome in failing_outcomes():
            if not fields.quote or outcome.port not in ("failed", "timeout"):
                yield Outcome(outcome.port, (found, *outcome.steps))


KIND = Answer()
