"""Holds a coverage report against the gates of ``pyproject.toml``: ``coverage_gates.py REPORT.json [ROOT]``.

``[tool.parley.coverage]`` names the least coverage of each part in per cent; ``[tool.parley.guards]`` the files that
guard access, of which every line must be run.
"""

import json
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def failures(report: dict[str, Any], gates: dict[str, Any]) -> Iterator[str]:
    """One line for each gate that is not reached."""
    files = report["files"]
    for part, least in gates["coverage"].items():
        summaries = [entry["summary"] for path, entry in files.items() if path.startswith(f"{part}/")]
        lines = sum(summary["num_statements"] for summary in summaries)
        covered = sum(summary["covered_lines"] for summary in summaries)
        reached = 100 * covered / lines if lines else 0.0
        print(f"coverage {part}: {reached:.1f} % of {lines} lines (at least {least} %)")
        if reached < least:
            yield f"{part}: {reached:.1f} % covered, {least} % is the least. Write tests for what is left."
    for path in gates["guards"]["files"]:
        entry = files.get(path)
        if entry is None:
            yield f"{path}: guards access and no test imports it. Is it still there?"
        elif entry["missing_lines"]:
            missing = ", ".join(map(str, entry["missing_lines"][:20]))
            yield f"{path}: guards access; these lines are not tested: {missing}"


def main(report: Path, root: Path) -> int:
    """Print what is not reached; 1 when anything is not."""
    gates = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["tool"]["parley"]
    missed = list(failures(json.loads(report.read_text("utf-8")), gates))
    for line in missed:
        print(line)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2] if len(sys.argv) > 2 else ".")))
