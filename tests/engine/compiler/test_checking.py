"""The checks as a whole: good flows have no errors, whatever is broken is shown on the engine, and a check that
remembers finds what a fresh one finds."""

from pathlib import Path
from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.compiler import Memory, check, compile_flow
from engine.compiler.checking import views_of
from engine.compiler.checks import all_checks
from engine.compiler.exploring import Explorer, World, script_of
from engine.flow import Flow, Severity, dump_flow, load_flow
from engine.kinds.values import to_plain
from engine.protocol.script import Say, Silence
from engine.simulation import Rehearsal
from tests.engine.compiler.finding import faults
from tests.engine.random_flows import BREAKS, flows, random_document, random_flow

SETTINGS = settings(max_examples=60, deadline=None, derandomize=True, database=None)
FLOWS = sorted((Path(__file__).parents[3] / "flows").iterdir())


def errors(flow: Flow) -> list[str]:
    return [f"{f.code} {f.nodes} {f.message}" for f in check(flow) if f.severity is Severity.ERROR]


@pytest.mark.parametrize("folder", FLOWS, ids=lambda folder: folder.name)
def test_the_sample_flows_have_no_errors(folder: Path) -> None:
    assert errors(load_flow((folder / "flow.json").read_bytes())[0]) == []


@SETTINGS
@given(flows())
def test_good_flows_have_no_errors(flow: Flow) -> None:
    assert errors(flow) == []


SHOWN = {"R002", "R003", "E001", "L001", "L004"}


@SETTINGS
@given(flows(breaks=3))
def test_the_engine_meets_every_defect_that_has_a_witness(flow: Flow) -> None:
    program = compile_flow(flow)
    for finding in check(flow):
        if finding.witness is None:
            continue
        rehearsal = Rehearsal(program, finding.witness).play_all()
        if finding.code in SHOWN:
            assert finding.code in faults(rehearsal), finding
        elif finding.code in ("R004", "L003"):
            for step in (Say("yes"), Silence(), Say("7"), Silence(), Silence()):
                rehearsal.play(step)
            assert not rehearsal.ended, finding


@SETTINGS
@given(flows(breaks=3))
def test_every_finding_says_where_and_what_to_do(flow: Flow) -> None:
    known = {part_id: part for part_id, part in flow.flows()}
    for finding in check(flow):
        assert finding.message.endswith((".", "?"))
        assert finding.fix
        assert all(node in known[finding.flow].nodes for node in finding.nodes)
        assert finding.severity is not Severity.ERROR or finding.code != "D002"


@SETTINGS
@given(flows(size=20), st.integers(0, 2**32))
def test_a_check_that_remembers_finds_what_a_fresh_one_finds(flow: Flow, seed: int) -> None:
    random, memory = Random(seed), Memory()
    raw = random_document(random, 12)
    check(flow, memory)
    for _ in range(5):
        random.choice(BREAKS)(random, raw)
        edited = msgspec.json.encode({"format": "parley-flow", "schema": 1, **raw})
        flow = load_flow(edited)[0]
        assert check(flow, memory) == check(flow)


@SETTINGS
@given(flows(size=16), st.integers(0, 2**32))
def test_an_edit_of_one_node_is_seen(flow: Flow, seed: int) -> None:
    random, memory = Random(seed), Memory()
    check(flow, memory)
    for _ in range(4):
        id = random.choice(sorted(flow.nodes))
        node = flow.nodes[id]
        out = {port: random.choice(sorted(flow.nodes)) for port in node.out if random.random() < 0.8}
        changed = msgspec.structs.replace(node, out=out, label=random.choice(("", "Renamed")))
        flow = msgspec.structs.replace(flow, nodes={**flow.nodes, id: changed})
        assert check(flow, memory) == check(flow)


@SETTINGS
@given(flows(breaks=2))
def test_reading_the_file_again_changes_nothing(flow: Flow) -> None:
    again = load_flow(dump_flow(flow))[0]
    assert {(f.code, f.nodes, f.message) for f in check(again)} == {
        (f.code, f.nodes, f.message) for f in check(flow)
    }


@SETTINGS
@given(st.integers(0, 2**32))
def test_a_dead_node_is_one_more_finding_and_nothing_else(seed: int) -> None:
    flow = random_flow(Random(seed), 10)
    dead = load_flow(b'{"format":"parley-flow","schema":1,"nodes":{"zz":{"kind":"end"}}}')[0].nodes["zz"]
    more = msgspec.structs.replace(flow, nodes={**flow.nodes, "zz": dead})
    before, after = check(flow), check(more)
    assert [f for f in after if f.nodes != ("zz",)] == before
    assert [f.code for f in after if f.nodes == ("zz",)] == ["R001"]


@SETTINGS
@given(flows(size=12))
def test_an_exploration_stands_where_the_engine_stands(flow: Flow) -> None:
    world, program = World(views_of(flow)), compile_flow(flow)
    start = world.start()
    assert start is not None
    for place, _ in Explorer(world, 150).walk(start):
        facts = world.facts(place)
        script = script_of(place.trail)
        if facts is None or not facts.waits or script is None:
            continue
        rehearsal = Rehearsal(program, script).play_all()
        assert (rehearsal.node, len(rehearsal.state.stack)) == (place.node, len(place.stack))
        mine = {name: to_plain(value) for name, value in place.values.items() if name[0] != "#"}
        assert mine == {name: value for name, value in rehearsal.variables.items() if value is not None}


def test_every_check_says_what_it_is() -> None:
    checks = all_checks()
    assert [c.code for c in checks] == sorted({c.code for c in checks})
    assert all(c.title and len(c.meaning) > 40 for c in checks)
