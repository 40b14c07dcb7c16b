"""JSON Schema of a method, from its types and its docstring."""

import inspect
import re
from collections.abc import Callable, Mapping
from typing import Any, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, create_model

ARGUMENT = re.compile(r"(\w+): (.+)")


def described(text: str) -> tuple[str, dict[str, str]]:
    """What a docstring says of the whole, and of each argument (lines like ``name: words``)."""
    words: list[str] = []
    notes: dict[str, str] = {}
    for line in text.splitlines():
        found = ARGUMENT.fullmatch(line.strip())
        if found:
            notes[found[1]] = found[2]
        elif notes and line.startswith(" ") and line.strip():
            last = next(reversed(notes))
            notes[last] += f" {line.strip()}"
        elif line.strip():
            words.append(line.strip())
    return " ".join(words), notes


def arguments_of(name: str, method: Callable[..., Any], notes: Mapping[str, str]) -> type[BaseModel]:
    """A model of what a bound method takes after its `Call`; others than these are refused."""
    hints = get_type_hints(method, include_extras=True)
    fields: dict[str, Any] = {}
    for parameter in list(inspect.signature(method).parameters.values())[1:]:
        default = ... if parameter.default is inspect.Parameter.empty else parameter.default
        fields[parameter.name] = (
            hints[parameter.name],
            Field(default, description=notes.get(parameter.name)),
        )
    return create_model(name, __config__=ConfigDict(extra="forbid"), **fields)
