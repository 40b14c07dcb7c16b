"""Set-up: checkouts share the packages in the cache, and each runs its own code."""

import subprocess
import sys
import venv
from pathlib import Path

import pytest

PROGRAM = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import environment
environment.build(Path(sys.argv[2]), Path(sys.argv[3]))
"""
TOOL = """#!{python}
import greeting
print(greeting.WORDS)
"""


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    """A cached environment with one package and one tool."""
    place = tmp_path / "cache" / "venv-1"
    venv.create(place, with_pip=False, symlinks=True)
    (site,) = (place / "lib").glob("python*/site-packages")
    (site / "greeting.py").write_text('WORDS = "from the cache"\n')
    (site / "extra.pth").write_text("import sys; sys.path_file_was_read = True\n")
    tool = place / "bin" / "greet"
    tool.write_text(TOOL.format(python=place / "bin" / "python"))
    tool.chmod(0o755)
    return place


@pytest.fixture
def set_up(checkout: Path, packages: Path, tmp_path: Path):
    """Makes a small checkout of this name and lays .venv before the packages; gives its folder."""

    def make(name: str) -> Path:
        folder = tmp_path / name
        (folder / "server").mkdir(parents=True, exist_ok=True)
        (folder / "server" / "__init__.py").touch()
        (folder / "server" / "cli.py").write_text(f"def main():\n    print({name!r})\n    return 3\n")
        setup = checkout / "packaging" / "setup"
        subprocess.run([sys.executable, "-c", PROGRAM, setup, folder, packages], check=True)
        return folder

    return make


def answer(*command: Path | str) -> tuple[int, str]:
    """Run a command somewhere else; gives its exit code and what it said."""
    done = subprocess.run([str(part) for part in command], cwd="/", capture_output=True, text=True)
    return done.returncode, done.stdout.strip()


def test_each_checkout_runs_its_own_code(set_up) -> None:
    one, other = set_up("one"), set_up("the other")
    assert answer(one / ".venv/bin/parley") == (3, "one")
    assert answer(other / ".venv/bin/parley") == (3, "the other")


def test_the_packages_and_their_path_files_are_seen(set_up) -> None:
    python = set_up("one") / ".venv/bin/python"
    assert answer(python, "-c", "import greeting, sys; print(greeting.WORDS, sys.path_file_was_read)") == (
        0,
        "from the cache True",
    )


def test_tools_run_under_the_checkouts_interpreter(set_up) -> None:
    folder = set_up("a place with spaces")
    assert answer(folder / ".venv/bin/greet") == (0, "from the cache")
    assert str(folder / ".venv/bin/python") in (folder / ".venv/bin/greet").read_text()


def test_setting_up_again_replaces_what_was_there(set_up) -> None:
    folder = set_up("one")
    (folder / ".venv" / "bin" / "stale").touch()
    set_up("one")
    assert not (folder / ".venv" / "bin" / "stale").exists()
    assert answer(folder / ".venv/bin/parley") == (3, "one")
