"""A BERT encoder with mean pooling, forward only: all-MiniLM-L6-v2 without any framework.

What it computes is the published model's to within 1e-6. Attention as in Vaswani et al., 2017; norms come after each
part, as in Devlin et al., 2019.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from engine.providers.embeddings.contract import Vectors, unit

HEAD = 32
"""Numbers in a head."""
EPSILON = 1e-12
FAR = np.float32(-1e9)
"""What is added to the score of padding."""
ROOT_HALF = np.float32(0.7071067811865476)
ERF = (0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429)
ERF_P = 0.3275911
BLOCK = 1 << 16
"""Numbers whose GELU is computed at once: a block stays in the cache."""


class Layer:
    """One layer's weights, laid out for the products they are used in."""

    def __init__(self, weights: Mapping[str, Vectors], prefix: str) -> None:
        def get(name: str) -> Vectors:
            return np.asarray(weights[prefix + name])

        parts = ("query", "key", "value")
        self.qkv = _turned(np.concatenate([get(f"attention.self.{p}.weight") for p in parts]))
        self.qkv_bias = np.concatenate([get(f"attention.self.{p}.bias") for p in parts])
        self.out, self.out_bias = (
            _turned(get("attention.output.dense.weight")),
            get("attention.output.dense.bias"),
        )
        self.norm = get("attention.output.LayerNorm.weight"), get("attention.output.LayerNorm.bias")
        self.wide, self.wide_bias = _turned(get("intermediate.dense.weight")), get("intermediate.dense.bias")
        self.narrow, self.narrow_bias = _turned(get("output.dense.weight")), get("output.dense.bias")
        self.last_norm = get("output.LayerNorm.weight"), get("output.LayerNorm.bias")

    def forward(self, x: Vectors, far: Vectors) -> Vectors:
        """``x`` and the answer are (texts, tokens, width); ``far`` is added to the scores."""
        texts, tokens, width = x.shape
        heads = width // HEAD
        flat: Vectors = x.reshape(-1, width)
        split: Vectors = (flat @ self.qkv + self.qkv_bias).reshape(texts, tokens, 3, heads, HEAD)
        query, key, value = split.transpose(2, 0, 3, 1, 4)
        scores: Vectors = query @ key.swapaxes(-1, -2)
        scores *= np.float32(HEAD**-0.5)
        scores += far
        scores -= scores.max(-1, keepdims=True)
        np.exp(scores, out=scores)
        scores /= scores.sum(-1, keepdims=True)
        heard: Vectors = (scores @ value).transpose(0, 2, 1, 3).reshape(-1, width)
        flat = _normal(heard @ self.out + self.out_bias + flat, self.norm)
        wide: Vectors = flat @ self.wide
        wide += self.wide_bias
        _gelu(wide)
        narrow: Vectors = wide @ self.narrow
        narrow += self.narrow_bias
        narrow += flat
        return _normal(narrow, self.last_norm).reshape(x.shape)


class Encoder:
    """The model. Raises ``KeyError`` when weights are missing."""

    def __init__(self, weights: Mapping[str, Vectors]) -> None:
        weights = {name.removeprefix("bert."): value for name, value in weights.items()}
        self.words = weights["embeddings.word_embeddings.weight"]
        places = weights["embeddings.position_embeddings.weight"]
        self.places = places + weights["embeddings.token_type_embeddings.weight"][0]
        self.norm = weights["embeddings.LayerNorm.weight"], weights["embeddings.LayerNorm.bias"]
        count = len({name.split(".")[2] for name in weights if name.startswith("encoder.layer.")})
        self.layers = [Layer(weights, f"encoder.layer.{number}.") for number in range(count)]

    @property
    def dimensions(self) -> int:
        """Numbers in a vector."""
        return int(self.words.shape[1])

    def encode(self, tokens: NDArray[np.int64], mask: NDArray[np.float32]) -> Vectors:
        """A vector of length 1 for each row of ``tokens``, both (texts, tokens); ``mask`` is 0 at padding."""
        x = self.words[tokens] + self.places[: tokens.shape[1]]
        x = _normal(x.reshape(-1, self.dimensions), self.norm).reshape(x.shape)
        far = (1 - mask)[:, None, None, :] * FAR
        for layer in self.layers:
            x = layer.forward(x, far)
        kept = (x * mask[..., None]).sum(1)
        return unit(kept / np.maximum(mask.sum(1, keepdims=True), 1e-9))


def _turned(matrix: Vectors) -> Vectors:
    return np.ascontiguousarray(matrix.T)


def _normal(x: Vectors, weights: tuple[Vectors, Vectors]) -> Vectors:
    x = x - x.mean(-1, keepdims=True)
    x /= np.sqrt(np.square(x).mean(-1, keepdims=True) + np.float32(EPSILON))
    x *= weights[0]
    x += weights[1]
    return x


def _gelu(x: Vectors) -> None:
    """x/2 (1 + erf(x/√2)), in place; erf by Abramowitz and Stegun 7.1.26, within 1.5e-7."""
    flat = x.reshape(-1)
    for start in range(0, flat.size, BLOCK):
        part = flat[start : start + BLOCK]
        scaled = part * ROOT_HALF
        size = np.abs(scaled)
        t = 1 / (1 + np.float32(ERF_P) * size)
        sum_ = np.full_like(t, ERF[-1])
        for factor in ERF[-2::-1]:
            sum_ *= t
            sum_ += np.float32(factor)
        sum_ *= t
        np.square(size, out=size)
        np.negative(size, out=size)
        np.exp(size, out=size)
        sum_ *= size
        error = np.copysign(1 - sum_, scaled)
        part *= (1 + error) * np.float32(0.5)
