"""From a checked template to a text, or to a function that gives one."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from engine.expressions.aloud import Aloud, aloud_of, heard
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
    aloud: list[Aloud | None] = []
    for part in checked.template.parts:
        how: Aloud | None = None
        piece: str | Run
        if isinstance(part, str):
            piece = part
        else:
            piece, how = _hole(part, next(holes), slots, language, voice)
        if isinstance(piece, str) and pieces and isinstance(pieces[-1], str):
            pieces[-1] += piece
        else:
            pieces.append(piece)
            aloud.append(None if isinstance(piece, str) else how)
    if not pieces:
        return ""
    first = pieces[0]
    return first if len(pieces) == 1 and isinstance(first, str) else Rendered(tuple(pieces), tuple(aloud))


def _hole(
    hole: Hole, checked: Checked, slots: Mapping[str, int], language: Language, voice: bool
) -> tuple[str | Run, Aloud]:
    code = compile_code(checked, slots)
    type = checked.type
    says: list[Callable[[Any], str]] = []
    for pipe in hole.pipes:
        says.append(FORMATTERS[pipe.name].build(type, pipe.arguments, language, voice))
        type = STRING
    if not says and plain(type) != STRING:
        says.append(plainly(type, language, voice))
    aloud = aloud_of(checked.type, [pipe.name for pipe in hole.pipes], says)
    if code.slot is not None and len(says) == 1:
        return _variable(code.slot, code.name, says[0]), aloud
    run = _said(_present(code) if code.nullable else code.run, says)
    if not code.constant:
        return run, aloud
    try:
        return str(run(())), aloud
    except EvaluationError:
        return run, aloud


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


class Rendered:
    """A text with values in it: called with the values by slot, it gives the text.

    ``pieces`` are fixed words and functions, ``aloud`` says of each function how what it gives is spoken.
    """

    __slots__ = ("aloud", "pieces")

    def __init__(self, pieces: tuple[str | Run, ...], aloud: tuple[Aloud | None, ...]) -> None:
        self.pieces = pieces
        self.aloud = aloud

    def __call__(self, values: Values) -> str:
        return _bounded("".join([p if p.__class__ is str else p(values) for p in self.pieces]))  # type: ignore[operator]

    def spoken(self, values: Values) -> tuple[str, tuple[str, ...]]:
        """The text, and the parts it is spoken in: fixed words and values, one by one."""
        whole: list[str] = []
        parts: list[str] = []
        for piece, aloud in zip(self.pieces, self.aloud, strict=True):
            text = piece if isinstance(piece, str) else str(piece(values))
            whole.append(text)
            parts += [text] if aloud is None else aloud.split(text)
        return _bounded("".join(whole)), tuple(part for part in map(heard, parts) if part)

    def beforehand(self) -> tuple[list[str], bool]:
        """Every part that is known before anybody calls, and whether those are all it may ever say."""
        known: list[str] = []
        closed = True
        for piece, aloud in zip(self.pieces, self.aloud, strict=True):
            if isinstance(piece, str):
                known.append(piece)
            elif aloud is not None and aloud.every is not None:
                known += aloud.every()
            else:
                closed = False
        return [part for part in map(heard, known) if part], closed


def _bounded(text: str) -> str:
    if len(text) > TEMPLATE_SOURCE:
        raise EvaluationError("too_long", f"A text may have {TEMPLATE_SOURCE:,} characters at most.")
    return text
