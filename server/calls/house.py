"""Everything that makes sessions spoken, built together and started together."""

from functools import partial

from starlette.types import ASGIApp

from server.accounts.service import AccountService
from server.calls.embedded import EmbeddedWorker, missing
from server.calls.following import PREFIX, FollowSockets
from server.calls.hub import Hub
from server.calls.media import PATH as MEDIA
from server.calls.media import MediaSockets
from server.calls.ports import Rooms, Sip, Telephones
from server.calls.rehearsals import RehearsalService
from server.calls.rooms import RoomPlaces
from server.calls.service import CallService
from server.calls.tokens import MediaTokens
from server.calls.visits import Visits
from server.kit.clock import Clock
from server.kit.crypto import Keys
from server.kit.limits import Slots
from server.sessions.host import SessionHost
from server.settings import Settings
from server.speech.configuration import speaking_of
from server.workers import wire


class VoiceHouse:
    """Hub, lines, sockets, rehearsals and the worker that comes with the server."""

    def __init__(
        self,
        settings: Settings,
        host: SessionHost,
        accounts: AccountService,
        telephones: Telephones,
        keys: Keys,
        clock: Clock,
        slots: Slots,
        rooms: Rooms | None = None,
        sip: Sip | None = None,
    ) -> None:
        self.settings = settings
        self.hub = Hub(keys)
        self.tokens = MediaTokens(keys)
        places = RoomPlaces(rooms, self.hub, settings.agent_name) if rooms is not None else None
        self.calls = CallService(host, self.hub, telephones, partial(speaking_of, settings), places, sip)
        self.visits = Visits(self.calls)
        self.media = MediaSockets(host, self.calls, self.hub, self.tokens, slots)
        self.follow = FollowSockets(accounts, host, self.calls)
        self.rehearsals = RehearsalService(host, self.calls, self.tokens, clock)
        self.embedded: EmbeddedWorker | None = None
        self.why_not = "" if settings.voice else "Voice is off (PARLEY_VOICE)."

    @property
    def sockets(self) -> dict[str, ASGIApp]:
        """The applications of WebSockets, by path."""
        return {
            wire.PATH: self.hub,
            wire.MEDIA_PATH: self.media.serve_worker,
            MEDIA: self.media.serve_client,
            PREFIX: self.follow,
        }

    async def start(self, own_url: str) -> None:
        """Begin to take workers, and start our own where there is something to find us by."""
        await self.calls.start()
        if self.settings.voice and own_url:
            self.why_not = missing()
            if not self.why_not:
                self.embedded = EmbeddedWorker(self._environment(own_url))
                self.embedded.start()

    def _environment(self, own_url: str) -> dict[str, str]:
        """What our own worker is told beside what we were told ourselves."""
        settings = self.settings
        told = {"PARLEY_SERVER_URL": own_url, "PARLEY_WORKER_TOKEN": self.hub.token}
        if settings.livekit_url and settings.livekit_api_secret is not None:
            told["PARLEY_LIVEKIT_URL"] = settings.livekit_url
            told["PARLEY_LIVEKIT_API_KEY"] = settings.livekit_api_key
            told["PARLEY_LIVEKIT_API_SECRET"] = settings.livekit_api_secret.get_secret_value()
            told["PARLEY_AGENT_NAME"] = settings.agent_name
        return told

    async def stop(self) -> None:
        """Stop: callers' sockets first, then the workers."""
        self.media.stop()
        await self.visits.stop()
        await self.calls.stop()
        if self.embedded is not None:
            await self.embedded.stop()

    def health(self) -> tuple[bool, str]:
        """What health shows of it."""
        if self.why_not and not self.hub.workers:
            return True, self.why_not
        workers, lines = len(self.hub.workers), len(self.calls.lines)
        return bool(workers) or self.embedded is None, f"{workers} workers, {lines} lines"
