"""LiveKit, as calls need it: rooms, tokens with exactly the grants needed, and agents asked for."""

import asyncio
import contextlib
import datetime
from collections.abc import Awaitable, Mapping
from typing import TypeVar

import aiohttp
from google.protobuf.duration_pb2 import Duration
from livekit import api
from livekit.protocol import models

from server.calls.ports import RoomTrouble

TIMEOUT = 3.0
"""Seconds LiveKit has to answer; a caller waits meanwhile."""
EMPTY, DEPARTURE = 60, 20
"""Seconds a room stays open before anybody has come, and after everybody has left."""
LIFE = datetime.timedelta(minutes=10)
"""Within it a token must be used for the first time; LiveKit renews it on the line."""
SPARE = 5.0

_BY_CODE = {486: "busy", 600: "busy", 408: "no_answer", 480: "no_answer", 487: "no_answer"}
_T = TypeVar("_T")


class Absent(RoomTrouble):
    """What was asked for is not there."""


class LiveKitRooms:
    """`server.calls.ports.Rooms` over LiveKit's API. ``url`` is where workers find it, ``public_url`` where
    browsers do."""

    def __init__(self, url: str, public_url: str, key: str, secret: str) -> None:
        self.url = url
        self.public_url = public_url or url
        self._key = key
        self._secret = secret
        self._api: api.LiveKitAPI | None = None

    async def create(self, room: str, metadata: str) -> None:
        """A room that closes soon after everybody has left; one that is there already stays."""
        wanted = api.CreateRoomRequest(
            name=room, metadata=metadata, empty_timeout=EMPTY, departure_timeout=DEPARTURE
        )
        await self._ask(self._lives().room.create_room(wanted))

    async def mark(self, room: str, metadata: str) -> None:
        """Give a room that is there its metadata."""
        wanted = api.UpdateRoomMetadataRequest(room=room, metadata=metadata)
        await self._ask(self._lives().room.update_room_metadata(wanted))

    async def people(self) -> list[tuple[str, str, list[str], list[str]]]:
        """Every marked room with somebody in it: its name, its metadata, who is in it, and the agents in it."""
        found = []
        for room in (await self._ask(self._lives().room.list_rooms(api.ListRoomsRequest()))).rooms:
            if not room.metadata:
                continue
            wanted = api.ListParticipantsRequest(room=room.name)
            there = (await self._ask(self._lives().room.list_participants(wanted))).participants
            agents = [p.identity for p in there if p.kind == models.ParticipantInfo.Kind.AGENT]
            people = [p.identity for p in there if p.identity not in agents]
            found.append((room.name, room.metadata, people, agents))
        return found

    def visitor_token(self, room: str, identity: str, name: str) -> str:
        """For a browser: publish a microphone, subscribe, nothing else."""
        grants = api.VideoGrants(
            room_join=True,
            room=room,
            can_publish=True,
            can_publish_sources=["microphone"],
            can_subscribe=True,
            can_publish_data=False,
            can_update_own_metadata=False,
        )
        return self._token(identity, name, grants).to_jwt()

    def caller_token(self, room: str, identity: str, attributes: Mapping[str, str]) -> str:
        """For a telephone caller our edge brings in: as LiveKit's own SIP service would."""
        grants = api.VideoGrants(
            room_join=True,
            room=room,
            can_publish=True,
            can_publish_sources=["microphone"],
            can_subscribe=True,
            can_publish_data=True,
            can_update_own_metadata=True,
        )
        token = self._token(identity, attributes.get("sip.phoneNumber", ""), grants)
        return token.with_kind("sip").with_attributes(dict(attributes)).to_jwt()

    async def dispatch(self, room: str, agent_name: str, metadata: str) -> None:
        """Ask for an agent. LiveKit says yes even when nobody can come: wait for who comes."""
        wanted = api.CreateAgentDispatchRequest(room=room, agent_name=agent_name, metadata=metadata)
        await self._ask(self._lives().agent_dispatch.create_dispatch(wanted))

    async def remove(self, room: str, identity: str) -> None:
        """Put a participant out; one that is not there is no trouble."""
        wanted = api.RoomParticipantIdentity(room=room, identity=identity)
        with contextlib.suppress(Absent):
            await self._ask(self._lives().room.remove_participant(wanted))

    async def delete(self, room: str) -> None:
        """Close a room; one that is not there is no trouble."""
        with contextlib.suppress(Absent):
            await self._ask(self._lives().room.delete_room(api.DeleteRoomRequest(room=room)))

    async def transfer(self, room: str, identity: str, to: str, timeout: float) -> tuple[str, str]:
        """Transfer a caller of LiveKit SIP; outcome and detail, never raises. It has worked when LiveKit does
        not complain: servers up to 1.13.5 answer with an empty status."""
        wanted = api.TransferSIPParticipantRequest(
            room_name=room,
            participant_identity=identity,
            transfer_to=to if to.startswith(("sip:", "sips:", "tel:")) else f"tel:{to}",
            ringing_timeout=Duration(seconds=max(1, int(timeout))),
        )
        try:
            async with asyncio.timeout(timeout + SPARE):
                await self._lives().sip.transfer_sip_participant(wanted, timeout=timeout + SPARE)
        except api.SipCallError as error:
            code = error.sip_status_code or 0
            outcome = _BY_CODE.get(code, "refused" if 300 <= code < 700 else "error")
            return outcome, error.sip_status or error.message
        except api.ServerError as error:
            return "error", error.message
        except TimeoutError:
            return "unknown", "Nobody can say what came of the transfer."
        except aiohttp.ClientError as error:
            return "error", f"LiveKit cannot be reached: {error}"
        return "ok", ""

    async def aclose(self) -> None:
        """Let connections go."""
        if self._api is not None:
            await self._api.aclose()
            self._api = None

    def _lives(self) -> api.LiveKitAPI:
        if self._api is None:
            self._api = api.LiveKitAPI(
                self.url, self._key, self._secret, timeout=aiohttp.ClientTimeout(total=TIMEOUT)
            )
        return self._api

    def _token(self, identity: str, name: str, grants: api.VideoGrants) -> api.AccessToken:
        token = api.AccessToken(self._key, self._secret).with_identity(identity).with_grants(grants)
        return token.with_name(name).with_ttl(LIFE)

    async def _ask(self, answer: Awaitable[_T]) -> _T:
        try:
            async with asyncio.timeout(TIMEOUT):
                return await answer
        except api.ServerError as error:
            kind = Absent if error.code == "not_found" else RoomTrouble
            raise kind(f"LiveKit at {self.url} refuses: {error.message}") from None
        except (TimeoutError, aiohttp.ClientError) as error:
            why = str(error) or "no answer in time"
            raise RoomTrouble(f"LiveKit at {self.url} cannot be reached: {why}") from None
