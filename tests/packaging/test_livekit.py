"""``make livekit``: the server that is there, or one built once; configurations without a secret in them."""

import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
GO = """#!/bin/sh
# A Go that is new enough, and quick.
[ "$1" = version ] && { echo "go version go%s linux/amd64"; exit 0; }
echo "go: downloading something" >&2
printf '#!/bin/sh\\necho built\\n' >"$GOBIN/server" && chmod +x "$GOBIN/server"
echo "$*" >>"$GOBIN/asked"
%s
"""


@pytest.fixture
def run(tmp_path: Path):
    """Runs the program with a cache of its own and nothing of LiveKit around it."""

    def run(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        clean = {name: value for name, value in os.environ.items() if "LIVEKIT" not in name}
        return subprocess.run(
            [sys.executable, ROOT / "packaging" / "livekit", *arguments],
            env={**clean, "PARLEY_CACHE": str(tmp_path / "cache"), **environment},
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )

    return run


def program(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / name
    file.write_text(text)
    file.chmod(0o755)
    return file


def test_the_program_named_is_taken(run, tmp_path: Path) -> None:
    named = program(tmp_path / "bin", "mine", "#!/bin/sh\n")
    assert run("where", PARLEY_LIVEKIT_SERVER=str(named)).stdout == f"{named}\n"
    missing = run("where", PARLEY_LIVEKIT_SERVER="/no/such/program")
    assert missing.returncode == 1
    assert "cannot be run" in missing.stderr


def test_an_installed_one_is_taken(run, tmp_path: Path) -> None:
    installed = program(tmp_path / "bin", "livekit-server", "#!/bin/sh\n")
    assert run("where", PATH=str(installed.parent)).stdout == f"{installed}\n"


def test_it_is_built_once_from_the_pinned_release(run, tmp_path: Path) -> None:
    go = program(tmp_path / "bin", "go", GO % ("1.26.1", "exit 0"))
    path = f"{go.parent}:/usr/bin:/bin"
    first = run("where", PATH=path)
    built = Path(first.stdout.strip())
    assert built == tmp_path / "cache" / "livekit-1.13.5" / "server"
    assert "once" in first.stderr
    second = run("where", PATH=path)
    assert second.stdout == first.stdout
    assert second.stderr == ""
    asked = (built.parent / "asked").read_text()
    assert asked == "install -v -ldflags=-s -w github.com/livekit/livekit-server/cmd/server@v1.13.5\n"


def test_a_build_that_fails_says_why_and_what_to_do(run, tmp_path: Path) -> None:
    go = program(tmp_path / "bin", "go", GO % ("1.27", "echo 'no space left' >&2; exit 3"))
    failed = run("where", PATH=f"{go.parent}:/usr/bin:/bin")
    assert failed.returncode == 1
    assert "no space left" in failed.stderr
    assert "LIVEKIT_URL" in failed.stderr


def test_a_server_that_is_named_and_silent_is_not_replaced(run) -> None:
    refused = run(LIVEKIT_URL="ws://127.0.0.1:9")
    assert refused.returncode == 1
    assert "nobody answers there" in refused.stderr


def test_a_public_configuration_has_turn_and_no_secret(run) -> None:
    made = run("production", "--domain", "talk.example", "--redis", "10.0.0.5:6379").stdout
    assert "domain: talk.example" in made
    assert "address: 10.0.0.5:6379" in made
    assert "$" not in made
    live = [part for part in made.splitlines() if not part.lstrip().startswith("#")]
    assert not [part for part in live if "secret" in part or "keys" in part or "password" in part]
    wrong = run("production", "--domain", "talk example; rm")
    assert wrong.returncode == 1
    assert "is no domain" in wrong.stderr


def test_a_server_of_ours_says_how_to_use_it_and_stops(tmp_path: Path) -> None:
    from tests.livekit.harness import program as server

    port = free_port(3)
    clean = {name: value for name, value in os.environ.items() if "LIVEKIT" not in name}
    command = [sys.executable, ROOT / "packaging" / "livekit", "development", "--port", str(port)]
    environment = {**clean, "PARLEY_CACHE": str(tmp_path), "PARLEY_LIVEKIT_SERVER": str(server())}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = ""
        while "make run" not in said:
            line = process.stdout.readline()
            assert line, said
            said += line
        with urllib.request.urlopen(f"http://127.0.0.1:{port}") as answer:
            assert answer.status == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    secret = (tmp_path / "livekit.secret").read_text()
    assert f"LIVEKIT_API_SECRET={secret}" in said
    assert (tmp_path / "livekit.secret").stat().st_mode & 0o077 == 0
