"""Trunks, numbers and calls, as the API takes and shows them."""

import ipaddress
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

Short = Annotated[str, Field(max_length=200)]


def _network(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text, strict=False))
    except ValueError:
        raise ValueError("write an address or a network, like 203.0.113.7 or 203.0.113.0/24") from None


def _header(text: str) -> str:
    if not text.isascii() or any(c in text for c in "\r\n\0"):
        raise ValueError("a header holds printable ASCII letters only")
    return text


def _host(text: str) -> str:
    if any(c.isspace() or c in "<>;,\"'" for c in text):
        raise ValueError("write a host and perhaps a port, like sip.example.com:5060")
    return text


Network = Annotated[str, AfterValidator(_network)]
Header = Annotated[str, Field(max_length=200), AfterValidator(_header)]
Host = Annotated[str, Field(max_length=200), AfterValidator(_host)]


class Strict(BaseModel):
    """Unknown names are refused."""

    model_config = ConfigDict(extra="forbid")


class TrunkFields(Strict):
    """A line to a provider or a PBX.

    ``address`` is its proxy (host, perhaps a port); ``domain`` its realm's host where that differs.
    ``allowed`` are addresses that may call in beside its own; ``challenge`` asks them for the password.
    ``register`` keeps a registration there (``expires`` seconds). A password is never shown again. ``way`` is who
    carries its calls: Parley's own ``edge``, or LiveKit SIP (``livekit``), which does not register.
    """

    name: Annotated[str, Field(min_length=1, max_length=100)]
    address: Host = ""
    domain: Host = ""
    username: Short = ""
    password: Short = ""
    caller_id: Short = ""
    allowed: Annotated[list[Network], Field(max_length=100)] = []
    challenge: bool = False
    register_: Annotated[bool, Field(alias="register")] = False
    expires: Annotated[int, Field(ge=60, le=86_400)] = 600
    headers: Annotated[dict[Header, Header], Field(max_length=20)] = {}
    way: Literal["edge", "livekit"] = "edge"
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class TrunkView(BaseModel):
    """A trunk as it is; ``registration`` says how it stands with its registrar."""

    id: str
    name: str
    address: str
    domain: str
    username: str
    has_password: bool
    caller_id: str
    allowed: list[str]
    challenge: bool
    register_: Annotated[bool, Field(alias="register")]
    expires: int
    headers: dict[str, str]
    way: str
    registration: str
    detail: str
    model_config = ConfigDict(populate_by_name=True)


class NumberFields(Strict):
    """A number (E.164, or an account name, or ``*`` for all) and the agent it reaches."""

    trunk_id: Short
    agent_id: Short
    number: Annotated[str, Field(min_length=1, max_length=100)]
    locale: Annotated[str, Field(max_length=35)] = ""
    recorded: bool = False
    longest_seconds: Annotated[int, Field(ge=10, le=86_400)] = 3600


class NumberView(NumberFields):
    """A number as it is."""

    id: str


class CallCreate(Strict):
    """Whom to call: a number, or a SIP address. Without a trunk, the one chosen last, else the first; ``direct``
    calls a SIP address without a provider."""

    agent_id: Short
    to: Annotated[str, Field(min_length=1, max_length=300), AfterValidator(_header)]
    trunk_id: Short = ""
    caller_id: Annotated[str, Field(max_length=100), AfterValidator(_header)] = ""
    ring_seconds: Annotated[int, Field(ge=5, le=300)] = 45
    longest_seconds: Annotated[int, Field(ge=10, le=86_400)] = 3600
    detect_machine: bool = False
    recorded: bool = False
    headers: Annotated[dict[Header, Header], Field(max_length=20)] = {}
    inputs: dict[str, Any] = {}


class CallView(BaseModel):
    """A call. ``reason``, ``words``, ``by`` and ``fault`` say how it ended, once it has."""

    id: str
    session_id: str
    agent_id: str
    trunk_id: str
    direction: Literal["in", "out"]
    caller: str
    callee: str
    state: str
    answered_by: str
    reason: str
    words: str
    by: str
    fault: str
    code: int
    started_at: str
    answered_at: str | None
    ended_at: str | None
    seconds: int
