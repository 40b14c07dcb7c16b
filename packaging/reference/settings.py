"""The page of settings."""

from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

from markdown import code, intro, page, table
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from server.settings import PREFIX, Settings


def settings_page() -> str:
    """Every setting with its default and bounds."""
    heads = ("setting", "default", "values", "what it is")
    return page(intro("settings.md"), table(heads, map(_row, Settings.model_fields.items())))


def _row(item: tuple[str, FieldInfo]) -> tuple[str, ...]:
    name, field = item
    default = field.default
    if default is PydanticUndefined or default is None or default in ("", ()):
        shown = "unset"
    else:
        shown = code(default if isinstance(default, int | float | bool) else str(default))
    return code(PREFIX + name.upper()), shown, _values(field), field.description or ""


def _values(field: FieldInfo) -> str:
    if get_origin(field.annotation) is Literal:
        return ", ".join(code(str(value)) for value in get_args(field.annotation))
    bounds = "; ".join(_bounds(field.metadata))
    plain = {bool: "true, false", int: "whole number", float: "number"}.get(_plain(field.annotation), "text")
    return f"{plain}, {bounds}" if bounds else plain


def _plain(annotation: Any) -> Any:
    return annotation if isinstance(annotation, type) else None


def _bounds(metadata: list[Any]) -> Iterator[str]:
    for limit in metadata:
        for name, word in (("ge", "at least"), ("gt", "more than"), ("le", "at most")):
            if getattr(limit, name, None) is not None:
                yield f"{word} {getattr(limit, name)}"
