"""Google Calendar: when somebody is free, and appointments (Calendar API v3, over plain HTTPS)."""

import hashlib
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, field_validator

from server.tools.call import Call, Reply, ToolFailed
from server.tools.registry import OAuth, Tool, ToolConfig, function

AUTHORIZE = "https://accounts.google.com/o/oauth2/v2/auth"
TOKEN = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
API = "https://www.googleapis.com/calendar/v3"
SCOPES = (
    "https://www.googleapis.com/auth/calendar.events",
    "https://www.googleapis.com/auth/calendar.freebusy",
)
TAKEN = 409
GONE = 410
MINUTES = "%Y-%m-%dT%H:%M"


class CalendarConfig(ToolConfig):
    """Which calendar, and the client that Google knows this server by."""

    client_id: str = Field(min_length=1, description="The OAuth client's id, from Google's console.")
    client_secret: SecretStr = Field(description="That client's secret.")
    calendar: str = Field(
        "primary", min_length=1, description="The calendar's id; `primary` is the account's own."
    )
    time_zone: str = Field("UTC", description="The zone that times are said in, like Europe/Berlin.")

    @field_validator("time_zone")
    @classmethod
    def _known(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (OSError, ValueError, KeyError):
            raise ValueError("there is no such time zone; write it like Europe/Berlin") from None
        return value


class GoogleCalendar(Tool):
    """The tool. The addresses are Google's unless others are given."""

    id = "google_calendar"
    title = "Google Calendar"
    description = "Looks when somebody is free, and makes, moves and cancels appointments."
    auth = "oauth2"
    config = CalendarConfig

    def __init__(self, authorize: str = AUTHORIZE, token: str = TOKEN, api: str = API) -> None:
        # Google gives a token that can be renewed only to those who ask for it, and only with consent anew.
        self.oauth = OAuth(authorize, token, SCOPES, {"access_type": "offline", "prompt": "consent"})
        self.api = api

    @function()
    async def free_busy(self, call: Call, start: datetime, end: datetime) -> Any:
        """Says when the calendar is free and when it is busy.

        start: From when on, as local date and time.
        end: Until when, as local date and time.
        """
        zone, name = ZoneInfo(call.config.time_zone), call.config.calendar
        first, last = _order(_in(zone, start), _in(zone, end))
        wanted = {
            "timeMin": first.isoformat(),
            "timeMax": last.isoformat(),
            "timeZone": call.config.time_zone,
            "items": [{"id": name}],
        }
        found = _good(await call.authorized("POST", f"{self.api}/freeBusy", body=wanted))
        calendar = _of(_of(found, "calendars", {}), name, {})
        if _of(calendar, "errors", None):
            raise ToolFailed(f'There is no calendar "{name}" in the account. Check the tool\'s settings.')
        busy = sorted((_read(zone, b["start"]), _read(zone, b["end"])) for b in _of(calendar, "busy", []))
        return {
            "busy": [_span(*each) for each in busy],
            "free": [_span(*each) for each in _free(first, last, busy)],
        }

    @function(changes=True)
    async def create(
        self, call: Call, title: str, start: datetime, end: datetime, description: str = "", guest: str = ""
    ) -> Any:
        """Makes an appointment.

        title: What it is about.
        start: When it begins, as local date and time.
        end: When it ends, as local date and time.
        description: More about it.
        guest: The e-mail address of somebody to invite.
        """
        zone = ZoneInfo(call.config.time_zone)
        first, last = _order(_in(zone, start), _in(zone, end))
        # The same call makes the same id: made twice, the second is refused, and what is there is taken.
        id = hashlib.sha256(call.key.encode()).hexdigest()
        body: dict[str, Any] = {"id": id, "summary": title, "start": _when(first), "end": _when(last)}
        if description:
            body["description"] = description
        if guest:
            body["attendees"] = [{"email": guest}]
        reply = await call.authorized("POST", self._events(call), {"sendUpdates": "all"}, body)
        if reply.status == TAKEN:
            reply = await call.authorized("GET", self._events(call, id))
        return _event(zone, _good(reply, changes=True))

    @function(changes=True)
    async def move(self, call: Call, event: str, start: datetime, end: datetime | None = None) -> Any:
        """Moves an appointment to another time.

        event: The appointment's id, as `create` gave it.
        start: When it begins now, as local date and time.
        end: When it ends now; as long after the start as before when left out.
        """
        zone = ZoneInfo(call.config.time_zone)
        first = _in(zone, start)
        if end is None:
            old = _event(zone, _good(await call.authorized("GET", self._events(call, event))))
            long = _local(zone, old["end"]).astimezone(UTC) - _local(zone, old["start"]).astimezone(UTC)
            last = (first.astimezone(UTC) + long).astimezone(zone)
        else:
            last = _in(zone, end)
        _order(first, last)
        body = {"start": _when(first), "end": _when(last)}
        reply = await call.authorized("PATCH", self._events(call, event), {"sendUpdates": "all"}, body)
        return _event(zone, _good(reply, changes=True))

    @function(changes=True)
    async def cancel(self, call: Call, event: str) -> Any:
        """Cancels an appointment. One that is cancelled already stays so.

        event: The appointment's id, as `create` gave it.
        """
        reply = await call.authorized("DELETE", self._events(call, event), {"sendUpdates": "all"})
        if reply.status != GONE:
            _good(reply, changes=True)
        return {"id": event, "cancelled": True}

    def _events(self, call: Call, event: str | None = None) -> str:
        all = f"{self.api}/calendars/{quote(call.config.calendar, safe='')}/events"
        if event is None:
            return all
        if not event.strip("./ "):
            raise ToolFailed("Say which appointment: its id is missing.")
        return f"{all}/{quote(event, safe='')}"


def _good(reply: Reply, changes: bool = False) -> Any:
    if reply.status < 300:
        return reply.body
    if reply.status in (404, GONE):
        raise ToolFailed("There is no such appointment or calendar.")
    said = _of(_of(reply.body, "error", {}), "message", "")
    if reply.status >= 500 and reply.status != 503 and changes:
        raise ToolFailed(f"Google failed ({reply.status}); whether it was done is not known.", "unknown")
    raise ToolFailed(f"Google refused it ({reply.status}): {str(said)[:300] or 'without saying why'}.")


def _of(value: Any, name: str, default: Any) -> Any:
    return value.get(name, default) if isinstance(value, dict) else default


def _in(zone: ZoneInfo, time: datetime) -> datetime:
    return time.astimezone(zone) if time.tzinfo else time.replace(tzinfo=zone)


def _order(first: datetime, last: datetime) -> tuple[datetime, datetime]:
    if last.astimezone(UTC) <= first.astimezone(UTC):
        raise ToolFailed("The end must be after the start.")
    return first, last


def _when(time: datetime) -> dict[str, str]:
    return {"dateTime": time.isoformat(), "timeZone": str(time.tzinfo)}


def _read(zone: ZoneInfo, text: Any) -> datetime:
    return _in(zone, datetime.fromisoformat(str(text)))


def _local(zone: ZoneInfo, text: str) -> datetime:
    return datetime.strptime(text, MINUTES).replace(tzinfo=zone)


def _span(first: datetime, last: datetime) -> dict[str, str]:
    return {"start": first.strftime(MINUTES), "end": last.strftime(MINUTES)}


def _free(
    first: datetime, last: datetime, busy: list[tuple[datetime, datetime]]
) -> list[tuple[datetime, datetime]]:
    """What is left between, in order."""
    free, at = [], first
    for begins, ends in busy:
        if begins > at:
            free.append((at, min(begins, last)))
        at = max(at, ends)
    if at < last:
        free.append((at, last))
    return free


def _event(zone: ZoneInfo, event: Any) -> dict[str, Any]:
    """An appointment as flows know it. All-day ones begin and end at midnight."""
    if _of(event, "status", "") == "cancelled":
        raise ToolFailed("That appointment was cancelled.")
    times = {}
    for edge in ("start", "end"):
        at = _of(event, edge, {})
        text = _of(at, "dateTime", "") or _of(at, "date", "")
        if not text:
            raise ToolFailed("Google's answer could not be read.")
        times[edge] = _read(zone, text).strftime(MINUTES)
    return {"id": str(_of(event, "id", "")), "title": str(_of(event, "summary", "")), **times}
