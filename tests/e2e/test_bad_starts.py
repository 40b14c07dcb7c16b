"""A server that cannot start says why and what to do, and harms nobody."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.house import House, house
from tests.e2e.serving import ROOT

pytestmark = pytest.mark.e2e
PATIENCE = 60


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house(tmp_path_factory.mktemp("bad-starts")) as home:
        yield home


def _parley(*arguments: str, **environment: str) -> tuple[int, str]:
    """Exit code and what was said on the way."""
    done = subprocess.run(
        [sys.executable, "-m", "server", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    return done.returncode, done.stderr


def test_a_second_server_on_the_same_folder_refuses(home: House) -> None:
    code, said = _parley("serve", "--port", "0", "--data", str(home.server.data))
    assert code == 1
    assert "Another Parley server (process" in said
    assert "--data" in said
    assert home.server.process is not None
    assert str(home.server.process.pid) in said
    home.is_well()


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, said = _parley("serve", "--port", str(port), "--data", str(tmp_path))
    assert code == 1
    assert f"Port {port} on 127.0.0.1 is taken" in said
    assert "PARLEY_HTTP_PORT" in said


WRONG = {
    "PARLEY_HTTP_PORT": "99999",
    "PARLEY_LOG_LEVEL": "chatty",
    "PARLEY_TIME_ZONE": "Mars/Olympus",
    "PARLEY_PUBLIC_URL": "talk.example/path",
    "PARLEY_HTTP_ALLOW": "everything",
    "PARLEY_DEMO_ORIGINS": "https://a.example,*",
    "PARLEY_SECRET_KEY": "short-secret",
    "PARLEY_SOCKET_IDLE": "-1",
    "PARLEY_LEASE": "soon",
    "PARLEY_DEMO": "perhaps",
}


def test_every_wrong_setting_is_named_and_nothing_starts(tmp_path: Path) -> None:
    code, said = _parley("serve", "--data", str(tmp_path / "data"), **WRONG)
    assert code == 2
    for name, value in WRONG.items():
        line = next(line for line in said.splitlines() if line.startswith(f"{name}: "))
        assert (value in line) == (name != "PARLEY_SECRET_KEY"), line
    assert "short-secret" not in said
    assert "PARLEY_HTTP_HOST" not in said
    assert not (tmp_path / "data").exists()


def test_a_secret_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    code, said = _parley("serve", "--data", str(tmp_path / "data"), PARLEY_SECRET_KEY_FILE="nowhere")
    assert code == 2
    assert "PARLEY_SECRET_KEY_FILE: cannot read nowhere" in said
    assert not (tmp_path / "data").exists()


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("not a folder")
    code, said = _parley("serve", "--port", "0", "--data", str(file))
    assert code == 1
    assert str(file) in said and "--data" in said
    assert file.read_text() == "not a folder"


def test_a_flow_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    flow = tmp_path / "flow.json"
    for text, fragment in (
        ("{", "not valid JSON"),
        ('{"format": "letter"}', "no Parley document"),
        ('{"format": "parley-flow", "schema": 99}', "newer Parley"),
        ("\x00", "not valid JSON"),
    ):
        flow.write_text(text)
        code, said = _parley("check", str(flow))
        assert (code, fragment in said) == (2, True), said
        assert flow.read_text() == text
    assert _parley("check", str(tmp_path / "nowhere"))[0] == 2


def test_a_database_that_is_none_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "parley.db").write_bytes(b"this is no database, but somebody's letter" * 100)
    before = (data / "parley.db").read_bytes()
    code, said = _parley("serve", "--port", "0", "--data", str(data))
    assert code != 0
    assert "parley.db" in said
    assert "Traceback" not in said
    assert (data / "parley.db").read_bytes() == before
