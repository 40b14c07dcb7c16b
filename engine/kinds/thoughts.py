"""The instructions that ask others to think: models, knowledge, tools (see `engine.kinds.instructions`)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from engine.kinds.instructions import Closure, Instruction, Save, Text
from engine.protocol import Plain


class Exit(msgspec.Struct, frozen=True):
    """A way out a model may choose by itself: what it means, what it must bring along, where it leads."""

    id: str
    description: str
    schema: Plain
    saves: tuple[Save, ...]


class Generate(Instruction, frozen=True):
    """Let a model write, and go on with what comes of it.

    ``brief`` is what this node wants of it; ``passages`` the hidden slot of knowledge it is given, or -1. ``spoken``
    words are said sentence by sentence. With a ``schema`` it answers with data, of which ``saves`` keep values, and
    it is asked again until ``tries`` were in vain. ``slot`` keeps the words. ``functions`` are the names it may
    call; ``exits`` the ways out it may choose, with their ``leads``. ``counter`` counts how often it was asked here;
    after ``most`` it leaves through ``ways["too_long"]``. With ``quotes``, a model that fails before its first word is
    stood in for by the best passage. ``history`` is how many lines of the talk it reads,
    ``limit`` its time in milliseconds. ``ways`` are by outcome, else ``error``.
    """

    TARGETS = ("next", "error", "ways", "leads")
    purpose: str
    brief: Text
    next: int
    error: int
    ways: Mapping[str, int] = {}
    leads: Mapping[str, int] = {}
    exits: tuple[Exit, ...] = ()
    functions: tuple[str, ...] = ()
    spoken: bool = False
    interruptible: bool = True
    schema: Plain = None
    saves: tuple[Save, ...] = ()
    tries: int = 1
    slot: int = -1
    passages: int = -1
    cites: bool = False
    quotes: bool = False
    counter: int = -1
    most: int = 0
    history: int = 40
    tokens: int = 400
    temperature: int = 300
    limit: int = 8000


class Search(Instruction, frozen=True):
    """Find passages for ``question`` (None: the caller's last words) and keep them in the hidden slot
    ``passages``. When the best scores under ``threshold`` (per mille) it leaves through ``not_known``."""

    TARGETS = ("next", "error", "timeout", "not_known")
    question: Closure | str | None
    scope: tuple[str, ...]
    count: int
    threshold: int
    passages: int
    limit: int
    next: int
    not_known: int
    error: int
    timeout: int


class Judge(Instruction, frozen=True):
    """Leave by what the caller wants: ``routes`` by intent, else ``otherwise``. ``text`` is what is judged (None:
    her last words); ``intents`` are by locale."""

    TARGETS = ("routes", "otherwise", "error")
    text: Closure | None
    intents: tuple[tuple[Any, ...], ...]
    threshold: int
    model: bool
    limit: int
    slot: int
    routes: Mapping[str, int]
    otherwise: int
    error: int


class Use(Instruction, frozen=True):
    """Call a function of the flow with these arguments, and wait for what comes of it."""

    TARGETS = ("ok", "error", "timeout", "unknown")
    function: str
    arguments: tuple[tuple[str, Closure], ...]
    saves: tuple[Save, ...]
    ok: int
    error: int
    timeout: int
    unknown: int


class FunctionCode(msgspec.Struct, frozen=True):
    """A function of a flow, compiled. ``convert`` turns plain arguments into the values the closures see (by the
    order of the inputs) and raises ``ValueError`` with what is wrong; ``request`` makes (url, headers, body) of
    them when it is a web service. ``tool`` names a registered one."""

    name: str
    description: str
    schema: Plain
    convert: Callable[[Mapping[str, Plain]], Sequence[Any]]
    tool: str = ""
    method: str = "GET"
    request: Callable[[Sequence[Any]], tuple[str, dict[str, str], Plain]] | None = None
    take: tuple[str | int, ...] = ()
    timeout: int = 8000
    replay: str = "safe"


class Persona(msgspec.Struct, frozen=True):
    """How all that is generated sounds, and what it must never say (in lower case)."""

    text: str = ""
    never: tuple[str, ...] = ()
