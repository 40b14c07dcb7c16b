"""English: one reader per type, from words to what is meant. Another language is another such package."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from engine.understanding.english.choices import read_choice
from engine.understanding.english.dates import read_date
from engine.understanding.english.digits import read_digits
from engine.understanding.english.emails import read_email
from engine.understanding.english.names import read_name
from engine.understanding.english.numbers import read_number
from engine.understanding.english.phones import read_phone
from engine.understanding.english.times import read_datetime, read_time
from engine.understanding.english.yes_no import read_yes_no
from engine.understanding.meaning import Expected, Understood

Reader = Callable[[str, Expected, datetime, bool], Understood]
"""From (text, what is expected, now, whether the day comes before the month) to what is meant."""

_REASON: Final = re.compile(r"(?<=\w)[\s,]+(?:because|'?cause|cuz|cos)\s.*", re.IGNORECASE | re.DOTALL)


def _without_reason(reader: Reader) -> Reader:
    """ "Inside, because it might rain": why somebody answers so is no part of the answer."""

    def read(text: str, expected: Expected, now: datetime, day_first: bool) -> Understood:
        return reader(_REASON.sub("", text), expected, now, day_first)

    return read


READERS: Final[Mapping[str, Reader]] = {
    "number": _without_reason(read_number),
    "yes_no": _without_reason(read_yes_no),
    "date": _without_reason(read_date),
    "time": _without_reason(read_time),
    "datetime": _without_reason(read_datetime),
    "phone": read_phone,
    "email": read_email,
    "choice": _without_reason(read_choice),
    "name": read_name,
    "digits": read_digits,
}
