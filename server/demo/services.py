"""The small services behind the sample flows. Their answers follow from what is asked (and the day); nothing
is kept."""

import zlib
from datetime import date, datetime, timedelta
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from server.kit.errors import ApiError, ErrorCode

PREFIX = "/demo/api"
GARDEN_SEATS = 6
MONDAY, FRIDAY, SATURDAY = 0, 4, 5
BUSY_TIMES = ("19:30", "20:00")
FULL_DAYS = ((12, 24), (12, 25), (12, 31))
ORDERS: dict[str, tuple[str, str, int | None]] = {
    "100234": ("10115", "shipped", 2),
    "100235": ("94107", "delivered", None),
    "100236": ("60601", "preparing", 5),
    "100237": ("73301", "cancelled", None),
}
BROKEN_ORDER = "100500"
SLOTS = ("09:00", "11:30", "15:00")
UNLUCKY = "taken"
"""A name whose bookings always come too late."""

ROOMS: dict[str, tuple[str, int, int]] = {
    "12": ("Lake Room", 2, 140),
    "14": ("Garden Room", 2, 120),
    "21": ("Family Room", 4, 190),
}
"""Rooms of the hotel: name, how many it takes, euros a night."""

router = APIRouter(prefix=PREFIX, include_in_schema=False)


class Reservation(BaseModel):
    """A table."""

    when: str = Field(max_length=40)
    guests: int
    seating: str = Field("", max_length=40)
    name: str = Field(max_length=200)


class Callback(BaseModel):
    """Somebody wants to be called."""

    phone: str = Field(max_length=40)
    topic: str = Field("", max_length=200)


class Appointment(BaseModel):
    """A time at the clinic."""

    slot: str = Field(max_length=40)
    name: str = Field(max_length=200)
    born: str = Field("", max_length=40)
    phone: str = Field("", max_length=40)
    reason: str = Field("", max_length=500)


class Booking(BaseModel):
    """A room."""

    room: str = Field(max_length=10)
    arrival: str = Field(max_length=40)
    nights: int = Field(ge=1, le=21)
    guests: int = Field(ge=1, le=4)
    name: str = Field(max_length=200)


@router.get("/restaurant/availability")
async def availability(when: str, guests: int, seating: str = "") -> dict[str, Any]:
    """Whether a table is free, and if not, when one is on the same day."""
    wanted = _moment(when)
    if wanted.weekday() == MONDAY or (wanted.month, wanted.day) in FULL_DAYS:
        return {"available": False}
    if seating == "garden" and guests > GARDEN_SEATS:
        return {"available": False}
    weekend = wanted.weekday() in (FRIDAY, SATURDAY)
    if weekend and guests > GARDEN_SEATS and wanted.strftime("%H:%M") in BUSY_TIMES:
        later = wanted.replace(hour=21, minute=0)
        return {"available": False, "alternative": later.isoformat(timespec="minutes")}
    return {"available": True}


@router.post("/restaurant/reservations")
async def reserve(wanted: Reservation) -> JSONResponse:
    """Take a table."""
    if wanted.name.strip().lower() == UNLUCKY:
        return JSONResponse({"error": "taken"}, 409)
    return JSONResponse({"reference": _reference("L", wanted)}, 201)


@router.post("/restaurant/callbacks")
async def call_back(wanted: Callback) -> JSONResponse:
    """Note a number."""
    return JSONResponse({"reference": _reference("C", wanted)}, 202)


@router.get("/orders/{number}/check")
async def check_order(number: str, postcode: str = "") -> dict[str, Any]:
    """Whether an order goes to a postcode."""
    return {"match": _order(number)[0] == "".join(postcode.split()).upper()}


@router.get("/orders/{number}")
async def order(number: str) -> dict[str, Any]:
    """Where an order is."""
    _, status, days = _order(number)
    facts: dict[str, Any] = {"status": status}
    if days is not None:
        facts["eta"] = (date.today() + timedelta(days=days)).isoformat()
    if status == "shipped":
        facts["carrier"] = "Parcel Post"
    return facts


@router.get("/clinic/slots")
async def slots(day: str) -> dict[str, Any]:
    """The free times of a day."""
    wanted = _moment(day)
    free = [] if wanted.weekday() >= SATURDAY else [f"{wanted:%Y-%m-%d}T{time}" for time in SLOTS]
    return {"slots": free}


@router.post("/clinic/appointments")
async def book(wanted: Appointment) -> JSONResponse:
    """Take a time."""
    if wanted.slot.endswith(SLOTS[1]) and wanted.name.strip().lower() == UNLUCKY:
        return JSONResponse({"error": "taken"}, 409)
    return JSONResponse({"reference": _reference("A", wanted)}, 201)


@router.get("/hotel/rooms")
async def rooms(arrival: str, nights: int, guests: int) -> dict[str, Any]:
    """The rooms that are free, with their price for the whole stay."""
    return {"rooms": [_quote(r, nights) for r in ROOMS if _is_free(r, arrival, guests)]}


@router.get("/hotel/rooms/{room}")
async def room(room: str, arrival: str, nights: int, guests: int) -> dict[str, Any]:
    """One room, when it is free."""
    if not _is_free(room, arrival, guests):
        raise ApiError(ErrorCode.NOT_FOUND, "This room is not free then.")
    return _quote(room, nights)


@router.post("/hotel/bookings")
async def book_room(wanted: Booking) -> JSONResponse:
    """Take a room."""
    if not _is_free(wanted.room, wanted.arrival, wanted.guests):
        return JSONResponse({"error": "taken"}, 409)
    return JSONResponse({"reference": _reference("H", wanted)}, 201)


def _is_free(room: str, arrival: str, guests: int) -> bool:
    """Nothing is free around Christmas, and the lake room is taken on Saturdays."""
    day = _moment(arrival)
    if room not in ROOMS or guests > ROOMS[room][1] or (day.month, day.day) in FULL_DAYS:
        return False
    return not (room == "12" and day.weekday() == SATURDAY)


def _quote(room: str, nights: int) -> dict[str, Any]:
    name, _, price = ROOMS[room]
    return {"room": room, "name": name, "price": price * max(1, nights)}


def _order(number: str) -> tuple[str, str, int | None]:
    if number == BROKEN_ORDER:
        raise ApiError(
            ErrorCode.INTERNAL_ERROR, "This order breaks, so that flows can show what they do then."
        )
    if number not in ORDERS:
        raise ApiError(ErrorCode.NOT_FOUND, "There is no such order.")
    return ORDERS[number]


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ApiError(ErrorCode.INVALID_REQUEST, "Write the time like 2026-11-27T19:30.") from None


def _reference(letter: str, wanted: BaseModel) -> str:
    return f"{letter}-{1000 + zlib.crc32(wanted.model_dump_json().encode()) % 9000}"
