"""How a language says values. One table per language; texts are for reading, voice is for saying aloud."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Protocol


class Language(Protocol):
    """What a language has to say. ``voice`` asks for words as they are spoken."""

    def whole(self, value: int, voice: bool) -> str:
        """A whole number: grouped digits, or words."""

    def number(self, value: Decimal, voice: bool) -> str:
        """A decimal number."""

    def ordinal(self, value: int, voice: bool) -> str:
        """``3rd``, or ``third``."""

    def date(self, day: date, voice: bool, year: bool) -> str:
        """A day with its weekday, and its year when asked for."""

    def time(self, moment: time, voice: bool) -> str:
        """A time of day."""

    def datetime(self, moment: datetime, voice: bool, year: bool) -> str:
        """A day and a time."""

    def duration(self, span: timedelta) -> str:
        """How long."""

    def money(self, amount: Decimal, currency: str, voice: bool) -> str:
        """An amount in a currency (ISO 4217)."""

    def yes_no(self, value: bool) -> str:
        """Yes or no."""

    def spelled(self, text: str, voice: bool) -> str:
        """Letter by letter."""

    def digits(self, text: str) -> str:
        """Digit by digit."""

    def listed(self, items: Sequence[str], word: str) -> str:
        """Items in a row, with a word before the last."""
