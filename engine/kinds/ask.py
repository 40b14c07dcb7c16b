"""Ask: a question with a typed answer."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Literal

import msgspec

from engine.expressions import (
    BOOL,
    DATE,
    DATETIME,
    DECIMAL,
    INT,
    STRING,
    TIME,
    EnumType,
    EvaluationError,
    Type,
)
from engine.flow import Diagnostic, Flow, FlowNode, Severity
from engine.kinds.building import Builder
from engine.kinds.forms import Form
from engine.kinds.instructions import Check, Deny, KeyRules, Listen
from engine.kinds.kind import Assigned, Family, Kind, Outcome, Outlook, Port, Scope, Source
from engine.kinds.listening import FAILURE_PORTS, Listening, Option, Words, choices, ladder, pressed, said
from engine.kinds.samples import ANYTHING, NONSENSE, failing, fitting, spoken, typical
from engine.kinds.say import word_sources
from engine.kinds.set import unknown_variable
from engine.kinds.values import from_plain
from engine.protocol.script import Keys, Say, Silence, Step
from engine.understanding import Choice, Expected

AnswerType = Literal[
    "text", "number", "yes_no", "date", "time", "datetime", "phone", "email", "choice", "name", "digits"
]
TYPES: dict[str, tuple[Type, ...]] = {
    "text": (STRING,),
    "number": (INT, DECIMAL),
    "yes_no": (BOOL,),
    "date": (DATE,),
    "time": (TIME,),
    "datetime": (DATETIME,),
    "phone": (STRING,),
    "email": (STRING,),
    "choice": (STRING,),
    "name": (STRING,),
    "digits": (STRING,),
}
BY_KEYS = ("number", "digits", "phone")
AMENDED = ("number", "date", "time", "datetime", "phone", "email", "digits", "choice", "name")
"""Types of which another value is understood in place of a yes."""

LONG_AGO = (date(1980, 5, 17),)
LONGEST = 64
YES_NO_KEYS = {"1": True, "2": False}


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A condition the answer must meet."""

    when: Annotated[str, Form("Must hold", "expression", "A condition on value, such as value <= 12.")] = ""
    say: Annotated[Words, Form("Else say", "prompt", "What to say when it does not hold.")] = {}


class AskFields(Listening, frozen=True):
    """The fields of ask."""

    type: Annotated[
        AnswerType, Form("Answer", "choice", "What kind of answer it wants.", options=tuple(TYPES))
    ] = "text"
    save: Annotated[str, Form("Keep it as", "variable", "The variable the answer goes to.")] = ""
    choices: Annotated[tuple[Option, ...], Form("Choices", "list", "For an answer that is a choice.")] = ()
    minimum: Annotated[int | None, Form("At least", "number", "Smallest number, or fewest digits.")] = None
    maximum: Annotated[int | None, Form("At most", "number", "Largest number, or most digits.")] = None
    earliest: Annotated[str, Form("Not before", "text", "A time such as 18:00.", advanced=True)] = ""
    latest: Annotated[str, Form("Not after", "text", "A time such as 22:00.", advanced=True)] = ""
    past: Annotated[bool, Form("May be in the past", "toggle", "For a date of birth.", advanced=True)] = False
    region: Annotated[str, Form("Country", "text", "For phone numbers, such as US.", advanced=True)] = ""
    rules: Annotated[tuple[Rule, ...], Form("Rules", "list", "What else must hold.")] = ()
    invalid: Annotated[
        Words, Form("When it is out of bounds", "prompt", "Said for an answer outside the bounds.")
    ] = {}
    confirm: Annotated[
        Words, Form("Confirm", "prompt", 'Asks "is that right?"; empty: it does not ask.')
    ] = {}
    correctable: Annotated[
        bool,
        Form(
            "May be corrected later", "toggle", '"No, I meant Tuesday" at the next question.', advanced=True
        ),
    ] = True


