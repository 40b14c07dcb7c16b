"""Records as messages: what a visitor sees, and what history shows.

A message's number is its record's number times 64, plus its place in it: 0 for the visitor's own words, from
1 on for the agent's, 63 for the end. So numbers grow, never change, and need no table of their own.
"""

from collections.abc import Iterable, Mapping

import msgspec

from engine.protocol import (
    Button,
    Card,
    Cite,
    Digit,
    End,
    Heard,
    HungUp,
    Image,
    Pressed,
    Record,
    Source,
    Speak,
)
from server.kit.clock import iso

PLACES = 64
END = PLACES - 1


class ShownCard(msgspec.Struct, omit_defaults=True):
    """A card; ``image`` is an address."""

    title: str
    text: str = ""
    image: str = ""


class Message(msgspec.Struct, tag="message", omit_defaults=True):
    """One message of a conversation. The sentences of one generated answer share their ``stream``; ``sources`` are
    those of what was said before them."""

    seq: int
    role: str
    text: str
    at: str
    buttons: tuple[Button, ...] = ()
    cards: tuple[ShownCard, ...] = ()
    image: str = ""
    alt: str = ""
    client_msg_id: str = ""
    stream: str = ""
    sources: tuple[Source, ...] = ()


class Ended(msgspec.Struct, tag="ended", omit_defaults=True):
    """The conversation is over."""

    seq: int
    outcome: str
    at: str


Shown = Message | Ended


def visitor_message(record: Record, started_ms: int, key: str, labels: Mapping[str, str]) -> Message | None:
    """The visitor's own words in a record, if there are any; ``labels`` are those of the buttons she saw."""
    event = record.event
    kind = type(event)
    if kind is Heard:
        text = event.text  # type: ignore[union-attr]
        if not text:
            # Somebody spoke, and nothing could be recognised.
            return None
    elif kind is Pressed:
        text = labels.get(event.button, event.button)  # type: ignore[union-attr]
    elif kind is Digit:
        text = event.digit  # type: ignore[union-attr]
    else:
        return None
    return Message(record.seq * PLACES, "visitor", text, iso(started_ms + event.at), client_msg_id=key)


def agent_messages(record: Record, started_ms: int) -> list[Shown]:
    """What the agent said in a record, and whether it was the end."""
    shown: list[Shown] = []
    at, place = "", 0
    for effect in record.effects:
        kind = type(effect)
        if kind is Speak:
            at = at or iso(started_ms + record.event.at)
            place = min(place + 1, END - 1)
            shown.append(_spoken(effect, record.seq * PLACES + place, at))  # type: ignore[arg-type]
        elif kind is Cite:
            at = at or iso(started_ms + record.event.at)
            place = min(place + 1, END - 1)
            shown.append(Message(record.seq * PLACES + place, "agent", "", at, sources=effect.sources))  # type: ignore[union-attr]
        elif kind is End:
            at = at or iso(started_ms + record.event.at)
            outcome = effect.outcome  # type: ignore[union-attr]
            shown.append(Ended(record.seq * PLACES + END, outcome, at))
    return shown


def _spoken(effect: Speak, seq: int, at: str) -> Message:
    message = Message(seq, "agent", effect.text, at)
    if effect.stream:
        message.stream = effect.stream
    if effect.buttons:
        message.buttons = effect.buttons
    if effect.cards:
        message.cards = tuple(_card(card) for card in effect.cards)
    if effect.image is not None:
        message.image, message.alt = effect.image.url, effect.image.alt
    return message


def _card(card: Card) -> ShownCard:
    image: Image | None = card.image
    return ShownCard(card.title, card.text, image.url if image else "")


def labels_in(record: Record, labels: dict[str, str]) -> dict[str, str]:
    """The labels of the buttons now on the visitor's screen, after this record."""
    for effect in record.effects:
        if type(effect) is Speak and effect.buttons:
            labels = {button.id: button.label for button in effect.buttons}
    return labels


def history(records: Iterable[Record], started_ms: int, keys: Mapping[str, int]) -> list[Shown]:
    """Everything said in a session, in order."""
    by_seq = {seq: key for key, seq in keys.items()}
    labels: dict[str, str] = {}
    shown: list[Shown] = []
    for record in records:
        own = visitor_message(record, started_ms, by_seq.get(record.seq, ""), labels)
        if own is not None:
            shown.append(own)
        shown.extend(agent_messages(record, started_ms))
        labels = labels_in(record, labels)
        if isinstance(record.event, HungUp) and not any(isinstance(s, Ended) for s in shown[-1:]):
            shown.append(Ended(record.seq * PLACES + END, "hung_up", iso(started_ms + record.event.at)))
    return shown
