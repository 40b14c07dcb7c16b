"""From the settings to a chain of language models."""

from collections.abc import Callable

from pydantic import SecretStr

from engine.providers.llm.chain import FallbackLanguageModel
from engine.providers.llm.contract import LanguageModel
from engine.providers.llm.link import ModelLink
from engine.providers.registry import Health
from server.settings import Settings, SettingsError

NAMES = ("openai", "anthropic", "gemini", "compatible")
"""In the order they are tried when nobody says otherwise."""


def language_model(settings: Settings, health: Health) -> FallbackLanguageModel | None:
    """The models that are configured, as one; None when there is none. Raises `SettingsError` for a name there is
    not, and for one without its key or address."""
    makers = _makers(settings)
    names = settings.language_models or tuple(name for name in NAMES if name in makers)
    links = []
    for name in names:
        if name not in NAMES:
            raise SettingsError(
                f"PARLEY_LANGUAGE_MODELS: there is no {name!r}. There are: {', '.join(NAMES)}."
            )
        if name not in makers:
            lacking = (
                "its address: PARLEY_COMPATIBLE_URL"
                if name == "compatible"
                else f"PARLEY_{name.upper()}_API_KEY"
            )
            raise SettingsError(f"PARLEY_LANGUAGE_MODELS: {name!r} needs {lacking}, or leave it out.")
        model = makers[name]()
        links.append(ModelLink(model, health.watch("model", model.name, model.model, "")))
    return FallbackLanguageModel(links) if links else None


def _makers(settings: Settings) -> dict[str, Callable[[], LanguageModel]]:
    """Those that can be made. The vendors' libraries are imported by the first that is."""
    made: dict[str, Callable[[], LanguageModel]] = {}
    if settings.openai_api_key is not None:
        made["openai"] = lambda: _openai(settings)
    if settings.anthropic_api_key is not None:
        made["anthropic"] = lambda: _anthropic(settings)
    if settings.gemini_api_key is not None:
        made["gemini"] = lambda: _gemini(settings)
    if settings.compatible_url:
        made["compatible"] = lambda: _compatible(settings)
    return made


def _key(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret is not None else ""


def _openai(settings: Settings) -> LanguageModel:
    from engine.providers.llm.openai import OpenAiResponses
    from engine.providers.llm.openai_chat import OpenAiChat

    kind = OpenAiChat if settings.openai_api == "chat" else OpenAiResponses
    return kind(_key(settings.openai_api_key), settings.openai_model, settings.openai_url)


def _anthropic(settings: Settings) -> LanguageModel:
    from engine.providers.llm.anthropic import Anthropic

    return Anthropic(_key(settings.anthropic_api_key), settings.anthropic_model, settings.anthropic_url)


def _gemini(settings: Settings) -> LanguageModel:
    from engine.providers.llm.gemini import Gemini

    return Gemini(_key(settings.gemini_api_key), settings.gemini_model, settings.gemini_url)


def _compatible(settings: Settings) -> LanguageModel:
    from engine.providers.llm.compatible import Compatible

    return Compatible(
        _key(settings.compatible_api_key),
        settings.compatible_model,
        settings.compatible_url,
        dialect=settings.compatible_dialect,
    )
