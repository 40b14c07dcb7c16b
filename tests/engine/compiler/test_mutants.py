"""The suite the compiler derives finds nearly every mistake one could put into the program."""

from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import pytest

from engine.compiler import check, compile_flow, cover
from engine.flow import Flow, load_flow
from engine.kinds.program import Program
from engine.protocol.script import Script
from engine.simulation import Rehearsal
from tests.engine.compiler.mutating import Mutant, mutants
from tests.engine.model.test_model import corners
from tests.engine.random_flows import lively_flow

# They run the same lines thousands of times, which coverage makes four times slower.
pytestmark = pytest.mark.no_cover

FLOWS = Path(__file__).parents[3] / "flows"
LEAST = 0.95


def samples() -> list[Flow]:
    return [load_flow((folder / "flow.json").read_bytes())[0] for folder in sorted(FLOWS.iterdir())]


def told(program: Program, script: Script) -> Any:
    """All that can be seen of a talk: what happened, what the engine did, and the result."""
    rehearsal = Rehearsal(program, script).play_all()
    seen = [(record.event, record.effects, record.fault) for record in rehearsal.records]
    exported = {name for flow in program.flows for name in (flow.names[slot] for slot in flow.exported)}
    return seen, {k: v for k, v in rehearsal.variables.items() if k in exported}, rehearsal.ended


def survivors(flow: Flow) -> tuple[list[Mutant], int]:
    """The mutants that tell the same in every script, and how many there were."""
    program = compile_flow(flow)
    suite = cover(flow)
    stories = [told(program, script) for script in suite]
    every = list(mutants(program, flow))
    pairs = list(zip(suite, stories, strict=True))
    alive = [m for m in every if all(told(m.program, script) == story for script, story in pairs)]
    return alive, len(every)


def lively(count: int) -> list[Flow]:
    """Random flows in which the checks find nothing that no run comes to."""
    drawn = (lively_flow(Random(seed), 12) for seed in range(1000))
    alive = (flow for flow in drawn if not {f.code for f in check(flow)} & {"R001", "D004"})
    return list(islice(alive, count))


def test_the_suites_of_random_flows_kill_mutants() -> None:
    results = [survivors(flow) for flow in lively(6)]
    alive, count = [m for some, _ in results for m in some], sum(n for _, n in results)
    assert count > 500
    assert 1 - len(alive) / count >= LEAST, [(m.what, m.node) for m in alive]


@pytest.mark.parametrize("flow", [*samples(), corners()], ids=lambda flow: flow.name)
@pytest.mark.timeout(300)
def test_the_derived_suite_kills_mutants(flow: Flow) -> None:
    alive, count = survivors(flow)
    score = 1 - len(alive) / count
    assert count > 50
    assert score >= LEAST, [(m.what, m.node) for m in alive]
