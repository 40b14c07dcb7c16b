"""Transfer: give the call to a person, or to another telephone."""

from collections.abc import Iterable
from typing import Annotated, Literal

from engine.flow import Diagnostic, Flow, FlowNode
from engine.kinds.building import Builder
from engine.kinds.forms import Form
from engine.kinds.instructions import End, Speak
from engine.kinds.instructions import Transfer as TransferInstruction
from engine.kinds.kind import Family, Kind, NodeFields, Outcome, Outlook, Port, PortClass, Scope, Source
from engine.kinds.listening import Words, said
from engine.kinds.say import word_sources
from engine.protocol.script import Answer

TRANSFERRED = "transferred"
LONGEST_RING = 300_000
FAILURES = ("busy", "no_answer", "refused", "unknown", "error")
"""What may come of it but for success."""


class TransferFields(NodeFields, frozen=True):
    """The fields of transfer."""

    to: Annotated[
        str, Form("To", "template", "A telephone number or a SIP address; {{ variables }} may stand in it.")
    ] = ""
    text: Annotated[Words, Form("What it says before", "prompt", "Such as: one moment, I connect you.")] = {}
    manner: Annotated[
        Literal["cold", "warm"],
        Form(
            "Manner",
            "choice",
            "cold: the caller is sent there; warm: it calls there first, tells what it is about, and joins them.",
            options=("cold", "warm"),
        ),
    ] = "cold"
    briefing: Annotated[
        Words, Form("Briefing", "prompt", "What the other one is told before a warm transfer.", advanced=True)
    ] = {}
    timeout: Annotated[int, Form("May ring for", "duration", "How long it rings before nobody answers.")] = (
        30_000
    )


class Transfer(Kind[TransferFields]):
    """Give the call to somebody else."""

    id = "transfer"
    family = Family.PEOPLE
    title = "Transfer"
    summary = "Gives the call to a person, and comes back when that fails."
    structure = TransferFields
    rank = 10
    waits = True

    def ports(self, fields: TransferFields, document: Flow) -> tuple[Port, ...]:
        return (
            Port(TRANSFERRED, "transferred", optional=True, ends=TRANSFERRED),
            Port("busy", "busy", PortClass.BUSY),
            Port("no_answer", "nobody answers", PortClass.NO_ANSWER),
            Port("refused", "refused", PortClass.ERROR, rare=True, instead="failed"),
            Port("unknown", "nobody can say", PortClass.UNKNOWN, rare=True, instead="failed"),
            Port("failed", "failed", PortClass.ERROR),
        )

    def sources(self, fields: TransferFields) -> Iterable[Source]:
        yield Source("to", fields.to, template=True)
        yield from word_sources("text", fields.text)
        yield from word_sources("briefing", fields.briefing)

    def check(self, fields: TransferFields, scope: Scope) -> Iterable[Diagnostic]:
        if not fields.to.strip():
            fix = "Write a telephone number such as +4930123456, or an address such as sip:desk@example.com."
            yield Diagnostic("F003", "It does not say to whom.", field="to", fix=fix)
        if not 1_000 <= fields.timeout <= LONGEST_RING:
            message = f"To ring for {fields.timeout} ms makes no sense."
            yield Diagnostic("F003", message, field="timeout", fix="Choose from 1 s to 5 min.")
        if fields.briefing and fields.manner == "cold":
            message = "Nobody would hear the briefing: a cold transfer speaks to nobody."
            yield Diagnostic("F003", message, field="briefing", fix="Make it warm, or remove the briefing.")

    def words(self, fields: TransferFields, locale: str) -> str:
        return said(fields.text, locale)

    def badge(self, fields: TransferFields) -> str:
        return fields.manner

    def lower(self, node: FlowNode, fields: TransferFields, build: Builder) -> None:
        if fields.text:
            build.emit(Speak(node.id, build.prompt(fields.text), build.pc + 1, interruptible=False))
        place = build.pc
        done = build.port(TRANSFERRED) if node.out.get(TRANSFERRED) else place + 1
        build.emit(
            TransferInstruction(
                node.id,
                build.template(fields.to, "to"),
                fields.manner,
                build.prompt(fields.briefing, field="briefing") if fields.briefing else None,
                max(1_000, fields.timeout),
                {"ok": done, **{outcome: build.port(outcome) for outcome in FAILURES if outcome != "error"}},
                build.port("failed"),
            )
        )
        if done == place + 1:
            build.emit(End(node.id, TRANSFERRED))

    def outcomes(self, fields: TransferFields, outlook: Outlook) -> Iterable[Outcome]:
        yield Outcome(TRANSFERRED, (Answer("ok"),))
        for outcome in FAILURES:
            yield Outcome("failed" if outcome == "error" else outcome, (Answer(outcome),))


KIND = Transfer()
