"""The tokens, and what is made of them."""

import pytest

from studio.theme import Tokens, load_tokens
from studio.theme.generate import WIDGET, widget_source

SCHEMES = ("light", "dark", "contrast")


def luminance(colour: str) -> float:
    """Relative luminance, after WCAG 2.2."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, two: str) -> float:
    light, dark = sorted((luminance(one), luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.fixture(params=SCHEMES)
def tokens(request: pytest.FixtureRequest) -> Tokens:
    return load_tokens(request.param)


def test_every_text_can_be_read(tokens: Tokens) -> None:
    for text in (tokens.ink, tokens.ink2, tokens.ink3, tokens.violet_text, tokens.bad, tokens.good):
        assert contrast(text, tokens.paper) >= 4.5
    assert contrast(tokens.sunrise_text, tokens.sunrise_soft) >= 4.5
    assert contrast(tokens.ink2, tokens.violet_soft) >= 4.5
    assert contrast("#FFFFFF", tokens.gradient_to) >= 4.5
    assert contrast(tokens.variable, tokens.violet_soft) >= 4.5


def test_glyphs_stand_out_from_their_tiles(tokens: Tokens) -> None:
    for tint in tokens.families.values():
        assert min(contrast(tint.ink, tint.tint), contrast(tint.ink, tint.tint2)) >= 3


def test_an_unknown_family_looks_like_structure(tokens: Tokens) -> None:
    assert tokens.family("Astrology") == tokens.family("Structure")


def test_an_unknown_scheme_says_which_there_are() -> None:
    with pytest.raises(ValueError, match="light, dark, contrast"):
        load_tokens("sepia")


def test_the_widget_has_the_same_colours() -> None:
    assert WIDGET.read_text("utf-8") == widget_source()
