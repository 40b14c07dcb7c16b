"""Embeddings: places in a space where texts that mean the same lie close to each other."""

from engine.providers.embeddings.contract import EmbeddingModel, Vectors
from engine.providers.embeddings.registry import build_embeddings

__all__ = ["EmbeddingModel", "Vectors", "build_embeddings"]
