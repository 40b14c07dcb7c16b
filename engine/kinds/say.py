"""Say: words, and on a screen buttons, cards and a picture."""

from collections.abc import Iterable
from typing import Annotated

import msgspec

from engine.flow import Flow, FlowNode
from engine.kinds.building import Builder
from engine.kinds.forms import Form
from engine.kinds.instructions import Speak
from engine.kinds.kind import Family, Kind, NodeFields, Port, Source
from engine.kinds.listening import Option, Words, said
from engine.protocol import Image


class CardFields(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A card: facts to read, never spoken."""

    title: Annotated[Words, Form("Title", "prompt")] = {}
    text: Annotated[Words, Form("Text", "prompt")] = {}
    image: Annotated[str, Form("Picture", "text", "The address of a picture.")] = ""


class SayFields(NodeFields, frozen=True):
    """The fields of say."""

    text: Annotated[
        Words, Form("What it says", "prompt", "Words, with {{ variables }} where they belong.")
    ] = {}
    voice: Annotated[
        Words,
        Form(
            "What it says aloud", "prompt", "Only when the ear wants other words than the eye.", advanced=True
        ),
    ] = {}
    buttons: Annotated[
        tuple[Option, ...], Form("Buttons", "list", "Shown on a screen; a press says the label.")
    ] = ()
    cards: Annotated[tuple[CardFields, ...], Form("Cards", "list", "Facts to read, never spoken.")] = ()
    image: Annotated[str, Form("Picture", "text", "The address of a picture.", advanced=True)] = ""
    alt: Annotated[str, Form("Picture in words", "text", "For who cannot see it.", advanced=True)] = ""
    audio: Annotated[
        str, Form("Recording", "template", "The address of a recording to play instead.", advanced=True)
    ] = ""
    interruptible: Annotated[
        bool, Form("May be cut in on", "toggle", "Off for what must be heard to its end.", advanced=True)
    ] = True


class Say(Kind[SayFields]):
    """Say something and go on."""

    id = "say"
    family = Family.TALK
    title = "Say"
    summary = "Says something and goes on."
    structure = SayFields
    rank = 10

    def ports(self, fields: SayFields, document: Flow) -> tuple[Port, ...]:
        return (Port("then", "then"),)

    def sources(self, fields: SayFields) -> Iterable[Source]:
        yield from word_sources("text", fields.text)
        yield from word_sources("voice", fields.voice)
        yield Source("audio", fields.audio, template=True)
        for i, button in enumerate(fields.buttons):
            yield from word_sources(f"buttons.{i}.label", button.label)
        for i, card in enumerate(fields.cards):
            yield from word_sources(f"cards.{i}.title", card.title)
            yield from word_sources(f"cards.{i}.text", card.text)

    def words(self, fields: SayFields, locale: str) -> str:
        return said(fields.text, locale)

    def lower(self, node: FlowNode, fields: SayFields, build: Builder) -> None:
        build.emit(
            Speak(
                node.id,
                build.prompt(fields.text, fields.voice),
                build.port("then"),
                fields.interruptible,
                tuple(
                    (b.id, build.prompt(b.label, field=f"buttons.{i}.label"))
                    for i, b in enumerate(fields.buttons)
                ),
                tuple(
                    (
                        build.prompt(card.title, field=f"cards.{i}.title"),
                        build.prompt(card.text, field=f"cards.{i}.text"),
                        Image(card.image) if card.image else None,
                    )
                    for i, card in enumerate(fields.cards)
                ),
                Image(fields.image, fields.alt) if fields.image else None,
                build.template(fields.audio, "audio"),
            )
        )


def word_sources(field: str, words: Words) -> Iterable[Source]:
    """The templates of words by locale."""
    return (Source(f"{field}.{locale}", text, template=True) for locale, text in words.items())


KIND = Say()
