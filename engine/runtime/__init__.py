"""Running programs: ``step`` is pure, total and deterministic; everything else folds it."""

from engine.runtime.expecting import Expectation, expectation
from engine.runtime.replaying import ReplayMismatch, perform, replay
from engine.runtime.run import Run, bind, initial
from engine.runtime.snapshots import decode_state, encode_state
from engine.runtime.step import fail, step
from engine.runtime.turns import TRANSITIONS, Phase, Trigger, TurnMachine

__all__ = [
    "TRANSITIONS",
    "Expectation",
    "Phase",
    "ReplayMismatch",
    "Run",
    "Trigger",
    "TurnMachine",
    "bind",
    "decode_state",
    "encode_state",
    "expectation",
    "fail",
    "initial",
    "perform",
    "replay",
    "step",
]
