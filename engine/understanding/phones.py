"""Telephone numbers as E.164, judged by the published numbering plans (libphonenumber's, pinned)."""

from __future__ import annotations

import re
from typing import Final

_FICTIONAL: Final = re.compile(
    r"\+44(?:7700900\d{3}|1632960\d{3}|20794609\d{2}|1134960\d{3}|1144960\d{3}|1154960\d{3}|1164960\d{3}"
    r"|1174960\d{3}|1184960\d{3}|1214960\d{3}|1314960\d{3}|1414960\d{3}|1514960\d{3}|1614960\d{3}|1914980\d{3}"
    r"|2896496\d{3}|2920180\d{3}|8081570\d{3}|9098790\d{3}|3069990\d{3})"
)
"""British numbers that Ofcom keeps free for drama: invalid by the plan, but what demonstrations dial."""


def e164(digits: str, region: str) -> str | None:
    """A number in international form when it is one of `region` or carries a country code, else None.

    `digits` may start with "+". Numbers that lack their "+" or start with "00" are tried too.
    """
    national = digits.lstrip("+")
    if not 4 <= len(national) <= 18:
        return None
    if digits.startswith("+"):
        return _valid(digits, None)
    found = _valid(national, region)
    if found is not None:
        return found
    if national.startswith("00"):
        return _valid("+" + national[2:], None)
    if national.startswith("011"):
        return _valid("+" + national[3:], None)
    return _valid("+" + national, None) if len(national) > 10 else None


def _valid(number: str, region: str | None) -> str | None:
    import phonenumbers  # its tables take long to load, and few flows ask for a number

    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return None
    written = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return written if phonenumbers.is_valid_number(parsed) or _FICTIONAL.fullmatch(written) else None