class Ask(Kind[AskFields]):
    """Ask for something and keep the answer."""

    id = "ask"
    family = Family.LISTEN
    title = "Ask"
    summary = "Asks for something and keeps the answer."
    structure = AskFields
    rank = 10
    listens = True
    waits = True

    def ports(self, fields: AskFields, document: Flow) -> tuple[Port, ...]:
        return (Port("understood", "understood", saves=fields.save), *FAILURE_PORTS)

    def sources(self, fields: AskFields) -> Iterable[Source]:
        yield from word_sources("prompt", fields.prompt)
        for name in ("reprompts", "silences"):
            for i, words in enumerate(getattr(fields, name)):
                yield from word_sources(f"{name}.{i}", words)
        yield from word_sources("invalid", fields.invalid)
        for locale, text in fields.confirm.items():
            yield Source(f"confirm.{locale}", text, template=True, assigned=(fields.save,))
        extra = {"value": TYPES[fields.type][0]}
        for i, rule in enumerate(fields.rules):
            yield Source(f"rules.{i}.when", rule.when, want=BOOL, extra=extra)
            for locale, text in rule.say.items():
                yield Source(f"rules.{i}.say.{locale}", text, template=True, extra=extra)
        for i, option in enumerate(fields.choices):
            yield from word_sources(f"choices.{i}.label", option.label)

    def assigns(self, fields: AskFields) -> Assigned:
        return {"understood": (fields.save,)} if fields.save else {}

    def check(self, fields: AskFields, scope: Scope) -> Iterable[Diagnostic]:
        if not fields.prompt:
            yield Diagnostic(
                "V001", "It asks nothing.", Severity.WARNING, field="prompt", fix="Write a question."
            )
        if fields.tries < 1:
            yield Diagnostic(
                "F003", "It must ask at least once.", field="tries", fix="Set tries to 1 or more."
            )
        if fields.type == "choice" and not fields.choices:
            yield Diagnostic("F003", "It has no choices.", field="choices", fix="Add what one can choose.")
        for name in ("earliest", "latest"):
            if getattr(fields, name) and _clock(getattr(fields, name)) is None:
                yield Diagnostic(
                    "F003", f'"{getattr(fields, name)}" is no time.', field=name, fix="Write it as 18:00."
                )
        if fields.save:
            yield from self._check_variable(fields, scope)

    def _check_variable(self, fields: AskFields, scope: Scope) -> Iterator[Diagnostic]:
        if fields.save not in scope.flow.variables:
            yield unknown_variable(fields.save, "save")
            return
        type = scope.types.get(fields.save)
        fits = type in TYPES[fields.type] or (
            isinstance(type, EnumType)
            and fields.type == "choice"
            and {o.id for o in fields.choices} <= {*type.members}
        )
        if type is not None and not fits:
            message = f'The answer is a {fields.type.replace("_", "/")}, and "{fields.save}" holds {type}.'
            yield Diagnostic("D003", message, field="save", fix="Keep it in a variable of the right type.")

    def words(self, fields: AskFields, locale: str) -> str:
        return said(fields.prompt, locale)

    def badge(self, fields: AskFields) -> str:
        return {"datetime": "date and time", "yes_no": "yes or no", "email": "e-mail"}.get(
            fields.type, fields.type
        )

    def lower(self, node: FlowNode, fields: AskFields, build: Builder) -> None:
        question = build.pc
        understood = question + 1 if fields.confirm else build.port("understood")
        value_slot = build.hidden("value") if fields.rules or _bounds(fields) else -1
        build.emit(
            Listen(
                node.id,
                build.prompt(fields.prompt, field="prompt") if fields.prompt else None,
                expectations(fields, build.scope.document.locales),
                self._converter(fields, build),
                build.slot(fields.save),
                understood,
                build.port("no_input"),
                build.port("no_match"),
                build.port("no_match"),
                max(1, fields.tries),
                ladder(build, fields.silences, "silences"),
                ladder(build, fields.reprompts, "reprompts"),
                self._checks(fields, build, value_slot),
                value_slot,
                keys=YES_NO_KEYS if fields.type == "yes_no" else _option_keys(fields.choices),
                collect=_key_rules(fields),
                patience=build.patience(fields.patience),
                buttons=tuple(
                    (o.id, build.prompt(o.label, field=f"choices.{i}.label"), o.id)
                    for i, o in enumerate(fields.choices)
                ),
                interruptible=fields.interruptible,
                correctable=fields.correctable and bool(fields.save),
            )
        )
        if fields.confirm:
            self._confirm(node, fields, build, question)

    def _confirm(self, node: FlowNode, fields: AskFields, build: Builder, question: int) -> None:
        deny = build.pc + 1
        gives_up = build.port("gives_up")
        locales = build.scope.document.locales
        build.emit(
            Listen(
                node.id,
                build.prompt(fields.confirm, field="confirm"),
                tuple(Expected("yes_no") for _ in locales),
                from_plain(BOOL),
                -1,
                build.port("understood"),
                gives_up,
                gives_up,
                gives_up,
                max(1, fields.tries),
                routes={True: build.port("understood"), False: deny},
                keys=YES_NO_KEYS,
                patience=build.patience(fields.patience),
                interruptible=fields.interruptible,
                amends=question,
            )
        )
        build.emit(Deny(node.id, question, gives_up))

    def _converter(self, fields: AskFields, build: Builder) -> Any:
        type = build.scope.types.get(fields.save) if fields.save else TYPES[fields.type][0]
        return from_plain(type)

    def _checks(self, fields: AskFields, build: Builder, slot: int) -> tuple[Check, ...]:
        extra = {"value": TYPES[fields.type][0]}
        invalid = build.prompt(fields.invalid, field="invalid") if fields.invalid else None
        bounds = _bounds(fields)
        checks = [Check(bounds(slot), invalid)] if bounds else []
        for i, rule in enumerate(fields.rules):
            condition = build.expression(rule.when, f"rules.{i}.when", extra)
            checks.append(
                Check(condition, build.prompt(rule.say, field=f"rules.{i}.say") if rule.say else None)
            )
        return tuple(checks)

    def outcomes(self, fields: AskFields, outlook: Outlook) -> Iterable[Outcome]:
        confirmed = (Say("yes"),) if fields.confirm else ()
        tries = failing(fields.tries)
        good, bad = self._answers(fields, outlook)

        def understood(value: Any, *steps: Step) -> Outcome:
            assign = {fields.save: value} if fields.save else {}
            return Outcome("understood", (*steps, *confirmed), assign)

        for value in good:
            yield understood(value, Say(spoken(fields.type, value)))
        for option in fields.choices if fields.type == "choice" else ():
            if option.key:
                yield understood(option.id, *pressed(option.key, fields.choices))
        for key, value in YES_NO_KEYS.items() if fields.type == "yes_no" else ():
            if value in good:
                yield understood(value, Keys(key))
        if tries:
            yield Outcome("no_input", (Silence(),) * tries)
        if tries and fields.type not in ANYTHING:
            yield Outcome("no_match", (Say(NONSENSE),) * tries)
        for value in bad:
            wrong = Say(spoken(fields.type, value))
            if tries == 1:
                yield Outcome("no_match", (wrong,))
            elif good:
                yield understood(good[0], wrong, Say(spoken(fields.type, good[0])))
        if fields.confirm and good and tries:
            yield from self._doubts(fields, good)

    def _doubts(self, fields: AskFields, good: list[Any]) -> Iterable[Outcome]:
        """What may happen at "is that right?", but for yes."""
        tries = max(1, fields.tries)
        first = Say(spoken(fields.type, good[0]))
        assign = {fields.save: good[0]} if fields.save else {}
        if tries > 1:
            yield Outcome("understood", (first, Say("no"), first, Say("yes")), assign)
            yield Outcome("understood", (first, Keys("2"), first, Keys("1")), assign)
        yield Outcome("understood", (first, Keys("1")), assign)
        yield Outcome("gives_up", (first, Say("no")) * tries, assign)
        yield Outcome("gives_up", (first, Keys("2")) * tries, assign)
        yield Outcome("gives_up", (first, *(Silence(),) * tries), assign)
        yield Outcome("gives_up", (first, *(Say(NONSENSE),) * tries), assign)
        if len(good) > 1 and fields.type in AMENDED:
            other = Say(f"no, {spoken(fields.type, good[1])}")
            yield Outcome(
                "understood", (first, other, Say("yes")), {fields.save: good[1]} if fields.save else {}
            )

    def _answers(self, fields: AskFields, outlook: Outlook) -> tuple[list[Any], list[Any]]:
        """Answers worth trying: those that will do, and those it refuses."""
        if fields.type == "choice":
            return [o.id for o in fields.choices], []
        values = [
            *fitting(fields.type, [*outlook.interesting(fields.save), *_edges(fields, outlook.now)]),
            *(LONG_AGO if fields.past and fields.type == "date" else ()),
            *typical(fields.type, outlook.now),
        ]
        sayable = [v for v in dict.fromkeys(values) if v != "" and (isinstance(v, bool) or not _negative(v))]
        good = [v for v in sayable if self._accepts(fields, v, outlook)]
        return good, [v for v in sayable if v not in good]

    def _accepts(self, fields: AskFields, value: Any, outlook: Outlook) -> bool:
        bounds = _bounds(fields)
        if bounds and not bounds(0)([value]):
            return False
        try:
            return all(outlook.evaluate(rule.when, {"value": value}) for rule in fields.rules)
        except EvaluationError:
            return False


