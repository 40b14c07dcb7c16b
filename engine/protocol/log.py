"""The log of a session: one header, then one record an event.

Events and effects rest as JSON: a log must be readable in ten years by whoever finds it.
"""

import msgspec

from engine.protocol.effects import Effect
from engine.protocol.events import Event
from engine.protocol.values import Plain


class Header(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a replay needs beside the events.

    ``program`` is the program's hash, ``semantics`` the engine's semantics version it was started under,
    ``seed`` feeds chance, ``started`` is the civil time at the session's place when it began
    (``2026-11-27T19:30:00``), ``zone`` the name of the time zone it was read in. ``modality`` is ``text`` or
    ``voice``.
    """

    session: str
    program: str
    semantics: int
    seed: int
    started: str
    locale: str = "en-US"
    zone: str = "UTC"
    channel: str = "simulator"
    modality: str = "text"
    inputs: dict[str, Plain] = {}


class Record(msgspec.Struct, frozen=True, omit_defaults=True):
    """One event and the intents of the effects it led to, appended in one transaction before any is
    performed.

    ``fault`` is empty, or says why `step` could not consume the event.
    """

    seq: int
    event: Event
    effects: tuple[Effect, ...] = ()
    fault: str = ""


_encoder = msgspec.json.Encoder()
_event_decoder: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)
_effects_decoder: msgspec.json.Decoder[tuple[Effect, ...]] = msgspec.json.Decoder(tuple[Effect, ...])

encode_event = _encoder.encode
encode_effects = _encoder.encode


def decode_event(data: bytes | str) -> Event:
    """Decode one event; raises ``msgspec.ValidationError`` for what is none."""
    return _event_decoder.decode(data)


def decode_effects(data: bytes | str) -> tuple[Effect, ...]:
    """Decode the effects of one record; raises ``msgspec.ValidationError`` for what are none."""
    return _effects_decoder.decode(data)
