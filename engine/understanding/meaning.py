"""What a prompt expects and what a person meant: the plain data of understanding."""

from __future__ import annotations

import msgspec


class Choice(msgspec.Struct, frozen=True):
    """One answer a prompt offers: `label` is what people see or hear, `synonyms` what they may say."""

    id: str
    label: str
    synonyms: tuple[str, ...] = ()


class Expected(msgspec.Struct, frozen=True):
    """What the current prompt listens for. Hashable, so callers may memoise on it.

    `type` is one of text, number, yes_no, date, time, datetime, phone, email, choice, name, digits.
    `minimum` and `maximum` are hints (for digits: the length wanted); validation happens elsewhere.
    `region` is the phone region ("GB"); empty takes it from the locale.
    `past` makes dates look backwards (a date of birth) instead of forwards (a booking).
    `earliest` and `latest` ("HH:MM") say which of 7 and 19 o'clock a bare "seven" means.
    `standing` (YYYY-MM-DDTHH:MM, for datetime) is the moment agreed on so far: a day alone keeps its time, a
    time alone its day.
    """

    type: str
    choices: tuple[Choice, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    region: str = ""
    past: bool = False
    earliest: str | None = None
    latest: str | None = None
    standing: str | None = None


class Understood(msgspec.Struct, frozen=True):
    """What was meant. `value` is plain data, None when nothing was understood; `confidence` is per mille.

    `note` says why in a few words; `corrected` is set when the person took something back on the way.
    """

    value: str | int | bool | None
    confidence: int
    note: str = ""
    corrected: bool = False


NOTHING = Understood(None, 0)


def parse_choices(text: str) -> tuple[Choice, ...]:
    """Read `bar=bar,counter;garden=garden,outside`: an id, then its label and synonyms.

    An entry without `=` is its own label. Raises ValueError with what to change.
    """
    choices: list[Choice] = []
    seen: set[str] = set()
    for entry in text.split(";"):
        if not entry.strip():
            continue
        ident, equals, words = entry.partition("=")
        ident = ident.strip()
        names = [word.strip() for word in words.split(",") if word.strip()] if equals else [ident]
        if not ident:
            raise ValueError(f'The choice "{entry.strip()}" has no id. Write it as id=label,synonym.')
        if not names:
            raise ValueError(
                f'The choice "{ident}" has no label. Write {ident}=label,synonym or just {ident}.'
            )
        if ident in seen:
            raise ValueError(f'The choice "{ident}" is given twice. Put all its synonyms in one entry.')
        seen.add(ident)
        choices.append(Choice(ident, names[0], tuple(names[1:])))
    if not choices:
        raise ValueError("There are no choices. Write them as id=label,synonym;id=label,synonym.")
    return tuple(choices)
