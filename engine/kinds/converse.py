"""Converse: several generated turns towards a goal, with tools, typed results and declared ways out."""

from collections.abc import Iterable
from typing import Annotated, Any

import msgspec

from engine.expressions import STRING
from engine.flow import Diagnostic, Flow, FlowNode
from engine.kinds.building import Builder
from engine.kinds.extract import combinations
from engine.kinds.forms import Form
from engine.kinds.instructions import Listen
from engine.kinds.kind import Assigned, Family, Kind, Outcome, Outlook, Port, PortClass, Scope, Source
from engine.kinds.listening import Words, ladder, said
from engine.kinds.say import word_sources
from engine.kinds.thinking import (
    THINKING_PORTS,
    Bounded,
    Kept,
    bound_mistakes,
    failing_outcomes,
    function_mistakes,
    kept_mistakes,
    saves_of,
    schema_of,
    ways_of,
)
from engine.kinds.thoughts import Exit, Generate
from engine.kinds.values import from_plain, to_plain
from engine.protocol.script import Answer, Say, Silence
from engine.understanding import Expected

EXIT = "leave_by_"
"""What the name of a call begins with that chooses a way out."""

WORDS = "some words"
MOST_TURNS = 100
OWN = ("no_input", "too_long", "refused", "off_limits", "timeout", "failed")


