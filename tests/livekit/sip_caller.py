"""A caller as LiveKit SIP brings her in: by a dispatch rule, ringing until an agent can be heard, then active."""

import asyncio

from livekit import api, rtc

from tests.livekit.harness import LiveKit
from tests.livekit.visitor import Visitor

RINGING, ACTIVE = "ringing", "active"


class SipCaller(Visitor):
    """A participant of kind SIP. ``answered`` is set when the call would be."""

    def __init__(self, room: rtc.Room) -> None:
        super().__init__(room)
        self.answered = asyncio.Event()
        self._answering: list[asyncio.Task[None]] = []
        room.on("track_subscribed", self._on_agent)

    @staticmethod
    async def calls(
        livekit: LiveKit, rule: api.SIPDispatchRuleInfo, caller: str, number: str, **headers: str
    ) -> "SipCaller":
        """Be let in by a rule, as LiveKit SIP lets a caller in."""
        room = rtc.Room()
        made = SipCaller(room)
        name = f"{rule.rule.dispatch_rule_individual.room_prefix}_{caller}_{id(made):x}"
        facts = {
            "sip.callID": f"SCL_{id(made):x}",
            "sip.callStatus": RINGING,
            "sip.phoneNumber": caller,
            "sip.trunkPhoneNumber": number,
            "sip.trunkID": rule.trunk_ids[0],
            "sip.ruleID": rule.sip_dispatch_rule_id,
            **{f"sip.h.{header.replace('_', '-')}": value for header, value in headers.items()},
        }
        await room.connect(livekit.url, entrance(livekit, name, f"sip_{caller}", facts, rule.room_config))
        return made

    async def publishes(self) -> None:
        """Her sound, which LiveKit SIP has there from the start."""
        track = rtc.LocalAudioTrack.create_audio_track("microphone", self.source)
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
        await self.room.local_participant.publish_track(track, options)

    def _on_agent(self, track: rtc.Track, *_: object) -> None:
        self._answering.append(asyncio.create_task(self._answer()))

    async def _answer(self) -> None:
        await self.room.local_participant.set_attributes({"sip.callStatus": ACTIVE})
        self.answered.set()


def entrance(
    livekit: LiveKit, room: str, identity: str, facts: dict[str, str], config: api.RoomConfiguration
) -> str:
    """The token LiveKit SIP makes for itself: the room is made by it, with the agents of the rule."""
    grants = api.VideoGrants(room_join=True, room=room, can_update_own_metadata=True)
    token = api.AccessToken(livekit.key, livekit.secret).with_identity(identity).with_grants(grants)
    return token.with_kind("sip").with_attributes(facts).with_room_config(config).to_jwt()
