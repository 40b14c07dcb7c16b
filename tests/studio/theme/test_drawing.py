"""Glyphs, typefaces and the style sheet."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFontDatabase
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from engine.kinds import all_kinds
from studio.theme import install_fonts, load_tokens
from studio.theme.drawings import DRAWINGS
from studio.theme.glyphs import SIZE, arch, glyph_icon, glyph_path
from studio.theme.style import palette, stylesheet


@pytest.mark.parametrize("name", sorted(DRAWINGS))
def test_a_drawing_stays_in_its_square(name: str) -> None:
    assert QRectF(0, 0, SIZE, SIZE).contains(glyph_path(name).boundingRect().adjusted(-0.1, -0.1, 0.1, 0.1))


def test_every_kind_has_a_drawing_of_its_own() -> None:
    assert set(all_kinds()) <= set(DRAWINGS)


def test_what_has_no_drawing_is_a_question_mark() -> None:
    assert glyph_path("no such thing") == glyph_path("unknown")


def test_an_icon_shows_its_colour(qtbot: QtBot) -> None:
    image = glyph_icon("check", "#FF0000", 20).pixmap(20, 20).toImage()
    colours = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
    assert "#ff0000" in colours


def test_an_arch_is_nearly_square_at_the_lower_left() -> None:
    path = arch(QRectF(0, 0, 100, 60), 18, 6)
    inside = {corner: path.contains(point) for corner, point in _near_corners().items()}
    assert inside == {"upper left": False, "upper right": False, "lower right": False, "lower left": True}


def test_missing_fonts_leave_the_systems(qtbot: QtBot, tmp_path: Path) -> None:
    faces = install_fonts(tmp_path)
    there = QFontDatabase.families()
    assert faces.mono in there
    assert faces.ui(13, 600).pixelSize() == 13
    assert faces.speech().italic()


@pytest.mark.parametrize("scheme", ["light", "dark", "contrast"])
def test_the_style_sheet_is_understood(qtbot: QtBot, scheme: str) -> None:
    tokens = load_tokens(scheme)
    button = QPushButton("Rehearse")
    qtbot.addWidget(button)
    button.setProperty("role", "go")
    button.setStyleSheet(stylesheet(tokens, install_fonts()))
    assert button.sizeHint().height() >= 34
    assert button.grab().toImage().pixelColor(8, 17) != QColor(tokens.paper)


def test_the_palette_has_the_room_and_the_ink() -> None:
    tokens = load_tokens()
    colours = palette(tokens)
    assert colours.window().color() == QColor(tokens.room)
    assert colours.text().color() == QColor(tokens.ink)


def _near_corners() -> dict[str, QPointF]:
    return {
        "upper left": QPointF(3, 3),
        "upper right": QPointF(97, 3),
        "lower right": QPointF(97, 57),
        "lower left": QPointF(3, 57),
    }
