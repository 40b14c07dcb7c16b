"""Digits: a number typed on the telephone's keys, or spelled out."""

from collections.abc import Iterable
from typing import Annotated

from engine.expressions import STRING
from engine.flow import Diagnostic, Flow, FlowNode
from engine.kinds.building import Builder
from engine.kinds.forms import Form
from engine.kinds.instructions import Check, KeyRules, Listen
from engine.kinds.kind import Assigned, Family, Kind, Outcome, Outlook, Port, Scope, Source
from engine.kinds.listening import FAILURE_PORTS, Listening, ladder, said
from engine.kinds.samples import NONSENSE, failing
from engine.kinds.say import word_sources
from engine.kinds.set import unknown_variable
from engine.kinds.values import from_plain
from engine.protocol.script import Keys, Say, Silence
from engine.understanding import Expected


class DigitsFields(Listening, frozen=True):
    """The fields of digits."""

    save: Annotated[str, Form("Keep it as", "variable", "The text variable the digits go to.")] = ""
    minimum: Annotated[int, Form("Fewest digits", "number")] = 1
    maximum: Annotated[int, Form("Most digits", "number")] = 16
    finish: Annotated[str, Form("Finish key", "choice", "Ends the number early.", options=("#", "*", ""))] = (
        "#"
    )
    gap: Annotated[
        int, Form("Pause that ends it", "duration", "How long after the last key it is taken as complete.")
    ] = 3000


class Digits(Kind[DigitsFields]):
    """Take a number from the keys."""

    id = "digits"
    family = Family.LISTEN
    title = "Digits"
    summary = "Takes a number from the telephone's keys, or spelled out."
    structure = DigitsFields
    rank = 30
    listens = True
    waits = True

    def ports(self, fields: DigitsFields, document: Flow) -> tuple[Port, ...]:
        return (Port("understood", "understood", saves=fields.save), *FAILURE_PORTS)

    def sources(self, fields: DigitsFields) -> Iterable[Source]:
        yield from word_sources("prompt", fields.prompt)
        for name in ("reprompts", "silences"):
            for i, words in enumerate(getattr(fields, name)):
                yield from word_sources(f"{name}.{i}", words)

    def assigns(self, fields: DigitsFields) -> Assigned:
        return {"understood": (fields.save,)} if fields.save else {}

    def check(self, fields: DigitsFields, scope: Scope) -> Iterable[Diagnostic]:
        if not 1 <= fields.minimum <= fields.maximum <= 64:
            message = f"From {fields.minimum} to {fields.maximum} digits makes no sense."
            yield Diagnostic(
                "F003", message, field="minimum", fix="Fewest must be 1 or more, most at most 64."
            )
        if not fields.save:
            return
        if fields.save not in scope.flow.variables:
            yield unknown_variable(fields.save, "save")
        elif scope.types.get(fields.save) != STRING:
            message = f'Digits are a text, and "{fields.save}" holds {scope.types.get(fields.save)}.'
            yield Diagnostic("D003", message, field="save", fix="Keep them in a text variable.")

    def words(self, fields: DigitsFields, locale: str) -> str:
        return said(fields.prompt, locale)

    def badge(self, fields: DigitsFields) -> str:
        return (
            f"{fields.minimum} to {fields.maximum}"
            if fields.minimum < fields.maximum
            else f"{fields.minimum} digits"
        )

    def lower(self, node: FlowNode, fields: DigitsFields, build: Builder) -> None:
        lowest, highest = fields.minimum, max(fields.minimum, fields.maximum)
        slot = build.hidden("value")
        build.emit(
            Listen(
                node.id,
                build.prompt(fields.prompt, field="prompt") if fields.prompt else None,
                tuple(
                    Expected("digits", minimum=lowest, maximum=highest) for _ in build.scope.document.locales
                ),
                from_plain(STRING),
                build.slot(fields.save),
                build.port("understood"),
                build.port("no_input"),
                build.port("no_match"),
                build.port("no_match"),
                max(1, fields.tries),
                ladder(build, fields.silences, "silences"),
                ladder(build, fields.reprompts, "reprompts"),
                (Check(lambda v: lowest <= len(v[slot]) <= highest),),
                slot,
                collect=KeyRules(lowest, highest, fields.finish, fields.gap),
                patience=build.patience(fields.patience),
                interruptible=fields.interruptible,
                correctable=bool(fields.save),
            )
        )

    def outcomes(self, fields: DigitsFields, outlook: Outlook) -> Iterable[Outcome]:
        lengths = sorted({fields.minimum, max(fields.minimum, fields.maximum)})
        values = [str(v) for v in outlook.interesting(fields.save) if isinstance(v, str) and v.isdecimal()]
        values += [("1234567890" * 7)[:n] for n in lengths]
        for value in dict.fromkeys(values):
            if lengths[0] <= len(value) <= lengths[-1]:
                finish = "" if len(value) == lengths[-1] else fields.finish
                steps = (Keys(value + finish),) if finish or len(value) == lengths[-1] else (Say(value),)
                yield Outcome("understood", steps, {fields.save: value} if fields.save else {})
        good = ("1234567890" * 7)[: lengths[0]]
        for n in (lengths[0] - 1, lengths[-1] + 1) if fields.tries > 1 else ():
            if n:
                wrong = Say(" ".join(("1234567890" * 7)[:n]))
                yield Outcome("understood", (wrong, Say(good)), {fields.save: good} if fields.save else {})
        if tries := failing(fields.tries):
            yield Outcome("no_input", (Silence(),) * tries)
            yield Outcome("no_match", (Say(NONSENSE),) * tries)


KIND = Digits()
