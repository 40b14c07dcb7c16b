"""The rules of this house that no common linter knows: ``python packaging/checks [ROOT]``.

Ends with 1 if any is broken.
"""

import sys
from pathlib import Path

import dialogs
import lengths
import statements
import traces
from finding import Tree

CHECKS = (lengths.check, dialogs.check, statements.check, traces.check)


def main(root: Path) -> int:
    """Print every finding under ``root``."""
    tree = Tree.at(root)
    findings = sorted({finding for check in CHECKS for finding in check(tree)})
    for finding in findings:
        print(finding)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()))
