"""From the settings to a chain of language models."""

from pydantic import SecretStr

from engine.providers.llm.chain import FallbackLanguageModel
from engine.providers.llm.registry import DIALECTS, ModelConfig, build_language_model, chosen
from engine.providers.registry import Health, ProviderConfig
from server.settings import Settings, SettingsError


def language_model(settings: Settings, health: Health) -> FallbackLanguageModel | None:
    """The models that are configured, as one; None when there is none. Raises `SettingsError` for a name there is
    not, and for one without its key, address or model."""
    configs = model_configs(settings)
    names = chosen(settings.language_models, configs)
    if not names:
        return None
    try:
        return build_language_model(names, configs, health=health)
    except ValueError as error:
        raise SettingsError(f"PARLEY_LANGUAGE_MODELS: {error}") from error


def model_configs(settings: Settings) -> dict[str, ModelConfig]:
    """How each is reached. A server of one's own is asked for under the name of what it is, or ``compatible``."""
    openai = _config(settings.openai_api_key, settings.openai_url, settings.openai_model)
    own = _config(settings.compatible_api_key, settings.compatible_url, settings.compatible_model)
    named = [name for name in settings.language_models if name in DIALECTS] or ["compatible"]
    return {
        "openai": openai,
        "openai-chat": openai,
        "anthropic": _config(settings.anthropic_api_key, settings.anthropic_url, settings.anthropic_model),
        "gemini": _config(settings.gemini_api_key, settings.gemini_url, settings.gemini_model),
        **dict.fromkeys(named, own),
    }


def _config(key: SecretStr | None, url: str, model: str) -> ModelConfig:
    return ModelConfig(ProviderConfig(key.get_secret_value() if key is not None else "", url, model))
