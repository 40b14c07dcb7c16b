"""English: American English has a twelve-hour clock and the month first, the others do not."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from engine.expressions.arithmetic import CONTEXT

_ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_SCALES = ("", " thousand", " million", " billion", " trillion")
_IRREGULAR = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
_WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]

_CURRENCIES = {
    "EUR": ("€", "euro", "euros", "cent", "cents"),
    "USD": ("$", "dollar", "dollars", "cent", "cents"),
    "GBP": ("£", "pound", "pounds", "penny", "pence"),
    "CHF": ("CHF ", "franc", "francs", "centime", "centimes"),
    "JPY": ("¥", "yen", "yen", "", ""),
}
"""Sign, then one and many of the unit and of its hundredth."""

_WITHOUT_CENTS = frozenset({"JPY", "KRW", "ISK", "CLP", "VND", "HUF"})
_LARGEST = 10**15


def words(value: int) -> str:
    """A whole number in words; from a quadrillion on, in digits."""
    if value < 0:
        return f"minus {words(-value)}"
    if value < 20:
        return _ONES[value]
    if value < 100:
        tens, ones = divmod(value, 10)
        return _TENS[tens] + (f"-{_ONES[ones]}" if ones else "")
    if value < 1000:
        hundreds, rest = divmod(value, 100)
        return f"{_ONES[hundreds]} hundred" + (f" and {words(rest)}" if rest else "")
    if value >= _LARGEST:
        return str(value)
    groups = []
    for scale in _SCALES:
        value, group = divmod(value, 1000)
        if group:
            groups.append(words(group) + scale)
    if len(groups) > 1 and " " not in groups[0]:
        return f"{' '.join(reversed(groups[1:]))} and {groups[0]}"
    return " ".join(reversed(groups))


def ordinal_words(value: int) -> str:
    """``third``, ``twenty-first``."""
    text = words(value)
    cut = max(text.rfind(" "), text.rfind("-")) + 1
    head, last = text[:cut], text[cut:]
    if last in _IRREGULAR:
        return head + _IRREGULAR[last]
    return head + (f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th")


class English:
    """Says values in English: ``en`` and ``en-US`` have 7:30 PM and November 27, the others 19:30 and 27 November."""

    def __init__(self, locale: str) -> None:
        self._american = locale.replace("_", "-").lower() in ("en", "en-us")

    def whole(self, value: int, voice: bool) -> str:
        return words(value) if voice else f"{value:,}"

    def number(self, value: Decimal, voice: bool) -> str:
        text = f"{value:f}"
        if not voice or len(text) > 16:
            head, _, decimals = text.partition(".")
            grouped = f"{int(head):,}" if len(head) < 40 else head
            if head.startswith("-0"):
                grouped = head
            return f"{grouped}.{decimals}" if decimals else grouped
        head, _, decimals = text.lstrip("-").partition(".")
        spoken = words(int(head)) + (
            f" point {' '.join(_ONES[int(d)] for d in decimals)}" if decimals else ""
        )
        return f"minus {spoken}" if value < 0 else spoken

    def ordinal(self, value: int, voice: bool) -> str:
        if voice and abs(value) < _LARGEST:
            return ordinal_words(value)
        ending = (
            "th"
            if abs(value) % 100 in (11, 12, 13)
            else {1: "st", 2: "nd", 3: "rd"}.get(abs(value) % 10, "th")
        )
        return f"{value}{ending}"

    def date(self, day: date, voice: bool, year: bool) -> str:
        weekday, month = _WEEKDAYS[day.weekday()], _MONTHS[day.month - 1]
        if voice:
            text = f"{weekday} the {self.ordinal(day.day, False)} of {month}"
            return f"{text} {_spoken_year(day.year)}" if year else text
        if self._american:
            return f"{weekday}, {month} {day.day}" + (f", {day.year}" if year else "")
        return f"{weekday} {day.day} {month}" + (f" {day.year}" if year else "")

    def time(self, moment: time, voice: bool) -> str:
        if voice:
            return _spoken_time(moment.hour, moment.minute)
        if self._american:
            return f"{(moment.hour - 1) % 12 + 1}:{moment.minute:02} {'AM' if moment.hour < 12 else 'PM'}"
        return f"{moment.hour:02}:{moment.minute:02}"

    def datetime(self, moment: datetime, voice: bool, year: bool) -> str:
        return f"{self.date(moment.date(), voice, year)} at {self.time(moment.time(), voice)}"

    def duration(self, span: timedelta) -> str:
        seconds = abs(span) // timedelta(seconds=1)
        parts = []
        for unit, size in (("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1)):
            count, seconds = divmod(seconds, size)
            if count:
                parts.append(f"{count} {unit}{'' if count == 1 else 's'}")
        text = self.listed(parts or ["0 seconds"], "and")
        return f"minus {text}" if span < timedelta(0) else text

    def money(self, amount: Decimal, currency: str, voice: bool) -> str:
        cents = Decimal(1) if currency in _WITHOUT_CENTS else Decimal("0.01")
        rounded = CONTEXT.quantize(amount, cents)
        sign, unit, units, cent, several = _CURRENCIES.get(currency, ("", "", "", "", ""))
        minus = rounded < 0
        size = CONTEXT.abs(rounded)
        if not voice or not unit:
            text = self.number(size, False)
            return ("-" if minus else "") + (f"{sign}{text}" if sign else f"{text} {currency}")
        whole, hundredths = divmod(int(CONTEXT.multiply(size, Decimal(100))), 100)
        parts = []
        if whole or not hundredths:
            parts.append(f"{words(whole)} {unit if whole == 1 else units}")
        if hundredths:
            parts.append(f"{words(hundredths)} {cent if hundredths == 1 else several}")
        return ("minus " if minus else "") + " and ".join(parts)

    def yes_no(self, value: bool) -> str:
        return "yes" if value else "no"

    def spelled(self, text: str, voice: bool) -> str:
        names = {
            " ": "space",
            "-": "dash",
            ".": "dot",
            "@": "at",
            "_": "underscore",
            "+": "plus",
            "/": "slash",
        }
        if not voice:
            return " ".join(sign.upper() for sign in text if not sign.isspace())
        return ", ".join(names.get(sign, sign.upper()) for sign in text)

    def digits(self, text: str) -> str:
        digits = " ".join(sign for sign in text if sign.isalnum())
        return f"plus {digits}" if text.startswith("+") else digits

    def listed(self, items: Sequence[str], word: str) -> str:
        if len(items) < 2:
            return "".join(items)
        return f"{', '.join(items[:-1])} {word} {items[-1]}"


def _spoken_time(hour: int, minute: int) -> str:
    if minute == 0 and hour % 12 == 0:
        return "noon" if hour else "midnight"
    this, following = (_ONES[(h - 1) % 12 + 1] for h in (hour, hour + 1))
    if minute == 0:
        return f"{this} o'clock"
    if minute == 30:
        return f"half past {this}"
    if minute in (15, 45):
        return f"quarter past {this}" if minute == 15 else f"quarter to {following}"
    if minute % 5 == 0:
        return f"{words(minute)} past {this}" if minute < 30 else f"{words(60 - minute)} to {following}"
    return f"{this} {'oh ' if minute < 10 else ''}{words(minute)}"


def _spoken_year(year: int) -> str:
    century, rest = divmod(year, 100)
    if year < 1000 or 2000 <= year < 2010 or (rest == 0 and century % 10 == 0):
        return words(year)
    if rest == 0:
        return f"{words(century)} hundred"
    return f"{words(century)} {'oh ' if rest < 10 else ''}{words(rest)}"
