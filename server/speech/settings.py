"""How an agent hears and speaks: part of its settings, and of each release made with them."""

from typing import Annotated, TypeVar

import msgspec
from pydantic import BaseModel, ConfigDict, Field, field_validator

from engine.providers.registry import recognisers, speakers
from server.workers.wire import Tongue

SLOWEST, FASTEST = 50, 200
T = TypeVar("T", list[str], dict[str, str])
Order = Annotated[list[str], Field(max_length=8)]
VoiceId = Annotated[str, Field(max_length=100, pattern=r"^[\w .:+/-]*$")]
Sentence = Annotated[str, Field(min_length=1, max_length=500)]
Locale = Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]


class SpeechSettings(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an agent says about speech; empty means: as the server is set. ``voices`` are by provider, so that the
    one that takes over has a voice of the agent's choice too; ``languages`` are what is different in a language
    (``it``) or a locale (``it-IT``). ``standby`` is what is said, by language or locale, where a model should have
    spoken and none answers; ``remembers``: rather what was answered to just the same before. ``thinks_ahead``: models
    are asked before it is sure that a caller has finished."""

    speech_to_text: tuple[str, ...] = ()
    text_to_speech: tuple[str, ...] = ()
    voices: dict[str, str] = {}
    speed: int = 100
    languages: dict[str, Tongue] = {}
    resumes: bool = True
    standby: dict[str, str] = {}
    remembers: bool = False
    thinks_ahead: bool = True


_decoder = msgspec.json.Decoder(SpeechSettings)


def read_speech(text: str) -> SpeechSettings:
    """From what is stored."""
    return _decoder.decode(text)


class LanguageBody(BaseModel):
    """What is different in a language."""

    model_config = ConfigDict(extra="forbid")
    voices: dict[str, VoiceId] = {}
    speed: Annotated[int, Field(ge=SLOWEST, le=FASTEST)] | None = Field(None, description="Per cent.")

    @field_validator("voices")
    @classmethod
    def _known(cls, value: dict[str, str]) -> dict[str, str]:
        return _named(value, "speak with", tuple(speakers()))


class SpeechBody(BaseModel):
    """How an agent hears and speaks; what is left out is as the server is set. The next release has it."""

    model_config = ConfigDict(extra="forbid")
    speech_to_text: Order = Field([], description="Recognisers in the order they are tried.")
    text_to_speech: Order = Field([], description="Voices in the order they are tried.")
    voices: dict[str, VoiceId] = Field({}, description="Who speaks, by provider: `GET /voices` lists them.")
    speed: Annotated[int, Field(ge=SLOWEST, le=FASTEST, description="Per cent.")] = 100
    languages: dict[Locale, LanguageBody] = Field({}, description="What is different in `it`, or in `it-IT`.")
    resumes: bool = Field(True, description="What mere noise has paused is spoken to its end.")
    standby: dict[Locale, Sentence] = Field(
        {},
        description="What is said in `en`, or in `en-US`, where a model should have spoken and none answers. Without "
        "it, and for questions to the knowledge, the node is left through `failed`.",
    )
    remembers: bool = Field(
        False,
        description="When no model answers, say what one answered to exactly the same before, if one did.",
    )
    thinks_ahead: bool = Field(
        True,
        description="Ask models while a caller may still go on, so that the answer is there when she does not; what "
        "was asked in vain is paid for.",
    )

    @field_validator("speech_to_text")
    @classmethod
    def _hear(cls, value: list[str]) -> list[str]:
        return _named(value, "hear with", tuple(recognisers()))

    @field_validator("text_to_speech")
    @classmethod
    def _speak(cls, value: list[str]) -> list[str]:
        return _named(value, "speak with", tuple(speakers()))

    @field_validator("voices")
    @classmethod
    def _known(cls, value: dict[str, str]) -> dict[str, str]:
        return _named(value, "speak with", tuple(speakers()))

    def stored(self) -> str:
        """As it is kept."""
        tongues = {key: Tongue(body.voices, body.speed or 0) for key, body in sorted(self.languages.items())}
        settings = SpeechSettings(
            tuple(dict.fromkeys(self.speech_to_text)),
            tuple(dict.fromkeys(self.text_to_speech)),
            dict(sorted(self.voices.items())),
            self.speed,
            tongues,
            self.resumes,
            dict(sorted(self.standby.items())),
            self.remembers,
            self.thinks_ahead,
        )
        return msgspec.json.encode(settings).decode()


def speech_body(text: str) -> SpeechBody:
    """As the API shows it."""
    settings = read_speech(text)
    languages = {
        key: LanguageBody(voices=tongue.voices, speed=tongue.speed or None)
        for key, tongue in settings.languages.items()
    }
    return SpeechBody(
        speech_to_text=list(settings.speech_to_text),
        text_to_speech=list(settings.text_to_speech),
        voices=settings.voices,
        speed=settings.speed,
        languages=languages,
        resumes=settings.resumes,
        standby=settings.standby,
        remembers=settings.remembers,
        thinks_ahead=settings.thinks_ahead,
    )


def _named(value: T, what: str, known: tuple[str, ...]) -> T:
    for name in value:
        if name not in known:
            raise ValueError(f"there is nothing to {what} called {name!r}; there are: {', '.join(known)}")
    return value
