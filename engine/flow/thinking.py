"""What a flow says once for all its models: how they sound, and what they may call."""

from collections.abc import Mapping
from typing import Any, Literal

import msgspec


class Personality(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How generated words sound. ``style`` and ``instructions`` are in the author's words."""

    tone: Literal["professional", "friendly", "casual", "formal"] = "professional"
    style: str = ""
    instructions: str = ""


class Parameter(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One argument of a function. ``type`` is a type as written for variables."""

    type: Any = "text"
    description: str = ""
    optional: bool = False


class Function(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Something a flow may have done, by a model's wish or by a node: a registered tool's function (``tool``, such
    as ``google_calendar.create``) or a web service (``url``; templates and expressions see the inputs).

    ``take`` is where in the answer the result stands (``items.0.name``; empty: all of it). ``replay`` says whether
    it may be done again when nobody knows what came of it. ``timeout`` is in milliseconds.
    """

    description: str = ""
    inputs: Mapping[str, Parameter] = {}
    tool: str = ""
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "GET"
    url: str = ""
    headers: Mapping[str, str] = {}
    query: Mapping[str, str] = {}
    body: Mapping[str, str] | None = None
    take: str = ""
    timeout: int = 8000
    replay: Literal["safe", "never"] = "safe"
