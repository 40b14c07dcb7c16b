"""Whether an expression has the type its place wants."""

from collections.abc import Mapping

from engine.expressions import wording
from engine.expressions.errors import ExpressionError, did_you_mean
from engine.expressions.nodes import Conditional, ListOf, Literal, MapOf, Node
from engine.expressions.types import DYN, EnumType, ListType, MapType, RecordType, Type, fits


def misfit(node: Node, types: Mapping[int, Type], want: Type) -> ExpressionError | None:
    """What is wrong with an expression where ``want`` is needed, or None. ``types`` has the types of its
    parts.

    Texts, lists and maps that are written out are judged by what they say, so that ``"bar"`` may stand for
    a choice.
    """
    have = types.get(id(node), DYN)
    if fits(have, want):
        return None
    match node, want:
        case Conditional(then=then, other=other), _:
            return misfit(then, types, want) or misfit(other, types, want)
        case Literal(value=str() as text), EnumType(members=members):
            if text in members:
                return None
            choices = ", ".join(f'"{m}"' for m in members[:6])
            hint = did_you_mean(text, members, f"It is one of {choices}.")
            return ExpressionError(f'"{text[:40]}" is none of the choices.', node.start, node.end, hint)
        case ListOf(items=items), ListType(element=element) if isinstance(have, ListType):
            return next((wrong for item in items if (wrong := misfit(item, types, element))), None)
        case MapOf(values=values), MapType(value=value) if isinstance(have, MapType | RecordType):
            return next((wrong for part in values if (wrong := misfit(part, types, value))), None)
        case MapOf(), RecordType():
            return _record(node, types, want)
    message, hint = wording.unfit(node, have, want)
    return ExpressionError(message, node.start, node.end, hint)


def _record(node: MapOf, types: Mapping[int, Type], want: RecordType) -> ExpressionError | None:
    known = [name for name, _ in want.fields]
    for key, value in zip(node.keys, node.values, strict=True):
        name = str(key.value) if isinstance(key, Literal) else ""
        field = want.field(name)
        if field is None:
            hint = did_you_mean(name, known, f"Its fields are {', '.join(known[:8])}.")
            return ExpressionError(f'This record has no field "{name[:60]}".', key.start, key.end, hint)
        wrong = misfit(value, types, field)
        if wrong is not None:
            return wrong
    return None
