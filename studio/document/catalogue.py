"""What the studio shows of nodes and kinds. The canvas and the palette know kinds only through this."""

import logging
from collections.abc import Callable, Iterable
from typing import Any, Protocol

import msgspec

from engine.flow import Flow, FlowNode, new_node_id
from engine.kinds import Family, Kind, all_kinds, kind_of, typed_node

log = logging.getLogger(__name__)

LONGEST_NAME, LONGEST_WORDS = 120, 2000
"""Characters of a name and of words that a card looks at; more is never seen on it."""

SPEAKING = ("Talk", "Listen", "People")
"""Families whose words are spoken, and so stand in quotes."""


class CardPort(msgspec.Struct, frozen=True):
    """A port as drawn: one a line, with the variable it fills. A ``rare`` one is drawn only while it is wired."""

    id: str
    label: str
    saves: str = ""
    rare: bool = False
    failure: bool = False


class Card(msgspec.Struct, frozen=True):
    """A node as drawn. ``known`` is false for a kind this Parley does not know; its wires are its ports."""

    title: str
    kind: str
    family: str
    badge: str = ""
    words: str = ""
    spoken: bool = True
    ports: tuple[CardPort, ...] = ()
    enters: bool = True
    known: bool = True


class KindCard(msgspec.Struct, frozen=True):
    """A kind as the palette and quick add show it. ``way_on`` is the port a new node would go on through, if any."""

    id: str
    title: str
    family: str
    summary: str
    enters: bool = True
    way_on: str = ""


class Catalogue(Protocol):
    """The kinds there are, and nodes as cards."""

    def card(self, node: FlowNode, document: Flow) -> Card:
        """A node as drawn; the document is the whole one, for calls of sub-flows."""

    def kinds(self) -> tuple[KindCard, ...]:
        """Every kind, in the order of families."""

    def fresh(self, kind: str, label: str = "") -> FlowNode:
        """A new node of a kind with a fresh id."""


class EngineCatalogue:
    """The catalogue over the engine's kinds."""

    def card(self, node: FlowNode, document: Flow) -> Card:
        """A node as drawn. Never raises: a node that is wrong is drawn with what can be read of it."""
        typed = typed_node(node)
        kind, fields = typed.kind, typed.fields
        if kind is None:
            title = _short(node.label or node.kind or "Unknown")
            return Card(title, node.kind, "Structure", "unknown kind", ports=_wired(node.out), known=False)
        title, family = _short(node.label or kind.title), kind.family.value
        if fields is None:
            return Card(title, kind.id, family, ports=_wired(node.out), enters=kind.enters)
        locale = document.locales[0] if document.locales else ""
        ports = tuple(
            CardPort(port.id, _short(port.label), _short(port.saves), port.rare, port.cls.failure)
            for port in kind.ports(fields, document)
        )
        known = frozenset(port.id for port in ports)
        return Card(
            title,
            kind.id,
            family,
            _short(described(node, lambda: kind.badge(fields))),
            described(node, lambda: kind.words(fields, locale))[:LONGEST_WORDS],
            family in SPEAKING or (kind.listens and kind.family is Family.POLICY),
            (*ports, *_wired(port for port in node.out if port not in known)),
            kind.enters,
        )

    def kinds(self) -> tuple[KindCard, ...]:
        """Every kind, in the order of families."""
        return tuple(
            KindCard(kind.id, kind.title, kind.family.value, kind.summary, kind.enters, _way_on(kind))
            for kind in all_kinds().values()
        )

    def fresh(self, kind: str, label: str = "") -> FlowNode:
        """A new node of a kind with a fresh id; its fields are the kind's defaults."""
        known = kind_of(kind)
        return FlowNode(new_node_id(), kind, label or (known.title if known else kind))


def _way_on(kind: Kind[Any]) -> str:
    if kind.ends:
        return ""
    try:
        ports = kind.ports(kind.structure(), Flow())
    except TypeError:
        return ""
    return ports[0].id if ports else ""


def _wired(ports: Iterable[str]) -> tuple[CardPort, ...]:
    """Ports known only from the wires that leave them."""
    return tuple(CardPort(port, _short(port), failure=True) for port in sorted(ports))


def _short(text: str) -> str:
    """A name on one line, as long as anyone could read on a card."""
    return " ".join(text[:LONGEST_NAME].replace("\0", " ").split())


def described(node: FlowNode, words: Callable[[], str]) -> str:
    """What a kind says of itself; nothing, and a word in the log, when its fields make no sense together."""
    try:
        return words()
    except Exception as error:
        log.warning("%s (%s) cannot be described: %r", node.id, node.kind, error)
        return ""
