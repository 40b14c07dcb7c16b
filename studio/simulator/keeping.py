"""Keeping a talk as a conversation test, and running the tests of a flow."""

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from engine.kinds.program import Program
from engine.protocol import HttpRequest, Record, TakeMessage, Transfer
from engine.protocol.script import Answer, CutIn, Happen, Keys, Leave, Pass, Press, Say, Silence, Step
from engine.simulation import Case, Service, Turn, case_files, dump_case, load_case, run_case, spoken
from engine.simulation.minds import THOUGHTS, Mind
from studio.simulator.talk import Talk
from studio.simulator.tracing import TracedRehearsal


class TestResult(msgspec.Struct, frozen=True):
    """How a test went. ``difference`` is empty when it passed; ``turn`` is the first turn that differed, from 0."""

    path: Path
    name: str
    difference: str = ""
    turn: int = -1
    case: Case | None = None

    @property
    def passed(self) -> bool:
        """Whether all was as expected."""
        return not self.difference


def case_of(talk: Talk, name: str) -> Case:
    """The talk as a test: what was done, and what was said after it."""
    turns: list[Turn] = []
    answers: dict[tuple[str, str], list[Answer]] = {}
    thoughts: dict[str, list[Answer]] = {}
    again = TracedRehearsal(talk.program, talk.script)
    said = spoken(again.start())
    turns.append(Turn(expect=tuple(said), node=again.node))
    for step in talk.steps:
        called = next(iter(again.calls.values()), None)
        thought = next(iter(again.thoughts.values()), None)
        if isinstance(step, Answer) and called is not None and not again.open:
            turns.append(_answered(step, called, again.play(step), _stand(again)))
        elif isinstance(step, Answer):
            request = next(iter(again.open.values()), None)
            if request is not None:
                answers.setdefault((request.method, request.url), []).append(step)
            elif thought is not None:
                thoughts.setdefault(thought.node, []).append(step)
            words = tuple(spoken(again.play(step)))
            turns[-1] = msgspec.structs.replace(
                turns[-1], expect=(*turns[-1].expect, *words), node=_stand(again)
            )
        else:
            records = again.play(step)
            turns.append(_turn(step, records, _stand(again)))
    script = talk.script
    services = tuple(
        Service(url, tuple(given), method)
        for (method, url), given in sorted(answers.items(), key=lambda item: -len(item[0][1]))
    )
    return Case(
        name,
        tuple(turns),
        now=script.now,
        locale=script.locale,
        modality=script.modality,
        seed=script.seed,
        services=services,
        minds=tuple(Mind(tuple(given), node) for node, given in thoughts.items()),
        outcome=again.state.outcome if again.ended else None,
    )


def _stand(rehearsal: TracedRehearsal) -> str:
    return "" if rehearsal.ended else rehearsal.node


def _answered(step: Answer, called: Transfer | TakeMessage, records: list[Record], node: str) -> Turn:
    """What came of a transfer, or of a message."""
    common = {"expect": tuple(spoken(records)), "node": node}
    if isinstance(called, Transfer):
        return Turn(transfer=step.outcome, **common)  # type: ignore[arg-type]
    return Turn(message=step.outcome, **common)  # type: ignore[arg-type]


def _turn(step: Step, records: list[Record], node: str) -> Turn:
    expect = tuple(spoken(records))
    open_request = any(isinstance(e, (HttpRequest, *THOUGHTS)) for r in records for e in r.effects)
    common = {"expect": expect, "node": "" if open_request else node}
    match step:
        case Say(text):
            return Turn(say=text, **common)  # type: ignore[arg-type]
        case CutIn(text):
            return Turn(cut_in=text, **common)  # type: ignore[arg-type]
        case Keys(keys):
            return Turn(keys=keys, **common)  # type: ignore[arg-type]
        case Press(button):
            return Turn(press=button, **common)  # type: ignore[arg-type]
        case Pass(ms):
            return Turn(wait=ms, **common)  # type: ignore[arg-type]
        case Happen(name):
            return Turn(signal=name, **common)  # type: ignore[arg-type]
        case Leave():
            return Turn(leave=True, **common)  # type: ignore[arg-type]
        case Silence() | Answer():
            return Turn(silence=True, **common)  # type: ignore[arg-type]


def keep(talk: Talk, name: str, folder: Path) -> Path:
    """Write the talk as a test into ``folder/tests``; answers with its path. A name that is taken gets a number."""
    tests = folder / "tests"
    tests.mkdir(parents=True, exist_ok=True)
    stem = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "talk"
    path = tests / f"{stem}.json"
    number = 2
    while path.exists():
        path = tests / f"{stem}-{number}.json"
        number += 1
    path.write_bytes(dump_case(case_of(talk, name)))
    return path


def run_tests(program: Program, folder: Path) -> Iterator[TestResult]:
    """Run every test of the flow in ``folder``, one after the other; a file that is no test is a result as well."""
    for path in case_files(folder):
        yield run_test(program, path)


def run_test(program: Program, path: Path) -> TestResult:
    """Run one test."""
    try:
        case = load_case(path.read_bytes(), path.name)
    except (OSError, ValueError) as error:
        return TestResult(path, path.stem, str(error))
    verdict = run_case(program, case)
    return TestResult(path, case.name or path.stem, verdict.difference, verdict.turn, case)
