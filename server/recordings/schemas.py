"""Recordings, as the API shows them."""

from typing import Literal

from pydantic import BaseModel


class RecordingView(BaseModel):
    """A recording: of the ``call`` (the caller left, the agent right), or a ``message`` the caller left."""

    name: str
    kind: Literal["call", "message"]
    bytes: int
