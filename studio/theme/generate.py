"""Mirrors the tokens into the widget: ``python -m studio.theme.generate [--check]``."""

import argparse
import sys
from pathlib import Path
from typing import Any

from studio.theme.tokens import read_source

WIDGET = Path(__file__).resolve().parents[2] / "server" / "widget" / "src" / "tokens.ts"

SHARED = (
    "ink",
    "ink2",
    "ink3",
    "paper",
    "room",
    "line",
    "violet",
    "violet_text",
    "violet_soft",
    "violet_line",
    "sunrise",
    "sunrise_text",
    "sunrise_soft",
    "bad",
    "gradient_from",
    "gradient_to",
)
"""The tokens the widget uses. Its own dark room is lighter than the studio's: there it is a field, not a canvas."""

WIDGET_ONLY = {"dark": {"room": "#272E52"}}


def widget_source() -> str:
    """The text of the widget's ``tokens.ts``."""
    schemes = read_source()["schemes"]
    lines = [
        "// Generated from the design tokens of studio/theme; change them there.",
        "",
        "/** The design tokens the widget uses: colours as #RRGGBB. */",
        "export interface Tokens {",
        *(f"  {_camel(name)}: string;" for name in SHARED),
        "}",
    ]
    for scheme in ("light", "dark"):
        lines += ["", *_scheme(scheme, {**schemes[scheme], **WIDGET_ONLY.get(scheme, {})})]
    return "\n".join(lines) + "\n"


def _scheme(name: str, colours: dict[str, Any]) -> list[str]:
    values = (f'  {_camel(token)}: "{colours[token]}",' for token in SHARED)
    return [f"export const {name.upper()}: Tokens = {{", *values, "};"]


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def main(argv: list[str] | None = None) -> int:
    """Write the file, or with ``--check`` say whether it is up to date."""
    parser = argparse.ArgumentParser(description="Mirror the design tokens into the widget.")
    parser.add_argument("--check", action="store_true", help="change nothing; fail when the file is stale")
    stale = not WIDGET.exists() or WIDGET.read_text("utf-8") != widget_source()
    if parser.parse_args(argv).check:
        if stale:
            print(f"{WIDGET.name} is stale: run python -m studio.theme.generate", file=sys.stderr)
        return int(stale)
    if stale:
        WIDGET.parent.mkdir(parents=True, exist_ok=True)
        WIDGET.write_text(widget_source(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
