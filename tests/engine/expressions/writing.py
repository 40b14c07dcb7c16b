"""Random well-typed sources, written as text so that they share nothing with our parser."""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from engine.expressions import BOOL, INT, STRING, EnumType, ListType, MapType, Type

SCOPE: Mapping[str, Type] = {
    "a": INT,
    "b": INT,
    "s": STRING,
    "t": STRING,
    "p": BOOL,
    "q": BOOL,
    "l": ListType(INT, 10),
    "m": MapType(INT),
}

INTS = st.one_of(
    st.integers(-5, 12),
    st.sampled_from([2**63 - 1, -(2**63), 2**62, -(2**62), 2**32]),
    st.integers(-(2**63), 2**63 - 1),
)
TEXTS = st.sampled_from(["", "a", "ab", "b", "12", "-7", " 4", "x1", "é", "zz", "A b"])
KEYS = ("x", "y", "zz")

VALUES: Mapping[str, st.SearchStrategy[Any]] = {
    "a": INTS,
    "b": INTS,
    "s": TEXTS,
    "t": TEXTS,
    "p": st.booleans(),
    "q": st.booleans(),
    "l": st.lists(INTS, max_size=5),
    "m": st.dictionaries(st.sampled_from(KEYS), INTS, max_size=3),
}


def quoted(text: str) -> str:
    return f'"{text}"'


def listed(items: list[str]) -> str:
    return f"[{', '.join(items)}]"


def _pick(draw: st.DrawFn, *choices: str) -> str:
    return draw(st.sampled_from(choices))


@st.composite
def whole(draw: st.DrawFn, depth: int = 3, local: str = "") -> str:
    """A source that gives a whole number."""
    if depth == 0:
        names = ["a", "b"] + ([local] if local else [])
        return draw(st.one_of(st.sampled_from(names), INTS.map(str)))
    less = depth - 1
    number = whole(less, local)
    match _pick(draw, "arithmetic", "arithmetic", "minus", "choose", "size", "entry", "field", "int"):
        case "arithmetic":
            return f"({draw(number)} {_pick(draw, *'+-*/%')} {draw(number)})"
        case "minus":
            return f"-({draw(number)})"
        case "choose":
            return f"({draw(truth(less, local))} ? {draw(number)} : {draw(number)})"
        case "size":
            return f"size({draw(st.one_of(text(less, local), entries(less, local)))})"
        case "entry":
            return f"{draw(entries(less, local))}[{draw(number)}]"
        case "field":
            return f"m.{_pick(draw, *KEYS)}" if draw(st.booleans()) else f"m[{draw(text(less, local))}]"
        case _:
            return f'int({draw(text(less, local))} + "")'


@st.composite
def text(draw: st.DrawFn, depth: int = 3, local: str = "") -> str:
    """A source that gives a text."""
    if depth == 0:
        return draw(st.one_of(st.sampled_from(["s", "t"]), TEXTS.map(quoted)))
    less = depth - 1
    match _pick(draw, "join", "choose", "string", "leaf"):
        case "join":
            return f"({draw(text(less, local))} + {draw(text(less, local))})"
        case "choose":
            return f"({draw(truth(less, local))} ? {draw(text(less, local))} : {draw(text(less, local))})"
        case "string":
            return f"string({draw(st.one_of(whole(less, local), truth(less, local)))})"
        case _:
            return draw(text(0))


@st.composite
def entries(draw: st.DrawFn, depth: int = 3, local: str = "") -> str:
    """A source that gives a list of whole numbers."""
    less = max(depth - 1, 0)
    match _pick(draw, "variable", "written", "joined", "filtered") if depth else "variable":
        case "variable":
            return "l"
        case "written":
            return listed(draw(st.lists(whole(less, local), min_size=1, max_size=3)))
        case "joined":
            return f"({draw(entries(less, local))} + {draw(entries(less, local))})"
        case _:
            return f"l.filter(n, {draw(truth(less, 'n'))})" if not local else "l"


