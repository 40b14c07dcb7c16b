"""Talks recorded long ago replay to the letter."""

from pathlib import Path

import msgspec
import pytest

from engine.compiler import compile_flow
from engine.flow import parse_flow
from engine.kinds.program import FIRST_SLOT, SEMANTICS
from engine.kinds.values import to_plain
from engine.protocol import Record, Speak
from engine.runtime import ReplayMismatch, bind, replay
from tests.engine.golden.record import Golden

LOGS = sorted(Path(__file__).parent.glob("*.json"))


def load(path: Path) -> Golden:
    return msgspec.json.decode(path.read_bytes(), type=Golden)


@pytest.mark.parametrize("path", LOGS, ids=lambda path: path.stem)
def test_a_golden_log_replays(path: Path) -> None:
    golden = load(path)
    document, diagnostics = parse_flow(golden.document)
    assert diagnostics == []
    program = compile_flow(document)
    assert program.hash == golden.header.program, (
        "the hash of an unchanged document changed: sessions would be cut off"
    )
    state = replay(bind(program, golden.header), golden.records, check=True)
    table = program.flows[state.flow]
    values = dict(zip(table.names[FIRST_SLOT:], map(to_plain, state.vars[FIRST_SLOT:]), strict=True))
    assert state.outcome == golden.outcome
    assert {name: values[name] for name in golden.variables} == golden.variables


def test_there_are_golden_logs_of_this_semantics() -> None:
    assert {load(path).header.semantics for path in LOGS} >= {SEMANTICS}


def test_a_difference_is_shown_as_what_was_expected_and_what_came() -> None:
    golden = load(LOGS[0])
    run = bind(compile_flow(parse_flow(golden.document)[0]), golden.header)
    first = golden.records[0]
    forged = Record(first.seq, first.event, (Speak("Something else.", "n"), *first.effects[1:]))
    with pytest.raises(ReplayMismatch, match="Something else") as caught:
        replay(run, [forged, *golden.records[1:]], check=True)
    assert caught.value.seq == 1
