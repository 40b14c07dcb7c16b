"""Makes TrueType files of the studio's typefaces: ``convert.py NODE_MODULES FOLDER``.

The npm packages hold one compressed web font for each script; Qt takes one file for each weight, so they are joined.
"""

import sys
import tempfile
from pathlib import Path

from fontTools.merge import Merger
from fontTools.ttLib import TTFont

FACES = {
    "inter": ("Inter", [(400, "normal"), (500, "normal"), (600, "normal"), (700, "normal")]),
    "eb-garamond": (
        "EBGaramond",
        [(400, "normal"), (500, "normal"), (600, "normal"), (400, "italic"), (500, "italic")],
    ),
}
SCRIPTS = ("latin", "latin-ext", "cyrillic", "greek")


def join(parts: list[Path], target: Path) -> None:
    """Join web fonts of one face into the TrueType file ``target``."""
    with tempfile.TemporaryDirectory() as folder:
        plain = []
        for number, part in enumerate(parts):
            font = TTFont(part)
            font.flavor = None
            plain.append(str(Path(folder) / f"{number}.ttf"))
            font.save(plain[-1])
        Merger().merge(plain).save(target)


def main(modules: Path, folder: Path) -> None:
    """Write every face, and its licence, into ``folder``."""
    for package, (name, styles) in FACES.items():
        source = modules / "@fontsource" / package
        (folder / f"{name}-LICENSE.txt").write_bytes((source / "LICENSE").read_bytes())
        for weight, style in styles:
            parts = [source / "files" / f"{package}-{script}-{weight}-{style}.woff2" for script in SCRIPTS]
            join([part for part in parts if part.exists()], folder / f"{name}-{weight}-{style}.ttf")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
