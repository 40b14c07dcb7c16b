"""Which embedding models there are, and which is taken."""

from collections.abc import Mapping

from engine.providers.embeddings.contract import EmbeddingModel
from engine.providers.registry import ProviderConfig

NAMES = ("local", "openai")


def build_embeddings(name: str, configs: Mapping[str, ProviderConfig]) -> EmbeddingModel:
    """The model with this name; ``local`` when it is empty. Raises ``ValueError`` for a name there is not.

    There is no falling back from one to another: their vectors cannot be compared.
    """
    config = configs.get(name, ProviderConfig())
    if name in ("", "local"):
        from engine.providers.embeddings.local import LocalEmbeddings

        return LocalEmbeddings()
    if name == "openai":
        from engine.providers.embeddings.openai import OpenAiEmbeddings

        return OpenAiEmbeddings(config.api_key, config.model, config.url)
    raise ValueError(f'"{name}" makes no embeddings; there are {", ".join(NAMES)}.')
