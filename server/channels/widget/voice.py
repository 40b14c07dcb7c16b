"""A visitor talks aloud: from the token of her socket to a room, or to the audio socket."""

from engine.conversation.voice import TurnTimes
from server.calls.media import PATH
from server.calls.tokens import MediaTokens
from server.calls.visits import Visits
from server.channels.widget.frames import Caption, Voice, encode
from server.channels.widget.schemas import VoiceView
from server.channels.widget.service import WidgetService
from server.channels.widget.socket import WidgetSocket
from server.channels.widget.tokens import BadToken, Pass, WidgetTokens
from server.kit.clock import Clock
from server.kit.errors import ApiError, ErrorCode
from server.sessions.host import SessionHost
from server.sessions.live import LiveSession


class VisitorVoice:
    """Brings visitors to a line."""

    def __init__(
        self,
        widget: WidgetService,
        host: SessionHost,
        tokens: WidgetTokens,
        visits: Visits,
        media: MediaTokens,
        clock: Clock,
    ) -> None:
        self.widget = widget
        self.host = host
        self.tokens = tokens
        self.visits = visits
        self.media = media
        self.clock = clock

    async def begin(self, session_id: str, token: str, origin: str, way: str) -> VoiceView:
        """A way in; raises `ApiError`."""
        visitor = self._admit(session_id, token, origin)
        if not await self.widget.speaks(visitor):
            raise ApiError(ErrorCode.VOICE_UNAVAILABLE)
        live = await self.host.open(visitor.ref)
        if live.conversation.ended:
            raise ApiError(ErrorCode.SESSION_ENDED)
        if way == "livekit":
            identity = f"visitor_{visitor.ref.session}"
            found = await self.visits.room(live, identity, ChatOnlooker(live))
            if found is not None:
                url, key, room = found
                return VoiceView(way="livekit", url=url, token=key, room=room)
        if not self.visits.free:
            raise ApiError(
                ErrorCode.SERVER_BUSY,
                "All lines are taken. Try again in a moment.",
                headers={"Retry-After": "5"},
            )
        key = self.media.make(visitor.ref, visitor.origin, self.clock.now_ms())
        return VoiceView(way="media", url=PATH, token=key)

    def _admit(self, session_id: str, token: str, origin: str) -> Pass:
        try:
            visitor = self.tokens.read(token)
        except BadToken:
            raise ApiError(ErrorCode.INVALID_TOKEN, "The token is too old or not ours.") from None
        if visitor.origin != origin:
            raise ApiError(ErrorCode.ORIGIN_NOT_ALLOWED, details={"origin": origin[:300]})
        if visitor.ref.session != session_id:
            raise ApiError(ErrorCode.SESSION_NOT_FOUND)
        return visitor


class ChatOnlooker:
    """Shows on the visitor's chat what happens on her line (`server.calls.lines.Onlooker`)."""

    def __init__(self, live: LiveSession) -> None:
        self._live = live

    def caption(self, who: str, text: str, final: bool) -> None:
        """Words."""
        self._tell(encode(Caption(who, text, final)))

    def state(self, name: str) -> None:
        """What the agent does."""
        self._tell(encode(Voice(name)))

    def turn(self, times: TurnTimes) -> None:
        """Times are nothing for visitors."""

    def over(self, by: str, reason: str) -> None:
        """The line is over."""
        self._tell(encode(Voice("over")))

    def _tell(self, frame: str) -> None:
        for watcher in tuple(self._live.watchers):
            if isinstance(watcher, WidgetSocket):
                watcher.tell(frame)