def _negative(value: Any) -> bool:
    return isinstance(value, int) and value < 0


def _edges(fields: AskFields, now: str) -> list[Any]:
    """Answers at the bounds and just beyond them."""
    ends = [v for v in (fields.minimum, fields.maximum) if v is not None]
    near = [v + d for v in ends for d in (0, -1, 1)]
    if fields.type == "number":
        return near
    if fields.type in ("digits", "text"):
        return [("1234567890" * 8)[:n] for n in near if 0 < n <= LONGEST]
    if fields.rules and fields.type in ("date", "datetime") and not fields.past:
        gone = datetime.fromisoformat(now) - timedelta(days=1)
        near_days: list[Any] = [gone.date() if fields.type == "date" else gone]
    else:
        near_days = []
    clocks = [c for c in (_clock(fields.earliest), _clock(fields.latest)) if c is not None]
    moved = [m for c in clocks for m in (c, _later(c, -1), _later(c, 1))]
    if fields.type == "datetime":
        return [*(datetime.combine(typical("date", now)[0], clock) for clock in moved), *near_days]
    return [*moved] if fields.type == "time" else near_days


def _later(clock: time, minutes: int) -> time:
    total = (clock.hour * 60 + clock.minute + minutes) % (24 * 60)
    return time(total // 60, total % 60)


def expectations(fields: AskFields, locales: tuple[str, ...]) -> tuple[Expected, ...]:
    """What the understanding should look for, by locale."""
    earliest, latest = _clock(fields.earliest), _clock(fields.latest)
    return tuple(
        Expected(
            type=fields.type,
            choices=_choices(fields, locale),
            minimum=fields.minimum,
            maximum=fields.maximum,
            region=fields.region,
            past=fields.past,
            earliest=fields.earliest if earliest else None,
            latest=fields.latest if latest else None,
        )
        for locale in locales
    )


def _choices(fields: AskFields, locale: str) -> tuple[Choice, ...]:
    return choices(fields.choices, locale) if fields.type == "choice" else ()


def _option_keys(options: tuple[Option, ...]) -> dict[str, Any]:
    return {o.key: o.id for o in options if o.key}


def _key_rules(fields: AskFields) -> KeyRules | None:
    if fields.type not in BY_KEYS:
        return None
    if fields.type == "digits":
        return KeyRules(fields.minimum or 1, fields.maximum or 32)
    return KeyRules(1, 16)


def _clock(text: str) -> time | None:
    try:
        return time.fromisoformat(text)
    except ValueError:
        return None


def _bounds(fields: AskFields) -> Any:
    """None, or a function from the slot of the value to a closure that says whether it is within bounds."""
    lowest, highest = fields.minimum, fields.maximum
    if fields.type in ("time", "datetime"):
        first, last = _clock(fields.earliest), _clock(fields.latest)
        if first is None and last is None:
            return None
        return lambda slot: lambda v: _within_hours(v[slot], first, last)
    if (lowest is None and highest is None) or fields.type not in ("number", "digits", "text"):
        return None
    if fields.type == "number":
        return lambda slot: (
            lambda v: (lowest is None or v[slot] >= lowest) and (highest is None or v[slot] <= highest)
        )
    return lambda slot: (
        lambda v: (lowest is None or len(v[slot]) >= lowest) and (highest is None or len(v[slot]) <= highest)
    )


def _within_hours(value: Any, first: time | None, last: time | None) -> bool:
    clock = value if isinstance(value, time) else value.time()
    if first and last and last < first:
        return clock >= first or clock <= last
    return (first is None or clock >= first) and (last is None or clock <= last)


KIND = Ask()
