"""Writes the pages of ``docs/`` that are made from declarations: ``python packaging/reference [FOLDER]``."""

import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(1, str(ROOT))

from errors import errors_page  # noqa: E402
from expressions import expressions_page  # noqa: E402
from findings import findings_page  # noqa: E402
from keys import keys_page  # noqa: E402
from kinds import kinds_page  # noqa: E402
from settings import settings_page  # noqa: E402

PAGES: dict[str, Callable[[], str]] = {
    "kinds.md": kinds_page,
    "expressions.md": expressions_page,
    "findings.md": findings_page,
    "settings.md": settings_page,
    "errors.md": errors_page,
    "keys.md": keys_page,
}


def main(folder: Path) -> int:
    """Write every page into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in PAGES.items():
        (folder / name).write_text(make(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs"))
