"""Typed access to the design tokens of ``tokens.json``, their single source. Free of Qt."""

from collections.abc import Mapping
from importlib import resources
from typing import Any

import msgspec


class FamilyTint(msgspec.Struct, frozen=True):
    """How a family of kinds is shown: a tint (running to ``tint2`` across the tile) and the ink of its glyph."""

    tint: str
    tint2: str
    ink: str


class Tokens(msgspec.Struct, frozen=True):
    """One scheme of colours (``#RRGGBB``) with the measures all schemes share (pixels at 100 %, milliseconds)."""

    scheme: str
    ink: str
    ink2: str
    ink3: str
    paper: str
    room: str
    line: str
    wire: str
    dot: str
    variable: str
    rule: str
    violet: str
    violet_text: str
    violet_soft: str
    violet_line: str
    sunrise: str
    sunrise_text: str
    sunrise_soft: str
    good: str
    good_soft: str
    bad: str
    bad_soft: str
    gradient_from: str
    gradient_to: str
    shadow: str
    families: Mapping[str, FamilyTint]
    radius: int
    radius_tight: int
    pill: int
    chip: int
    chip_tight: int
    space: tuple[int, ...]
    motion_ms: int
    glow_ms: int

    def family(self, name: str) -> FamilyTint:
        """The tint of a family by its name ("Talk"); an unknown one looks like structure."""
        return self.families.get(name) or self.families["Structure"]


def read_source() -> dict[str, Any]:
    """The raw contents of ``tokens.json``."""
    data: dict[str, Any] = msgspec.json.decode(
        resources.files("studio.theme").joinpath("tokens.json").read_bytes()
    )
    return data


def load_tokens(scheme: str = "light") -> Tokens:
    """The tokens of a scheme: ``light``, ``dark`` or ``contrast``. Raises ``ValueError`` for another."""
    source = read_source()
    schemes = source.pop("schemes")
    if scheme not in schemes:
        raise ValueError(f'There is no colour scheme "{scheme}". Choose one of: {", ".join(schemes)}.')
    colours = dict(schemes[scheme])
    families = {name: FamilyTint(*values) for name, values in colours.pop("families").items()}
    return msgspec.convert({**source, **colours, "scheme": scheme, "families": families}, Tokens)
