"""A program bound to one session's header: all that is constant while it runs."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from engine.kinds.instructions import Handler, Instruction
from engine.kinds.program import NOW_SLOT, SESSION_SLOT, Program
from engine.kinds.values import from_plain
from engine.protocol import Header, State


class Run(msgspec.Struct, frozen=True):
    """``locale`` is an index into the program's locales; ``started`` is civil time; ``voice`` says that the talk
    begins spoken; ``sessions`` are the facts expressions see, by text and by voice."""

    program: Program
    header: Header
    instructions: tuple[Instruction, ...]
    locale: int
    voice: bool
    started: datetime
    sessions: tuple[Mapping[str, str], Mapping[str, str]]
    handlers: tuple[tuple[Handler, ...], ...]

    @property
    def session(self) -> Mapping[str, str]:
        """The facts of the session as it begins."""
        return self.sessions[self.voice]

    def now(self, at: int) -> datetime:
        """Civil time ``at`` milliseconds after the start."""
        return self.started + timedelta(milliseconds=at)


def bind(program: Program, header: Header) -> Run:
    """Bind a program to a session. Raises ``ValueError`` when the header is for another program or a newer
    engine."""
    if header.program and header.program != program.hash:
        raise ValueError(f"The session runs program {header.program}, not {program.hash}.")
    if header.semantics > program.semantics:
        raise ValueError(f"The session was recorded by a newer engine (semantics {header.semantics}).")
    locale = header.locale if header.locale in program.locales else program.locales[0]
    return Run(
        program,
        header,
        program.instructions,
        program.locales.index(locale),
        header.modality == "voice",
        datetime.fromisoformat(header.started).replace(tzinfo=None),
        _facts(header, locale),
        program.reach,
    )


def _facts(header: Header, locale: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
    facts = {"channel": header.channel, "locale": locale}
    return {**facts, "modality": "text"}, {**facts, "modality": "voice"}


def initial(run: Run) -> State:
    """The state before the first event."""
    return State(vars=fresh(run, 0, run.voice), voice=run.voice)


def fresh(run: Run, flow: int, voice: bool) -> list[object]:
    """The variables of a flow as it begins."""
    values = list(run.program.flows[flow].initial)
    values[NOW_SLOT] = run.started
    values[SESSION_SLOT] = run.sessions[voice]
    return values


def take_inputs(run: Run, values: list[object], inputs: Mapping[str, object]) -> None:
    """Fill the main flow's inputs with what the session was started with; what does not fit its type is
    left out."""
    table = run.program.flows[0]
    for slot in table.inputs:
        plain = inputs.get(table.names[slot])
        if plain is not None:
            try:
                values[slot] = from_plain(table.types[slot])(plain)
            except ValueError:
                continue
