"""Talks without a phone: rehearsals on a virtual clock, and conversation tests."""

from engine.simulation.cases import (
    Case,
    Service,
    ServiceTable,
    Turn,
    Verdict,
    case_files,
    dump_case,
    load_case,
    run_case,
)
from engine.simulation.keeping import recorded_case
from engine.simulation.minds import Mind, MindTable
from engine.simulation.recorded import minds_of, services_of
from engine.simulation.rehearsal import Rehearsal, Services, nobody, spoken

__all__ = [
    "Case",
    "Mind",
    "MindTable",
    "Rehearsal",
    "Service",
    "ServiceTable",
    "Services",
    "Turn",
    "Verdict",
    "case_files",
    "dump_case",
    "load_case",
    "minds_of",
    "nobody",
    "recorded_case",
    "run_case",
    "services_of",
    "spoken",
]
