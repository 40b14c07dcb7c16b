"""What travels over the widget's socket, as JSON text frames."""

import msgspec

from server.sessions.messages import Ended, Message

FRAME_ID = 100
"""Letters in a client's message id, at most."""


class Hello(msgspec.Struct, tag="hello"):
    """The first frame: the token, and the last message already seen."""

    token: str
    last_seq: int = 0


class Text(msgspec.Struct, tag="text"):
    """Words typed."""

    client_msg_id: str
    text: str


class Press(msgspec.Struct, tag="button"):
    """A button pressed."""

    client_msg_id: str
    button: str
    label: str = ""


class Ping(msgspec.Struct, tag="ping"):
    """Are you there?"""


class Welcome(msgspec.Struct, tag="welcome"):
    """The socket is open; missed messages follow. ``seq`` is the last of them."""

    session_id: str
    status: str
    seq: int


class Ack(msgspec.Struct, tag="ack"):
    """The words are in the log, as message ``seq``."""

    client_msg_id: str
    seq: int


class Typing(msgspec.Struct, tag="typing"):
    """The agent is preparing something, or no longer."""

    on: bool


class Problem(msgspec.Struct, tag="error", omit_defaults=True):
    """Something is wrong; the socket closes after a fatal one."""

    code: str
    message: str
    fatal: bool
    client_msg_id: str = ""


class Pong(msgspec.Struct, tag="pong"):
    """I am here."""


class Caption(msgspec.Struct, tag="caption"):
    """Words on the visitor's line, as they are heard or spoken: ``who`` is ``caller`` or ``agent``. One that is
    not final is replaced by the next."""

    who: str
    text: str
    final: bool


class Voice(msgspec.Struct, tag="voice"):
    """What the agent does on the line: ``listening``, ``thinking``, ``speaking``; ``over`` when the line is."""

    state: str


FromClient = Hello | Text | Press | Ping
FromServer = Welcome | Message | Ended | Ack | Typing | Problem | Pong | Caption | Voice

_decoder: msgspec.json.Decoder[FromClient] = msgspec.json.Decoder(FromClient)
_encoder = msgspec.json.Encoder()


def decode(frame: str | bytes) -> FromClient:
    """Read a client's frame; raises ``msgspec.DecodeError`` (of which a wrong shape is one kind)."""
    return _decoder.decode(frame)


def encode(frame: FromServer) -> str:
    """Write a frame."""
    return _encoder.encode(frame).decode()


def presentable(text: str) -> bool:
    """Whether a text holds no control characters but tab and line breaks."""
    return text.isprintable() or not any((c < " " and c not in "\t\n\r") or c == "\x7f" for c in text)
