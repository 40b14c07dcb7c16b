"""E-mail addresses: syntax only, never asking the network."""

from __future__ import annotations

import re
from typing import Final

_WRITTEN: Final = re.compile(r"[^\s@<>()\[\],;:\"]{1,64}@[^\s@<>()\[\],;:\"]{1,190}")


def address(text: str) -> str | None:
    """The address with its domain in lower case, or None when it is none."""
    from email_validator import EmailNotValidError, validate_email  # slow to load, seldom asked for

    try:
        checked = validate_email(text, check_deliverability=False)
    except (EmailNotValidError, ValueError):
        return None
    top = checked.domain.rpartition(".")[2]
    return checked.normalized if len(top) > 1 and not top.isdigit() else None


def written_addresses(text: str) -> list[str]:
    """All addresses written out in the text, from left to right."""
    found = (address(match.group().rstrip(".'!?").lstrip("'")) for match in _WRITTEN.finditer(text))
    return [each for each in found if each is not None]
