"""Play: a recording, or telephone keys for the machine at the other end."""

from collections.abc import Iterable
from typing import Annotated

from engine.flow import Diagnostic, Flow, FlowNode
from engine.kinds.building import Builder
from engine.kinds.forms import Form
from engine.kinds.instructions import Press, Speak
from engine.kinds.kind import Family, Kind, NodeFields, Port, PortClass, Scope, Source
from engine.kinds.listening import Words, said
from engine.kinds.say import word_sources

KEYS = frozenset("0123456789*#ABCDw")
"""What can be sent; ``w`` is half a second of silence."""


class PlayFields(NodeFields, frozen=True):
    """The fields of play."""

    audio: Annotated[str, Form("Recording", "template", "The address of a recording.")] = ""
    text: Annotated[
        Words, Form("Its words", "prompt", "For the screen, and for when the recording cannot be had.")
    ] = {}
    keys: Annotated[
        str, Form("Keys to send", "template", "Telephone keys, such as 1ww200#; w waits half a second.")
    ] = ""
    interruptible: Annotated[
        bool, Form("May be cut in on", "toggle", "Off for what must be heard to its end.", advanced=True)
    ] = True


class Play(Kind[PlayFields]):
    """Play a recording, or send keys."""

    id = "play"
    family = Family.TALK
    title = "Play"
    summary = "Plays a recording, or sends telephone keys to the other side."
    structure = PlayFields
    rank = 20

    def ports(self, fields: PlayFields, document: Flow) -> tuple[Port, ...]:
        then = Port("then", "then")
        if "{{" not in fields.keys:
            return (then,)
        return (then, Port("error", "no keys", PortClass.ERROR, rare=True, optional=True))

    def sources(self, fields: PlayFields) -> Iterable[Source]:
        yield from word_sources("text", fields.text)
        yield Source("audio", fields.audio, template=True)
        yield Source("keys", fields.keys, template=True)

    def check(self, fields: PlayFields, scope: Scope) -> Iterable[Diagnostic]:
        if not fields.audio and not fields.keys:
            fix = "Give the address of a recording, or the keys to send."
            yield Diagnostic("F003", "It has nothing to play.", field="audio", fix=fix)
        if "{{" not in fields.keys and not KEYS.issuperset(fields.keys):
            wrong = next(c for c in fields.keys if c not in KEYS)
            fix = "Use 0 to 9, *, #, A to D, and w for a pause."
            yield Diagnostic("F003", f'"{wrong}" is no key.', field="keys", fix=fix)

    def words(self, fields: PlayFields, locale: str) -> str:
        return said(fields.text, locale)

    def badge(self, fields: PlayFields) -> str:
        return fields.keys if fields.keys and not fields.audio else ""

    def lower(self, node: FlowNode, fields: PlayFields, build: Builder) -> None:
        if fields.audio or fields.text:
            then = build.pc + 1 if fields.keys else build.port("then")
            prompt = build.prompt(fields.text)
            build.emit(
                Speak(
                    node.id, prompt, then, fields.interruptible, audio=build.template(fields.audio, "audio")
                )
            )
        if fields.keys:
            error = build.port("error") if "{{" in fields.keys else -1
            build.emit(Press(node.id, build.template(fields.keys, "keys"), build.port("then"), error))
        elif not fields.audio and not fields.text:
            build.trap("F003", "It has nothing to play")


KIND = Play()
