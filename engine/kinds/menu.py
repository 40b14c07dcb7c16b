"""Menu: a choice by words, keys or buttons; each option leads its own way."""

from collections.abc import Iterable
from typing import Annotated

from engine.expressions import STRING
from engine.flow import Diagnostic, Flow, FlowNode
from engine.kinds.building import Builder
from engine.kinds.forms import Form
from engine.kinds.instructions import Listen
from engine.kinds.kind import Family, Kind, Outcome, Outlook, Port, PortClass, Scope, Source
from engine.kinds.listening import FAILURE_PORTS, Listening, Option, choices, ladder, pressed, said
from engine.kinds.samples import NONSENSE, failing
from engine.kinds.say import word_sources
from engine.kinds.values import from_plain
from engine.protocol.script import Say, Silence
from engine.understanding import Expected


class MenuFields(Listening, frozen=True):
    """The fields of menu."""

    options: Annotated[
        tuple[Option, ...], Form("Options", "list", "What one can choose; each leads its own way.")
    ] = ()


class Menu(Kind[MenuFields]):
    """Offer a choice."""

    id = "menu"
    family = Family.LISTEN
    title = "Menu"
    summary = "Offers a choice, by words, keys or buttons; each option leads its own way."
    structure = MenuFields
    rank = 20
    listens = True
    waits = True

    def ports(self, fields: MenuFields, document: Flow) -> tuple[Port, ...]:
        locale = document.locales[0] if document.locales else ""
        options = tuple(Port(o.id, said(o.label, locale) or o.id, PortClass.CASE) for o in fields.options)
        return (*options, *FAILURE_PORTS)

    def sources(self, fields: MenuFields) -> Iterable[Source]:
        yield from word_sources("prompt", fields.prompt)
        for name in ("reprompts", "silences"):
            for i, words in enumerate(getattr(fields, name)):
                yield from word_sources(f"{name}.{i}", words)
        for i, option in enumerate(fields.options):
            yield from word_sources(f"options.{i}.label", option.label)

    def check(self, fields: MenuFields, scope: Scope) -> Iterable[Diagnostic]:
        if not fields.options:
            yield Diagnostic("F003", "It has no options.", field="options", fix="Add what one can choose.")
        ids = [o.id for o in fields.options]
        for i, id in enumerate(ids):
            if id in ids[:i]:
                yield Diagnostic(
                    "F003", f'Two options have the id "{id}".', field=f"options.{i}.id", fix="Rename one."
                )

    def words(self, fields: MenuFields, locale: str) -> str:
        return said(fields.prompt, locale)

    def badge(self, fields: MenuFields) -> str:
        return f"{len(fields.options)} options"

    def lower(self, node: FlowNode, fields: MenuFields, build: Builder) -> None:
        trap = build.port("gives_up")
        build.emit(
            Listen(
                node.id,
                build.prompt(fields.prompt, field="prompt") if fields.prompt else None,
                tuple(
                    Expected("choice", choices(fields.options, locale))
                    for locale in build.scope.document.locales
                ),
                from_plain(STRING),
                -1,
                trap,
                build.port("no_input"),
                build.port("no_match"),
                build.port("no_match"),
                max(1, fields.tries),
                ladder(build, fields.silences, "silences"),
                ladder(build, fields.reprompts, "reprompts"),
                routes={o.id: build.port(o.id) for o in fields.options},
                keys={o.key: o.id for o in fields.options if o.key},
                patience=build.patience(fields.patience),
                buttons=tuple(
                    (o.id, build.prompt(o.label, field=f"options.{i}.label"), o.id)
                    for i, o in enumerate(fields.options)
                ),
                interruptible=fields.interruptible,
            )
        )

    def outcomes(self, fields: MenuFields, outlook: Outlook) -> Iterable[Outcome]:
        for option in fields.options:
            yield Outcome(option.id, (Say(said(option.label, outlook.locale) or option.id),))
            if option.key:
                yield Outcome(option.id, pressed(option.key, fields.options))
        if tries := failing(fields.tries):
            yield Outcome("no_input", (Silence(),) * tries)
            yield Outcome("no_match", (Say(NONSENSE),) * tries)


KIND = Menu()
