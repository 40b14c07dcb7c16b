"""What the callers of a sub-flow need to know of it: as long as this is the same, they need not be looked at
again."""

from collections.abc import Mapping

import msgspec


class Summary(msgspec.Struct, frozen=True):
    """``exits`` are the exits it may return by, ``instant`` those it may reach without waiting for anything,
    ``stubborn`` those it may reach without anybody answering (so a caller who goes round by them retries).

    ``sure`` are, by exit, the variables that certainly have a value there. ``ends`` says that it may end the
    whole conversation; ``listens`` that it may wait for the other side. ``records`` says that it may begin to record
    the call before it asks, ``agreed`` are the exits it returns by only when consent was given inside.
    """

    exits: frozenset[str] = frozenset()
    instant: frozenset[str] = frozenset()
    stubborn: frozenset[str] = frozenset()
    sure: Mapping[str, frozenset[str]] = {}
    ends: bool = False
    listens: bool = False
    records: bool = False
    agreed: frozenset[str] = frozenset()


def hopeful(exits: tuple[str, ...]) -> Summary:
    """What is assumed of a sub-flow that calls itself, before it is known."""
    return Summary(frozenset(exits), frozenset(), frozenset(), {}, ends=True, listens=True)