class ExitFields(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One way the talk may end well, or not."""

    id: Annotated[str, Form("Id", "text", "A short name that never changes, such as booked.")]
    label: Annotated[Words, Form("Label", "prompt", "What people read.")] = {}
    description: Annotated[str, Form("When it is reached", "text", "In words, for the model.")] = ""
    outputs: Annotated[tuple[Kept, ...], Form("Values", "list", "What must be known by then.")] = ()


class ConverseFields(Bounded, frozen=True):
    """The fields of converse."""

    opening: Annotated[
        Words, Form("First words", "prompt", "Said as they are; without them the model begins.")
    ] = {}
    goal: Annotated[
        str, Form("Goal", "template", "What this part of the talk is for, and how to get there.")
    ] = ""
    functions: Annotated[
        tuple[str, ...], Form("May call", "texts", "Functions of the flow; it can call no others.")
    ] = ()
    exits: Annotated[tuple[ExitFields, ...], Form("Ways out", "list", "Each is a way of its own.")] = ()
    turns: Annotated[int, Form("Turns", "number", "How often it may answer before it takes too long.")] = 12
    silences: Annotated[
        tuple[Words, ...], Form("When nothing is said", "prompts", "Said after each silence.", advanced=True)
    ] = ()
    patience: Annotated[int, Form("Patience", "duration", "0 is the flow's own.", advanced=True)] = 0


class Converse(Kind[ConverseFields]):
    """Several turns with a goal."""

    id = "converse"
    family = Family.THINK
    title = "Converse"
    summary = "Lets a model hold a part of the talk: a goal, the functions it may call, the ways it may end."
    structure = ConverseFields
    rank = 50
    listens = True
    waits = True

    def ports(self, fields: ConverseFields, document: Flow) -> tuple[Port, ...]:
        locale = document.locales[0] if document.locales else ""
        return (
            *(Port(e.id, said(e.label, locale) or e.id, PortClass.CASE) for e in fields.exits),
            Port("too_long", "takes too long", PortClass.GIVES_UP),
            Port("no_input", "no answer", PortClass.NO_INPUT, rare=True, instead="too_long"),
            *THINKING_PORTS,
        )

    def sources(self, fields: ConverseFields) -> Iterable[Source]:
        yield from word_sources("opening", fields.opening)
        yield Source("goal", fields.goal, template=True)
        for i, words in enumerate(fields.silences):
            yield from word_sources(f"silences.{i}", words)

    def assigns(self, fields: ConverseFields) -> Assigned:
        return {e.id: tuple(k.to for k in e.outputs if not k.optional) for e in fields.exits}

    def clears(self, fields: ConverseFields) -> Assigned:
        return {e.id: tuple(k.to for k in e.outputs if k.optional) for e in fields.exits}

    def check(self, fields: ConverseFields, scope: Scope) -> Iterable[Diagnostic]:
        yield from bound_mistakes(fields)
        if not fields.goal.strip():
            yield Diagnostic("F003", "It has no goal.", field="goal", fix="Say what it is to reach.")
        if not fields.exits:
            yield Diagnostic(
                "F003", "It never ends well: it has no ways out.", field="exits", fix="Add one, such as done."
            )
        if not 1 <= fields.turns <= MOST_TURNS:
            message = f"{fields.turns} turns make no sense."
            yield Diagnostic("F003", message, field="turns", fix=f"Choose from 1 to {MOST_TURNS}.")
        ids = [e.id for e in fields.exits]
        for i, way in enumerate(fields.exits):
            if way.id in ids[:i] or way.id in OWN:
                message = f'"{way.id}" is taken: another way out has this id.'
                yield Diagnostic("F003", message, field=f"exits.{i}.id", fix="Choose another id.")
            yield from kept_mistakes(way.outputs, f"exits.{i}.outputs", scope)
        yield from function_mistakes(fields.functions, "functions", scope)

    def words(self, fields: ConverseFields, locale: str) -> str:
        return said(fields.opening, locale)

    def badge(self, fields: ConverseFields) -> str:
        return f"{fields.turns} turns"

    def lower(self, node: FlowNode, fields: ConverseFields, build: Builder) -> None:
        generate = build.pc + bool(fields.opening)
        if fields.opening:
            # The first words are said once; afterwards the floor is given without them.
            build.emit(self._listen(node, fields, build, generate, opening=True))
        build.emit(self._generate(node, fields, build, generate + 1))
        build.emit(self._listen(node, fields, build, generate))

    def _listen(
        self, node: FlowNode, fields: ConverseFields, build: Builder, generate: int, *, opening: bool = False
    ) -> Listen:
        return Listen(
            node.id,
            build.prompt(fields.opening, field="opening") if opening else None,
            tuple(Expected("text") for _ in build.scope.document.locales),
            from_plain(STRING),
            -1,
            generate,
            build.port("no_input"),
            build.port("no_input"),
            build.port("failed"),
            tries=max(1, len(fields.silences) + 1),
            on_silence=ladder(build, fields.silences, "silences"),
            patience=build.patience(fields.patience),
        )

    def _generate(self, node: FlowNode, fields: ConverseFields, build: Builder, listen: int) -> Generate:
        return Generate(
            node.id,
            "converse",
            build.template(fields.goal, "goal"),
            listen,
            build.port("failed"),
            {**ways_of(build), "too_long": build.port("too_long")},
            {e.id: build.port(e.id) for e in fields.exits},
            tuple(
                Exit(e.id, e.description, schema_of(e.outputs, build.scope), saves_of(e.outputs, build))
                for e in fields.exits
            ),
            fields.functions,
            spoken=True,
            counter=build.hidden("turns"),
            most=fields.turns,
            tokens=fields.tokens,
            limit=fields.timeout,
        )

    def outcomes(self, fields: ConverseFields, outlook: Outlook) -> Iterable[Outcome]:
        first = (Say(WORDS),) if fields.opening else ()
        for way in fields.exits:
            for values in combinations(way.outputs, outlook):
                arguments = {name: to_plain(value) for name, value in values.items()}
                call: dict[str, Any] = {"id": "c1", "name": EXIT + way.id, "arguments": arguments}
                yield Outcome(way.id, (*first, Answer(body={"calls": [call]})), values)
        if fields.turns <= MOST_TURNS // 5:
            turn = (Answer(body=WORDS), Say(WORDS))
            yield Outcome("too_long", (*first, *turn * fields.turns))
        silence = (Silence(),) * (len(fields.silences) + 1)
        if fields.opening:
            yield Outcome("no_input", silence)
        yield Outcome("no_input", (*first, Answer(body=WORDS), *silence))
        for outcome in failing_outcomes():
            yield Outcome(outcome.port, (*first, *outcome.steps))


KIND = Converse()
