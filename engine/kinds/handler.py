"""Handler: a reaction that is in reach everywhere: "speak to someone", "repeat that", a key, a signal, a
hang-up."""

from collections.abc import Iterable
from typing import Annotated

from engine.flow import Diagnostic, Flow, FlowNode
from engine.kinds.building import Builder
from engine.kinds.forms import Form
from engine.kinds.instructions import Handler as HandlerEntry
from engine.kinds.kind import Family, Kind, NodeFields, Port, Scope
from engine.protocol.script import Happen, Keys, Leave, Say, Step


class HandlerFields(NodeFields, frozen=True):
    """The fields of handler."""

    phrases: Annotated[
        dict[str, tuple[str, ...]], Form("When someone says", "texts", "Phrases, by locale.")
    ] = {}
    keys: Annotated[tuple[str, ...], Form("When a key is pressed", "texts", "Such as 0.")] = ()
    signals: Annotated[tuple[str, ...], Form("When a signal comes", "texts", advanced=True)] = ()
    hang_up: Annotated[bool, Form("When the caller hangs up", "toggle", advanced=True)] = False
    resume: Annotated[
        bool, Form("Then go on where it was", "toggle", "Else the conversation goes on from here only.")
    ] = True


class Handler(Kind[HandlerFields]):
    """React wherever the conversation stands."""

    id = "handler"
    family = Family.STRUCTURE
    title = "Whenever"
    summary = "Reacts wherever the conversation stands, then goes back or leaves."
    structure = HandlerFields
    rank = 40
    enters = False

    def ports(self, fields: HandlerFields, document: Flow) -> tuple[Port, ...]:
        # Without a way of its own, one that resumes takes the conversation up again at once.
        return (Port("then", "then", optional=fields.resume),)

    def check(self, fields: HandlerFields, scope: Scope) -> Iterable[Diagnostic]:
        if not (any(fields.phrases.values()) or fields.keys or fields.signals or fields.hang_up):
            yield Diagnostic(
                "R001", "Nothing sets it off.", field="phrases", fix="Add a phrase, a key or a signal."
            )
        for i, key in enumerate(fields.keys):
            if len(key) != 1 or key not in "0123456789*#ABCD":
                yield Diagnostic("F003", f'"{key}" is no key.', field=f"keys.{i}", fix="One of 0-9, * and #.")

    def badge(self, fields: HandlerFields) -> str:
        return "then back" if fields.resume else "leaves"

    def words(self, fields: HandlerFields, locale: str) -> str:
        return ""

    def lower(self, node: FlowNode, fields: HandlerFields, build: Builder) -> None:
        silent = fields.resume and "then" not in node.out
        build.handle(
            HandlerEntry(
                node.id,
                -1,
                -1 if silent else build.port("then"),
                fields.resume,
                tuple(tuple(fields.phrases.get(locale, ())) for locale in build.scope.document.locales),
                tuple(fields.keys),
                tuple(fields.signals),
                fields.hang_up,
            )
        )


def triggers(fields: HandlerFields, locale: str) -> tuple[Step, ...]:
    """The steps of the other side that set a handler off."""
    phrases = fields.phrases.get(locale) or next(iter(fields.phrases.values()), ())
    steps: list[Step] = [Say(p) for p in phrases[:1]]
    steps += [Keys(k) for k in fields.keys[:1]]
    steps += [Happen(s) for s in fields.signals[:1]]
    return (*steps, *((Leave(),) if fields.hang_up else ()))


KIND = Handler()
