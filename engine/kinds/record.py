"""Record: a message the caller leaves."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any

from engine.expressions import STRING
from engine.flow import Diagnostic, Flow, FlowNode
from engine.kinds.building import Builder
from engine.kinds.forms import Form
from engine.kinds.instructions import Branch, Listen, Message, Speak
from engine.kinds.kind import (
    Assigned,
    Family,
    Kind,
    NodeFields,
    Outcome,
    Outlook,
    Port,
    PortClass,
    Scope,
    Source,
)
from engine.kinds.listening import Words, duration_text, said
from engine.kinds.program import SESSION_SLOT
from engine.kinds.say import word_sources
from engine.kinds.set import unknown_variable
from engine.kinds.values import from_plain
from engine.protocol.script import Say, Silence
from engine.understanding import Expected

LONGEST = 15 * 60_000
MESSAGE = "some words"


class RecordFields(NodeFields, frozen=True):
    """The fields of record."""

    prompt: Annotated[
        Words, Form("What it says before", "prompt", "Such as: leave a message after the tone.")
    ] = {}
    save: Annotated[
        str,
        Form(
            "Keep it as", "variable", "A text variable: the recording's name, or the words when it was typed."
        ),
    ] = ""
    longest: Annotated[int, Form("At most", "duration", "How long a message may be.")] = 120_000
    silence: Annotated[int, Form("Ends after silence of", "duration", advanced=True)] = 3_000
    finish: Annotated[str, Form("Finish key", "choice", "Ends the message.", options=("#", "*", ""))] = "#"
    beep: Annotated[bool, Form("With a tone", "toggle", "A short tone before it begins.", advanced=True)] = (
        True
    )


class Record(Kind[RecordFields]):
    """Take a message."""

    id = "record"
    family = Family.LISTEN
    title = "Take a message"
    summary = "Records what the caller says, and keeps the recording; on a screen it takes words instead."
    structure = RecordFields
    rank = 40
    listens = True
    waits = True

    def ports(self, fields: RecordFields, document: Flow) -> tuple[Port, ...]:
        return (
            Port("recorded", "recorded", saves=fields.save),
            Port("silent", "nothing said", PortClass.NO_INPUT),
            Port("error", "failed", PortClass.ERROR),
        )

    def sources(self, fields: RecordFields) -> Iterable[Source]:
        return word_sources("prompt", fields.prompt)

    def assigns(self, fields: RecordFields) -> Assigned:
        return {"recorded": (fields.save,)} if fields.save else {}

    def check(self, fields: RecordFields, scope: Scope) -> Iterable[Diagnostic]:
        if not 1_000 <= fields.longest <= LONGEST:
            message = f"A message of {fields.longest} ms makes no sense."
            yield Diagnostic("F003", message, field="longest", fix="Choose from 1 s to 15 min.")
        if not 500 <= fields.silence <= 60_000:
            message = f"A silence of {fields.silence} ms makes no sense."
            yield Diagnostic("F003", message, field="silence", fix="Choose from half a second to a minute.")
        if len(fields.finish) > 1 or fields.finish not in "0123456789*#":
            yield Diagnostic(
                "F003", f'"{fields.finish}" is no key.', field="finish", fix="Use # or *, or none."
            )
        if fields.save and fields.save not in scope.flow.variables:
            yield unknown_variable(fields.save, "save")
        elif fields.save and scope.types.get(fields.save) != STRING:
            message = f'A recording has a name, and "{fields.save}" holds {scope.types.get(fields.save)}.'
            yield Diagnostic("D003", message, field="save", fix="Keep it in a text variable.")

    def words(self, fields: RecordFields, locale: str) -> str:
        return said(fields.prompt, locale)

    def badge(self, fields: RecordFields) -> str:
        return duration_text(fields.longest)

    def lower(self, node: FlowNode, fields: RecordFields, build: Builder) -> None:
        """By modality: what is said is recorded, what is typed is taken as it is."""
        typed = build.pc + 1
        spoken = typed + 1
        recorded, silent, error = build.port("recorded"), build.port("silent"), build.port("error")
        prompt = build.prompt(fields.prompt, field="prompt") if fields.prompt else None
        slot = build.slot(fields.save)
        build.emit(Branch(node.id, ((_is_spoken, spoken),), typed, typed))
        build.emit(
            Listen(
                node.id,
                prompt,
                tuple(Expected("text") for _ in build.scope.document.locales),
                from_plain(STRING),
                slot,
                recorded,
                silent,
                error,
                error,
                tries=1,
                patience=build.patience(0),
            )
        )
        if prompt is not None:
            build.emit(Speak(node.id, prompt, build.pc + 1))
        build.emit(
            Message(
                node.id,
                slot,
                max(1_000, fields.longest),
                max(500, fields.silence),
                fields.finish,
                fields.beep,
                {"ok": recorded, "silence": silent},
                error,
                typed,
            )
        )

    def outcomes(self, fields: RecordFields, outlook: Outlook) -> Iterable[Outcome]:
        yield Outcome("recorded", (Say(MESSAGE),), {fields.save: MESSAGE} if fields.save else {})
        yield Outcome("silent", (Silence(),))


def _is_spoken(values: Sequence[Any]) -> bool:
    return bool(values[SESSION_SLOT]["modality"] == "voice")


KIND = Record()
