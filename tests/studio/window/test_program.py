"""The studio as a program: it starts with a flow, ends when it is told to, and refuses in words."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from studio.document import Document
from studio.document.edits import set_setting
from studio.main import first_document
from studio.window.keepsakes import Keepsakes, Target


def start(checkout: Path, *arguments: str) -> "subprocess.Popen[str]":
    """The studio in a process of its own, drawn into memory."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-m", "studio.main", *arguments]
    return subprocess.Popen(
        command, cwd=checkout, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_it_opens_a_flow_and_ends_in_order_when_told(checkout: Path, flow: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    process = start(checkout, str(flow), "--data", str(kept))
    with process:
        while process.poll() is None and not (kept / "studio.json").exists():
            try:
                process.wait(0.05)
            except subprocess.TimeoutExpired:
                continue
        process.send_signal(signal.SIGTERM)
        _, trouble = process.communicate(timeout=30)

    assert process.returncode in (0, -signal.SIGTERM), trouble
    assert "Traceback" not in trouble
    assert str(flow) in (kept / "studio.json").read_text()


@pytest.mark.parametrize(
    ("text", "says"),
    [("{", "not valid JSON"), ('{"format": "parley-flow", "schema": 99}', "newer Parley")],
)
def test_a_flow_that_cannot_be_opened_is_refused_in_words(
    checkout: Path, tmp_path: Path, text: str, says: str
) -> None:
    (tmp_path / "flow.json").write_text(text)
    process = start(checkout, str(tmp_path), "--data", str(tmp_path / "kept"))
    _, trouble = process.communicate(timeout=30)
    assert process.returncode == 2
    assert says in trouble
    assert (tmp_path / "flow.json").read_text() == text


def test_the_last_flow_is_opened_again(flow: Path, tmp_path: Path) -> None:
    keepsakes = Keepsakes(tmp_path / "kept")
    assert first_document(None, keepsakes).path is None
    keepsakes.opened(flow / "flow.json")

    document = first_document(None, Keepsakes(tmp_path / "kept"))

    assert document.path == flow / "flow.json"
    document.close()


def test_the_very_first_start_shows_a_sample(checkout: Path, tmp_path: Path) -> None:
    document = first_document(None, Keepsakes(tmp_path), checkout / "flows")
    assert document.title == "Table reservation"
    document.close()


def test_a_new_flow_that_a_crash_cut_short_comes_before_the_last_one(flow: Path, tmp_path: Path) -> None:
    keepsakes = Keepsakes(tmp_path / "kept")
    keepsakes.opened(flow / "flow.json")
    lost = Document.new(journal_dir=keepsakes.journals)
    lost.apply(set_setting(lost.state, "", "name", "Half done"))
    lost.close(discard=False)

    document = first_document(None, keepsakes)
    recovery = document.recovery()

    assert document.path is None
    assert recovery is not None
    document.recover(recovery)
    assert document.title == "Half done"
    document.close()


def test_a_last_flow_that_is_gone_is_no_trouble(tmp_path: Path) -> None:
    keepsakes = Keepsakes(tmp_path)
    keepsakes.opened(tmp_path / "gone" / "flow.json")
    assert first_document(None, keepsakes).path is None


def test_what_is_remembered_survives_and_what_is_broken_is_forgotten(tmp_path: Path, flow: Path) -> None:
    path = flow / "flow.json"
    Keepsakes(tmp_path).published("http://a", path, Target("ag_1", 3))
    assert Keepsakes(tmp_path).target("http://a", path) == Target("ag_1", 3)
    assert Keepsakes(tmp_path).target("http://b", path) is None

    (tmp_path / "studio.json").write_text("{ broken")
    assert Keepsakes(tmp_path).target("http://a", path) is None
