"""A figure of the bench, and the scale that makes milliseconds of different machines comparable."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

ENGINE_BASELINE = Path(__file__).parent / "baselines" / "engine"
REFERENCE = 810_000
"""Turns a second that the hand-written loop does on the core to which ``ref_ms`` are scaled."""
ROUNDS = 5


@dataclass(frozen=True)
class Figure:
    """One line of the bench; ``baseline`` says what it was measured against."""

    name: str
    value: float
    unit: str
    baseline: str

    def __str__(self) -> str:
        if self.value >= 1000:
            shown = f"{self.value:.0f}"
        else:
            shown = f"{self.value:.3g}" if self.value < 100 else f"{self.value:.1f}"
        return f"{self.name} {shown} {self.unit} ({self.baseline})"


@cache
def hand_written_loop() -> tuple[Any, Any]:
    """The probe's loop and its scripts, as they were measured."""
    sys.path.insert(0, str(ENGINE_BASELINE))
    try:
        import flow
        from adapters import minimal
    finally:
        sys.path.remove(str(ENGINE_BASELINE))
    return minimal.Adapter(), flow


def loop_speed(seconds: float = 0.25) -> float:
    """Turns a CPU second of the hand-written loop, on this core and now."""
    loop, flow = hand_written_loop()
    scripts = list(flow.SCRIPTS.values())
    turns = 0
    spent = 0.0
    clock = time.process_time
    while spent < seconds:
        talks = [(loop.start(0)[0], script) for script in scripts for _ in range(200)]
        began = clock()
        for session, script in talks:
            for text in script:
                loop.turn(session, text)
        spent += clock() - began
        turns += sum(len(script) for _, script in talks)
    return turns / spent


def ref_ms(work: Callable[[], object], *, repeat: int = 1) -> float:
    """CPU milliseconds of one ``work()``, scaled to the reference core; the best of five rounds.

    Each round measures the core first, because its speed changes while others use the machine.
    """
    best = float("inf")
    for _ in range(ROUNDS):
        speed = loop_speed(0.1)
        began = time.process_time()
        for _ in range(repeat):
            work()
        spent = (time.process_time() - began) / repeat
        best = min(best, spent * 1000 * speed / REFERENCE)
    return best
