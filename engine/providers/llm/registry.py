"""From names in the settings to chains of language models."""

import random
from collections.abc import Callable, Mapping, Sequence

import msgspec

from engine.providers.llm.chain import FallbackLanguageModel
from engine.providers.llm.compatible import dialects
from engine.providers.llm.contract import LanguageModel
from engine.providers.llm.link import ModelLink
from engine.providers.registry import Health, ProviderConfig

DIALECTS = ("compatible", "ollama", "vllm", "llamacpp", "azure")


class ModelFacts(msgspec.Struct, frozen=True):
    """What a provider answers with when nobody names a model. ``keyed``: it needs a key; ``placed``: an address, and
    the name of a model."""

    model: str
    keyed: bool = True
    placed: bool = False


class ModelConfig(msgspec.Struct, frozen=True):
    """A provider's settings, with what only language models have: see `VendorModel`."""

    provider: ProviderConfig = ProviderConfig()
    window: int = 0
    effort: str = ""

    @property
    def key(self) -> str:
        """May be empty for a server of one's own."""
        return self.provider.api_key


def facts() -> dict[str, ModelFacts]:
    """All providers, in the order in which they are tried when nobody says otherwise."""
    return {
        "openai": ModelFacts("gpt-5.4-mini"),
        "openai-chat": ModelFacts("gpt-5.4-mini"),
        "anthropic": ModelFacts("claude-haiku-4-5"),
        "gemini": ModelFacts("gemini-3.5-flash"),
        **{
            name: ModelFacts("", keyed=name == "azure", placed=not dialects()[_dialect(name)].url)
            for name in DIALECTS
        },
    }


def build_model(name: str, config: ModelConfig) -> LanguageModel:
    """One model. Raises ``ValueError`` that says what there is, or what is missing."""
    known = facts()
    if name not in known:
        raise ValueError(f"There is no language model {name!r}. There are: {', '.join(known)}.")
    about, place = known[name], config.provider
    if about.keyed and not place.api_key:
        raise ValueError(f"The language model {name!r} needs a key, or leave it out.")
    if not (place.model or about.model):
        raise ValueError(f"The language model {name!r} needs the name of a model, like llama3.1.")
    model = place.model or about.model
    return _made(name, config, model)


def _made(name: str, config: ModelConfig, model: str) -> LanguageModel:
    # Each is imported when it is used: the packages are heavy, and two of them are extras.
    key, url = config.provider.api_key, config.provider.url
    if name == "openai":
        from engine.providers.llm.openai import OpenAiResponses

        return OpenAiResponses(key, model, url, window=config.window, effort=config.effort)
    if name == "openai-chat":
        from engine.providers.llm.openai_chat import OpenAiChat

        return OpenAiChat(key, model, url, window=config.window, effort=config.effort)
    if name == "anthropic":
        from engine.providers.llm.anthropic import Anthropic

        return Anthropic(key, model, url, window=config.window, effort=config.effort)
    if name == "gemini":
        from engine.providers.llm.gemini import Gemini

        return Gemini(key, model, url, window=config.window, effort=config.effort)
    from engine.providers.llm.compatible import Compatible

    return Compatible(key, model, url, dialect=_dialect(name), window=config.window, effort=config.effort)


def _dialect(name: str) -> str:
    return "any" if name == "compatible" else name


def chosen(names: Sequence[str], configs: Mapping[str, ModelConfig]) -> tuple[str, ...]:
    """The names; without any, those with a key or an address, ``openai-chat`` only when it is named."""
    if names:
        return tuple(dict.fromkeys(names))
    given = {name: config.provider for name, config in configs.items()}
    return tuple(
        name
        for name in facts()
        if name != "openai-chat" and name in given and (given[name].api_key or given[name].url)
    )


def build_language_model(
    names: Sequence[str],
    configs: Mapping[str, ModelConfig],
    *,
    health: Health,
    organization: str = "",
    chance: Callable[[], float] = random.random,
) -> FallbackLanguageModel:
    """A chain of models, in the order of the names. Raises ``ValueError`` for a name there is not, and when there is
    none at all."""
    links = []
    for name in chosen(names, configs):
        model = build_model(name, configs.get(name, ModelConfig()))
        links.append(ModelLink(model, health.watch("model", model.name, model.model, organization)))
    if not links:
        raise ValueError(
            "No language model is set up. Give a key of OpenAI, Anthropic or Google, or the address of a server that "
            "speaks OpenAI's API, like Ollama's http://127.0.0.1:11434/v1."
        )
    return FallbackLanguageModel(links, chance)