@st.composite
def truth(draw: st.DrawFn, depth: int = 3, local: str = "") -> str:
    """A source that gives true or false."""
    if depth == 0:
        return _pick(draw, "p", "q", "true", "false")
    less = depth - 1
    kinds = [
        "compare",
        "compare",
        "equal",
        "and",
        "and",
        "or",
        "not",
        "choose",
        "in",
        "text",
        "matches",
        "has",
    ]
    match _pick(draw, *kinds, *([] if local else ["quantify"])):
        case "compare":
            kind: Any = draw(st.sampled_from([whole, text, truth]))
            return (
                f"({draw(kind(less, local))} {_pick(draw, '<', '<=', '>', '>=')} {draw(kind(less, local))})"
            )
        case "equal":
            kind = draw(st.sampled_from([whole, text, truth, entries]))
            return f"({draw(kind(less, local))} {_pick(draw, '==', '!=')} {draw(kind(less, local))})"
        case "and":
            return f"({' && '.join(draw(st.lists(truth(less, local), min_size=2, max_size=4)))})"
        case "or":
            return f"({' || '.join(draw(st.lists(truth(less, local), min_size=2, max_size=4)))})"
        case "not":
            return f"!{draw(truth(less, local))}"
        case "choose":
            return f"({draw(truth(less, local))} ? {draw(truth(less, local))} : {draw(truth(less, local))})"
        case "in":
            if draw(st.booleans()):
                return f"({draw(text(less, local))} in m)"
            return f"({draw(whole(less, local))} in {draw(entries(less, local))})"
        case "text":
            method = _pick(draw, "startsWith", "endsWith", "contains")
            return f"{draw(text(less, local))}.{method}({draw(text(less, local))})"
        case "matches":
            return f"{draw(text(less, local))}.matches({_pick(draw, *PATTERNS)})"
        case "has":
            return f"has(m.{_pick(draw, *KEYS)})"
        case _:
            return f"{draw(entries(less))}.{_pick(draw, 'exists', 'all')}(n, {draw(truth(less, 'n'))})"


PATTERNS = ('"a+"', '"^[a-z]*$"', '"1|b"', "r'\\d{2}'", '"(x|y)?1"', '"."')

KINDS: Mapping[str, Any] = {"int": whole, "text": text, "yes_no": truth, "list": entries}


@st.composite
def anything(draw: st.DrawFn) -> str:
    """A source of any of these types."""
    source: str = draw(KINDS[draw(st.sampled_from(sorted(KINDS)))]())
    return source


ENUM = EnumType(("bar", "garden", "window"))
CONDITION_SCOPE: Mapping[str, Type] = {"size": INT, "tries": INT, "vip": BOOL, "seat": ENUM, "name": STRING}
CONDITION_VALUES: Mapping[str, st.SearchStrategy[Any]] = {
    "size": st.none() | st.integers(-2, 12) | INTS,
    "tries": st.none() | st.integers(-2, 6),
    "vip": st.none() | st.booleans(),
    "seat": st.none() | st.sampled_from(ENUM.members),
    "name": st.none() | st.sampled_from(["Ada", "Bob", ""]),
}

_ATOMS = st.one_of(
    st.builds(
        "{} {} {}".format,
        st.sampled_from(["size", "tries", "size + 1", "tries - size", "size * 2", "abs(tries)"]),
        st.sampled_from(["<", "<=", ">", ">=", "==", "!="]),
        st.integers(-3, 12).map(str) | st.sampled_from(["size", "tries", "max(size, 3)"]),
    ),
    st.builds(
        "{} {} {}".format, st.integers(-3, 12), st.sampled_from(["<", "<=", ">", ">=", "=="]), st.just("size")
    ),
    st.builds('seat {} "{}"'.format, st.sampled_from(["==", "!="]), st.sampled_from(ENUM.members)),
    st.builds(
        'name {} "{}"'.format, st.sampled_from(["==", "!=", "<", ">="]), st.sampled_from(["Ada", "Bob", "Cy"])
    ),
    st.sampled_from(
        [
            "vip",
            "true",
            "false",
            "has(size)",
            "has(seat)",
            "tries == null",
            "vip != null",
            'seat in ["bar", "garden"]',
            "size in [1, 2, 3]",
            "tries in [0, size]",
            'name.startsWith("A")',
            "size(name) > 2",
            "!vip",
        ]
    ),
)


def conditions() -> st.SearchStrategy[str]:
    """Conditions over `CONDITION_SCOPE`, as designers write them."""
    return st.recursive(
        _ATOMS,
        lambda inner: st.one_of(
            st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({' && '.join(parts)})"),
            st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({' || '.join(parts)})"),
            inner.map("!({})".format),
            st.builds("({} ? {} : {})".format, inner, inner, inner),
        ),
        max_leaves=8,
    )
