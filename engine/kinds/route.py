"""Route: what the caller wants, in her own words, leads the way."""

from collections.abc import Iterable
from typing import Annotated

import msgspec

from engine.expressions import STRING
from engine.flow import Diagnostic, Flow, FlowNode
from engine.kinds.building import Builder
from engine.kinds.forms import Form
from engine.kinds.instructions import Listen
from engine.kinds.kind import Assigned, Family, Kind, Outcome, Outlook, Port, PortClass, Scope, Source
from engine.kinds.listening import Listening, Words, ladder, said
from engine.kinds.reply import text_mistakes
from engine.kinds.samples import NONSENSE, failing
from engine.kinds.say import word_sources
from engine.kinds.thoughts import Judge
from engine.kinds.values import from_plain
from engine.protocol import Intent
from engine.protocol.script import Answer, Say, Silence
from engine.understanding import Expected

OTHERWISE = "else"


class IntentFields(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One thing callers may want."""

    id: Annotated[str, Form("Id", "text", "A short name that never changes, such as room_service.")]
    label: Annotated[Words, Form("Label", "prompt", "What people read.")] = {}
    description: Annotated[str, Form("What it means", "text", "In words, for the model.")] = ""
    examples: Annotated[
        dict[str, tuple[str, ...]], Form("Said as", "texts", "How people say it, by locale.")
    ] = {}


class RouteFields(Listening, frozen=True):
    """The fields of route."""

    intents: Annotated[
        tuple[IntentFields, ...], Form("Intents", "list", "What callers may want; each leads its own way.")
    ] = ()
    threshold: Annotated[
        int, Form("Sure from", "number", "In per mille; below it the else way is taken.", advanced=True)
    ] = 600
    model: Annotated[
        bool,
        Form("May ask a model", "toggle", "When neither the words nor their meaning decide.", advanced=True),
    ] = True
    save: Annotated[str, Form("Keep her words as", "variable", advanced=True)] = ""
    timeout: Annotated[int, Form("Time limit", "duration", "For the decision.", advanced=True)] = 4000


class Route(Kind[RouteFields]):
    """Leave by what the caller wants."""

    id = "route"
    family = Family.THINK
    title = "Route"
    summary = "Asks, and leads the way by what the caller wants: by examples, by meaning, at last by a model."
    structure = RouteFields
    rank = 40
    listens = True
    waits = True

    def ports(self, fields: RouteFields, document: Flow) -> tuple[Port, ...]:
        locale = document.locales[0] if document.locales else ""
        return (
            *(Port(i.id, said(i.label, locale) or i.id, PortClass.CASE) for i in fields.intents),
            Port(OTHERWISE, "anything else", PortClass.CASE),
            Port("no_input", "no answer", PortClass.NO_INPUT),
        )

    def sources(self, fields: RouteFields) -> Iterable[Source]:
        yield from word_sources("prompt", fields.prompt)
        for name in ("reprompts", "silences"):
            for i, words in enumerate(getattr(fields, name)):
                yield from word_sources(f"{name}.{i}", words)

    def assigns(self, fields: RouteFields) -> Assigned:
        ports = (*(i.id for i in fields.intents), OTHERWISE)
        return {port: (fields.save,) for port in ports} if fields.save else {}

    def check(self, fields: RouteFields, scope: Scope) -> Iterable[Diagnostic]:
        if not fields.intents:
            yield Diagnostic(
                "F003", "It knows no intents.", field="intents", fix="Add what callers may want."
            )
        ids = [i.id for i in fields.intents]
        for i, id in enumerate(ids):
            if id in ids[:i] or id in (OTHERWISE, "no_input"):
                message = f'"{id}" is taken: another way out has this id.'
                yield Diagnostic("F003", message, field=f"intents.{i}.id", fix="Choose another id.")
            intent = fields.intents[i]
            if not intent.description and not any(intent.examples.values()):
                message = f'Nothing says what "{id}" means.'
                fix = "Add a few examples of how people say it, or describe it."
                yield Diagnostic("F003", message, field=f"intents.{i}.examples", fix=fix)
        if not 0 <= fields.threshold <= 1000:
            message = f"Nothing is {fields.threshold} per mille sure."
            yield Diagnostic("F003", message, field="threshold", fix="Choose from 0 to 1000.")
        yield from text_mistakes(fields.save, scope)

    def words(self, fields: RouteFields, locale: str) -> str:
        return said(fields.prompt, locale)

    def badge(self, fields: RouteFields) -> str:
        return f"{len(fields.intents)} intents"

    def lower(self, node: FlowNode, fields: RouteFields, build: Builder) -> None:
        heard = build.hidden("heard")
        slot = build.slot(fields.save)
        locales = build.scope.document.locales
        build.emit(
            Listen(
                node.id,
                build.prompt(fields.prompt, field="prompt") if fields.prompt else None,
                tuple(Expected("text") for _ in locales),
                from_plain(STRING),
                slot if slot >= 0 else heard,
                build.pc + 1,
                build.port("no_input"),
                build.port(OTHERWISE),
                build.port(OTHERWISE),
                max(1, fields.tries),
                ladder(build, fields.silences, "silences"),
                ladder(build, fields.reprompts, "reprompts"),
                patience=build.patience(fields.patience),
                interruptible=fields.interruptible,
            )
        )
        build.emit(
            Judge(
                node.id,
                None,
                tuple(
                    tuple(Intent(i.id, i.description, _examples(i, locale)) for i in fields.intents)
                    for locale in locales
                ),
                fields.threshold,
                fields.model,
                fields.timeout,
                slot if slot >= 0 else heard,
                {i.id: build.port(i.id) for i in fields.intents},
                build.port(OTHERWISE),
                build.port(OTHERWISE),
            )
        )

    def outcomes(self, fields: RouteFields, outlook: Outlook) -> Iterable[Outcome]:
        for intent in fields.intents:
            words = next(iter(_examples(intent, outlook.locale)), intent.id)
            answer = Answer(body={"intent": intent.id, "by": "examples"})
            yield Outcome(intent.id, (Say(words), answer), {fields.save: words} if fields.save else {})
        kept = {fields.save: NONSENSE} if fields.save else {}
        yield Outcome(OTHERWISE, (Say(NONSENSE), Answer(body={"intent": ""})), kept)
        yield Outcome(OTHERWISE, (Say(NONSENSE), Answer("error")), kept)
        if tries := failing(fields.tries):
            yield Outcome("no_input", (Silence(),) * tries)


def _examples(intent: IntentFields, locale: str) -> tuple[str, ...]:
    examples = intent.examples.get(locale) or next(iter(intent.examples.values()), ())
    label = said(intent.label, locale)
    return (*examples, *((label,) if label else ()))


KIND = Route()
