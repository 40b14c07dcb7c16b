"""The typefaces: Inter for the machinery, EB Garamond for speech, the system's mono for variables."""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtGui import QFont, QFontDatabase

BUILT = Path(__file__).resolve().parents[2] / "build" / "fonts"
"""Where set-up leaves the fonts of a checkout."""

MONO = ("DejaVu Sans Mono", "Liberation Mono", "Menlo", "Consolas")
SERIF = ("EB Garamond", "Georgia", "DejaVu Serif", "Liberation Serif", "Noto Serif")
SANS = ("Inter", "DejaVu Sans", "Liberation Sans", "Noto Sans")


@dataclass(frozen=True)
class Typefaces:
    """Names of families that are there; sizes are in pixels at 100 %."""

    sans: str
    serif: str
    mono: str

    def ui(self, px: float = 13, weight: int = 400) -> QFont:
        """A font for names, labels and buttons."""
        return _font(self.sans, px, QFont.Weight(weight))

    def speech(self, px: float = 16, italic: bool = True) -> QFont:
        """The font for what the flow says."""
        font = _font(self.serif, px, QFont.Weight.Normal)
        font.setItalic(italic)
        return font

    def code(self, px: float = 12) -> QFont:
        """The font for variables, expressions and values."""
        font = _font(self.mono, px, QFont.Weight.Normal)
        font.setStyleHint(QFont.StyleHint.Monospace)
        return font


def install_fonts(folder: Path | None = None) -> Typefaces:
    """Load the fonts of ``folder`` (default: those made at set-up) and choose what is there, else the system's.

    Needs an application. Missing fonts are no error: the look keeps its shape with the system's sans and serif.
    """
    for path in sorted((folder or BUILT).glob("*.[to]tf")):
        QFontDatabase.addApplicationFont(str(path))
    there = frozenset(QFontDatabase.families())
    fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()
    general = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family()
    return Typefaces(_first(SANS, there, general), _first(SERIF, there, "serif"), _first(MONO, there, fixed))


def _first(wanted: tuple[str, ...], there: frozenset[str], fallback: str) -> str:
    return next((name for name in wanted if name in there), fallback)


def _font(family: str, px: float, weight: QFont.Weight) -> QFont:
    font = QFont(family)
    font.setPixelSize(max(1, round(px)))
    font.setWeight(weight)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font
