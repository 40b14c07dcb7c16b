"""What an exploration knows of a document: the facts of every node, the values worth trying, and a way to compute
expressions with concrete values."""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import msgspec

from engine.compiler.facts import Examined, Facts
from engine.compiler.view import View
from engine.expressions import (
    BOOL,
    CLOCK,
    DATE,
    DATETIME,
    DECIMAL,
    DURATION,
    INT,
    STRING,
    TIME,
    Checked,
    EnumType,
    EvaluationError,
    ExpressionError,
    Node,
    Type,
    candidates,
    check,
    compile_expression,
    parse,
)
from engine.kinds import Scope
from engine.kinds.set import SetFields
from engine.kinds.values import from_plain

Values = Mapping[str, Any]
"""The variables of a flow that have a value; and, under ``#`` and a node's id, the counters of loops."""

NOW = "2026-11-20T10:00"
ORDERED = (int, Decimal, datetime, date, time, timedelta)
SMALL = 64
COUNTER = "#count"
NOTHING: Values = MappingProxyType({})


class Land(msgspec.Struct, eq=False):
    """One flow, ready to be explored. ``worth`` has the values of each variable at which some condition changes
    its mind; ``exact`` the variables that are computed, and so told apart by their value."""

    id: str
    view: View
    scope: Scope
    names: tuple[str, ...]
    start: dict[str, Any]
    worth: dict[str, tuple[Any, ...]]
    exact: frozenset[str]
    compiled: dict[str, tuple[tuple[str, ...], Callable[[Sequence[Any]], Any] | None]]

    def facts(self, node: str) -> Facts | None:
        """The facts of a node; None for one that is not there."""
        i = self.view.graph.index.get(node)
        return None if i is None else self.view.facts[i]

    def class_of(self, values: Values) -> tuple[Any, ...]:
        """What conditions can tell apart of these values."""
        return tuple(
            _class(values.get(n), self.worth.get(n, ()), n in self.exact) for n in self.names
        ) + tuple(sorted((k, v) for k, v in values.items() if k[0] == "#"))


def land_of(view: View) -> Land:
    """A flow made ready."""
    scope, flow = view.around.scope, view.flow
    worth: dict[str, dict[Any, Any]] = {}
    exact: set[str] = set()
    for facts in view.facts:
        for examined in facts.sources:
            for node in nodes_of(examined):
                for name, values in candidates(node).items():
                    wanted = scope.types.get(name)
                    if name not in examined.source.extra and wanted is not None:
                        worth.setdefault(name, {}).update({repr(v): v for v in values if _of_type(v, wanted)})
        if isinstance(facts.fields, SetFields):
            exact.update(a.variable for a in facts.fields.assignments)
    start = {}
    for name, variable in flow.variables.items():
        if variable.initial is not None and name in scope.types:
            try:
                start[name] = from_plain(scope.types[name])(variable.initial)
            except ValueError:
                continue
    every = {name: tuple(values.values()) for name, values in worth.items()}
    names = tuple(sorted(flow.variables))
    return Land(view.id, view, scope, names, start, every, frozenset(exact), {})


def _of_type(value: Any, wanted: Type) -> bool:
    """Whether a variable of the type may hold the value."""
    if isinstance(wanted, EnumType):
        return value in wanted.members
    return any(wanted == known and value.__class__ is python for known, python in _PYTHON)


_PYTHON: tuple[tuple[Type, type], ...] = (
    (BOOL, bool),
    (INT, int),
    (DECIMAL, Decimal),
    (STRING, str),
    (DATE, date),
    (TIME, time),
    (DATETIME, datetime),
    (DURATION, timedelta),
)


def nodes_of(examined: Examined) -> tuple[Node, ...]:
    """The expressions in a source."""
    match examined.checked:
        case None:
            return ()
        case Checked(node=node):
            return (node,)
        case template:
            return tuple(hole.node for hole in template.holes)


def _class(value: Any, worth: Sequence[Any], exact: bool) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, list):
        return len(value)
    if exact and isinstance(value, int) and -SMALL <= value <= SMALL:
        return value
    if not worth:
        return "set"
    if isinstance(value, ORDERED):
        marks = sorted(v for v in worth if type(v) is type(value))
        return bisect_left(marks, value), value in marks
    return value if value in worth else "set"


class Outlook:
    """What one node sees, with the values of the moment (`engine.kinds.kind.Outlook`)."""

    def __init__(self, land: Land, facts: Facts, values: Values, locale: str) -> None:
        self.land = land
        self.scope = land.scope
        self.locale = locale
        self.now = NOW
        self._facts = facts
        self._values = values

    def evaluate(self, text: str, extra: Values = NOTHING) -> Any:
        """The value of an expression here; raises ``EvaluationError``."""
        if text == COUNTER:
            return self._values.get(f"#{self._facts.id}", 0)
        names, run = self._compiled(text)
        if run is None:
            raise EvaluationError("bad_value", f"{text!r} makes no sense")
        return run([self._value(name, extra) for name in names])

    def _value(self, name: str, extra: Values) -> Any:
        if name in extra:
            return extra[name]
        if name == CLOCK:
            return datetime.fromisoformat(self.now)
        if name == "session":
            return {"channel": "", "locale": self.locale, "modality": "text"}
        return self._values.get(name)

    def _compiled(self, text: str) -> tuple[tuple[str, ...], Callable[[Sequence[Any]], Any] | None]:
        types = {name: t for e in self._facts.sources for name, t in e.source.extra.items()}
        key = f"{self._facts.id} {text}" if types else text
        found = self.land.compiled.get(key)
        if found is None:
            found = self.land.compiled[key] = _compile(text, {**self.scope.types, **types})
        return found

    def interesting(self, variable: str) -> Sequence[Any]:
        """Values of a variable, or of this node's answer, at which some condition changes its mind."""
        own = [
            value
            for e in self._facts.sources
            for node in (nodes_of(e) if e.source.extra else ())
            for name, values in candidates(node).items()
            if name in e.source.extra
            for value in values
        ]
        return [*own, *self.land.worth.get(variable, ())]


def _compile(
    text: str, types: Mapping[str, Any]
) -> tuple[tuple[str, ...], Callable[[Sequence[Any]], Any] | None]:
    try:
        checked = check(parse(text), types)
    except ExpressionError:
        return (), None
    if checked.errors:
        return (), None
    names = (CLOCK, *sorted(checked.references))
    return names, compile_expression(checked, {name: i for i, name in enumerate(names)})
