"""Runs all tests in lanes, each under what it needs, then holds the coverage against the gates.

``packaging/lanes [--times N] [LANE...]``: all lanes, or those named (then without coverage). A lane that fails does
not keep the others from running. ``--times``: one round after the other, until one fails. A lane that hangs is ended,
and says where each of its processes stood.
"""

import argparse
import os
import re
import select
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
COVERAGE = ROOT / "build" / "coverage"


@dataclass(frozen=True)
class Lane:
    """Some folders of tests that are run together, ``but`` for some files in them."""

    name: str
    folders: tuple[str, ...]
    but: tuple[str, ...] = ()
    workers: int = 0  # processes side by side; 0 for one after the other in this very process
    share: str = "load"  # how they share the tests (pytest-xdist): one by one, or file by file
    display: bool = False
    livekit: bool = False  # needs LiveKit's server, which is built once when there is none


def stories(*patterns: str) -> tuple[str, ...]:
    """Files among the whole stories."""
    found = {path for pattern in patterns for path in (ROOT / "tests" / "e2e").glob(pattern)}
    return tuple(sorted(str(path.relative_to(ROOT)) for path in found))


ROOMS = stories("test_rooms*.py")
CALLS = stories("test_phone*.py", "test_recording_killed.py", "test_thinking_aloud.py", "test_turns.py")

LANES = (
    Lane("engine", ("tests/engine",), workers=2),
    Lane("server", ("tests/server", "tests/checks", "tests/docs", "tests/packaging"), workers=2),
    Lane("studio", ("tests/studio",), display=True),
    Lane("widget", ("tests/widget",), workers=2, share="loadfile", livekit=True),
    Lane("phone", ("tests/phone",), workers=4, share="loadfile"),
    Lane("livekit", ("tests/livekit",), workers=3, share="loadfile", livekit=True),
    Lane("e2e", ("tests/e2e",), workers=2, share="loadfile", display=True, but=(*CALLS, *ROOMS)),
    # The voice lanes: phone, livekit, calls and rooms.
    Lane("calls", CALLS, workers=4, share="loadfile"),
    # A browser, LiveKit, a server and its workers at once: more of them, and the sound breaks up.
    Lane("rooms", ROOMS, livekit=True),
)
NO_TESTS = {"bench"}
"""Folders under ``tests`` that pytest does not run."""
NOTHING_COLLECTED = 5
SILENCE = 600.0
"""Seconds without a word after which a lane hangs: each test ends after two minutes, but for one that is stuck outside
of Python, or in what comes after a failure, where pytest's own clocks do not reach."""
LAST_WILL = 10.0
"""Seconds a process gets to write where it stands."""
LAST_WORDS = 4096
"""Bytes kept of what a lane says: its summary is in the last of them."""
SUMMARY = re.compile(r"(\d+) (passed|failed|skipped|errors?|xfailed)\b")


def run(lane: Lane, *, covered: bool) -> tuple[int, dict[str, int]]:
    """Run one lane; gives its exit code and how many tests passed, failed, ... ``covered``: what they
    reach is counted, for the gates; that costs time."""
    folders = [folder for folder in lane.folders if (ROOT / folder).exists()]
    if not folders:
        return 0, {}
    if lane.livekit and not livekit_server():
        return 1, {"failed": 1}
    command = [sys.executable, "-m", "pytest", "-q", *folders]
    command += ["--cov", "--cov-report="] if covered else []
    command += [f"--ignore={path}" for path in lane.but]
    if lane.workers:
        # A file shares what is slow to start: a server, a house of telephones.
        command += ["-n", str(lane.workers), "--dist", lane.share]
    if lane.display:
        command = ["xvfb-run", "-a", "-s", "-screen 0 2560x1440x24", *command]
    print(f"\n== {lane.name}", flush=True)
    environment = {**os.environ, "COVERAGE_FILE": str(COVERAGE / lane.name), "PATH": path_with_node()}
    said = b""
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
    ) as process:
        while words := hear(process):
            sys.stdout.buffer.write(words)
            sys.stdout.buffer.flush()
            said = (said + words)[-LAST_WORDS:]
    code = process.returncode
    return (0 if code == NOTHING_COLLECTED else code), counted(said.decode("utf-8", "replace"))


def hear(process: "subprocess.Popen[bytes]") -> bytes:
    """What it says next; nothing when it is over. One that is silent for too long is ended."""
    assert process.stdout is not None
    stream = process.stdout.fileno()
    if not select.select([stream], [], [], SILENCE)[0]:
        print(f"\nSilent for {SILENCE:.0f} s. Where it stands:", flush=True)
        abort(psutil.Process(process.pid))
    return os.read(stream, 65_536)


