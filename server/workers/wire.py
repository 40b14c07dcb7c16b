"""What travels between the server and a worker: MessagePack frames over one WebSocket.

The server runs each session; a worker holds lines. A line is named by its *seat*: the session's id and a
number that grows with each line the session has had (``ses_x:3``), so that nothing an old line says is taken
for the new one's.
"""

from typing import Any

import msgspec

from engine.conversation.voice import Ear, Speech, TurnTimes, Utterance
from engine.protocol import Plain, TakeMessage
from engine.providers.speech import Voice
from server.channels.phone.port import Registration, Trunk

PATH = "/internal/v1/worker"
"""The socket. The header ``Authorization: Bearer <worker token>`` opens it."""
MEDIA_PATH = "/internal/v1/media/"
"""Where the worker's end of a browser's audio socket is, by seat."""
SOUND_PATH = "/internal/v1/sound/"
"""Where prepared sound is fetched (GET, same header): ``<voice key>/<content hash>``, and recordings a flow
plays: ``address?of=<address>``; 24 kHz s16le PCM."""
RECORDING_PATH = "/internal/v1/recordings/"
"""Where recordings are appended to (PATCH, same header): ``<seat>/<name>?offset=N``; answers 409 with the
length it has when the offset is another."""
PROTOCOL = 1


class MediaWay(msgspec.Struct, frozen=True, tag="media"):
    """The caller's sound comes through the server: connect to ``path``. Binary frames are s16le mono PCM at
    ``rate`` both ways; text frames are JSON: ``{"type": "clear"}`` and ``{"type": "keys", "keys": "12"}``."""

    path: str
    rate: int


class LegWay(msgspec.Struct, frozen=True, tag="leg"):
    """The caller is on a telephone leg of this very worker."""

    call: str


class RoomWay(msgspec.Struct, frozen=True, tag="room"):
    """The caller is in a LiveKit room. ``caller`` is her identity there, ``stale`` the identity of an agent
    that died in it and must go. ``call`` is her telephone call, when she has one; ``agent`` the identity of who
    holds the line (known once it is held)."""

    url: str
    room: str
    caller: str
    stale: str = ""
    call: str = ""
    agent: str = ""


Way = MediaWay | LegWay | RoomWay


