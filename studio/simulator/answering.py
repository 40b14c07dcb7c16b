"""Who answers for models, knowledge, tools and services in a rehearsal: a hand, a recorded talk, or a real model."""

from collections.abc import Sequence
from typing import Any

import msgspec

from engine.kinds.program import Program
from engine.kinds.thoughts import Generate, Judge, Search, Use
from engine.protocol import HttpRequest, Record, Result
from engine.protocol.script import Answer
from engine.simulation.minds import THOUGHTS, Thought
from engine.simulation.recorded import minds_of, services_of
from studio.simulator.talk import Talk

HAND, RECORDED, MODEL = "hand", "recorded", "model"


class Spent(msgspec.Struct, frozen=True):
    """What models took: tokens read and written, the price in millionths of a US dollar, and how often they
    were asked. ``first_ms`` is how long the first of them took to its first word, ``whole_ms`` is for all."""

    asked: int = 0
    read: int = 0
    written: int = 0
    cost_micros: int = 0
    first_ms: int = 0
    whole_ms: int = 0


def thinks(program: Program) -> bool:
    """Whether a flow asks models, knowledge or tools at all."""
    return any(isinstance(i, Generate | Search | Judge | Use) for i in program.instructions)


def recorded_answer(records: Sequence[Record], talk: Talk, asked: Thought | HttpRequest) -> Answer | None:
    """What was answered in these records to what is asked now; None for what nobody asked then. What the talk has
    asked already counts, so that the second time brings the second answer."""
    minds, services = minds_of(records), services_of(records)
    waiting = {*talk.rehearsal.thoughts, *talk.rehearsal.open}
    for record in talk.records:
        for effect in record.effects:
            if isinstance(effect, THOUGHTS) and effect.id not in waiting:
                minds(effect)
            elif isinstance(effect, HttpRequest) and effect.id not in waiting:
                services(effect)
    return services(asked) if isinstance(asked, HttpRequest) else minds(asked)


def answered(records: Sequence[Record]) -> bool:
    """Whether anybody was asked in these records, and answered."""
    asked = {e.id for r in records for e in r.effects if isinstance(e, (*THOUGHTS, HttpRequest))}
    return any(isinstance(r.event, Result) and r.event.effect in asked for r in records)


def spent(records: Sequence[Record]) -> Spent:
    """What models took in these records."""
    total = Spent()
    for record in records:
        usage = usage_in(record.event)
        if usage:
            total = Spent(
                total.asked + 1,
                total.read + _count(usage, "input"),
                total.written + _count(usage, "output"),
                total.cost_micros + _count(usage, "cost_micros"),
                total.first_ms or _count(usage, "first_ms"),
                total.whole_ms + _count(usage, "whole_ms"),
            )
    return total


def usage_in(event: object) -> dict[str, Any]:
    """What a model took for an answer, as the log keeps it; empty for anything else."""
    value = event.value if isinstance(event, Result) else None
    usage = value.get("usage") if isinstance(value, dict) else None
    return usage if isinstance(usage, dict) else {}


def _count(usage: dict[str, Any], name: str) -> int:
    value = usage.get(name)
    return value if isinstance(value, int) else 0
