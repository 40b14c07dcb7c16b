"""Turns, as the API shows them."""

from pydantic import BaseModel, Field


class TurnTimesView(BaseModel):
    """One turn. Times are milliseconds from the end of what the caller said (in a chat: from her message); null
    where the turn had no such part."""

    number: int = Field(description="Counts the session's turns from 1.")
    modality: str
    at: str
    transcript_ms: int | None = Field(description="To the final words.")
    decision_ms: int | None = Field(description="To the first thing decided.")
    audio_ms: int | None = Field(description="To the first sound of the answer.")
    speech_to_text: str
    text_to_speech: str
    prepared: bool = Field(description="The answer was prepared sound: no voice was asked.")
    barged_in: bool = Field(description="The caller cut in on the answer.")
    heard_seconds: float
    characters: int
    cost_micros: int = Field(description="Millionths of a US dollar, by the price table.")
    model: str = Field(description="The language model that was asked, if one was.")
    tokens_read: int
    tokens_written: int


class TurnsView(BaseModel):
    """All turns of a session."""

    session_id: str
    items: list[TurnTimesView]


class TurnsSummary(BaseModel):
    """All turns of a session in a few numbers. ``answer`` is how long the person waited: for the first sound of
    the answer, in a chat for the first words."""

    count: int
    answer_p50_ms: int | None
    answer_p95_ms: int | None
    decision_p50_ms: int | None
    decision_p95_ms: int | None
    barge_ins: int
    heard_seconds: float
    characters: int
    tokens_read: int
    tokens_written: int
    cost_micros: int
