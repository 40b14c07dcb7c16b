"""Consent: ask whether something is allowed, and keep what was answered."""

from collections.abc import Iterable
from typing import Annotated, Any

from engine.expressions import BOOL
from engine.flow import Diagnostic, Flow, FlowNode, Severity
from engine.kinds.ask import YES_NO_KEYS
from engine.kinds.building import Builder
from engine.kinds.forms import Form
from engine.kinds.instructions import Listen, Mark
from engine.kinds.kind import Assigned, Family, Kind, Outcome, Outlook, Port, PortClass, Scope, Source
from engine.kinds.listening import Listening, ladder, said
from engine.kinds.samples import NONSENSE, failing
from engine.kinds.say import word_sources
from engine.kinds.set import unknown_variable
from engine.kinds.values import from_plain
from engine.protocol.script import Keys, Say, Silence
from engine.understanding import Expected

RECORDING = "recording"
AGREED = "#agreed"
"""Where explorations keep that recording was agreed to."""

GIVEN, REFUSED, NO_ANSWER = "given", "refused", "no_answer"


class ConsentFields(Listening, frozen=True):
    """The fields of consent."""

    purpose: Annotated[
        str,
        Form(
            "For what", "text", "A word such as recording, data or marketing. Only recording is acted upon."
        ),
    ] = RECORDING
    save: Annotated[str, Form("Keep it as", "variable", "A yes/no variable that remembers the answer.")] = ""
    interruptible: Annotated[
        bool,
        Form(
            "May be cut in on",
            "toggle",
            "Off by default: who agrees must have heard to what.",
            advanced=True,
        ),
    ] = False


class Consent(Kind[ConsentFields]):
    """Ask whether something is allowed."""

    id = "consent"
    family = Family.POLICY
    title = "Consent"
    summary = "Asks whether something is allowed, such as recording the call, and keeps the answer."
    structure = ConsentFields
    rank = 10
    listens = True
    waits = True

    def ports(self, fields: ConsentFields, document: Flow) -> tuple[Port, ...]:
        return (
            Port(GIVEN, "given", PortClass.CASE, saves=fields.save),
            Port(REFUSED, "refused", PortClass.CASE),
            Port(NO_ANSWER, "no answer", PortClass.GIVES_UP),
        )

    def sources(self, fields: ConsentFields) -> Iterable[Source]:
        yield from word_sources("prompt", fields.prompt)
        for name in ("reprompts", "silences"):
            for i, words in enumerate(getattr(fields, name)):
                yield from word_sources(f"{name}.{i}", words)

    def assigns(self, fields: ConsentFields) -> Assigned:
        return {GIVEN: (fields.save,), REFUSED: (fields.save,)} if fields.save else {}

    def check(self, fields: ConsentFields, scope: Scope) -> Iterable[Diagnostic]:
        if not fields.prompt:
            yield Diagnostic(
                "V001", "It asks nothing.", Severity.WARNING, field="prompt", fix="Write to what one agrees."
            )
        if not fields.purpose.strip():
            fix = "Write a word such as recording or data."
            yield Diagnostic("F003", "It does not say for what.", field="purpose", fix=fix)
        if fields.save and fields.save not in scope.flow.variables:
            yield unknown_variable(fields.save, "save")
        elif fields.save and scope.types.get(fields.save) != BOOL:
            message = f'The answer is yes or no, and "{fields.save}" holds {scope.types.get(fields.save)}.'
            yield Diagnostic("D003", message, field="save", fix="Keep it in a yes/no variable.")

    def words(self, fields: ConsentFields, locale: str) -> str:
        return said(fields.prompt, locale)

    def badge(self, fields: ConsentFields) -> str:
        return fields.purpose

    def lower(self, node: FlowNode, fields: ConsentFields, build: Builder) -> None:
        given, refused, nobody = build.pc + 1, build.pc + 2, build.port(NO_ANSWER)
        build.emit(
            Listen(
                node.id,
                build.prompt(fields.prompt, field="prompt") if fields.prompt else None,
                tuple(Expected("yes_no") for _ in build.scope.document.locales),
                from_plain(BOOL),
                build.slot(fields.save),
                given,
                nobody,
                nobody,
                nobody,
                max(1, fields.tries),
                ladder(build, fields.silences, "silences"),
                ladder(build, fields.reprompts, "reprompts"),
                routes={True: given, False: refused},
                keys=YES_NO_KEYS,
                patience=build.patience(fields.patience),
                interruptible=fields.interruptible,
            )
        )
        name = f"consent:{fields.purpose}"
        build.emit(Mark(node.id, name, build.port(GIVEN), True))
        build.emit(Mark(node.id, name, build.port(REFUSED), False))

    def outcomes(self, fields: ConsentFields, outlook: Outlook) -> Iterable[Outcome]:
        for port, value, word, key in ((GIVEN, True, "yes", "1"), (REFUSED, False, "no", "2")):
            assign: dict[str, Any] = {fields.save: value} if fields.save else {}
            if value and fields.purpose == RECORDING:
                assign[AGREED] = True
            yield Outcome(port, (Say(word),), assign)
            yield Outcome(port, (Keys(key),), assign)
        if tries := failing(fields.tries):
            yield Outcome(NO_ANSWER, (Silence(),) * tries)
            yield Outcome(NO_ANSWER, (Say(NONSENSE),) * tries)


KIND = Consent()
