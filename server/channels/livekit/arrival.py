"""Waiting for the caller: nothing is said into a room before she is there and hears us."""

import asyncio

from livekit import rtc

ARRIVES = 25.0
"""Seconds a caller has to come, and a telephone to be answered."""
STATUS = "sip.callStatus"


async def arrived(room: rtc.Room, caller: str) -> None:
    """Until ``caller`` is in the room, her call is up when it is one, and she has taken our track. Raises
    ``TimeoutError``."""
    changed = asyncio.Event()

    def look(*_: object) -> None:
        changed.set()

    names = ("participant_connected", "participant_attributes_changed", "local_track_subscribed")
    for name in names:
        room.on(name, look)  # type: ignore[arg-type, unused-ignore]
    try:
        async with asyncio.timeout(ARRIVES):
            while not _there(room, caller):
                changed.clear()
                await changed.wait()
            for publication in room.local_participant.track_publications.values():
                await publication.wait_for_subscription()
    except TimeoutError:
        raise TimeoutError(f"{caller} did not come.") from None
    finally:
        for name in names:
            room.off(name, look)  # type: ignore[arg-type, unused-ignore]


async def caller_in(room: rtc.Room) -> rtc.RemoteParticipant:
    """The telephone caller of a room, once one is there. Raises ``TimeoutError``."""
    changed = asyncio.Event()

    def look(*_: object) -> None:
        changed.set()

    room.on("participant_connected", look)
    try:
        async with asyncio.timeout(ARRIVES):
            while True:
                changed.clear()
                for participant in room.remote_participants.values():
                    if participant.kind == rtc.ParticipantKind.PARTICIPANT_KIND_SIP:
                        return participant
                await changed.wait()
    finally:
        room.off("participant_connected", look)


def _there(room: rtc.Room, caller: str) -> bool:
    participant = room.remote_participants.get(caller)
    return participant is not None and participant.attributes.get(STATUS, "active") == "active"
