"""From a checked template to a text, or to a function that gives one."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from engine.expressions.checker import Checked
from engine.expressions.closures import Code, compile_code
from engine.expressions.errors import EvaluationError, absent
from engine.expressions.formatters import FORMATTERS, language_of, plainly
from engine.expressions.language import Language
from engine.expressions.limits import TEMPLATE_SOURCE
from engine.expressions.template import CheckedTemplate, Hole
from engine.expressions.types import STRING, plain

Values = Sequence[Any]
Run = Callable[[Values], Any]
Text = str | Callable[[Values], str]


def compile_template(
    checked: CheckedTemplate, slots: Mapping[str, int], locale: str = "en-US", voice: bool = False
) -> Text:
    """The text itself when nothing in it changes, else a function from the values by slot to the text.

    ``voice`` says the text is spoken. ``ValueError`` when the template has errors or a variable has no slot.
    """
    if checked.errors:
        raise ValueError(f"a template with errors cannot be compiled: {checked.errors[0].message}")
    language = language_of(locale)
    holes = iter(checked.holes)
    pieces: list[str | Run] = []
    for part in checked.template.parts:
        piece = part if isinstance(part, str) else _hole(part, next(holes), slots, language, voice)
        if isinstance(piece, str) and pieces and isinstance(pieces[-1], str):
            pieces[-1] += piece
        else:
            pieces.append(piece)
    if not pieces:
        return ""
    first = pieces[0]
    return first if len(pieces) == 1 and isinstance(first, str) else _joined(tuple(pieces))


def _hole(
    hole: Hole, checked: Checked, slots: Mapping[str, int], language: Language, voice: bool
) -> str | Run:
    code = compile_code(checked, slots)
    type = checked.type
    says: list[Callable[[Any], str]] = []
    for pipe in hole.pipes:
        says.append(FORMATTERS[pipe.name].build(type, pipe.arguments, language, voice))
        type = STRING
    if not says and plain(type) != STRING:
        says.append(plainly(type, language, voice))
    if code.slot is not None and len(says) == 1:
        return _variable(code.slot, code.name, says[0])
    run = _said(_present(code) if code.nullable else code.run, says)
    if not code.constant:
        return run
    try:
        return str(run(()))
    except EvaluationError:
        return run


def _variable(slot: int, name: str, say: Callable[[Any], str]) -> Run:
    def said(v: Values) -> str:
        value = v[slot]
        if value is None:
            raise absent(name)
        return say(value)

    return said


def _said(run: Run, says: Sequence[Callable[[Any], str]]) -> Run:
    if not says:
        return run
    if len(says) == 1:
        say = says[0]
        return lambda v: say(run(v))

    def said(v: Values) -> str:
        value = run(v)
        for say in says:
            value = say(value)
        return str(value)

    return said


def _present(code: Code) -> Run:
    run = code.run

    def present(v: Values) -> Any:
        value = run(v)
        if value is None:
            raise EvaluationError("absent", "Null cannot be said.")
        return value

    return present


def _joined(pieces: tuple[str | Run, ...]) -> Callable[[Values], str]:
    def text(v: Values) -> str:
        result = "".join([piece if piece.__class__ is str else piece(v) for piece in pieces])  # type: ignore[operator]
        if len(result) > TEMPLATE_SOURCE:
            raise EvaluationError("too_long", f"A text may have {TEMPLATE_SOURCE:,} characters at most.")
        return result

    return text
