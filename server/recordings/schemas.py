"""Recordings, as the API shows them."""

from typing import Literal

from pydantic import BaseModel, Field


class RecordingView(BaseModel):
    """A recording: of the ``call`` (the caller left, the agent right), or a ``message`` the caller left."""

    name: str
    kind: Literal["call", "message"]
    bytes: int
    ms: int = Field(description="How long it is.")
    at_ms: int = Field(description="When it began: milliseconds since the session started.")


class RecordedView(RecordingView):
    """A recording, and the session it is of."""

    session_id: str
    agent_id: str
    release_id: str
    channel: str
    outcome: str
    started_at: str


class SpokenView(BaseModel):
    """Words of one side. Times are milliseconds from the recording's start: below 0 they came before it, and
    behind its length after it."""

    seq: int = Field(description="The record of the session's log that holds them.")
    who: Literal["caller", "agent"]
    text: str
    from_ms: int
    to_ms: int
    node: str = Field("", description="Who said them, where it was the agent.")
    heard: int = Field(-1, description="How many letters had sounded when it was cut off; -1: all.")


class MomentView(BaseModel):
    """A record of the session's log, on the recording's time."""

    seq: int
    ms: int


class PauseView(BaseModel):
    """The recording is silent here: it was paused."""

    from_ms: int
    to_ms: int


class TranscriptView(BaseModel):
    """What was said, on a recording's time."""

    session_id: str
    recording: RecordingView
    lines: list[SpokenView]
    moments: list[MomentView] = Field(description="When each record of the log was committed.")
    pauses: list[PauseView]
