"""Where things stand on the canvas. Losing it changes no program."""

from collections.abc import Mapping
from typing import Any

import msgspec


class Group(msgspec.Struct, frozen=True, omit_defaults=True):
    """A titled frame around nodes; ``rect`` is x, y, width, height in canvas units (pixels at 100 %)."""

    title: str
    rect: tuple[int, int, int, int]
    colour: str = ""
    flow: str = ""


class Comment(msgspec.Struct, frozen=True, omit_defaults=True):
    """A note on the canvas."""

    text: str
    at: tuple[int, int]
    flow: str = ""


class Layout(msgspec.Struct, frozen=True, omit_defaults=True):
    """Positions by node id (node ids are unique in a document, sub-flows included), frames and comments by
    id."""

    nodes: Mapping[str, tuple[int, int]] = {}
    groups: Mapping[str, Group] = {}
    comments: Mapping[str, Comment] = {}
    extra: Mapping[str, Any] = {}
