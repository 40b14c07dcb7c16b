"""What a flow says once for all its models, as fields of a form: how they sound, what they may call."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from engine.flow import Flow
from engine.flow.thinking import Function, Personality
from engine.kinds import FieldSpec

TONES = ("professional", "friendly", "casual", "formal")
INPUTS = (
    FieldSpec("name", "Name", "text", None),
    FieldSpec("type", "Type", "type", "text"),
    FieldSpec("description", "What it is", "text", ""),
    FieldSpec("optional", "May be left out", "toggle", False),
)
FUNCTION = (
    FieldSpec("name", "Name", "text", None, "Such as free_rooms."),
    FieldSpec("description", "What it does", "text", "", "The model reads this."),
    FieldSpec("inputs", "Inputs", "list", [], items=INPUTS),
    FieldSpec("tool", "Tool", "text", "", "Such as google_calendar.create; or a web service below."),
    FieldSpec("method", "Method", "choice", "GET", options=("GET", "POST", "PUT", "PATCH", "DELETE")),
    FieldSpec("url", "Address", "template", "", "https://…; it may hold {{ inputs }}."),
    FieldSpec("query", "In the address", "expressions", {}),
    FieldSpec("body", "In the body", "expressions", {}),
    FieldSpec("take", "Take from the answer", "text", "", "Such as items.0.name; empty: all of it."),
    FieldSpec("replay", "After a crash", "choice", "safe", options=("safe", "never")),
)
SOUND = (
    FieldSpec("personality:tone", "Tone", "choice", "professional", options=TONES),
    FieldSpec("personality:style", "Style", "text", "", "Such as: short, warm sentences."),
    FieldSpec("personality:instructions", "Instructions", "template", "", "What every model is told."),
    FieldSpec("never", "Never say", "texts", (), "One word or phrase a line."),
    FieldSpec("escalate_after", "After so many answers nobody understood", "number", 0),
)
FUNCTIONS = FieldSpec("functions", "Functions", "list", [], items=FUNCTION)


def shown(flow: Flow, name: str) -> Any:
    """The value of one of these fields."""
    kind, _, key = name.partition(":")
    if kind == "personality":
        return getattr(flow.personality or Personality(), key)
    if kind == "functions":
        return rows_of(flow.functions)
    return list(flow.never) if kind == "never" else flow.escalate_after


def written(flow: Flow, name: str, value: Any) -> tuple[str, Any]:
    """The setting of the flow that an edit of one of these fields changes, and its new value."""
    kind, _, key = name.partition(":")
    if kind == "personality":
        sound = msgspec.structs.replace(flow.personality or Personality(), **{key: value})
        return kind, sound if sound != Personality() else None
    if kind == "functions":
        return kind, functions_of(value)
    return (kind, tuple(value)) if kind == "never" else (kind, max(0, int(value or 0)))


def rows_of(functions: Mapping[str, Function]) -> list[dict[str, Any]]:
    """The functions as a list that a form edits; what the form does not show stays in it."""
    rows = []
    for name, function in functions.items():
        fields = msgspec.to_builtins(function)
        fields["inputs"] = [{"name": key, **one} for key, one in fields.get("inputs", {}).items()]
        rows.append({"name": name, **fields})
    return rows


def functions_of(rows: Sequence[Mapping[str, Any]]) -> dict[str, Function]:
    """The functions a form has written. A name that is missing or taken gets another: none is lost."""
    functions: dict[str, Function] = {}
    for row in rows:
        fields = {key: value for key, value in row.items() if key != "name"}
        inputs: dict[str, Any] = {}
        for one in row.get("inputs") or ():
            more = {key: value for key, value in one.items() if key != "name"}
            inputs[_free(str(one.get("name") or ""), "input", inputs)] = more
        name = _free(str(row.get("name") or ""), "function", functions)
        functions[name] = msgspec.convert({**fields, "inputs": inputs}, Function)
    return functions


def _free(name: str, otherwise: str, taken: Mapping[str, Any]) -> str:
    name = name.strip() or otherwise
    if name not in taken:
        return name
    return next(f"{name}_{n}" for n in range(2, len(taken) + 3) if f"{name}_{n}" not in taken)
