"""LiveKit SIP, as calls need it: trunks and dispatch rules kept as we have them, and calls out."""

import asyncio
from collections.abc import Awaitable, Mapping
from typing import TypeVar

import aiohttp
import structlog
from google.protobuf.duration_pb2 import Duration
from livekit import api

from server.adapters import livekit_trunks as kept
from server.calls.ports import NotPlaced, RoomTrouble
from server.channels.phone.port import Trunk
from server.channels.phone.reasons import of_refusal

TIMEOUT = 5.0
SPARE = 3.0
"""Seconds LiveKit may take to say that a call has rung long enough."""
NO_REDIS = "LiveKit has no Redis, which LiveKit SIP needs: set `redis` in its configuration."
NO_NODE = (
    "No LiveKit SIP service answers: start one that shares LiveKit's Redis, or let the trunk go by the edge."
)

log = structlog.get_logger()
_T = TypeVar("_T")


class LiveKitSip:
    """`server.calls.ports.Sip` over LiveKit's API. ``house`` is the agent name that callers' rooms ask for, and the
    mark of what is ours."""

    def __init__(self, url: str, key: str, secret: str, house: str) -> None:
        self.url = url
        self.house = house
        self._key, self._secret = key, secret
        self._api: api.LiveKitAPI | None = None
        self._outbound: dict[str, str] = {}
        self._inbound: dict[str, str] = {}

    def trunk_of(self, id: str) -> str:
        """Our trunk, by LiveKit's id of its inbound one; empty for a stranger's."""
        return self._inbound.get(id, "")

    async def serve(self, trunks: tuple[Trunk, ...]) -> dict[str, str]:
        """Let LiveKit have these trunks and no others of ours; answers with the trouble of each that has some.
        Raises `RoomTrouble` when nothing can be done at all."""
        troubles = {trunk.id: kept.trouble(trunk) for trunk in trunks}
        sip = self._lives().sip
        listed = await self._ask(sip.list_inbound_trunk(api.ListSIPInboundTrunkRequest()))
        told = await self._ask(sip.list_outbound_trunk(api.ListSIPOutboundTrunkRequest()))
        ruled = await self._ask(sip.list_dispatch_rule(api.ListSIPDispatchRuleRequest()))
        rules = kept.ours(self.house, ruled.items)
        incoming = {t.id: into for t in trunks if (into := kept.inbound(self.house, t))}
        outgoing = {t.id: info for t in trunks if (info := kept.outbound(self.house, t))}
        # A rule that stays behind would catch the callers of the trunk that comes after it.
        await self._delete_rules(rules, incoming)
        self._inbound = {
            id: trunk
            for trunk, id in (
                await self._apply(
                    kept.steps(kept.ours(self.house, listed.items), incoming), incoming, troubles
                )
            ).items()
        }
        self._outbound = await self._apply(
            kept.steps(kept.ours(self.house, told.items), outgoing), outgoing, troubles
        )
        by_id = {t.id: t for t in trunks}
        wanted = {t: kept.rule(self.house, by_id[t], id) for id, t in self._inbound.items()}
        await self._apply(kept.steps(rules, wanted), wanted, troubles)
        return {trunk: trouble for trunk, trouble in troubles.items() if trouble}

    async def dial(
        self,
        room: str,
        identity: str,
        trunk: Trunk,
        to: str,
        *,
        caller_id: str,
        ring: float,
        longest: float,
        headers: Mapping[str, str],
    ) -> None:
        """Call somebody into a room, and wait until she answers. Raises `NotPlaced`."""
        outbound = self._outbound.get(trunk.id)
        if outbound is None:
            raise NotPlaced("trunk_unavailable", detail="LiveKit does not know this trunk (yet).")
        wanted = api.CreateSIPParticipantRequest(
            sip_trunk_id=outbound,
            sip_call_to=to.removeprefix("tel:"),
            sip_number=caller_id or trunk.caller_id,
            room_name=room,
            participant_identity=identity,
            headers=dict(headers),
            wait_until_answered=True,
            ringing_timeout=Duration(seconds=max(1, int(ring))),
            max_call_duration=Duration(seconds=max(1, int(longest))),
        )
        try:
            await self._lives().sip.create_sip_participant(wanted, timeout=ring + SPARE)
        except api.ServerError as error:
            raise not_placed(error) from None
        except TimeoutError:
            raise NotPlaced("no_answer") from None
        except aiohttp.ClientError as error:
            raise NotPlaced("trunk_unreachable", detail=f"LiveKit cannot be reached: {error}") from None

    async def aclose(self) -> None:
        """Let connections go."""
        if self._api is not None:
            await self._api.aclose()  # type: ignore[no-untyped-call, unused-ignore]
            self._api = None

    # Inside.

    async def _delete_rules(
        self, rules: dict[str, list[api.SIPDispatchRuleInfo]], wanted: Mapping[str, object]
    ) -> None:
        for trunk in [trunk for trunk in rules if trunk not in wanted]:
            for info in rules.pop(trunk):
                await self._delete(info)

    async def _apply(
        self, steps: kept.Steps, wanted: Mapping[str, kept.Info], troubles: dict[str, str]
    ) -> dict[str, str]:
        """Do the steps; answers with LiveKit's ids by trunk, of those that worked."""
        ids = dict(steps.keep)
        for info in steps.delete:
            await self._delete(info)
        for trunk, id in steps.replace.items():
            if await self._tried(self._replace(id, wanted[trunk]), trunk, troubles) is not None:
                ids[trunk] = id
        for trunk in steps.create:
            made = await self._tried(self._create(wanted[trunk]), trunk, troubles)
            if made is not None:
                ids[trunk] = kept.id_of(made)
        return ids

    async def _create(self, info: kept.Info) -> kept.Info:
        sip = self._lives().sip
        if isinstance(info, api.SIPInboundTrunkInfo):
            return await self._ask(sip.create_inbound_trunk(api.CreateSIPInboundTrunkRequest(trunk=info)))
        if isinstance(info, api.SIPOutboundTrunkInfo):
            return await self._ask(sip.create_outbound_trunk(api.CreateSIPOutboundTrunkRequest(trunk=info)))
        return await self._ask(sip.create_dispatch_rule(api.CreateSIPDispatchRuleRequest(dispatch_rule=info)))

    async def _replace(self, id: str, info: kept.Info) -> kept.Info:
        sip = self._lives().sip
        if isinstance(info, api.SIPInboundTrunkInfo):
            return await self._ask(sip.update_inbound_trunk(id, info))
        if isinstance(info, api.SIPOutboundTrunkInfo):
            return await self._ask(sip.update_outbound_trunk(id, info))
        return await self._ask(sip.update_dispatch_rule(id, info))

    async def _delete(self, info: kept.Info) -> None:
        sip, id = self._lives().sip, kept.id_of(info)
        try:
            if isinstance(info, api.SIPDispatchRuleInfo):
                await self._ask(
                    sip.delete_dispatch_rule(api.DeleteSIPDispatchRuleRequest(sip_dispatch_rule_id=id))
                )
            else:
                await self._ask(sip.delete_trunk(api.DeleteSIPTrunkRequest(sip_trunk_id=id)))
        except api.ServerError as error:
            if error.code != "not_found":
                log.warning("not deleted at LiveKit", id=id, why=error.message)

    async def _tried(self, work: Awaitable[_T], trunk: str, troubles: dict[str, str]) -> _T | None:
        """One step; what LiveKit does not like about it is the trunk's trouble."""
        try:
            return await work
        except api.ServerError as error:
            troubles[trunk] = f"LiveKit refuses: {error.message}"
            return None

    async def _ask(self, answer: Awaitable[_T]) -> _T:
        """Raises ``api.ServerError`` for what LiveKit refuses, and `RoomTrouble` when it cannot be asked."""
        try:
            async with asyncio.timeout(TIMEOUT):
                return await answer
        except api.ServerError as error:
            if "redis required" in error.message:
                raise RoomTrouble(NO_REDIS) from None
            if error.status >= 500:
                raise RoomTrouble(f"LiveKit at {self.url} fails: {error.message}") from None
            raise
        except (TimeoutError, aiohttp.ClientError) as error:
            why = str(error) or "no answer in time"
            raise RoomTrouble(f"LiveKit at {self.url} cannot be reached: {why}") from None

    def _lives(self) -> api.LiveKitAPI:
        if self._api is None:
            self._api = api.LiveKitAPI(self.url, self._key, self._secret)
        return self._api


def not_placed(error: api.ServerError) -> NotPlaced:
    """What LiveKit says of a call that was not answered."""
    code = error.sip_status_code if isinstance(error, api.SipCallError) else None
    if code:
        reason = "no_answer" if code in (408, 487) else of_refusal(code)
        return NotPlaced(reason, code, error.message)
    if "no response from servers" in error.message:
        return NotPlaced("no_sip", detail=NO_NODE)
    if "redis required" in error.message:
        return NotPlaced("no_sip", detail=NO_REDIS)
    if error.code in ("deadline_exceeded", "canceled"):
        return NotPlaced("no_answer", detail=error.message)
    return NotPlaced(
        "trunk_unavailable" if error.code == "unavailable" else "trunk_error", detail=error.message
    )
