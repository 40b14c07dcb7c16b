"""Settings: from the environment (``PARLEY_...``), from ``.env``, and for secrets from files
(``PARLEY_..._FILE``)."""

import os
from pathlib import Path
from typing import Annotated, Any, Literal, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from server.kit.crypto import Keys, load_secret
from server.kit.http_guard import parse_endpoint
from server.kit.origin import parse_origin

PREFIX = "PARLEY_"


class SettingsError(Exception):
    """Some settings are wrong; the message names each, and says why."""


class Settings(BaseSettings):
    """Everything an operator can set. Times are seconds, sizes bytes, unless the name says otherwise."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", extra="ignore", frozen=True)

    http_host: str = Field("127.0.0.1", min_length=1, description="The address to listen at.")
    http_port: int = Field(8080, ge=0, le=65535, description="The port; 0 takes a free one.")
    data: Path = Field(
        Path("data"), description="The folder for the database, the secret and the owner token."
    )
    public_url: str = Field("", description="How people reach this server, when a proxy stands before it.")
    trusted_proxies: str = Field("", description="Addresses whose X-Forwarded-For is believed, by comma.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="How much is logged.")
    log_format: Literal["json", "console"] = Field(
        "json", description="`json` for machines, `console` for people."
    )
    time_zone: str = Field(
        "", description="Where talks take place, like Europe/Rome; the machine's own when unset."
    )
    secret_key: SecretStr | None = Field(
        None, description="At least 32 letters; made in the data folder when unset."
    )

    rest_limit: int = Field(
        100, ge=0, description="Requests per address and window without a token; 0 for no limit."
    )
    token_limit: int = Field(10_000, ge=0, description="Requests per token and window; 0 for no limit.")
    limit_window: int = Field(900, ge=1, description="The window of both.")
    body_limit: int = Field(1024 * 1024, ge=1024, description="Bytes a request's body may have.")
    flow_limit: int = Field(32 * 1024 * 1024, ge=1024, description="Bodies that hold a flow.")

    socket_rate: float = Field(5, ge=0, description="Messages per second on one socket; 0 for no limit.")
    socket_burst: int = Field(10, ge=1, description="Messages that may come at once on one socket.")
    socket_frame: int = Field(32 * 1024, ge=1024, description="Bytes in one frame.")
    socket_text: int = Field(4000, ge=1, description="Letters in one message.")
    socket_handshake: float = Field(5, gt=0, description="Seconds a new socket has to say who it is.")
    socket_idle: float = Field(
        600,
        gt=0,
        description="Seconds without a word after which a socket is closed; the visitor may come back.",
    )
    socket_queue: int = Field(256, ge=8, description="Frames that may wait for a slow reader.")
    sockets_per_address: int = Field(100, ge=1)
    sockets: int = Field(5000, ge=1, description="Open sockets in all.")
    token_life: int = Field(600, ge=10, description="How long a visitor's socket token is good for.")

    event_queue: int = Field(4096, ge=16, description="Turns that may wait to be written.")
    lease: float = Field(10, ge=1, description="How long a session belongs to a silent process.")
    session_rest: float = Field(
        120, ge=0, description="How long a session stays in memory once nobody is connected."
    )
    session_life: int = Field(86_400, ge=60, description="How long a session without a word stays open.")

    voice: bool = Field(True, description="Hold voice: start the worker that carries sound.")
    phone: bool = Field(True, description="Hold telephone calls: that worker speaks SIP as well.")
    sip_host: str = Field("0.0.0.0", min_length=1, description="The address SIP and RTP are bound to.")  # noqa: S104
    sip_port: int = Field(5060, ge=0, le=65535, description="The SIP port (UDP); 0 takes a free one.")
    sip_public_host: str = Field(
        "", description="The address callers reach this machine at, when it is not one of its own."
    )
    rtp_ports: str = Field("20000-20999", description="UDP ports for the sound of calls, first-last.")
    calls: int = Field(50, ge=1, description="Telephone calls at once; more are told to try again.")
    invite_rate: float = Field(
        10, ge=0, description="Calls per second one address may begin; 0 for no limit, more get no line."
    )
    invite_burst: int = Field(50, ge=1, description="Calls one address may begin at once.")
    media_timeout: float = Field(
        16, ge=1, description="Seconds without sound after which a telephone call is over."
    )
    seats: int = Field(15, ge=1, description="Lines one worker process holds at once.")
    drain: float = Field(60, ge=0, description="Seconds live calls get to end when a worker stops.")
    server_url: str = Field("", description="Where a worker finds the server, like https://talk.example.")
    worker_token: SecretStr | None = Field(
        None, description="What a worker shows the server; `parley token --worker` prints it."
    )
    worker_health_port: int = Field(0, ge=0, le=65535, description="Health of `parley worker`; 0 for none.")
    agent_name: str = Field("parley", min_length=1, description="What workers register at LiveKit as.")

    livekit_url: str = Field("", description="The LiveKit server, like ws://127.0.0.1:7880; none when unset.")
    livekit_public_url: str = Field("", description="The same as browsers reach it, when that differs.")
    livekit_api_key: str = Field("", description="The key this server signs LiveKit tokens with.")
    livekit_api_secret: SecretStr | None = Field(None, description="The secret of that key.")
    livekit_sip_uri: str = Field("", description="Where LiveKit SIP takes calls, when one runs.")

    speech_to_text: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Recognisers in the order they are tried; those with a key, then `local`, when unset."
    )
    text_to_speech: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Voices in the order they are tried; those with a key, then `local`, when unset."
    )
    deepgram_api_key: SecretStr | None = Field(None, description="The key for Deepgram.")
    deepgram_url: str = Field("", description="Another address of Deepgram (self-hosted, a region).")
    deepgram_model: str = Field("nova-3", description="A Nova or a Flux model.")
    openai_api_key: SecretStr | None = Field(None, description="The key for OpenAI.")
    openai_url: str = Field("", description="Another address that speaks OpenAI's API.")
    cartesia_api_key: SecretStr | None = Field(None, description="The key for Cartesia.")
    cartesia_url: str = Field("", description="Another address of Cartesia.")
    local_voice: str = Field("en-us", description="The voice of espeak-ng.")
    language_models: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Language models in the order they are tried: openai, openai-chat, anthropic, gemini, compatible, "
        "ollama, vllm, llamacpp, azure; those with a key or an address when unset.",
    )
    openai_model: str = Field("", description="The language model of OpenAI; a small one when unset.")
    anthropic_api_key: SecretStr | None = Field(None, description="The key for Anthropic.")
    anthropic_url: str = Field("", description="Another address of Anthropic.")
    anthropic_model: str = Field("", description="The language model of Anthropic; a small one when unset.")
    gemini_api_key: SecretStr | None = Field(None, description="The key for Gemini.")
    gemini_url: str = Field("", description="Another address of Gemini.")
    gemini_model: str = Field("", description="The language model of Gemini; a small one when unset.")
    compatible_url: str = Field(
        "",
        description="A server that speaks OpenAI's chat completions, like http://127.0.0.1:11434/v1 (Ollama, vLLM, "
        "llama.cpp, Azure).",
    )
    compatible_api_key: SecretStr | None = Field(None, description="Its key, when it wants one.")
    compatible_model: str = Field("", description="Its model; on Azure the deployment's name.")
    prices: Path | None = Field(None, description="A JSON file with prices of your own, over the table.")
    recordings_days: int = Field(
        90, ge=0, description="Days after which recordings are deleted; 0 keeps them."
    )

    embeddings: Literal["local", "openai"] = Field(
        "local", description="What makes vectors of knowledge; `local` is all-MiniLM-L6-v2."
    )
    embeddings_model: str = Field("", description="Another model of that provider.")
    knowledge_limit: int = Field(
        25 * 1024 * 1024, ge=1024, description="Bytes of a document, or of a page that is fetched."
    )
    knowledge_pages: int = Field(200, ge=1, description="Pages read of one sitemap.")
    knowledge_sources: int = Field(2000, ge=1, description="Sources of knowledge one organisation may have.")
    knowledge_bytes: int = Field(
        2 * 1024**3, ge=1024, description="Bytes of knowledge one organisation may have, as they came."
    )
    knowledge_index_url: SecretStr | None = Field(
        None,
        description="A PostgreSQL with pgvector in which knowledge is searched, like "
        "postgresql://parley:password@db.example/parley; it is searched in the server itself when unset.",
    )

    http_allow: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Private host:port pairs that flows may call, by comma."
    )
    demo: bool = Field(False, description="Serve the demo page, its small services, and the sample flows.")
    demo_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Further origins on which the sample agents may be embedded, by comma."
    )
    demo_service_url: str = Field(
        "", description="Where demo: addresses lead; this server itself when unset."
    )

    def keys(self) -> Keys:
        """The server's keys: of the secret that is set, else of the one in its folder, made at first."""
        if self.secret_key is not None:
            return Keys(self.secret_key.get_secret_value().encode())
        return Keys(load_secret(self.data / "secret"))

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is given beats the environment, which beats files, which beat ``.env``."""
        return init_settings, env_settings, FileVariants(settings_cls), dotenv_settings

    @model_validator(mode="before")
    @classmethod
    def _livekit(cls, values: dict[str, Any]) -> dict[str, Any]:
        """LiveKit's own names are understood where ours are not set."""
        for name in ("livekit_url", "livekit_api_key", "livekit_api_secret"):
            if name not in values and os.environ.get(name.upper()):
                values[name] = os.environ[name.upper()]
        return values

    @field_validator("rtp_ports")
    @classmethod
    def _ports(cls, value: str) -> str:
        first, _, last = value.partition("-")
        if not (first.isdecimal() and last.isdecimal() and 1024 <= int(first) < int(last) <= 65535):
            raise ValueError("must be first-last between 1024 and 65535, like 20000-20999")
        return value

    @field_validator(
        "http_allow", "demo_origins", "speech_to_text", "text_to_speech", "language_models", mode="before"
    )
    @classmethod
    def _by_comma(cls, value: Any) -> Any:
        return (
            tuple(part.strip() for part in value.split(",") if part.strip())
            if isinstance(value, str)
            else value
        )

    @field_validator("http_allow")
    @classmethod
    def _endpoints(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for text in value:
            parse_endpoint(text)
        return value

    @field_validator("demo_origins")
    @classmethod
    def _origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        parsed = [parse_origin(text) for text in value]
        if None in parsed:
            raise ValueError(
                f'"{value[parsed.index(None)]}" is no origin; write it like https://shop.example'
            )
        return tuple(o for o in parsed if o)

    @field_validator("public_url", "demo_service_url")
    @classmethod
    def _address(cls, value: str) -> str:
        if value and parse_origin(value.rstrip("/")) is None:
            raise ValueError("must be a scheme, a host and perhaps a port, like https://talk.example")
        return value.rstrip("/")

    @field_validator("time_zone")
    @classmethod
    def _zone(cls, value: str) -> str:
        try:
            if value:
                ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("is no time zone; write it like Europe/Rome") from None
        return value

    @field_validator("knowledge_index_url")
    @classmethod
    def _postgres(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None or not value.get_secret_value():
            return None
        if not value.get_secret_value().startswith(("postgresql://", "postgres://")):
            raise ValueError(
                "must begin with postgresql://, like postgresql://parley:password@db.example/parley"
            )
        return value

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < 32:
            raise ValueError("must be at least 32 letters long")
        return value


class FileVariants(PydanticBaseSettingsSource):
    """``PARLEY_X_FILE`` names a file that holds ``PARLEY_X``."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """The content of the field's file, if one is named."""
        path = os.environ.get(f"{PREFIX}{field_name.upper()}_FILE", "")
        if not path:
            return None, field_name, False
        try:
            return Path(path).read_text("utf-8").strip(), field_name, False
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"{PREFIX}{field_name.upper()}_FILE: cannot read {path}: {error}.") from error

    def __call__(self) -> dict[str, Any]:
        """Every field that has a file."""
        values = {
            name: self.get_field_value(field, name)[0]
            for name, field in self.settings_cls.model_fields.items()
        }
        return {name: value for name, value in values.items() if value is not None}


def load_settings(**given: Any) -> Settings:
    """Read the settings; raises `SettingsError` with one line for each wrong one."""
    try:
        return Settings(**given)
    except ValidationError as error:
        lines = []
        for problem in error.errors():
            name = PREFIX + "_".join(str(part) for part in problem["loc"][:1]).upper()
            field = Settings.model_fields.get(str(problem["loc"][0])) if problem["loc"] else None
            hidden = "secret" in name.lower() or (field and SecretStr in get_args(field.annotation))
            shown = "" if hidden else f" (it is {problem.get('input')!r})"
            lines.append(f"{name}: {problem['msg'].removeprefix('Value error, ')}{shown}.")
        raise SettingsError("\n".join(lines)) from error
