"""The engine beside the hand-written loop and the peers: turns a second, durable turns, memory at rest, replay."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.bench.figures import ROUNDS, Figure, hand_written_loop, ref_ms
from tests.bench.peers import ROOT, peer_python

SECONDS = 1.0
IDLE = 10_000
PEERS = {
    "langgraph": ("engines", "langgraph_nocp"),
    "pipecat_flows": ("pipecat", "pipecat_flows_"),
    "transitions": ("engines", "fsm_transitions"),
}


def worker(adapter: str, python: Path, idle: int = 100) -> dict[str, Any]:
    """One run of the probe's worker on an adapter, in a process of its own."""
    if adapter.startswith("parley"):
        command = [python, "-m", "tests.bench.engine_worker", adapter, str(SECONDS), str(idle)]
    else:
        command = [python, ROOT / "tests/bench/baselines/engine/worker.py", adapter, str(SECONDS), str(idle)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    if done.returncode:
        raise RuntimeError(f"{adapter} failed: {done.stderr[-800:]}")
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))


def figures() -> Iterator[Figure]:
    """Every figure of the engine."""
    here = Path(sys.executable)
    runs: dict[str, tuple[str, Path]] = {
        "loop": ("minimal", here),
        "parley": ("parley", here),
        "loop_sqlite": ("minimal_sqlite", here),
        "parley_sqlite": ("parley_sqlite", here),
        **{name: (adapter, peer_python(lock)) for name, (lock, adapter) in PEERS.items()},
    }
    best: dict[str, float] = {}
    wall: dict[str, float] = {}
    versions: dict[str, str] = {}
    for _ in range(ROUNDS):
        for name, (adapter, python) in runs.items():
            result = worker(adapter, python)
            speed = result["turns_per_cpu_s"]
            best[name] = max(best.get(name, 0), speed)
            wall[name] = max(wall.get(name, 0), speed * result["cpu_over_wall"])
            versions[name] = result["version"]
    ours = best["parley"]
    yield Figure("engine_vs_loop", ours / best["loop"], "x", f"hand-written loop {best['loop']:.0f} turns/s")
    for name in PEERS:
        yield Figure(
            f"engine_vs_{name}", ours / best[name], "x", f"{versions[name]} {best[name]:.0f} turns/s"
        )
    yield Figure(
        "durable_vs_sqlite_loop",
        wall["parley_sqlite"] / wall["loop_sqlite"],
        "x",
        f"loop with SQLite {wall['loop_sqlite']:.0f} turns/s of wall time",
    )
    idle = min(worker("parley", here, IDLE)["idle_bytes"] for _ in range(2))
    yield Figure("idle_session_bytes", idle, "bytes", f"of {IDLE} sessions after one answer")
    yield Figure("resume_40_events_ref_ms", resume_40_events(), "ref_ms", "decode, fold; from the log's rows")


def resume_40_events() -> float:
    """Bring a session back from the rows of its log: 40 events, no snapshot."""
    hand_written_loop()  # makes the probe's texts importable
    from engine.protocol import (
        Heard,
        HttpRequest,
        Record,
        Result,
        Started,
        decode_effects,
        decode_event,
        encode_effects,
        encode_event,
    )
    from engine.runtime import initial, replay, step
    from tests.bench.reservation import InMemory

    parley = InMemory()
    state, event = initial(parley.run), Started()
    rows: list[tuple[int, bytes, bytes]] = []
    answers = iter(["2", "17:00", "no"] * 40)
    while len(rows) < 40:
        state, effects = step(parley.run, state, event)
        rows.append((state.seq, encode_event(event), encode_effects(effects)))
        asked = next((e for e in effects if isinstance(e, HttpRequest)), None)
        if asked:
            event = Result(0, asked.id, "ok", {"status": 200, "body": {"free": True}})
        else:
            event = parley.read(state, next(answers))
            assert isinstance(event, Heard) and event.reading.target

    def resume() -> None:
        records = (Record(seq, decode_event(e), decode_effects(fx)) for seq, e, fx in rows)
        replay(parley.run, records)

    resume()
    return ref_ms(resume, repeat=50)
