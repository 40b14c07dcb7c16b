"""Recordings on the server: listing them, and all that is needed to listen to one and to see its way."""

import asyncio
from urllib.parse import quote

import msgspec

from engine.compiler import compile_flow
from engine.flow import Flow, load_flow
from engine.kinds.program import Program
from engine.protocol import Header, Record
from studio.client.api import Api

PAGE = 1000
"""Records of a log asked for at once."""


class Recorded(msgspec.Struct, frozen=True):
    """A recording, and the session it is of. ``ms`` is its length, ``at_ms`` when it began, since the session did."""

    session_id: str
    name: str
    kind: str
    ms: int
    at_ms: int
    release_id: str
    channel: str
    outcome: str
    started_at: str


class SpokenLine(msgspec.Struct, frozen=True):
    """Words of one side, in milliseconds of the recording. ``seq`` is the record they are in."""

    seq: int
    who: str
    text: str
    from_ms: int
    to_ms: int


class Moment(msgspec.Struct, frozen=True):
    """When a record was committed."""

    seq: int
    ms: int


class Pause(msgspec.Struct, frozen=True):
    """Nothing was recorded here."""

    from_ms: int
    to_ms: int


class Transcript(msgspec.Struct, frozen=True):
    """What was said, on the recording's time."""

    lines: tuple[SpokenLine, ...] = ()
    moments: tuple[Moment, ...] = ()
    pauses: tuple[Pause, ...] = ()


class Tape(msgspec.Struct, frozen=True):
    """A recording with all that goes with it: the flow and program that ran, the log, the sound."""

    recorded: Recorded
    flow: Flow
    program: Program
    header: Header
    records: tuple[Record, ...]
    transcript: Transcript
    sound: bytes


async def newest_recordings(api: Api, agent_id: str = "", limit: int = 50) -> list[Recorded]:
    """The recordings of the newest sessions. Raises `ServerTrouble`."""
    body, _ = await api.call("GET", f"/api/v1/recordings?agent_id={quote(agent_id)}&limit={limit}")
    return [msgspec.convert(item, Recorded) for item in body]


async def read_tape(api: Api, recorded: Recorded) -> Tape:
    """Everything of one recording. Raises `ServerTrouble`."""
    where = f"/api/v1/sessions/{recorded.session_id}/recordings/{recorded.name}"
    transcript, _ = await api.call("GET", f"{where}/transcript")
    header, records = await read_log(api, recorded.session_id)
    released, _ = await api.call("GET", f"/api/v1/releases/{recorded.release_id}/flow")
    flow, _ = load_flow(msgspec.json.encode(released["flow"]))
    program = await asyncio.to_thread(compile_flow, flow)
    sound = await api.fetch(where)
    return Tape(
        recorded, flow, program, header, tuple(records), msgspec.convert(transcript, Transcript), sound
    )


async def read_log(api: Api, session_id: str) -> tuple[Header, list[Record]]:
    """The whole log of a session. Raises `ServerTrouble`."""
    after, records = 0, list[Record]()
    while True:
        path = f"/api/v1/sessions/{session_id}/events?after={after}&limit={PAGE}"
        body, _ = await api.call("GET", path)
        header = msgspec.convert(body["header"], Header)
        records += [
            msgspec.convert({k: item[k] for k in ("seq", "event", "effects", "fault")}, Record)
            for item in body["items"]
        ]
        if not body["has_more"]:
            return header, records
        after = records[-1].seq
