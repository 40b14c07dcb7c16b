"""Record golden logs: ``python -m tests.engine.golden.record NAME`` keeps a talk with a sample flow for good.

A golden log holds its document beside its records, so that it replays whatever becomes of the sample flows. A
golden log is never recorded anew to make a test pass: a difference means that the semantics changed, and then
the semantics' version grows.
"""

import sys
from pathlib import Path
from typing import Any

import msgspec

from engine.compiler import compile_flow
from engine.flow import Flow, load_flow
from engine.flow.canonical import flow_dict
from engine.protocol import Header, Record
from engine.protocol.script import Script
from engine.simulation import Rehearsal, ServiceTable, case_files, load_case

HERE = Path(__file__).parent
FLOWS = HERE.parents[2] / "flows"


class Golden(msgspec.Struct):
    """A document, the header of a talk with it, its records, and how it ended."""

    document: dict[str, Any]
    header: Header
    records: tuple[Record, ...]
    outcome: str
    variables: dict[str, Any]


def golden_of(document: Flow, script: Script, services: Any) -> Golden:
    """Play a script and keep what happened."""
    talk = Rehearsal(compile_flow(document), script, services).play_all()
    return Golden(
        flow_dict(document), talk.run.header, tuple(talk.records), talk.state.outcome, talk.variables
    )


def main() -> None:
    """Record every test of every sample flow that has no golden log yet."""
    for folder in sorted(FLOWS.iterdir()):
        document, _ = load_flow((folder / "flow.json").read_bytes())
        for path in case_files(folder):
            target = HERE / f"{folder.name}.{path.stem}.json"
            if path.stem in sys.argv[1:] and not target.exists():
                case = load_case(path.read_bytes())
                golden = golden_of(document, case.script(), ServiceTable(case.services))
                target.write_bytes(msgspec.json.format(msgspec.json.encode(golden), indent=1) + b"\n")


if __name__ == "__main__":
    main()
