"""Every language model there is, each with a vendor on loopback or, for the written one, with none."""

from collections.abc import Callable
from typing import Any

from engine.providers.llm.anthropic import Anthropic
from engine.providers.llm.compatible import Compatible
from engine.providers.llm.contract import Function, Prompt, Said
from engine.providers.llm.gemini import Gemini
from engine.providers.llm.openai import OpenAiResponses
from engine.providers.llm.openai_chat import OpenAiChat
from tests.engine.providers.conftest import Case
from tests.engine.providers.emulators.anthropic_llm import AnthropicEmulator
from tests.engine.providers.emulators.emulator import Emulator
from tests.engine.providers.emulators.gemini_llm import GeminiEmulator
from tests.engine.providers.emulators.openai_llm import ChatEmulator, ResponsesEmulator

MODEL = "the-model"
BUDGET = 30_000
GREETING = Prompt((Said("system", "You are a hotel's receptionist."), Said("user", "Good morning.")))
BOOK = Function(
    "book",
    "Books a table.",
    {
        "type": "object",
        "properties": {"people": {"type": "integer", "minimum": 1}, "name": {"type": "string"}},
        "required": ["people"],
        "additionalProperties": False,
    },
)
FREE = Function("free", "Whether a table is free.")
SHAPE = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "nights": {"type": "integer"}},
    "required": ["city", "nights"],
    "additionalProperties": False,
}


def models(patience: float = 30) -> list[Case]:
    """Over each protocol. ``patience`` is in seconds; the emulators answer at once, or never."""
    made: dict[str, tuple[Callable[[str, str], Any], type[Emulator]]] = {
        "openai chat": (lambda key, url: OpenAiChat(key, MODEL, url, patience=patience), ChatEmulator),
        "openai responses": (
            lambda key, url: OpenAiResponses(key, MODEL, url, patience=patience),
            ResponsesEmulator,
        ),
        "compatible": (lambda key, url: Compatible(key, MODEL, url, patience=patience), ChatEmulator),
        "azure": (
            lambda key, url: Compatible(key, MODEL, url, dialect="azure", patience=patience),
            ChatEmulator,
        ),
        "anthropic": (lambda key, url: Anthropic(key, MODEL, url, patience=patience), AnthropicEmulator),
        "gemini": (lambda key, url: Gemini(key, MODEL, url, patience=patience), GeminiEmulator),
    }
    return [Case(name, make, vendor) for name, (make, vendor) in made.items()]
