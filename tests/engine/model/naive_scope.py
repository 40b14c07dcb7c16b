"""What the naive engine passes around: the ways a talk is left, and the scope of one flow."""

from collections.abc import Generator
from typing import Any, Protocol

from engine.expressions import (
    check,
    check_template,
    compile_expression,
    compile_template,
    parse,
    parse_template,
    parse_type,
)
from engine.flow import Flow, FlowNode
from engine.kinds.values import from_plain

Event = Any
Floor = Generator[None, Event, Any]


class Over(Exception):
    """The talk has ended."""


class Leaving(Exception):
    """A handler takes the conversation elsewhere for good."""

    def __init__(self, scope: "Scope", node: str) -> None:
        self.scope = scope
        self.node = node


class Returned(Exception):
    """A return node was reached."""

    def __init__(self, exit: str) -> None:
        self.exit = exit


class Broken(Exception):
    """The run failed."""


class Corrected(Leaving):
    """The answer before was corrected: go on from where it leads."""

    def __init__(self, scope: "Scope", asked: FlowNode) -> None:
        super().__init__(scope, "")
        self.asked = asked


class Moment(Protocol):
    """What a scope needs to know of its talk."""

    now: Any
    session: dict[str, str]
    locale: str
    voice: bool


class Scope:
    """One flow under way and its variables."""

    def __init__(self, talk: Moment, flow: Flow) -> None:
        self.talk = talk
        self.flow = flow
        self.types = {name: parse_type(v.type) for name, v in flow.variables.items()}
        self.values: dict[str, Any] = {
            name: None if v.initial is None else from_plain(self.types[name])(v.initial)
            for name, v in flow.variables.items()
        }
        self.counts: dict[str, int] = {}

    def evaluate(
        self, text: str, extra: dict[str, Any] | None = None, types: dict[str, Any] | None = None
    ) -> Any:
        checked = check(parse(text), {**self.types, **(types or {})})
        names, values = self._row(extra)
        return compile_expression(checked, names)(values)

    def render(
        self, text: str, extra: dict[str, Any] | None = None, types: dict[str, Any] | None = None
    ) -> str:
        if "{{" not in text:
            return text
        checked = check_template(parse_template(text), {**self.types, **(types or {})})
        names, values = self._row(extra)
        made = compile_template(checked, names, locale=self.talk.locale, voice=self.talk.voice)
        return made if isinstance(made, str) else made(values)

    def _row(self, extra: dict[str, Any] | None) -> tuple[dict[str, int], list[Any]]:
        every = {"now()": self.talk.now, "session": self.talk.session, **self.values, **(extra or {})}
        return {name: i for i, name in enumerate(every)}, list(every.values())
