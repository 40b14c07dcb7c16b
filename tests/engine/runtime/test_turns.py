"""The turn machine: every legal and every illegal move."""

from itertools import product

import pytest

from engine.runtime import TRANSITIONS, Phase, Trigger, TurnMachine
from engine.runtime.turns import after


@pytest.mark.parametrize(("phase", "trigger"), list(product(Phase, Trigger)))
def test_a_legal_move_moves_and_an_illegal_one_does_not(phase: Phase, trigger: Trigger) -> None:
    expected = TRANSITIONS.get((phase, trigger), phase)
    assert after(phase, trigger) == expected


def test_the_table_is_the_machine_people_know() -> None:
    legal = {(p.name, t.name): to.name for (p, t), to in TRANSITIONS.items()}
    assert legal == {
        ("IDLE", "START"): "PROCESSING",
        ("IDLE", "END"): "ENDED",
        ("LISTENING", "INPUT"): "PROCESSING",
        ("LISTENING", "END"): "ENDED",
        ("PROCESSING", "INPUT"): "PROCESSING",
        ("PROCESSING", "SPEAK"): "SPEAKING",
        ("PROCESSING", "LISTEN"): "LISTENING",
        ("PROCESSING", "END"): "ENDED",
        ("SPEAKING", "SPEAK"): "SPEAKING",
        ("SPEAKING", "LISTEN"): "SPEAKING",
        ("SPEAKING", "INPUT"): "PROCESSING",
        ("SPEAKING", "YIELD"): "LISTENING",
        ("SPEAKING", "OVER"): "PROCESSING",
        ("SPEAKING", "BARGE_IN"): "LISTENING",
        ("SPEAKING", "END"): "ENDED",
    }


def test_nothing_leaves_the_end() -> None:
    assert all(after(Phase.ENDED, trigger) == Phase.ENDED for trigger in Trigger)


@pytest.mark.parametrize(("origin", "target"), list(product(Phase, Phase)))
def test_the_machine_goes_only_where_some_trigger_leads(origin: Phase, target: Phase) -> None:
    machine = TurnMachine(origin)
    allowed = any(source == origin and to == target for (source, _), to in TRANSITIONS.items())
    assert machine.can_transition(origin, target) is allowed
    assert machine.transition_to(target) is allowed
    assert machine.get_current_state() == (target if allowed else origin)
