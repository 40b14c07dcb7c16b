"""What the API takes and says about agents."""

from typing import Annotated, Any

import msgspec
from pydantic import AfterValidator, BaseModel, Field

from server.agents.models import Agent
from server.kit.clock import iso
from server.kit.errors import ApiError, ErrorCode
from server.releases.schemas import ReleaseView
from server.speech.settings import SpeechBody, speech_body


def _printable(text: str) -> str:
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in text):
        raise ValueError("must have no control characters")
    return text.strip()


Name = Annotated[str, AfterValidator(_printable), Field(min_length=1, max_length=200)]
Description = Annotated[str, Field(max_length=5000)]


class AgentCreate(BaseModel):
    """A new agent."""

    name: Name
    description: Description = ""


class AgentUpdate(BaseModel):
    """What changes; the rest stays."""

    name: Name | None = None
    description: Description | None = None
    speech: SpeechBody | None = Field(None, description="How it hears and speaks, from the next release on.")


class AgentView(BaseModel):
    """An agent."""

    id: str
    public_id: str = Field(description="`data-agent-id` of the widget.")
    name: str
    description: str
    draft_revision: int
    speech: SpeechBody
    release: ReleaseView | None = Field(description="What new sessions run; none before the first publish.")
    created_at: str
    updated_at: str


class DraftView(BaseModel):
    """A draft. ``diagnostics`` say what could not be read and was kept as it is."""

    agent_id: str
    revision: int
    updated_at: str
    flow: dict[str, Any]
    layout: dict[str, Any]


class SavedView(BaseModel):
    """A draft was saved."""

    agent_id: str
    revision: int
    diagnostics: list[dict[str, Any]]


class CheckView(BaseModel):
    """What the compiler finds; ``errors`` of them forbid publishing."""

    errors: int
    findings: list[dict[str, Any]]
    program_hash: str | None
    revision: int | None = Field(
        None, description="The draft's revision; none for a flow that was only sent."
    )


class PublishRequest(BaseModel):
    """``revision``, when given, must be the draft's."""

    revision: int | None = None
    note: Annotated[str, Field(max_length=2000)] = ""


class DraftBody(msgspec.Struct):
    """A draft as sent: raw documents, so that the flow's own reader sees every letter of them."""

    flow: msgspec.Raw
    layout: msgspec.Raw = msgspec.Raw()


_draft_body = msgspec.json.Decoder(DraftBody)

DRAFT_SCHEMA: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["flow"],
                    "properties": {
                        "flow": {
                            "type": "object",
                            "description": "`flow.json`; `parley schema` has its schema.",
                        },
                        "layout": {
                            "type": "object",
                            "description": "`layout.json`; left as it is when not sent.",
                        },
                    },
                }
            }
        },
    }
}


def read_draft_body(data: bytes) -> DraftBody:
    """Take the body apart; raises `ApiError`."""
    try:
        return _draft_body.decode(data)
    except msgspec.ValidationError as error:
        raise ApiError(ErrorCode.INVALID_REQUEST, f"{error}. Send {{flow, layout}}.") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ApiError(ErrorCode.INVALID_JSON, f"The body is not valid JSON: {error}.") from error


def agent_view(agent: Agent, revision: int, release: ReleaseView | None) -> AgentView:
    """As the API shows it."""
    return AgentView(
        id=agent.id,
        public_id=agent.public_id,
        name=agent.name,
        description=agent.description,
        draft_revision=revision,
        speech=speech_body(agent.speech),
        release=release,
        created_at=iso(agent.created_at),
        updated_at=iso(agent.updated_at),
    )
