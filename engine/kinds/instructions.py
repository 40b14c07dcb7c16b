"""The instructions a flow lowers to: a small, flat machine.

Targets are indices into the program's instructions. ``TARGETS`` names the fields that hold them, so that
linking, analyses and mutation tests need to know no instruction by name.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, TypeVar

import msgspec

from engine.protocol import Image, Plain
from engine.understanding import Expected

Closure = Callable[[Sequence[Any]], Any]
"""A compiled expression: from a flow's variables by slot to a value."""

Text = str | Closure
"""A static text, or a closure that makes one."""


class Prompt(msgspec.Struct, frozen=True):
    """Words by locale (the program's order), for the screen and for the ear, each with its content hash
    when static."""

    texts: tuple[Text, ...]
    voice: tuple[Text, ...]
    hashes: tuple[str, ...]


class Instruction(msgspec.Struct, frozen=True):
    """One step of the machine; ``node`` is the node it came from."""

    TARGETS: ClassVar[tuple[str, ...]] = ()
    COLUMNS: ClassVar[Mapping[str, int]] = {}
    """For a target field that is a table: which column holds the target."""
    node: str


class Speak(Instruction, frozen=True):
    """Say the prompt and go on."""

    TARGETS = ("next",)
    prompt: Prompt
    next: int
    interruptible: bool = True
    buttons: tuple[tuple[str, Prompt], ...] = ()
    cards: tuple[tuple[Prompt, Prompt, Image | None], ...] = ()
    image: Image | None = None
    audio: Text = ""


class Check(msgspec.Struct, frozen=True):
    """A condition an answer must meet, and what to say when it does not (None: the ladder)."""

    condition: Closure
    prompt: Prompt | None = None


class KeyRules(msgspec.Struct, frozen=True):
    """How telephone keys make an answer: at least ``minimum``, at most ``maximum`` keys, ended by
    ``finish`` or by a pause of ``gap`` ms."""

    minimum: int = 1
    maximum: int = 32
    finish: str = "#"
    gap: int = 3000


class Listen(Instruction, frozen=True):
    """Say the prompt, give the floor, and wait.

    An answer is converted, put into ``slot``, checked, and left through ``routes`` (by its plain value) or
    ``understood``. A failure speaks the next step of its ladder until ``tries`` failures have happened; then
    silence leaves through ``no_input``, words through ``no_match``. ``amends`` is the listening instruction
    whose answer is being confirmed, or -1. ``slot`` is -1 when nothing is kept; ``expected`` is by locale.
    """

    TARGETS = ("understood", "no_input", "no_match", "error", "routes", "amends")
    prompt: Prompt | None
    expected: tuple[Expected, ...]
    convert: Callable[[Any], Any]
    slot: int
    understood: int
    no_input: int
    no_match: int
    error: int
    tries: int = 3
    on_silence: tuple[Prompt, ...] = ()
    on_no_match: tuple[Prompt, ...] = ()
    checks: tuple[Check, ...] = ()
    value_slot: int = -1
    routes: Mapping[Any, int] = {}
    keys: Mapping[str, Any] = {}
    collect: KeyRules | None = None
    patience: tuple[int, int] = (0, 0)
    buttons: tuple[tuple[str, Prompt, Any], ...] = ()
    interruptible: bool = True
    correctable: bool = False
    amends: int = -1


class Deny(Instruction, frozen=True):
    """The answer of ``question`` was denied: ask again, or leave through ``gives_up`` after as many
    denials as it has tries."""

    TARGETS = ("question", "gives_up")
    question: int
    gives_up: int


class Branch(Instruction, frozen=True):
    """The first case whose condition is true, else ``otherwise``."""

    TARGETS = ("cases", "otherwise", "error")
    COLUMNS: ClassVar[Mapping[str, int]] = {"cases": 1}
    cases: tuple[tuple[Closure, int], ...]
    otherwise: int
    error: int


class Assign(Instruction, frozen=True):
    """Compute each value in order and put it into its slot."""

    TARGETS = ("next", "error")
    items: tuple[tuple[int, Closure], ...]
    next: int
    error: int


class Wait(Instruction, frozen=True):
    """Go on after ``delay`` milliseconds."""

    TARGETS = ("next",)
    delay: int
    next: int


class Loop(Instruction, frozen=True):
    """Leave through ``again`` at most ``limit`` times (or once an element of a list), then through ``done``.

    ``counter`` is a hidden slot; ``item`` the slot of the current element, or -1.
    """

    TARGETS = ("again", "done", "error")
    counter: int
    limit: int
    times: Closure | None
    over: Closure | None
    item: int
    again: int
    done: int
    error: int


