"""What the page on architecture adds to a copy of Parley works there: a kind and a finding, one file each."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.reading import DOCS, blocks


@pytest.fixture
def copy(tmp_path: Path, checkout: Path) -> Path:
    """Engine and server, with every file of the page beside or inside."""
    for folder in ("engine", "server"):
        ignored = shutil.ignore_patterns("__pycache__", "node_modules", "dist", "src")
        shutil.copytree(checkout / folder, tmp_path / folder, ignore=ignored)
    for block in blocks(DOCS / "architecture.md"):
        if block.file:
            file = tmp_path / block.file
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block.text, "utf-8")
    return tmp_path


def _parley(copy: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "server", *arguments],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=110,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_kind_and_a_finding_are_one_file_each(copy: Path) -> None:
    said = _parley(copy, "check", "hotel")
    assert "no errors" in said
    assert "H001 n_byeaaaaa" in said
    assert "H001 n_greetaaa" not in said
    assert "1 conversations, all well" in _parley(copy, "test", "hotel")
    assert '"greet"' in _parley(copy, "schema")
