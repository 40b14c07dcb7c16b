"""How Parley looks: tokens, typefaces, glyphs and style sheet."""

from dataclasses import dataclass

from studio.theme.fonts import Typefaces, install_fonts
from studio.theme.tokens import FamilyTint, Tokens, load_tokens


@dataclass(frozen=True)
class Look:
    """What a widget needs to draw itself: one scheme of tokens and the typefaces that are there."""

    tokens: Tokens
    faces: Typefaces


__all__ = ["FamilyTint", "Look", "Tokens", "Typefaces", "install_fonts", "load_tokens"]
