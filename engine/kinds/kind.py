"""What a node kind declares."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeVar

import msgspec

from engine.expressions import Type
from engine.flow import Diagnostic, Flow, FlowNode
from engine.kinds.forms import FieldSpec, form_of
from engine.protocol.script import Step

if TYPE_CHECKING:
    from engine.kinds.building import Builder


class Family(Enum):
    """Families of kinds, as people see them in the palette."""

    TALK = "Talk"
    LISTEN = "Listen"
    DECIDE = "Decide"
    THINK = "Think"
    ACT = "Act"
    PEOPLE = "People"
    STRUCTURE = "Structure"
    POLICY = "Policy"

    @property
    def order(self) -> int:
        """The family's place in the palette."""
        return list(Family).index(self)


class PortClass(StrEnum):
    """Why a conversation leaves through a port. The failure classes inherit the flow's default of the same
    name."""

    NEXT = "next"
    CASE = "case"
    NO_INPUT = "no_input"
    NO_MATCH = "no_match"
    GIVES_UP = "gives_up"
    ERROR = "error"
    TIMEOUT = "timeout"
    UNKNOWN = "unknown"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    REFUSED = "refused"
    OFF_LIMITS = "off_limits"

    @property
    def failure(self) -> bool:
        """Whether something went wrong for the caller."""
        return self not in (PortClass.NEXT, PortClass.CASE)


class Port(msgspec.Struct, frozen=True, gc=False):
    """A way out of a node. ``saves`` is the variable it fills, shown as "understood -> when".

    A ``rare`` port is drawn grey. ``instead`` names the port that answers when this one is unwired. Otherwise
    an unwired port is a finding, unless it is ``optional``: then to leave through it is a fault of the run, or,
    where it has an outcome (``ends``), the end of the conversation.
    """

    id: str
    label: str
    cls: PortClass = PortClass.NEXT
    saves: str = ""
    rare: bool = False
    instead: str = ""
    optional: bool = False
    ends: str = ""


class NodeFields(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The typed fields of a kind; every field with a `Form` appears in the inspector."""


F = TypeVar("F", bound=NodeFields)


class Scope(msgspec.Struct, frozen=True):
    """What a node sees: its flow, the whole document, and the types of the variables in reach."""

    flow: Flow
    document: Flow
    types: Mapping[str, Type]


class Source(msgspec.Struct, frozen=True, gc=False):
    """An expression or a template inside a node. ``want`` is the type it must have (None: any); ``extra``
    are further variables it may use, ``assigned`` those of the flow that are sure to have a value
    there. ``into`` is the variable its value goes to, which then says what type it must have."""

    field: str
    text: str
    template: bool = False
    want: Type | None = None
    extra: Mapping[str, Type] = {}
    assigned: tuple[str, ...] = ()
    into: str = ""


class Outcome(msgspec.Struct, frozen=True):
    """One way a node can be left: the port, the steps of the other side that lead there, and what they
    assign."""

    port: str
    steps: tuple[Step, ...] = ()
    assign: Mapping[str, Any] = {}


Assigned = Mapping[str, tuple[str, ...]]
"""Port id -> variables that have a value whenever the node is left through it."""


class Outlook(Protocol):
    """What an exploration knows when it stands before a node."""

    scope: Scope
    locale: str
    now: str

    def evaluate(self, text: str, extra: Mapping[str, Any] = {}) -> Any:
        """The value of an expression here; raises ``EvaluationError``."""

    def interesting(self, variable: str) -> Sequence[Any]:
        """Values of a variable at which some condition of the flow changes its mind."""


class Kind(ABC, Generic[F]):
    """One kind of node.

    ``listens`` says it waits for the other side; ``waits`` that it waits for anything outside (the other
    side, a timer, a result); ``enters`` that wires may lead to it (a handler has no way in); ``ends`` that
    nothing follows it.
    """

    id: ClassVar[str]
    family: ClassVar[Family]
    title: ClassVar[str]
    summary: ClassVar[str]
    structure: ClassVar[type[NodeFields]]
    rank: ClassVar[int] = 50
    listens: ClassVar[bool] = False
    waits: ClassVar[bool] = False
    enters: ClassVar[bool] = True
    ends: ClassVar[bool] = False

    def form(self) -> tuple[FieldSpec, ...]:
        """The fields for the inspector."""
        return form_of(self.structure)

    @abstractmethod
    def ports(self, fields: F, document: Flow) -> tuple[Port, ...]:
        """The ways out, in the order they are drawn."""

    @abstractmethod
    def lower(self, node: FlowNode, fields: F, build: "Builder") -> None:
        """Emit the node's instructions; the first one is its entry."""

    def sources(self, fields: F) -> Iterable[Source]:
        """Every expression and template in the fields."""
        return ()

    def assigns(self, fields: F) -> Assigned:
        """What is assigned on the way out."""
        return {}

    def clears(self, fields: F) -> Assigned:
        """What may lose its value on the way out."""
        return {}

    def check(self, fields: F, scope: Scope) -> Iterable[Diagnostic]:
        """What is wrong with the fields beyond their types. Node and flow are filled in by the caller."""
        return ()

    def jumps(self, fields: F) -> tuple[str, ...]:
        """Node ids it leads to without a wire."""
        return ()

    def words(self, fields: F, locale: str) -> str:
        """What it says, for its card; empty when it says nothing."""
        return ""

    def badge(self, fields: F) -> str:
        """What it wants or costs, in two words, for its header."""
        return ""

    def outcomes(self, fields: F, outlook: Outlook) -> Iterable[Outcome]:
        """Every way to leave it from here that an exploration should try, the likeliest first."""
        return (Outcome(port.id) for port in self.ports(fields, outlook.scope.document))
