"""Every command that a page marks ``<!-- run -->`` is run, and says what the page says it does."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.reading import Block, blocks, pages
from tests.e2e.serving import Server

HERE = "http://127.0.0.1:8080"
"""The address the pages write for a server."""
PATIENCE = 110
MARK = "=== block "


def _runnable(page: Path) -> bool:
    return any(block.mark == "run" for block in blocks(page))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("docs") / "data").start()
    yield running
    assert running.stop() == 0


@pytest.mark.parametrize("page", [page for page in pages() if _runnable(page)], ids=lambda page: page.name)
def test_the_commands_of_a_page_do_what_it_says(
    page: Path, server: Server, tmp_path: Path, checkout: Path
) -> None:
    shown = list(blocks(page))
    for block in shown:
        if block.file:
            file = tmp_path / block.file
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block.text, "utf-8")
    (tmp_path / "flows").exists() or (tmp_path / "flows").symlink_to(checkout / "flows")
    said = _run([block for block in shown if block.mark == "run"], server, tmp_path, checkout)
    for number, block in enumerate(shown):
        if block.mark == "says":
            before = next(b for b in reversed(shown[:number]) if b.mark == "run")
            _compare(block, said[before.line])


def _run(commands: list[Block], server: Server, folder: Path, checkout: Path) -> dict[int, str]:
    """Run a page's blocks in one shell; what each said, by its line."""
    tools = folder / ".bin"
    tools.mkdir()
    _tool(tools / "parley", f'PYTHONPATH="{checkout}" exec "{sys.executable}" -m server "$@"')
    _tool(tools / "python3", f'exec "{sys.executable}" "$@"')
    if shutil.which("curl") is None:
        _tool(tools / "curl", f'exec "{sys.executable}" "{Path(__file__).with_name("little_curl.py")}" "$@"')
    script = ["set -eu"]
    for block in commands:
        script += [f"printf '\\n{MARK}{block.line}\\n'", block.text.replace(HERE, server.origin)]
    shell = shutil.which("bash") or "sh"
    done = subprocess.run(
        [shell, "-c", "\n".join(script)],
        cwd=folder,
        env={
            **os.environ,
            "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
            "PARLEY_DATA": str(server.data),
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stdout
    parts = re.split(rf"^{MARK}(\d+)\n", done.stdout.replace(server.origin, HERE), flags=re.MULTILINE)
    return {int(line): said for line, said in zip(parts[1::2], parts[2::2], strict=True)}


def _tool(path: Path, command: str) -> None:
    path.write_text(f"#!/bin/sh\n{command}\n")
    path.chmod(0o755)


def _compare(block: Block, said: str) -> None:
    """Each line the page shows was said, in this order; ``…`` stands for anything."""
    at = 0
    for line in block.text.splitlines():
        if line.strip() in ("", "…"):
            continue
        pattern = ".*".join(re.escape(part) for part in line.strip().split("…"))
        found = re.compile(pattern).search(said, at)
        assert found, f"{block.id} shows {line!r}, and this was said:\n{said}"
        at = found.end()
