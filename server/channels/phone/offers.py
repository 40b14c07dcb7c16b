"""How two sides agree on sound: SDP offers and answers (RFC 3264), codecs matched by name."""

import msgspec
from aiosipua import MediaDescription, SdpMessage, SipRequest, SipResponse, parse_sdp

from server.channels.phone.datagrams import bracketed, is_address, plain

STATIC = {"PCMU": 0, "PCMA": 8, "G722": 9}
"""Our codecs with the payload types RFC 3551 gives them. All count 8000 timestamps a second; G.722 has 16000
samples all the same (section 4.5.2)."""
RATES = {"PCMU": 8000, "PCMA": 8000, "G722": 16000}
KEYS = 101
"""The payload type of telephone-event in offers of ours."""
COMFORT_NOISE = 13
MIRRORED = {"sendonly": "recvonly", "recvonly": "sendonly", "inactive": "inactive", "sendrecv": "sendrecv"}


class NoCommonCodec(Exception):
    """Nothing both sides can do; the message says what was offered."""


class Sound(msgspec.Struct, frozen=True):
    """What was agreed: codec and its payload type, where the far side wants it (``host`` is an address),
    telephone-event's payload type (-1: none), and its direction as the far side says it."""

    codec: str
    payload_type: int
    host: str
    port: int
    keys: int
    direction: str = "sendrecv"
    codecs: tuple[str, ...] = ()

    @property
    def rate(self) -> int:
        """Samples a second."""
        return RATES[self.codec]

    @property
    def held(self) -> bool:
        """Whether the far side does not want to hear us."""
        return self.direction in ("sendonly", "inactive") or self.host in ("0.0.0.0", "::")  # noqa: S104


class Session(msgspec.Struct):
    """Our side of the description: it keeps its id and counts its versions."""

    id: int
    version: int = 0


def sdp_of(message: SipRequest | SipResponse) -> SdpMessage | None:
    """The description in a message, None without one. Raises ``ValueError`` for what cannot be read."""
    if not message.body.strip():
        return None
    kind = (message.content_type or "").lower()
    if "sdp" not in kind and "multipart" not in kind:
        return None
    return parse_sdp(message.text)


def agree(sdp: SdpMessage, source: str, prefer: str = "") -> Sound:
    """What we do with an offer, or with the answer to ours: its first audio line without encryption, its
    first codec that is ours (``prefer`` when it is among them). Raises `NoCommonCodec`."""
    offered: list[str] = []
    for media in sdp.media:
        if media.media != "audio":
            continue
        offered.append(f"{media.proto} {' '.join(c.encoding_name or '?' for c in media.codecs)}")
        if media.proto.upper() != "RTP/AVP" or not 0 < media.port < 65_536:
            continue
        sound = _of_line(sdp, media, source, prefer)
        if sound is not None:
            return sound
    raise NoCommonCodec("; ".join(offered) or "no audio")


def _of_line(sdp: SdpMessage, media: MediaDescription, source: str, prefer: str) -> Sound | None:
    ours: list[tuple[str, int]] = []
    keys = -1
    for codec in media.codecs:
        name = codec.encoding_name.upper()
        if not 0 <= codec.payload_type < 128:
            continue
        if name in STATIC and codec.clock_rate == 8000 and codec.channels in (None, 1):
            ours.append((name, codec.payload_type))
        elif name == "TELEPHONE-EVENT" and codec.clock_rate == 8000 and keys < 0:
            keys = codec.payload_type
    if not ours:
        return None
    chosen = next((pair for pair in ours if pair[0] == prefer), ours[0])
    connection = media.connection or sdp.connection
    host = plain(connection.address) if connection is not None else source
    return Sound(
        codec=chosen[0],
        payload_type=chosen[1],
        host=host if is_address(host) else source,
        port=media.port,
        keys=keys,
        direction=_direction(sdp, media),
        codecs=tuple(name for name, _ in ours),
    )


def _direction(sdp: SdpMessage, media: MediaDescription) -> str:
    for attributes in (media.attributes, sdp.attributes):
        for direction in MIRRORED:
            if direction in attributes:
                return direction
    return "sendrecv"


def _head(session: Session, host: str) -> list[str]:
    family = "IP6" if ":" in host else "IP4"
    session.version += 1
    return [
        "v=0",
        f"o=parley {session.id} {session.version} IN {family} {host}",
        "s=-",
        f"c=IN {family} {host}",
        "t=0 0",
    ]


def write_offer(session: Session, host: str, port: int, codecs: tuple[str, ...], direction: str) -> bytes:
    """An offer of ours, the codec we like best first."""
    numbers = [STATIC[name] for name in codecs]
    lines = _head(session, host)
    lines.append(f"m=audio {port} RTP/AVP {' '.join(map(str, numbers))} {KEYS}")
    lines += [f"a=rtpmap:{STATIC[name]} {name}/8000" for name in codecs]
    lines += [f"a=rtpmap:{KEYS} telephone-event/8000", f"a=fmtp:{KEYS} 0-15", "a=ptime:20", f"a={direction}"]
    return ("\r\n".join(lines) + "\r\n").encode()


def write_answer(session: Session, host: str, port: int, offer: SdpMessage, sound: Sound) -> bytes:
    """The answer to an offer: one audio line, every other one refused by port 0."""
    lines = _head(session, host)
    taken = False
    for media in offer.media:
        if taken or not _is_taken(media, sound):
            formats = " ".join(media.formats) or "0"
            lines.append(f"m={media.media or 'audio'} 0 {media.proto or 'RTP/AVP'} {formats}")
            continue
        taken = True
        keys = f" {sound.keys}" if sound.keys >= 0 else ""
        lines.append(f"m=audio {port} RTP/AVP {sound.payload_type}{keys}")
        lines.append(f"a=rtpmap:{sound.payload_type} {sound.codec}/8000")
        if sound.keys >= 0:
            lines += [f"a=rtpmap:{sound.keys} telephone-event/8000", f"a=fmtp:{sound.keys} 0-15"]
        lines += ["a=ptime:20", f"a={MIRRORED[sound.direction]}"]
    return ("\r\n".join(lines) + "\r\n").encode()


def _is_taken(media: MediaDescription, sound: Sound) -> bool:
    return (
        media.media == "audio"
        and media.proto.upper() == "RTP/AVP"
        and media.port == sound.port
        and any(c.payload_type == sound.payload_type for c in media.codecs)
    )


def address_of(sdp: SdpMessage) -> str:
    """Where a description's sound goes, for the log."""
    found = sdp.rtp_address
    return f"{bracketed(found[0])}:{found[1]}" if found else ""
