"""The studio's typefaces: Inter and EB Garamond as TrueType files in ``build/fonts``, made from their npm packages.

Without them the studio uses the system's own faces.
"""

import shutil
from pathlib import Path

from cache import cached, digest, say
from environment import ROOT
from node import modules
from running import run

PACKAGES = ROOT / "packaging" / "fonts"
FOLDER = ROOT / "build" / "fonts"


def build_fonts(python: Path) -> None:
    """Make ``build/fonts`` with ``python``, which must have fontTools; does nothing when they are there."""
    program = PACKAGES / "convert.py"
    key = digest(program.read_bytes(), (PACKAGES / "package-lock.json").read_bytes())
    stamp = FOLDER / ".made-from"
    if stamp.exists() and stamp.read_text() == key:
        return

    def make(folder: Path) -> None:
        say("typefaces")
        run([python, program, modules(PACKAGES), folder], "making the typefaces")

    made = cached(f"fonts-{key}", make)
    shutil.rmtree(FOLDER, ignore_errors=True)
    shutil.copytree(made, FOLDER)
    stamp.write_text(key)
