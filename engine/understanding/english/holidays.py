"""Days with names, as English speakers on either side of the Atlantic mean them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from engine.understanding.calendar import before, easter, nth_weekday

Rule = tuple[int, int] | Callable[[int], date | None]
MONDAY, THURSDAY, SUNDAY = 0, 3, 6


def _easter(days: int) -> Callable[[int], date | None]:
    return lambda year: easter(year) + timedelta(days=days)


def _nth(month: int, weekday: int, n: int, days: int = 0) -> Callable[[int], date | None]:
    def rule(year: int) -> date | None:
        found = nth_weekday(year, month, weekday, n)
        return None if found is None else found + timedelta(days=days)

    return rule


def _victoria(year: int) -> date | None:
    return before(date(year, 5, 25), MONDAY)


_MOTHERS_US, _MOTHERS_GB = _nth(5, SUNDAY, 2), _easter(-21)

HOLIDAYS: Final[dict[str, Rule]] = {
    "christmas": (12, 25),
    "christmas day": (12, 25),
    "christmas eve": (12, 24),
    "xmas eve": (12, 24),
    "boxing day": (12, 26),
    "saint stephen's day": (12, 26),
    "st stephen's day": (12, 26),
    "new year's eve": (12, 31),
    "new years eve": (12, 31),
    "new year eve": (12, 31),
    "hogmanay": (12, 31),
    "new year's day": (1, 1),
    "new years day": (1, 1),
    "new year's": (1, 1),
    "new years": (1, 1),
    "new year day": (1, 1),
    "burns night": (1, 25),
    "groundhog day": (2, 2),
    "valentine's day": (2, 14),
    "valentine's": (2, 14),
    "saint valentine's day": (2, 14),
    "st valentine's day": (2, 14),
    "leap day": (2, 29),
    "st patrick's day": (3, 17),
    "saint patrick's day": (3, 17),
    "st patricks day": (3, 17),
    "saint patricks day": (3, 17),
    "paddy's day": (3, 17),
    "april fools day": (4, 1),
    "april fools": (4, 1),
    "april fool's day": (4, 1),
    "april fool's": (4, 1),
    "april fools' day": (4, 1),
    "st george's day": (4, 23),
    "saint george's day": (4, 23),
    "earth day": (4, 22),
    "may day": (5, 1),
    "cinco de mayo": (5, 5),
    "juneteenth": (6, 19),
    "canada day": (7, 1),
    "independence day": (7, 4),
    "bastille day": (7, 14),
    "halloween": (10, 31),
    "all saints' day": (11, 1),
    "all saints day": (11, 1),
    "guy fawkes night": (11, 5),
    "guy fawkes": (11, 5),
    "bonfire night": (11, 5),
    "veterans day": (11, 11),
    "veteran's day": (11, 11),
    "armistice day": (11, 11),
    "st andrew's day": (11, 30),
    "martin luther king day": _nth(1, MONDAY, 3),
    "mlk day": _nth(1, MONDAY, 3),
    "presidents day": _nth(2, MONDAY, 3),
    "president's day": _nth(2, MONDAY, 3),
    "presidents' day": _nth(2, MONDAY, 3),
    "shrove tuesday": _easter(-47),
    "pancake day": _easter(-47),
    "mardi gras": _easter(-47),
    "ash wednesday": _easter(-46),
    "palm sunday": _easter(-7),
    "good friday": _easter(-2),
    "easter saturday": _easter(-1),
    "easter": _easter(0),
    "easter sunday": _easter(0),
    "easter day": _easter(0),
    "easter monday": _easter(1),
    "whit monday": _easter(50),
    "memorial day": _nth(5, MONDAY, -1),
    "victoria day": _victoria,
    "father's day": _nth(6, SUNDAY, 3),
    "fathers day": _nth(6, SUNDAY, 3),
    "labor day": _nth(9, MONDAY, 1),
    "labour day": _nth(9, MONDAY, 1),
    "columbus day": _nth(10, MONDAY, 2),
    "indigenous peoples day": _nth(10, MONDAY, 2),
    "thanksgiving": _nth(11, THURSDAY, 4),
    "thanksgiving day": _nth(11, THURSDAY, 4),
    "black friday": _nth(11, THURSDAY, 4, 1),
    "cyber monday": _nth(11, THURSDAY, 4, 4),
    "early may bank holiday": _nth(5, MONDAY, 1),
    "spring bank holiday": _nth(5, MONDAY, -1),
    "august bank holiday": _nth(8, MONDAY, -1),
    "remembrance sunday": _nth(11, SUNDAY, 2),
}
_BY_COUNTRY: Final[dict[str, tuple[Rule, Rule]]] = {
    "mother's day": (_MOTHERS_US, _MOTHERS_GB),
    "mothers day": (_MOTHERS_US, _MOTHERS_GB),
    "mothering sunday": (_MOTHERS_GB, _MOTHERS_GB),
}
BY_FIRST_WORD: Final[dict[str, tuple[tuple[str, ...], ...]]] = {
    first: tuple(
        sorted(
            (tuple(n.split()) for n in [*HOLIDAYS, *_BY_COUNTRY] if n.split()[0] == first),
            key=lambda parts: -len(parts),
        )
    )
    for first in sorted({name.split()[0] for name in [*HOLIDAYS, *_BY_COUNTRY]})
}


def holiday_in(name: str, year: int, american: bool) -> date | None:
    """The date of a named day in one year; None when that year has none (leap day)."""
    rule = _BY_COUNTRY[name][0 if american else 1] if name in _BY_COUNTRY else HOLIDAYS[name]
    if isinstance(rule, tuple):
        try:
            return date(year, *rule)
        except ValueError:
            return None
    return rule(year)
