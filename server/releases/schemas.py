"""What the API says about releases."""

from typing import Any

from pydantic import BaseModel, Field

from server.kit.clock import iso
from server.releases.models import Release
from server.speech.settings import SpeechBody, speech_body


class ReleaseView(BaseModel):
    """A release."""

    id: str
    agent_id: str
    number: int = Field(description="Counts an agent's releases from 1.")
    program_hash: str
    note: str
    speech: SpeechBody = Field(description="How the agent hears and speaks in it.")
    created_at: str


class PublishedView(ReleaseView):
    """What came of publishing. ``unchanged`` says that the latest release was already the same program."""

    unchanged: bool
    findings: list[dict[str, Any]]


def release_view(release: Release) -> ReleaseView:
    """As the API shows it."""
    return ReleaseView(**release_facts(release))


def release_facts(release: Release) -> dict[str, Any]:
    """The fields of `ReleaseView`."""
    return {
        "id": release.id,
        "agent_id": release.agent_id,
        "number": release.number,
        "program_hash": release.program_hash,
        "note": release.note,
        "speech": speech_body(release.speech),
        "created_at": iso(release.created_at),
    }
