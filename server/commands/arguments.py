"""What several commands take and say."""

import argparse
import sys
from pathlib import Path
from typing import Any

Subparsers = Any


def command(
    commands: Subparsers, name: str, summary: str, description: str, examples: str = ""
) -> argparse.ArgumentParser:
    """A command's own parser, with its examples at the end of its help."""
    made: argparse.ArgumentParser = commands.add_parser(
        name,
        help=summary,
        description=description,
        epilog=f"examples:\n{examples}" if examples else None,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    return made


def fail(message: str, code: int = 1) -> int:
    """Say what is wrong; answers with the exit code."""
    print(f"parley: {message}", file=sys.stderr)
    return code


def flow_file(text: str) -> Path:
    """A flow's file, given as that or as its folder."""
    path = Path(text)
    return path / "flow.json" if path.is_dir() else path


def given(**values: Any) -> dict[str, Any]:
    """The settings that were given on the command line."""
    return {name: value for name, value in values.items() if value is not None}
