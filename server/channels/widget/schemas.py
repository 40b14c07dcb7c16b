"""What the widget sends and gets to begin."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

Short = Annotated[str, Field(max_length=100)]


class SessionRequest(BaseModel):
    """``agent_id`` is the agent's public id. A previous session comes back when its secret comes with it."""

    agent_id: Annotated[str, Field(min_length=1, max_length=100)]
    visitor_id: Short = ""
    session_id: Short | None = None
    session_secret: Short = ""
    resume_secret: Annotated[str, Field(max_length=100, description="Another name of session_secret.")] = ""

    def model_post_init(self, context: object, /) -> None:
        """Take either name of the secret."""
        self.session_secret = self.session_secret or self.resume_secret


class AgentFacts(BaseModel):
    """Who answers."""

    name: str
    locale: str


class WidgetFacts(BaseModel):
    """How the widget looks and behaves; what is absent is left to the page."""

    appearance: dict[str, Any] = {}
    behavior: dict[str, Any] = {}
    branding: dict[str, Any] = {}


class VoiceFacts(BaseModel):
    """Whether the agent can be talked to aloud, and whether a key is held for it."""

    enabled: bool = False
    pushToTalk: bool = False


class VoiceRequest(BaseModel):
    """``media`` asks for the audio socket even where there is a room."""

    way: Literal["livekit", "media"] = "livekit"


class VoiceView(BaseModel):
    """Where to be heard: a LiveKit room, or the audio socket."""

    way: Literal["livekit", "media"]
    url: str
    token: str
    room: str = ""


class SessionView(BaseModel):
    """A session, and the token for its socket."""

    session_id: str
    token: str
    resume_secret: str
    expires_at: str
    agent: AgentFacts
    widget: WidgetFacts
    voice: VoiceFacts
    socket: str
