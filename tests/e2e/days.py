"""Days on which the sample restaurant takes guests, whatever today is: it is closed on Mondays, and full at times."""

from datetime import UTC, datetime, timedelta

from server.demo.services import FULL_DAYS, MONDAY


def open_day() -> str:
    """The next one from tomorrow on, in words that are understood by telephone as well."""
    tomorrow = datetime.now(UTC).date() + timedelta(1)
    days = [tomorrow + timedelta(more) for more in range(7)]
    day = next(d for d in days if d.weekday() != MONDAY and (d.month, d.day) not in FULL_DAYS)
    words = {0: "tomorrow", 1: "the day after tomorrow"}
    return words.get((day - tomorrow).days, f"{day:%A}")
