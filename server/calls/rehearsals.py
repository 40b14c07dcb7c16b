"""Rehearsals aloud: a talk with a draft, which nobody else sees and nothing keeps."""

import msgspec

from server.calls.media import PATH
from server.calls.schemas import RehearsalCreate, RehearsalView
from server.calls.service import CallService
from server.calls.tokens import MediaTokens
from server.kit.clock import Clock
from server.kit.errors import ApiError, ErrorCode
from server.kit.ids import new_id
from server.sessions.host import SessionHost
from server.speech.settings import read_speech
from server.workers import wire

AT_ONCE = 5
"""Rehearsals an organisation may hold at the same time."""


class RehearsalService:
    """Begins them."""

    def __init__(self, host: SessionHost, calls: CallService, tokens: MediaTokens, clock: Clock) -> None:
        self.host = host
        self.calls = calls
        self.tokens = tokens
        self.clock = clock

    async def begin(self, organization_id: str, wanted: RehearsalCreate) -> RehearsalView:
        """A session on the flow; raises `ApiError`."""
        held = [s for s in self.host.live.values() if s.rehearsal and s.ref.organization == organization_id]
        if len(held) >= AT_ONCE:
            raise ApiError(ErrorCode.SERVER_BUSY, "Too many rehearsals at once. End one, then try again.")
        speech = read_speech(wanted.speech.stored())
        live = await self.host.rehearse(
            organization_id, msgspec.json.encode(wanted.flow), wanted.locale, speech
        )
        session = live.ref.session
        if wanted.call_to:
            from server.telephony.near import DIRECT

            call = new_id("call")
            await self.calls.phone.dial(live, wire.Dial(call, DIRECT, wanted.call_to))
            return RehearsalView(session_id=session, way="call", live=f"/api/v1/sessions/{session}/live")
        token = self.tokens.make(live.ref, "", self.clock.now_ms())
        return RehearsalView(session_id=session, way="media", url=PATH, token=token)
