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
from engine.simulation.rehearsal import Rehearsal, Services, nobody, spoken

__all__ = [
    "Case",
    "Rehearsal",
    "Service",
    "ServiceTable",
    "Services",
    "Turn",
    "Verdict",
    "case_files",
    "dump_case",
    "load_case",
    "nobody",
    "run_case",
    "spoken",
]
