"""The vectors of a base in memory, and which of them a scope may see.

Numbers of chunks are int64 and sorted, so that a scope is found in them by halving.
"""

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

CACHE = 256 * 1024 * 1024
"""Bytes of vectors kept; a server with more knowledge reads some of it again."""
SCOPES = 16
"""Scopes remembered for each base."""


class Matrix:
    """``ids`` are the chunks, each with one vector or several: its nearest one counts."""

    def __init__(self, ids: Sequence[int], vectors: Sequence[bytes], dimensions: int) -> None:
        import numpy as np

        self.ids: NDArray[Any] = np.asarray(ids, np.int64)
        self.rows = np.frombuffer(b"".join(vectors), "<f4").reshape(-1, dimensions)
        counts = np.asarray([len(vector) // (4 * dimensions) for vector in vectors], np.int64)
        self._starts = np.cumsum(counts) - counts
        self._places: OrderedDict[Hashable, NDArray[Any]] = OrderedDict()

    @property
    def size(self) -> int:
        """Bytes."""
        return int(self.rows.nbytes + self.ids.nbytes)

    def nearest(
        self, question: "NDArray[Any]", members: "NDArray[Any]", scope: Hashable, count: int
    ) -> list[tuple[int, float]]:
        """The chunks among ``members`` (sorted numbers) nearest to the question, with their cosines, best first.

        ``scope`` names the members, so that their places are looked up once.
        """
        import numpy as np

        places = self._where(members, scope)
        if not len(places):
            return []
        cosines = self._cosines(question)
        if len(places) < len(self.ids):
            cosines = cosines[places]
        best = np.argpartition(-cosines, count)[:count] if count < len(cosines) else np.arange(len(cosines))
        best = best[np.argsort(-cosines[best], kind="stable")]
        return [(int(self.ids[places[at]]), float(cosines[at])) for at in best]

    def cosines(self, question: "NDArray[Any]", chunk_ids: Sequence[int]) -> dict[int, float]:
        """The cosines of these chunks, of those that have a vector here."""
        import numpy as np

        wanted = np.asarray(chunk_ids, np.int64)
        if not len(self.ids) or not len(wanted):
            return {}
        places = np.minimum(np.searchsorted(self.ids, wanted), len(self.ids) - 1)
        ends = np.append(self._starts[1:], len(self.rows))
        return {
            int(self.ids[place]): float((self.rows[self._starts[place] : ends[place]] @ question).max())
            for place in places[self.ids[places] == wanted]
        }

    def _cosines(self, question: "NDArray[Any]") -> "NDArray[Any]":
        """Of every chunk."""
        import numpy as np

        found: NDArray[Any] = self.rows @ question
        return np.maximum.reduceat(found, self._starts) if len(found) > len(self.ids) else found

    def _where(self, members: "NDArray[Any]", scope: Hashable) -> "NDArray[Any]":
        import numpy as np

        found = self._places.get(scope)
        if found is None:
            found = np.nonzero(np.isin(self.ids, members, assume_unique=True))[0]
            self._places[scope] = found
            while len(self._places) > SCOPES:
                self._places.popitem(last=False)
        self._places.move_to_end(scope)
        return found


class Shelf:
    """The matrices that were asked for last."""

    def __init__(self, most: int = CACHE) -> None:
        self.most = most
        self._kept: OrderedDict[str, tuple[Hashable, Matrix]] = OrderedDict()

    def get(self, base_id: str, state: Hashable) -> Matrix | None:
        """The base's matrix, if it is of this state."""
        found = self._kept.get(base_id)
        if found is None or found[0] != state:
            return None
        self._kept.move_to_end(base_id)
        return found[1]

    def put(self, base_id: str, state: Hashable, matrix: Matrix) -> None:
        """Keep a matrix; the oldest make room."""
        self._kept[base_id] = (state, matrix)
        self._kept.move_to_end(base_id)
        while len(self._kept) > 1 and sum(kept.size for _, kept in self._kept.values()) > self.most:
            self._kept.popitem(last=False)

    def forget(self, base_id: str) -> None:
        """The base changed, or is gone."""
        self._kept.pop(base_id, None)
