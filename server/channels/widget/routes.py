"""Route: a visitor's session."""

from typing import Annotated, cast

from fastapi import APIRouter, Depends, Header, Request

from server.channels.widget.schemas import SessionRequest, SessionView
from server.channels.widget.service import WidgetService
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
