"""Request: call a web service, with a time limit, retries, and typed values taken from the answer."""

from collections.abc import Iterable, Sequence
from itertools import product
from math import prod
from typing import Annotated, Any, Literal

import msgspec

from engine.flow import Diagnostic, Flow, FlowNode
from engine.kinds.building import Builder
from engine.kinds.forms import Form
from engine.kinds.http_address import address
from engine.kinds.instructions import Request
from engine.kinds.instructions import Save as SaveInstruction
from engine.kinds.kind import (
    Assigned,
    Family,
    Kind,
    NodeFields,
    Outcome,
    Outlook,
    Port,
    PortClass,
    Scope,
    Source,
)
from engine.kinds.listening import duration_text
from engine.kinds.set import unknown_variable
from engine.kinds.typical import typical_of
from engine.kinds.values import from_plain, to_plain
from engine.protocol.script import Answer

MOST_ANSWERS = 24
"""Combinations of values an exploration tries of one answer."""


class Save(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One value of the answer, and the variable it goes to."""

    path: Annotated[
        str, Form("Take", "text", "Where it stands in the answer, such as order.status or items.0.name.")
    ]
    to: Annotated[str, Form("Keep it as", "variable")] = ""
    optional: Annotated[bool, Form("May be missing", "toggle")] = False


class StatusCase(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A way of its own for some answers, by status."""

    id: Annotated[str, Form("Id", "text", "A short name that never changes, such as taken.")]
    status: Annotated[str, Form("Status", "text", "409, or 4xx.")] = ""
    label: Annotated[str, Form("Label", "text")] = ""
    response: Annotated[tuple[Save, ...], Form("Take from the answer", "list")] = ()


class HttpFields(NodeFields, frozen=True):
    """The fields of http."""

    method: Annotated[
        Literal["GET", "POST", "PUT", "PATCH", "DELETE"],
        Form("Method", "choice", options=("GET", "POST", "PUT", "PATCH", "DELETE")),
    ] = "GET"
    url: Annotated[
        str, Form("Address", "template", "With {{ variables }} where they belong; their values are quoted.")
    ] = ""
    headers: Annotated[dict[str, str], Form("Headers", "templates", advanced=True)] = {}
    query: Annotated[
        dict[str, str], Form("Query", "expressions", "Name and value of each part after the ?.")
    ] = {}
    body: Annotated[dict[str, str] | None, Form("Body", "expressions", "Sent as JSON: name and value.")] = (
        None
    )
    response: Annotated[tuple[Save, ...], Form("Take from the answer", "list")] = ()
    cases: Annotated[
        tuple[StatusCase, ...], Form("Other answers", "list", "Ways of their own, by status.")
    ] = ()
    timeout: Annotated[int, Form("Time limit", "duration", "For one attempt.")] = 5000
    retries: Annotated[int, Form("Retries", "number", "Further attempts after a failure that may pass.")] = 1
    replay: Annotated[
        Literal["safe", "never"],
        Form(
            "After a crash",
            "choice",
            "safe: ask again; never: leave through unknown.",
            ("safe", "never"),
            True,
        ),
    ] = "safe"


class Http(Kind[HttpFields]):
    """Call a web service."""

    id = "http"
    family = Family.ACT
    title = "Request"
    summary = "Calls a web service and keeps what it answers."
    structure = HttpFields
    rank = 10
    waits = True

    def ports(self, fields: HttpFields, document: Flow) -> tuple[Port, ...]:
        unknown = Port("unknown", "nobody can say", PortClass.UNKNOWN, rare=True, instead="error")
        if fields.replay == "never":
            unknown = Port("unknown", "nobody can say", PortClass.UNKNOWN)
        return (
            Port("ok", "answered"),
            *(Port(c.id, c.label or c.id, PortClass.CASE) for c in fields.cases),
            Port("error", "failed", PortClass.ERROR),
            Port("timeout", "too slow", PortClass.TIMEOUT, rare=True, instead="error"),
            unknown,
        )

    def sources(self, fields: HttpFields) -> Iterable[Source]:
        yield Source("url", fields.url, template=True)
        for name, text in fields.headers.items():
            yield Source(f"headers.{name}", text, template=True)
        for name, text in fields.query.items():
            yield Source(f"query.{name}", text)
        for name, text in (fields.body or {}).items():
            yield Source(f"body.{name}", text)

    def assigns(self, fields: HttpFields) -> Assigned:
        saved = {"ok": fields.response, **{c.id: c.response for c in fields.cases}}
        return {port: tuple(s.to for s in saves if not s.optional) for port, saves in saved.items()}

    def clears(self, fields: HttpFields) -> Assigned:
        saved = {"ok": fields.response, **{c.id: c.response for c in fields.cases}}
        return {port: tuple(s.to for s in saves if s.optional) for port, saves in saved.items()}

    def check(self, fields: HttpFields, scope: Scope) -> Iterable[Diagnostic]:
        if not fields.url:
            yield Diagnostic(
                "F003", "It has no address to call.", field="url", fix="Write the address of the service."
            )
        if not 1 <= fields.timeout <= 60_000:
            message = f"A time limit of {fields.timeout} ms makes no sense."
            yield Diagnostic("F003", message, field="timeout", fix="Choose from 1 ms to 60 s.")
        if not 0 <= fields.retries <= 10:
            yield Diagnostic("F003", "Retries go from 0 to 10.", field="retries", fix="Choose from 0 to 10.")
        for field, saves in (
            ("response", fields.response),
            *((f"cases.{c.id}", c.response) for c in fields.cases),
        ):
            for i, save in enumerate(saves):
                if save.to not in scope.flow.variables:
                    yield unknown_variable(save.to, f"{field}.{i}.to")
        for i, case in enumerate(fields.cases):
            if statuses(case.status) is None:
                message = f'"{case.status}" is no status.'
                yield Diagnostic("F003", message, field=f"cases.{i}.status", fix="Write 409, or 4xx.")

    def badge(self, fields: HttpFields) -> str:
        return duration_text(fields.timeout)

    def lower(self, node: FlowNode, fields: HttpFields, build: Builder) -> None:
        query = tuple((k, build.expression(v, f"query.{k}")) for k, v in fields.query.items())
        body = fields.body
        build.emit(
            Request(
                node.id,
                fields.method,
                address(build.template(fields.url, "url")),
                tuple((k, build.template(v, f"headers.{k}")) for k, v in fields.headers.items()),
                query,
                None
                if body is None
                else tuple((k, build.expression(v, f"body.{k}")) for k, v in body.items()),
                max(1, fields.timeout),
                max(0, min(10, fields.retries)),
                fields.replay,
                _saves(fields.response, build),
                build.port("ok"),
                build.port("error"),
                build.port("timeout"),
                build.port("unknown"),
                tuple(
                    (*(statuses(c.status) or (0, 0)), build.port(c.id), _saves(c.response, build))
                    for c in fields.cases
                ),
            )
        )

    def outcomes(self, fields: HttpFields, outlook: Outlook) -> Iterable[Outcome]:
        yield from _answers("ok", 200, fields.response, outlook)
        for case in fields.cases:
            yield from _answers(case.id, (statuses(case.status) or (500, 500))[0], case.response, outlook)
        yield Outcome("error", (Answer("error"),))
        yield Outcome("timeout", (Answer("timeout"),))
        yield Outcome("unknown", (Answer("unknown"),))


def statuses(text: str) -> tuple[int, int] | None:
    """``409`` -> (409, 409), ``4xx`` -> (400, 499); None for what is no status."""
    if len(text) == 3 and text[0] in "12345" and text[1:].lower() == "xx":
        return int(text[0]) * 100, int(text[0]) * 100 + 99
    return (int(text), int(text)) if len(text) == 3 and text.isdecimal() and text.isascii() else None


def path_of(text: str) -> tuple[str | int, ...]:
    """``items.0.name`` -> ("items", 0, "name"); empty for the whole answer."""
    return tuple(int(p) if p.isdecimal() and p.isascii() else p for p in text.split(".") if p)


def _saves(saves: tuple[Save, ...], build: Builder) -> tuple[SaveInstruction, ...]:
    return tuple(
        SaveInstruction(
            path_of(s.path), build.slot(s.to), from_plain(build.scope.types.get(s.to)), s.optional
        )
        for s in saves
    )


def _answers(port: str, status: int, saves: tuple[Save, ...], outlook: Outlook) -> Iterable[Outcome]:
    """One outcome for each combination of values, or, where those are many, one for each value."""
    columns = [_values(save, outlook) for save in saves]
    first = [column[0] for column in columns]
    rows: Iterable[Sequence[Any]] = product(*columns)
    if prod(len(column) for column in columns) > MOST_ANSWERS:
        changed = [[*first[:i], v, *first[i + 1 :]] for i, column in enumerate(columns) for v in column[1:]]
        rows = [first, *changed]
    for row in rows:
        assign = {save.to: value for save, value in zip(saves, row, strict=True)}
        body: Any = {}
        for save, value in zip(saves, row, strict=True):
            body = placed(body, path_of(save.path), to_plain(value))
        yield Outcome(port, (Answer("ok", status, body),), assign)


def _values(save: Save, outlook: Outlook) -> list[Any]:
    type = outlook.scope.types.get(save.to)
    values = [*outlook.interesting(save.to), *typical_of(type)]
    return list({repr(v): v for v in (*values, *((None,) if save.optional else ()))}.values())


def placed(body: Any, path: tuple[str | int, ...], value: Any) -> Any:
    """An answer with a value at a path."""
    if not path:
        return value
    head, rest = path[0], path[1:]
    if isinstance(head, int):
        items = list(body) if isinstance(body, list) else []
        items += [None] * (head + 1 - len(items))
        items[head] = placed(items[head], rest, value)
        return items
    inner = body if isinstance(body, dict) else {}
    return {**inner, head: placed(inner.get(head), rest, value)}


KIND = Http()