class Tongue(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who speaks a language, where that is somebody else: voices by provider, and the speed in per cent (0: as
    otherwise)."""

    voices: dict[str, str] = {}
    speed: int = 0


class Speaking(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a line hears and speaks: provider names in the order they are tried, ``local`` last; voices by
    provider, the speed in per cent, and what is different in a language (``it``) or a locale (``it-IT``);
    ``recorded`` whether recording begins at once; ``resumes``: speech that mere noise has paused goes on."""

    stt: tuple[str, ...] = ("local",)
    tts: tuple[str, ...] = ("local",)
    voices: dict[str, str] = {}
    voice_key: str = ""
    recorded: bool = False
    hold_sound: bool = True
    speed: int = 100
    tongues: dict[str, Tongue] = {}
    resumes: bool = True


def voice_of(speaking: Speaking, locale: str) -> Voice:
    """Who speaks a locale: what is set for it, else for its language, else for all."""
    voices, speed = dict(speaking.voices), speaking.speed
    for key in (locale.partition("-")[0], locale):
        tongue = speaking.tongues.get(key)
        if tongue is not None:
            voices |= tongue.voices
            speed = tongue.speed or speed
    return Voice(voices.get(speaking.tts[0], ""), locale, speed, by=voices)


# ---------------------------------------------------------------- worker to server


class Register(msgspec.Struct, frozen=True, tag="register"):
    """The first frame. ``takes`` are the ways it can take (``media``, ``leg``, ``room``); ``seats`` how many
    lines at once; ``lines`` the seats it still holds (after a reconnect) and ``held`` what it was told of
    each, for a server that has died meanwhile; ``calls`` its live telephone calls. ``agent_name`` is what it
    registered at LiveKit under."""

    name: str
    version: str
    takes: tuple[str, ...]
    seats: int
    protocol: int = PROTOCOL
    lines: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    agent_name: str = ""
    held: "tuple[Take, ...]" = ()


class ProviderReport(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a worker knows of a provider since it began (`engine.providers.resilience.metrics`). ``kind`` is
    ``hearing`` or ``voice``, ``state`` its breaker's; ``trouble`` is the last failure in words, empty once it
    has answered again."""

    kind: str
    provider: str
    model: str
    state: str = "closed"
    trouble: str = ""
    requests: int = 0
    failures: dict[str, int] = {}
    latency: tuple[int, ...] = ()
    latency_total_ms: int = 0
    sound_ms: int = 0
    characters: int = 0
    cost_micros: int = 0


class Beat(msgspec.Struct, frozen=True, tag="beat"):
    """I live; every second. ``late_ms`` is how late this beat was: the loop's own delay. ``providers`` come with
    some beats, all of them, when something about them has changed."""

    seats: tuple[str, ...]
    late_ms: int = 0
    draining: bool = False
    providers: tuple[ProviderReport, ...] = ()


class Joined(msgspec.Struct, frozen=True, tag="joined"):
    """The line is up: speak. ``identity`` is the agent's in the room."""

    seat: str
    identity: str = ""


class NotJoined(msgspec.Struct, frozen=True, tag="not_joined"):
    """The line could not be made."""

    seat: str
    reason: str


class Heard(msgspec.Struct, frozen=True, tag="heard"):
    """What `engine.conversation.voice.VoiceListener` is told: ``call`` is the method's name, ``args`` its
    arguments."""

    seat: str
    call: str
    args: tuple[Any, ...] = ()


class Offered(msgspec.Struct, frozen=True, tag="offered"):
    """Somebody calls in. The server answers with `Take`, `Bridge` or `Refuse`."""

    call: str
    trunk: str
    caller: str
    callee: str
    headers: dict[str, str] = {}


class CallState(msgspec.Struct, frozen=True, tag="call_state"):
    """A telephone call stands elsewhere now (`server.channels.phone.port.State`); with ``ended``, why.
    ``answered_by`` is ``person``, ``machine`` or empty."""

    call: str
    state: str
    reason: str = ""
    code: int = 0
    answered_by: str = ""


class Referred(msgspec.Struct, frozen=True, tag="referred"):
    """What came of `Refer` or `Consult`."""

    call: str
    effect: str
    outcome: str
    detail: str = ""


class TrunkStates(msgspec.Struct, frozen=True, tag="trunk_states"):
    """How the registrations stand."""

    registrations: tuple[Registration, ...]


class JobTaken(msgspec.Struct, frozen=True, tag="job_taken"):
    """LiveKit dispatched ``seat`` to this worker: give me its `Take`."""

    seat: str
    room: str
    job: str


class Arrived(msgspec.Struct, frozen=True, tag="arrived"):
    """A rule of LiveKit SIP dispatched this worker, and a caller is in the room: give me her `Take`. ``trunk`` is
    ours, when the rule named it; ``attributes`` are what LiveKit SIP says of her."""

    room: str
    job: str
    caller: str
    trunk: str = ""
    attributes: dict[str, str] = {}


FromWorker = (
    Register
    | Beat
    | Joined
    | NotJoined
    | Heard
    | Offered
    | CallState
    | Referred
    | TrunkStates
    | JobTaken
    | Arrived
)

# ---------------------------------------------------------------- server to worker


class Welcome(msgspec.Struct, frozen=True, tag="welcome"):
    """Registered. ``lost`` are seats of its that have gone to others meanwhile: it drops them."""

    beat_ms: int
    lost: tuple[str, ...] = ()
    trunks: tuple[Trunk, ...] = ()


class Take(msgspec.Struct, frozen=True, tag="take"):
    """Hold this line."""

    seat: str
    way: Way
    speaking: Speaking
    locale: str = "en-US"
    resumed: bool = False


class Tell(msgspec.Struct, frozen=True, tag="tell"):
    """What `engine.conversation.voice.VoicePort` is told: ``call`` is the method's name, ``args`` its
    arguments."""

    seat: str
    call: str
    args: tuple[Any, ...] = ()


class Drop(msgspec.Struct, frozen=True, tag="drop"):
    """The seat is no longer yours: leave at once, say nothing."""

    seat: str


class Bridge(msgspec.Struct, frozen=True, tag="bridge"):
    """Join the room as this caller (a SIP participant), answer once the agent's track is there, and carry
    sound both ways."""

    call: str
    url: str
    token: str


class Refuse(msgspec.Struct, frozen=True, tag="refuse"):
    """Turn the caller away."""

    call: str
    code: int
    reason: str
    retry_after: int = 0


class Dial(msgspec.Struct, frozen=True, tag="dial"):
    """Call somebody; `CallState` follows."""

    call: str
    trunk: str
    to: str
    caller_id: str = ""
    ring_ms: int = 45_000
    longest_ms: int = 3_600_000
    detect_machine: bool = False
    headers: dict[str, str] = {}


class HangUp(msgspec.Struct, frozen=True, tag="hang_up"):
    """End a telephone call."""

    call: str
    reason: str


class Refer(msgspec.Struct, frozen=True, tag="refer"):
    """Send the far side elsewhere; `Referred` follows."""

    call: str
    effect: str
    to: str
    timeout_ms: int


class Consult(msgspec.Struct, frozen=True, tag="consult"):
    """Call ``to``, say the briefing, ask whether the call is taken (a key), and join the two; or give the
    caller back. `Referred` follows."""

    call: str
    effect: str
    to: str
    briefing: str
    locale: str
    speaking: Speaking
    timeout_ms: int


class Trunks(msgspec.Struct, frozen=True, tag="trunks"):
    """Serve these trunks from now on."""

    trunks: tuple[Trunk, ...]


FromServer = Welcome | Take | Tell | Drop | Bridge | Refuse | Dial | HangUp | Refer | Consult | Trunks

_encoder = msgspec.msgpack.Encoder()
_from_worker: msgspec.msgpack.Decoder[FromWorker] = msgspec.msgpack.Decoder(FromWorker)
_from_server: msgspec.msgpack.Decoder[FromServer] = msgspec.msgpack.Decoder(FromServer)

encode = _encoder.encode


def from_worker(frame: bytes) -> FromWorker:
    """Decode; raises ``msgspec.DecodeError`` (``ValidationError`` among them)."""
    return _from_worker.decode(frame)


def from_server(frame: bytes) -> FromServer:
    """Decode; raises ``msgspec.DecodeError`` (``ValidationError`` among them)."""
    return _from_server.decode(frame)


PORT_ARGUMENTS: dict[str, tuple[Any, ...]] = {
    "speak": (Speech,),
    "stop": (int,),
    "listen": (Ear,),
    "press": (str,),
    "take_message": (TakeMessage,),
    "record": (str,),
    "hold": (bool,),
    "hang_up": (str,),
}
LISTENER_ARGUMENTS: dict[str, tuple[Any, ...]] = {
    "speaking": (bool,),
    "partial": (str,),
    "supposed": (str,),
    "words": (Utterance,),
    "key": (str,),
    "began": (int,),
    "finished": (int,),
    "barged_in": (int, int, str),
    "result": (str, str, Plain, str),
    "trouble": (str, str),
    "measured": (TurnTimes,),
    "gone": (str, str),
}


def tell(target: object, message: Tell | Heard, arguments: dict[str, tuple[Any, ...]]) -> None:
    """Call what the message names on ``target``. Raises ``ValueError`` for an unknown name or wrong
    arguments."""
    types = arguments.get(message.call)
    if types is None or len(types) != len(message.args):
        raise ValueError(f"{message.call} with {len(message.args)} arguments is no part of the protocol.")
    converted = [
        value if kind is Plain else msgspec.convert(value, kind)
        for kind, value in zip(types, message.args, strict=True)
    ]
    getattr(target, message.call)(*converted)
