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