def abort(process: psutil.Process) -> None:
    """End a process and all below it by the signal at which pytest writes where each thread stands."""
    below = process.children(recursive=True)
    # Stopped first: who sees another one end would go on, or start it anew.
    for number in (signal.SIGSTOP, signal.SIGABRT, signal.SIGCONT):
        for one in (process, *below):
            with suppress(psutil.NoSuchProcess):
                one.send_signal(number)
    for one in psutil.wait_procs(below, timeout=LAST_WILL)[1]:
        with suppress(psutil.NoSuchProcess):
            one.kill()


def counted(said: str) -> dict[str, int]:
    """How many tests passed, failed, ...: of pytest's last summary."""
    summaries = [line for line in said.splitlines() if re.search(r" in \d+(\.\d+)?s", line)]
    found = SUMMARY.findall(summaries[-1]) if summaries else []
    return {word.rstrip("s"): int(number) for number, word in found}


def livekit_server() -> bool:
    """Make LiveKit's server be there before the clock of any test runs; says whether it is."""
    where = [sys.executable, str(ROOT / "packaging" / "livekit"), "where"]
    return subprocess.run(where, stdout=subprocess.DEVNULL, check=False).returncode == 0


def path_with_node() -> str:
    """PATH with Node first: the system's, or the one that set-up brought."""
    found = subprocess.run([ROOT / "packaging" / "node-path"], capture_output=True, text=True, check=False)
    return os.pathsep.join(part for part in (found.stdout.strip(), os.environ.get("PATH", "")) if part)


def coverage_gates() -> int:
    """Join the lanes' coverage and hold it against the gates."""
    data = [str(path) for path in COVERAGE.iterdir()]
    tool = [sys.executable, "-m", "coverage"]
    environment = {**os.environ, "COVERAGE_FILE": str(COVERAGE / "all")}
    report = ROOT / "build" / "coverage.json"
    for step in (["combine", "-q", *data], ["json", "-q", "-o", str(report)]):
        if subprocess.run([*tool, *step], cwd=ROOT, env=environment, check=False).returncode:
            return 1
    gates = ROOT / "packaging" / "checks" / "coverage_gates.py"
    return subprocess.run([sys.executable, gates, report, ROOT], check=False).returncode


def forgotten() -> list[str]:
    """Folders of tests that no lane runs."""
    run_by_lanes = {folder for lane in LANES for folder in lane.folders}
    folders = (path for path in (ROOT / "tests").iterdir() if path.is_dir() and any(path.rglob("test_*.py")))
    return sorted(
        path.name
        for path in folders
        if f"tests/{path.name}" not in run_by_lanes and path.name not in NO_TESTS
    )


def main(arguments: list[str]) -> int:
    """Run what was asked for."""
    if forgotten():
        print(f"In no lane: tests/{', tests/'.join(forgotten())}. Add them to {Path(__file__).name}.")
        return 1
    parser = argparse.ArgumentParser(
        "packaging/lanes", description="Run all tests, or those of the lanes named."
    )
    parser.add_argument("lanes", nargs="*", metavar="LANE", help=", ".join(lane.name for lane in LANES))
    parser.add_argument(
        "--times", type=int, default=1, metavar="N", help="so often in a row, until one fails"
    )
    asked = parser.parse_args(arguments)
    unknown = [name for name in asked.lanes if name not in {lane.name for lane in LANES}]
    if unknown:
        parser.error(
            f"no such lane: {', '.join(unknown)}; there are {', '.join(lane.name for lane in LANES)}"
        )
    for number in range(1, asked.times + 1):
        if code := run_all(asked.lanes):
            return code
        if asked.times > 1:
            print(f"Round {number} of {asked.times} passed.", flush=True)
    return 0


def run_all(names: list[str]) -> int:
    """Run the lanes named, or all with the gates."""
    COVERAGE.mkdir(parents=True, exist_ok=True)
    for old in COVERAGE.iterdir():
        old.unlink()
    began, total = time.monotonic(), dict.fromkeys(("passed", "failed", "skipped", "error"), 0)
    failed = []
    for lane in LANES:
        if names and lane.name not in names:
            continue
        code, counts = run(lane, covered=not names)
        if code:
            failed.append(lane.name)
        for word, number in counts.items():
            total[word] = total.get(word, 0) + number
    gates = 0 if names else coverage_gates()
    minutes = (time.monotonic() - began) / 60
    if failed:
        print(f"\nFailed: {', '.join(failed)}. Again: .venv/bin/python packaging/lanes {' '.join(failed)}")
    print(f"\nAll lanes took {minutes:.1f} minutes.")
    print(f"{total['passed']} passed, {total['failed'] + total['error']} failed, {total['skipped']} skipped")
    return 1 if failed or gates else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
