"""The script as a page gets it, and the sources' own stories under node."""

import gzip
import re
import shutil
import subprocess
from pathlib import Path

import pytest

UNIT = Path(__file__).parent / "unit"
LIMIT = 25 * 1024


def test_the_script_is_small(built: Path) -> None:
    script = (built / "dist" / "widget.js").read_bytes()
    assert len(gzip.compress(script, 9)) <= LIMIT


def test_the_script_loads_nothing_else_but_calls(built: Path) -> None:
    text = (built / "dist" / "widget.js").read_text()
    assert text.count("import(") == 1
    assert {"voice-media.js", "voice-livekit.js", "voice-worklet.js"} == set(
        re.findall(r"voice-\w+\.js(?=\?v=[0-9a-f]{16})", text)
    )
    assert "@import" not in text
    assert "url(" not in re.sub(r"url\\\(x\)", "", text)


def test_a_call_over_the_audio_socket_loads_little(built: Path) -> None:
    parts = [(built / "dist" / name).read_bytes() for name in ("voice-media.js", "voice-worklet.js")]
    assert sum(len(gzip.compress(part, 9)) for part in parts) <= 5 * 1024


def test_livekit_stays_out_of_all_other_files(built: Path) -> None:
    assert len(gzip.compress((built / "dist" / "voice-livekit.js").read_bytes(), 9)) <= 180 * 1024
    for name in ("widget.js", "voice-media.js", "voice-worklet.js"):
        assert "RTCPeerConnection" not in (built / "dist" / name).read_text()


def test_the_lock_names_no_registry(built: Path) -> None:
    assert "://" not in (built / "package-lock.json").read_text()


def test_types_hold(built: Path) -> None:
    compiler = built / "node_modules" / "typescript" / "bin" / "tsc"
    for project in ("tsconfig.json", "tsconfig.tests.json"):
        command = [_node(), str(compiler), "--noEmit", "-p", str(built / project)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("story", sorted(UNIT.glob("*.test.ts")), ids=lambda path: path.stem)
def test_stories_under_node(built: Path, tmp_path: Path, story: Path) -> None:
    bundle = tmp_path / f"{story.stem}.mjs"
    bundler = (
        "import {build} from 'esbuild'; const [,, entry, outfile] = process.argv;"
        "await build({entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'esm',"
        " logLevel: 'error'})"
    )
    command = [_node(), "--input-type=module", "-e", bundler, "-", str(story), str(bundle)]
    subprocess.run(command, cwd=built, check=True, timeout=120)
    done = subprocess.run([_node(), "--test", str(bundle)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout
    assert re.search(r"pass [1-9]", done.stdout), "no story was told"


def _node() -> str:
    found = shutil.which("node")
    assert found is not None, "Node is missing. Run `make setup`."
    return found
