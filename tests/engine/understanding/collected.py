"""The collected sayings: what people say to a prompt, and what it means (null: nothing must be understood)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from engine.understanding import Expected, Understood, parse_choices, understand

FOLDER = Path(__file__).parent / "sayings"
NOW = "2026-11-20T10:00"
"""A Friday morning; a saying may name another moment."""


class Saying(NamedTuple):
    """One line of a file of sayings."""

    expected: Expected
    say: str
    value: str | int | bool | None
    now: datetime
    locale: str

    def understood(self) -> Understood:
        return understand(self.say, self.expected, now=self.now, locale=self.locale)


def sayings() -> Iterator[Saying]:
    for path in sorted(FOLDER.glob("*.json")):
        for entry in json.loads(path.read_text(encoding="utf-8")):
            choices = parse_choices(entry["choices"]) if "choices" in entry else ()
            expected = Expected(
                entry["type"],
                choices,
                past=entry.get("past", False),
                earliest=entry.get("earliest"),
                latest=entry.get("latest"),
                standing=entry.get("standing"),
            )
            now = datetime.fromisoformat(entry.get("now", NOW))
            yield Saying(expected, entry["say"], entry["value"], now, entry.get("locale", "en-US"))
