"""Route: a visitor's session."""

from typing import Annotated, cast

from fastapi import APIRouter, Depends, Header, Request

from server.channels.widget.schemas import SessionRequest, SessionView, VoiceRequest, VoiceView
from server.channels.widget.service import WidgetService
from server.channels.widget.voice import VisitorVoice
from server.kit.envelope import responses
from server.kit.errors import ErrorCode

router = APIRouter(prefix="/widget", tags=["widget"])


def _service(request: Request) -> WidgetService:
    return cast(WidgetService, request.app.state.widget)


Widget = Annotated[WidgetService, Depends(_service)]


@router.post(
    "/sessions",
    status_code=201,
    responses=responses(
        ErrorCode.ORIGIN_NOT_ALLOWED,
        ErrorCode.AGENT_NOT_FOUND,
        ErrorCode.AGENT_NOT_PUBLISHED,
        # On the socket, as frames of type "error":
        ErrorCode.INVALID_MESSAGE,
        ErrorCode.INVALID_TOKEN,
        ErrorCode.SESSION_ENDED,
        ErrorCode.SESSION_IDLE,
        ErrorCode.SESSION_NOT_FOUND,
    ),
)
async def begin(
    wanted: SessionRequest, request: Request, widget: Widget, origin: Annotated[str, Header()] = ""
) -> SessionView:
    """Begin a conversation, or take one up. The token goes into the first frame of the socket, never into an
    address."""
    return await widget.session(wanted, origin, request.url.scheme, request.headers.get("host", ""))


def _spoken(request: Request) -> VisitorVoice:
    return cast(VisitorVoice, request.app.state.visitor_voice)


@router.post(
    "/sessions/{session_id}/voice",
    responses=responses(
        ErrorCode.INVALID_TOKEN,
        ErrorCode.ORIGIN_NOT_ALLOWED,
        ErrorCode.SESSION_NOT_FOUND,
        ErrorCode.SESSION_ENDED,
        ErrorCode.VOICE_UNAVAILABLE,
        ErrorCode.SERVER_BUSY,
    ),
)
async def speak(
    session_id: str,
    spoken: Annotated[VisitorVoice, Depends(_spoken)],
    wanted: VoiceRequest | None = None,
    origin: Annotated[str, Header()] = "",
    authorization: Annotated[str, Header()] = "",
) -> VoiceView:
    """Talk aloud in a session. The header carries the token of its socket: ``Authorization: Bearer ...``."""
    way = wanted.way if wanted is not None else "livekit"
    return await spoken.begin(session_id, authorization.removeprefix("Bearer "), origin, way)
