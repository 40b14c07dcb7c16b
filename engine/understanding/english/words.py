"""English words that stand for numbers, letters, days and months: data only."""

from __future__ import annotations

from typing import Final


def listed(words: str) -> frozenset[str]:
    """The words of a text as a set: tables read better as prose than as lists of strings."""
    return frozenset(words.split())


def phrases(block: str) -> list[str]:
    """The phrases of a text, parted by bars."""
    return [" ".join(phrase.split()) for phrase in block.split("|") if phrase.strip()]


UNITS: Final = {
    "zero": 0,
    "nought": 0,
    "naught": 0,
    "nil": 0,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
}
TEENS: Final = {
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "twelfe": 12,
    "thirteen": 13,
    "fourteen": 14,
    "forteen": 14,
    "fifteen": 15,
    "fiveteen": 15,
    "sixteen": 16,
    "seventeen": 17,
    "eighteen": 18,
    "nineteen": 19,
}
TENS: Final = {
    "twenty": 20,
    "thirty": 30,
    "thirdy": 30,
    "forty": 40,
    "fourty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
    "ninty": 90,
}
SCALES: Final = {
    "thousand": 1_000,
    "grand": 1_000,
    "k": 1_000,
    "million": 1_000_000,
    "billion": 1_000_000_000,
}
SMALL_ORDINALS: Final = {
    "first": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
    "fifth": 5,
    "sixth": 6,
    "seventh": 7,
    "eighth": 8,
    "eigth": 8,
    "ninth": 9,
    "nineth": 9,
}
ORDINALS: Final = {
    **SMALL_ORDINALS,
    "tenth": 10,
    "eleventh": 11,
    "twelfth": 12,
    "twelth": 12,
    "thirteenth": 13,
    "fourteenth": 14,
    "fifteenth": 15,
    "sixteenth": 16,
    "seventeenth": 17,
    "eighteenth": 18,
    "nineteenth": 19,
    "twentieth": 20,
    "thirtieth": 30,
    "fortieth": 40,
    "fiftieth": 50,
    "hundredth": 100,
}
COLLECTIVES: Final = {"dozen": 12, "couple": 2, "pair": 2, "score": 20, "trio": 3, "duo": 2}

DIGITS: Final = {**UNITS, "oh": 0, "o": 0, "null": 0, "niner": 9, "aught": 0, "ought": 0}
REPEATS: Final = {"double": 2, "dubble": 2, "triple": 3, "tripple": 3, "treble": 3, "quadruple": 4, "quad": 4}

WEEKDAYS: Final = {
    "monday": 0,
    "tuesday": 1,
    "wednesday": 2,
    "thursday": 3,
    "friday": 4,
    "saturday": 5,
    "sunday": 6,
    "mon": 0,
    "tue": 1,
    "tues": 1,
    "wed": 2,
    "weds": 2,
    "thu": 3,
    "thur": 3,
    "thurs": 3,
    "fri": 4,
    "sat": 5,
    "sun": 6,
    "wensday": 2,
    "wendsday": 2,
    "wednsday": 2,
    "thirsday": 3,
    "teusday": 1,
    "tuseday": 1,
    "saterday": 5,
}
WEEKDAY_NAMES: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
TREACHEROUS_DAYS: Final = frozenset(("sat", "sun", "wed", "mon"))
"""Short forms that are words of their own: taken only when nothing else puzzling is said."""
MONTHS: Final = {
    "january": 1,
    "february": 2,
    "febuary": 2,
    "march": 3,
    "april": 4,
    "may": 5,
    "june": 6,
    "july": 7,
    "august": 8,
    "september": 9,
    "october": 10,
    "november": 11,
    "december": 12,
    "jan": 1,
    "feb": 2,
    "mar": 3,
    "apr": 4,
    "jun": 6,
    "jul": 7,
    "aug": 8,
    "sep": 9,
    "sept": 9,
    "oct": 10,
    "nov": 11,
    "dec": 12,
}
CLOSE_ENOUGH: Final = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "january",
    "february",
    "september",
    "october",
    "november",
    "december",
    "tomorrow",
    "midnight",
    "fortnight",
    "christmas",
    "thanksgiving",
    "valentine's",
    "halloween",
    "afternoon",
    "evening",
    "morning",
)
"""Long words of dates and times whose misspellings are read."""
MISSPELT: Final = {
    "tommorow": "tomorrow",
    "tomorow": "tomorrow",
    "tommorrow": "tomorrow",
    "tomorro": "tomorrow",
    "tmrw": "tomorrow",
    "tmr": "tomorrow",
    "tmrow": "tomorrow",
    "2moro": "tomorrow",
    "2morrow": "tomorrow",
    "tonite": "tonight",
    "2nite": "tonight",
    "xmas": "christmas",
    "halloween's": "halloween",
    "valentines": "valentine's",
    "valentine": "valentine's",
    "oclock": "o'clock",
    "wknd": "weekend",
    "nite": "night",
}
NATO: Final = {
    "alpha": "a",
    "alfa": "a",
    "bravo": "b",
    "charlie": "c",
    "delta": "d",
    "echo": "e",
    "foxtrot": "f",
    "golf": "g",
    "hotel": "h",
    "india": "i",
    "juliet": "j",
    "juliett": "j",
    "kilo": "k",
    "lima": "l",
    "mike": "m",
    "november": "n",
    "oscar": "o",
    "papa": "p",
    "quebec": "q",
    "romeo": "r",
    "sierra": "s",
    "tango": "t",
    "uniform": "u",
    "victor": "v",
    "whiskey": "w",
    "whisky": "w",
    "xray": "x",
    "yankee": "y",
    "zulu": "z",
}
