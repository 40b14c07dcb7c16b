"""What rehearsals take and give."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from server.speech.settings import SpeechBody


class RehearsalCreate(BaseModel):
    """A flow to talk to. With ``call_to`` the server calls that SIP address; ``speech`` is how the
    agent will hear and speak."""

    flow: dict[str, Any]
    locale: Annotated[str, Field(max_length=35)] = "en-US"
    call_to: Annotated[str, Field(max_length=300)] = ""
    speech: SpeechBody = SpeechBody()


class RehearsalView(BaseModel):
    """How to get in: an audio socket with a token, or (called) a socket to follow the talk by."""

    session_id: str
    way: Literal["media", "call"]
    url: str = ""
    token: str = ""
    live: str = ""
