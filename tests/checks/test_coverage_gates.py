"""The gates of coverage: enough of each part, all of what guards access."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

GATES = """
[tool.parley.coverage]
engine = 90
[tool.parley.guards]
files = ["engine/guard.py"]
"""


@pytest.fixture
def gates(tmp_path: Path, checkout: Path):
    """Holds made-up coverage against made-up gates; gives the exit code and what was said."""

    def hold(**lines: tuple[int, list[int]]) -> tuple[int, str]:
        files = {
            f"engine/{name}.py": {
                "summary": {"num_statements": total, "covered_lines": total - len(missing)},
                "missing_lines": missing,
            }
            for name, (total, missing) in lines.items()
        }
        report = tmp_path / "report.json"
        report.write_text(json.dumps({"files": files}))
        (tmp_path / "pyproject.toml").write_text(GATES)
        program = checkout / "packaging" / "checks" / "coverage_gates.py"
        done = subprocess.run([sys.executable, program, report, tmp_path], capture_output=True, text=True)
        return done.returncode, done.stdout

    return hold


def test_enough_is_enough(gates) -> None:
    code, said = gates(guard=(10, []), rest=(90, [*range(1, 11)]))
    assert code == 0
    assert "engine: 90.0 % of 100 lines" in said


def test_a_line_too_few(gates) -> None:
    code, said = gates(guard=(10, []), rest=(90, [*range(1, 12)]))
    assert code == 1
    assert "Write tests" in said


def test_a_guard_must_be_whole(gates) -> None:
    code, said = gates(guard=(10, [7]), rest=(990, []))
    assert code == 1
    assert "engine/guard.py: guards access; these lines are not tested: 7" in said


def test_a_guard_that_no_test_imports(gates) -> None:
    code, said = gates(rest=(10, []))
    assert code == 1
    assert "no test imports it" in said
