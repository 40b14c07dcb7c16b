"""The port of search indexes: which chunks of a base mean what a question means, and which hold its words.

An index is derived from the chunks in the control plane's database, and can be made anew from them at any time.
"""

from typing import Any, NamedTuple, Protocol


class Place(NamedTuple):
    """One base as a scope sees it. ``state`` changes whenever the base's chunks do; ``members`` are the numbers of the
    chunks that the scope sees: an array of int64, sorted; ``scope`` names them."""

    organization_id: str
    base_id: str
    state: str
    members: Any
    scope: str


class Question(NamedTuple):
    """What is looked for. ``vector`` is of float32 and length 1, None without a model; ``model`` is the label under
    which vectors that can be compared with it are kept."""

    words: tuple[str, ...]
    vector: Any
    model: str


class Found(NamedTuple):
    """Numbers of chunks, best first: ``near`` by meaning, ``said`` by words. ``cosines`` are of all of them that have a
    vector; of several the nearest counts."""

    near: list[int]
    said: list[int]
    cosines: dict[int, float]


class IndexAway(Exception):
    """The index cannot be asked now; the message says what to do."""


class IndexBehind(Exception):
    """The index does not hold yet what the place sees."""


class SearchIndex(Protocol):
    """Searches one place at a time."""

    async def search(self, place: Place, question: Question, count: int) -> Found:
        """The best ``count`` chunks of the place by each ranking. Raises `IndexAway` and `IndexBehind`."""
        ...

    async def follow(self, organization_id: str, base_id: str) -> None:
        """The base's chunks changed, or it is gone: take that in. Raises `IndexAway`."""
        ...
