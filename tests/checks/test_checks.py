"""The rules of our own: each is broken once here, and must be found at its line."""

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture
def broken(tmp_path: Path, checkout: Path):
    """Writes a small tree and gives what the checks say about it."""

    def check(**files: str) -> list[str]:
        for name, text in files.items():
            path = tmp_path / name.replace("__", "/").replace("_py", ".py").replace("_toml", ".toml")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        done = subprocess.run(
            [sys.executable, checkout / "packaging" / "checks", tmp_path], capture_output=True, text=True
        )
        assert done.stderr == ""
        findings = done.stdout.splitlines()
        assert done.returncode == bool(findings)
        return findings

    return check


def test_a_clean_tree_has_no_findings(broken) -> None:
    assert broken(engine__say_py='"""Say."""\n') == []


def test_five_hundred_lines_pass_and_one_more_does_not(broken) -> None:
    assert broken(engine__fits_py="x = 1\n" * 500) == []
    (finding,) = broken(engine__long_py="x = 1\n" * 501)
    assert finding.startswith("engine/long.py:501:") and "split it" in finding


@pytest.mark.parametrize(
    ("call", "word"),
    [
        ("dialog.exec()", "exec()"),
        ("QDialog(self).exec_()", "exec_()"),
        ('QMessageBox.question(self, "a", "b")', "question()"),
        ("QtWidgets.QFileDialog.getOpenFileName()", "getOpenFileName()"),
        ("QInputDialog.getText(self)", "getText()"),
    ],
)
def test_the_studio_may_not_wait_inside_a_dialog(broken, call: str, word: str) -> None:
    (finding,) = broken(studio__window_py=f"\n{call}\n")
    assert finding.startswith("studio/window.py:2:") and word in finding


def test_what_only_sounds_like_a_dialog_is_no_finding(broken) -> None:
    assert broken(studio__a_py="box.open()\nquestion(self)\nexecute()\n", engine__b_py="query.exec()\n") == []


def test_statements_belong_into_repositories(broken) -> None:
    line = "from sqlalchemy import select\n"
    assert broken(server__agents__repository_py=line, server__kit__a_py=line) == []
    (finding,) = broken(server__agents__service_py=line)
    assert finding.startswith("server/agents/service.py:1: select()")


def test_text_statements_are_found_where_they_are_imported(broken) -> None:
    (finding,) = broken(server__agents__routes_py="import re\nfrom sqlalchemy import Column, text\n")
    assert finding.startswith("server/agents/routes.py:2: text()")


def test_seeing_every_organisation_must_be_listed_with_its_reason(broken) -> None:
    call = 'async def f(db):\n    async with db.system_session("health") as session:\n        pass\n'
    (finding,) = broken(server__a_py=call)
    assert finding.startswith('server/a.py:2: sees every organisation ("health")')
    assert broken(pyproject_toml='[tool.parley.unscoped]\n"server/a.py" = ["health"]\n') == []


def test_a_listed_reason_that_is_gone_must_leave_the_list(broken) -> None:
    (finding,) = broken(pyproject_toml='[tool.parley.unscoped]\n"server/a.py" = ["health"]\n')
    assert "gone" in finding


def test_a_reason_that_is_not_written_out_is_refused(broken) -> None:
    (finding,) = broken(server__a_py="statement.execution_options(unscoped=why)\n")
    assert finding == "server/a.py:1: say why, as a literal text"


@pytest.mark.parametrize(
    "line",
    [
        "https://pypi" + ".org/simple",
        '"resol' + 'ved": "http://x"',
        "open('/wo" + "rk/main/x')",
        "/ho" + "me/anna/x",
        "-----BEGIN RSA PRIVATE" + " KEY-----",
        "AKIA" + "A" * 16,
    ],
)
def test_traces_of_a_machine_are_found(broken, line: str) -> None:
    (finding,) = broken(notes__x_py=f"# fine\n# {line}\n")
    assert finding.startswith("notes/x.py:2:") and finding.endswith("take it out")


def test_this_checkout_keeps_its_own_rules(checkout: Path) -> None:
    done = subprocess.run(
        [sys.executable, checkout / "packaging" / "checks", checkout], capture_output=True, text=True
    )
    assert done.stdout == ""