class Split(Instruction, frozen=True):
    """Leave through an arm by chance, in proportion to its weight; chance is a hash of seed, event and
    node."""

    TARGETS = ("arms",)
    COLUMNS: ClassVar[Mapping[str, int]] = {"arms": 2}
    arms: tuple[tuple[str, int, int], ...]


class Save(msgspec.Struct, frozen=True):
    """Take a value out of an answer: ``path`` into the body, ``convert`` (raises ValueError), the slot it
    goes to."""

    path: tuple[str | int, ...]
    slot: int
    convert: Callable[[Any], Any]
    optional: bool = False


class Request(Instruction, frozen=True):
    """Call a web service and wait for its answer. ``cases`` leave by status: (lowest, highest, target,
    saves).

    ``limit`` is the time for one attempt in milliseconds.
    """

    TARGETS = ("ok", "error", "timeout", "unknown", "cases")
    COLUMNS: ClassVar[Mapping[str, int]] = {"cases": 2}
    method: str
    url: Text
    headers: tuple[tuple[str, Text], ...]
    query: tuple[tuple[str, Closure], ...]
    body: tuple[tuple[str, Closure], ...] | None
    limit: int
    retries: int
    replay: str
    saves: tuple[Save, ...]
    ok: int
    error: int
    timeout: int
    unknown: int
    cases: tuple[tuple[int, int, int, tuple[Save, ...]], ...] = ()


class Call(Instruction, frozen=True):
    """Enter a sub-flow; come back through the exit it returns by."""

    TARGETS = ("exits", "error")
    flow: int
    inputs: tuple[tuple[int, Closure], ...]
    outputs: tuple[tuple[int, int], ...]
    exits: Mapping[str, int]
    error: int


class Return(Instruction, frozen=True):
    """Leave the sub-flow by an exit, or a handler to where it interrupted."""

    exit: str


class Mark(Instruction, frozen=True):
    """Record that this place was reached."""

    TARGETS = ("next",)
    name: str
    next: int
    value: Plain = None


class Transfer(Instruction, frozen=True):
    """Give the call to somebody else, and leave by what comes of it: ``ways`` by outcome, else ``error``.

    ``limit`` is how long it may ring, in milliseconds.
    """

    TARGETS = ("ways", "error")
    to: Text
    manner: str
    briefing: Prompt | None
    limit: int
    ways: Mapping[str, int]
    error: int


class Message(Instruction, frozen=True):
    """Record what the caller says, keep the recording's name in ``slot``, and leave by what comes of it.

    ``typed`` is where it goes on when the talk is not spoken. Times are in milliseconds.
    """

    TARGETS = ("ways", "error", "typed")
    slot: int
    longest: int
    silence: int
    finish: str
    beep: bool
    ways: Mapping[str, int]
    error: int
    typed: int


class Record(Instruction, frozen=True):
    """Record the call from here on: ``on``, ``pause`` or ``off``."""

    TARGETS = ("next",)
    action: str
    next: int


class Press(Instruction, frozen=True):
    """Send telephone keys to the other side."""

    TARGETS = ("next", "error")
    keys: Text
    next: int
    error: int


class Jump(Instruction, frozen=True):
    """Go on elsewhere."""

    TARGETS = ("next",)
    next: int


class End(Instruction, frozen=True):
    """The session is over."""

    outcome: str


class Trap(Instruction, frozen=True):
    """What is wrong in the drawing: to reach it is the defect the finding ``code`` foretold."""

    code: str
    message: str


class Handler(msgspec.Struct, frozen=True):
    """A global reaction, in reach wherever its flow (or, for the main flow, any flow) stands.

    ``phrases`` are by locale; ``entry`` is -1 when it has nothing to do but take the conversation up again.
    """

    TARGETS: ClassVar[tuple[str, ...]] = ("entry",)
    node: str
    flow: int
    entry: int
    resumes: bool
    phrases: tuple[tuple[str, ...], ...] = ()
    keys: tuple[str, ...] = ()
    signals: tuple[str, ...] = ()
    hang_up: bool = False


AnyInstruction = TypeVar("AnyInstruction", bound=Instruction)


def retargeted(instruction: AnyInstruction, to: Callable[[int], int]) -> AnyInstruction:
    """The instruction with every target passed through ``to``."""
    changes: dict[str, Any] = {}
    for name in instruction.TARGETS:
        value = getattr(instruction, name)
        if isinstance(value, int):
            changes[name] = to(value)
        elif isinstance(value, Mapping):
            changes[name] = {key: to(target) for key, target in value.items()}
        else:
            column = instruction.COLUMNS[name]
            changes[name] = tuple((*row[:column], to(row[column]), *row[column + 1 :]) for row in value)
    return msgspec.structs.replace(instruction, **changes)
