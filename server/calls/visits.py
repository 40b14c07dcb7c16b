"""A visitor's way to be heard: a LiveKit room where there is one, else the audio socket."""

import asyncio

import structlog

from server.calls.lines import HeldLine, Onlooker, Place
from server.calls.ports import RoomTrouble
from server.calls.service import CallService
from server.kit.errors import ApiError
from server.sessions.live import LiveSession

log = structlog.get_logger()


class Visits:
    """Brings visitors into rooms."""

    def __init__(self, calls: CallService) -> None:
        self.calls = calls
        self._begun: set[asyncio.Task[HeldLine]] = set()

    @property
    def able(self) -> bool:
        """Whether anybody could take a visitor's line, if not just now."""
        return any({"media", "room"} & {*w.facts.takes} for w in self.calls.hub.workers.values())

    @property
    def free(self) -> bool:
        """Whether the audio socket has a worker with room."""
        return self.calls.hub.pick("media") is not None

    async def room(self, live: LiveSession, visitor: str, onlooker: Onlooker) -> tuple[str, str, str] | None:
        """The address, the token and the name of a room an agent is on the way to; None when there is no
        LiveKit, or no agent for it. The line becomes one once the visitor is there."""
        places = self.calls.places
        if places is None or not places.able:
            return None
        try:
            place = await places.open(live.ref.session, visitor)
            await self._begin(live, place, onlooker)
        except (RoomTrouble, ApiError) as error:
            log.warning("no room for a visitor", session=live.ref.session, why=str(error))
            return None
        return places.public_url, places.visitor_token(place), place.room

    async def _begin(self, live: LiveSession, place: Place, onlooker: Onlooker) -> None:
        """Returns once an agent is on the way; raises `ApiError` when none comes."""
        calls = self.calls
        assert calls.places is not None
        coming = asyncio.Event()
        begun = asyncio.create_task(
            calls.begin(
                live,
                "room",
                calls.places.way(place),
                ends=False,
                onlookers=(onlooker,),
                place=place,
                taken=coming.set,
            )
        )
        self._begun.add(begun)
        begun.add_done_callback(self._done)
        waiting = asyncio.create_task(coming.wait())
        await asyncio.wait({begun, waiting}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if begun.done():
            begun.result()

    def _done(self, task: "asyncio.Task[HeldLine]") -> None:
        self._begun.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            if isinstance(error, ApiError):
                log.warning("a visitor's line did not become one", why=error.message)
            else:
                log.error("a visitor's line failed", why=repr(error))

    async def stop(self) -> None:
        """Wait for nobody any more."""
        for task in tuple(self._begun):
            task.cancel()
        await asyncio.gather(*self._begun, return_exceptions=True)
