"""What the API takes and says about sessions."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, model_validator

from server.turns.schemas import TurnsSummary

Short = Annotated[str, Field(max_length=100)]


class SessionCreate(BaseModel):
    """A session with an agent's current release. ``inputs`` are the flow's, as plain values."""

    agent_id: Annotated[str, Field(min_length=1, max_length=100)]
    locale: Short = "en-US"
    inputs: dict[str, Any] = {}
    user_id: Short = ""


class MessageCreate(BaseModel):
    """Exactly one of text, button and digit. The same ``client_msg_id`` twice is one message."""

    text: Annotated[str, Field(min_length=1, max_length=4000)] | None = None
    button: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    digit: Annotated[str, Field(pattern=r"^[0-9*#A-D]$")] | None = None
    client_msg_id: Short = ""
    wait_ms: Annotated[int, Field(ge=0, le=30_000, description="How long to wait for slow answers.")] = 10_000

    @model_validator(mode="after")
    def _one(self) -> "MessageCreate":
        if sum(part is not None for part in (self.text, self.button, self.digit)) != 1:
            raise ValueError("send exactly one of text, button and digit")
        if any(c < " " and c not in "\t\n\r" for c in self.text or ""):
            raise ValueError("text must hold no control characters")
        return self


class MessageView(BaseModel):
    """One message."""

    seq: int
    role: Literal["visitor", "agent"]
    text: str
    at: str
    buttons: list[dict[str, str]] = []
    cards: list[dict[str, str]] = []
    image: str = ""
    alt: str = ""
    client_msg_id: str = ""
    stream: str = Field("", description="Sentences of one generated answer share it.")
    sources: list[dict[str, str]] = Field([], description="Where what was said before comes from.")


class SessionView(BaseModel):
    """A session."""

    id: str
    agent_id: str
    release_id: str
    channel: str
    modality: str
    status: Literal["active", "ended"]
    outcome: str
    started_at: str
    ended_at: str | None
    turns: TurnsSummary | None = Field(None, description="Its turns, where one session is asked for.")


class TurnView(BaseModel):
    """What came of a message: everything said since, and whether the agent still waits for something
    outside."""

    session: SessionView
    messages: list[MessageView]
    working: bool


class HistoryView(BaseModel):
    """Everything said."""

    session: SessionView
    messages: list[MessageView]


class ContextView(BaseModel):
    """Where a session stands. ``variables`` are those of the flow it is in, as plain values."""

    session_id: str
    flow: str
    node: str
    phase: str
    variables: dict[str, Any]
    events: int


class EventView(BaseModel):
    """One record of the log."""

    seq: int
    at: str
    event: dict[str, Any]
    effects: list[dict[str, Any]]
    fault: str = ""


class EventsView(BaseModel):
    """A stretch of the log. ``next_after`` asks for the next one; absent at the end."""

    items: list[EventView]
    has_more: bool
    next_after: int | None = None
    header: dict[str, Any]
