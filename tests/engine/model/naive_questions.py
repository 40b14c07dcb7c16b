"""What is asked in the naive engine: an answer is kept, or it is a problem."""

from typing import Any, ClassVar

from engine.kinds.ask import TYPES
from engine.kinds.values import from_plain
from tests.engine.model.naive_scope import Scope

MISSED = object()
"""What was said or typed is no answer."""

REPEAT = object()
"""The question is to be asked again, after an interruption."""


class Chosen:
    """A key or a button that means a value."""

    def __init__(self, value: Any) -> None:
        self.value = value


class Question:
    """An ask."""

    def __init__(self, scope: Scope, f: Any) -> None:
        self.scope = scope
        self.f = f
        self.type = f.type
        self.correctable = f.correctable and bool(f.save)
        self.interruptible = f.interruptible
        self.buttons = [o.id for o in f.choices]
        self.keys: dict[str, Any] = {o.key: o.id for o in f.choices if o.key}
        if f.type == "yes_no":
            self.keys = {"1": True, "2": False}
        self.collect: Any = None
        if f.type in ("number", "phone"):
            self.collect = (1, 16, "#", f.type == "number")
        if f.type == "digits":
            self.collect = (f.minimum or 1, f.maximum or 32, "#", False)

    def port(self, value: Any) -> str:
        return "understood"

    def keep(self, plain: Any) -> Any:
        """None when it was kept, else what to say about it (empty: the ladder)."""
        f, scope = self.f, self.scope
        if plain is MISSED:
            return ()
        type = scope.types[f.save] if f.save else TYPES[f.type][0]
        try:
            value = from_plain(type)(plain)
        except ValueError:
            return ()
        if not within(f, value):
            return (f.invalid, {}) if f.invalid else ()
        extra = {"value": value}
        types = {"value": TYPES[f.type][0]}
        for rule in f.rules:
            if not scope.evaluate(rule.when, extra, types):
                return (rule.say, {"extra": extra, "types": types}) if rule.say else ()
        if f.save:
            scope.values[f.save] = value
        return None


def within(f: Any, value: Any) -> bool:
    if f.type in ("time", "datetime"):
        clock = (value if f.type == "time" else value.time()).isoformat("minutes")
        first, last = f.earliest or "00:00", f.latest or "99:99"
        if f.earliest and f.latest and last < first:
            return clock >= first or clock <= last
        return first <= clock and (clock <= last or (value.second == 0 and clock == last))
    size = value if f.type == "number" else len(value) if f.type in ("digits", "text") else None
    if size is None:
        return True
    return (f.minimum is None or size >= f.minimum) and (f.maximum is None or size <= f.maximum)


class Options:
    """A menu."""

    type = "choice"
    correctable = False
    collect = None

    def __init__(self, f: Any) -> None:
        self.interruptible = f.interruptible
        self.buttons = [o.id for o in f.options]
        self.keys = {o.key: o.id for o in f.options if o.key}

    def keep(self, plain: Any) -> Any:
        return None if isinstance(plain, str) and plain in self.buttons else ()

    def port(self, value: Any) -> str:
        return str(value)


class Keypad:
    """A digits node."""

    type = "digits"
    keys: ClassVar[dict[str, Any]] = {}
    buttons: tuple[str, ...] = ()

    def __init__(self, scope: Scope, f: Any) -> None:
        self.scope = scope
        self.f = f
        self.interruptible = f.interruptible
        self.correctable = bool(f.save)
        self.collect = (f.minimum, max(f.minimum, f.maximum), f.finish, False)

    def port(self, value: Any) -> str:
        return "understood"

    def keep(self, plain: Any) -> Any:
        if not isinstance(plain, str) or not self.f.minimum <= len(plain) <= max(
            self.f.minimum, self.f.maximum
        ):
            return ()
        if self.f.save:
            self.scope.values[self.f.save] = plain
        return None


class Consent:
    """A consent."""

    type = "yes_no"
    correctable = False
    collect = None
    buttons: tuple[str, ...] = ()
    keys: ClassVar[dict[str, Any]] = {"1": True, "2": False}

    def __init__(self, scope: Scope, f: Any) -> None:
        self.scope = scope
        self.save = f.save
        self.interruptible = f.interruptible

    def keep(self, plain: Any) -> Any:
        if not isinstance(plain, bool):
            return ()
        if self.save:
            self.scope.values[self.save] = plain
        return None

    def port(self, value: Any) -> str:
        return "given" if value else "refused"


class Words:
    """A message that is typed."""

    type = "text"
    correctable = False
    interruptible = True
    collect = None
    buttons: tuple[str, ...] = ()
    keys: ClassVar[dict[str, Any]] = {}

    def __init__(self, scope: Scope, f: Any) -> None:
        self.scope = scope
        self.save = f.save

    def keep(self, plain: Any) -> Any:
        if not isinstance(plain, str):
            return ()
        if self.save:
            self.scope.values[self.save] = plain
        return None

    def port(self, value: Any) -> str:
        return "recorded"
