"""System packages: installed where that is allowed, named where it is not. The machine is played by small programs."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Machine = Callable[..., tuple[int, str]]


@pytest.fixture
def machine(tmp_path: Path, checkout: Path) -> Machine:
    """A Debian machine that has the packages ``there``; asks for some purposes there, as root or not."""

    def ask(*purposes: str, there: str = "", root: bool = False, fails: int = 0) -> tuple[int, str]:
        programs = {
            "dpkg-query": "\n".join(f"echo 'ii {name}'" for name in there.split()),
            "id": f"echo {0 if root else 1000}",
            "sudo": "exit 1",
            "apt-get": f'echo "$@" >>"{tmp_path}/asked"; test "$(wc -l <"{tmp_path}/asked")" -gt {fails}',
        }
        folder = tmp_path / "bin"
        folder.mkdir(exist_ok=True)
        for name, text in programs.items():
            (folder / name).write_text(f"#!/bin/sh\n{text}\n")
            (folder / name).chmod(0o755)
        for name in ("sh", "sed", "grep", "mktemp", "rm", "tail", "wc"):
            link = folder / name
            if not link.exists():
                link.symlink_to(next(p for p in (Path("/usr/bin") / name, Path("/bin") / name) if p.exists()))
        done = subprocess.run(
            [checkout / "packaging" / "system-packages", *purposes],
            env={**os.environ, "PATH": str(folder)},
            capture_output=True,
            text=True,
        )
        return done.returncode, done.stdout + done.stderr

    return ask


def asked(tmp_path: Path) -> list[str]:
    """What apt-get was asked for."""
    file = tmp_path / "asked"
    return file.read_text().splitlines() if file.exists() else []


def test_nothing_is_done_when_all_is_there(machine: Machine, tmp_path: Path) -> None:
    assert machine("sound", there="libpulse0 libdrm2 libxrandr2") == (0, "")
    assert asked(tmp_path) == []


def test_a_package_by_its_newer_name_is_there_too(machine: Machine) -> None:
    assert machine("sound", there="libpulse0t64 libdrm2 libxrandr2")[0] == 0


def test_root_installs_what_is_missing_and_nothing_else(machine: Machine, tmp_path: Path) -> None:
    code, said = machine("sound", there="libdrm2", root=True)
    assert code == 0
    assert said == "parley: system packages: libpulse0 libxrandr2\n"
    (line,) = asked(tmp_path)
    assert line.endswith(" libpulse0 libxrandr2")


def test_lists_are_brought_up_to_date_when_installing_fails_at_first(
    machine: Machine, tmp_path: Path
) -> None:
    code, _ = machine("sound", root=True, fails=1)
    assert code == 0
    assert [line.split()[0] for line in asked(tmp_path)] == ["install", "update", "install"]


def test_what_cannot_be_installed_is_said(machine: Machine) -> None:
    code, said = machine("sound", root=True, fails=9)
    assert code == 1
    assert "could not install: libpulse0 libdrm2 libxrandr2" in said


def test_who_may_not_install_is_told_what_to_run(machine: Machine, tmp_path: Path) -> None:
    code, said = machine("window", "sound", there="libdrm2")
    assert code == 1
    assert "sudo apt-get install --no-install-recommends libx11-xcb1" in said
    assert "libdrm2" not in said
    assert asked(tmp_path) == []


def test_an_unknown_purpose_is_refused(machine: Machine) -> None:
    code, said = machine("gramophone")
    assert code == 2
    assert '"gramophone" is no purpose' in said
