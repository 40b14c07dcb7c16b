"""Days on which the sample restaurant takes guests, whatever today is: it is closed on Mondays, and full at times."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from server.demo.services import FULL_DAYS, MONDAY

ZONES = ("UTC", "Etc/GMT+12", "Etc/GMT-14")


def _open(day: date) -> bool:
    return day.weekday() != MONDAY and (day.month, day.day) not in FULL_DAYS


def open_day() -> str:
    """The next one from tomorrow on, as a guest writes it."""
    tomorrow = datetime.now(UTC).date() + timedelta(1)
    day = next(d for d in (tomorrow + timedelta(more) for more in range(7)) if _open(d))
    return "tomorrow" if day == tomorrow else f"{day:%A}"


def zone_where_open_tomorrow() -> str:
    """A time zone in which that is tomorrow: of all days, the ear by telephone tells this one best."""
    return next((zone for zone in ZONES if _open(datetime.now(ZoneInfo(zone)).date() + timedelta(1))), "UTC")
