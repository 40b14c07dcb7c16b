"""The canvas beside NodeGraphQt: load, fit, pan and zoom of 5,000 nodes; load of 10,000."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench.figures import ROUNDS, Figure
from tests.bench.peers import ROOT, peer_python

PEER = ROOT / "tests" / "bench" / "baselines" / "qt"
NODES = 5000


def last_line(command: list[str | Path], cwd: Path, path: Path) -> dict[str, float]:
    """Run a worker offscreen; gives the JSON of its last line."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(path)}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if not lines:
        raise RuntimeError(f"{Path(command[1]).name} failed: {done.stderr[-800:]}")
    return dict(json.loads(lines[-1]))


def ours(nodes: int) -> dict[str, float]:
    """One run of our canvas."""
    return last_line([sys.executable, "-m", "tests.bench.canvas_worker", str(nodes)], ROOT, ROOT)


def best(runs: list[dict[str, float]], name: str) -> float:
    """The least of a figure."""
    return min(run[name] for run in runs)


def figures() -> Iterator[Figure]:
    """Every figure of the canvas; ours and the peer's runs take turns."""
    python = peer_python("canvas")
    mine: list[dict[str, float]] = []
    theirs: list[dict[str, float]] = []
    with tempfile.TemporaryDirectory() as folder:  # the peer leaves pictures behind
        for _ in range(ROUNDS):
            mine.append(ours(NODES))
            theirs.append(last_line([python, PEER / "ng_bench.py", str(NODES)], Path(folder), PEER))
    for name, own, peer, scale in (
        ("load", "load_ms", "load_s", 1000),
        ("fit", "fit_ms", "fit", 1),
        ("pan", "pan_ms", "pan_100", 1),
    ):
        time = best(theirs, peer) * scale
        yield Figure(
            f"canvas_5000_{name}_vs_nodegraphqt",
            best(mine, own) / time,
            "x",
            f"NodeGraphQt 0.6.44 {time:.0f} ms",
        )
    size = "1920 x 1080"
    yield Figure("canvas_5000_fit_ref_ms", best(mine, "fit_ref_ms"), "ref_ms", f"full repaint, {size}")
    yield Figure(
        "canvas_5000_worst_zoom_ref_ms", best(mine, "worst_zoom_ref_ms"), "ref_ms", f"full repaint, {size}"
    )
    yield Figure("canvas_5000_pan_ref_ms", best(mine, "pan_p95_ref_ms"), "ref_ms", "p95 of steps at 100 %")
    loads = [ours(2 * NODES) for _ in range(ROUNDS)]
    yield Figure(
        "canvas_10000_load_ref_ms", best(loads, "load_ref_ms"), "ref_ms", "from the files to the scene"
    )
