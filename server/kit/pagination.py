"""Pages by key: stable under inserts, the same speed on every page."""

import base64
import binascii
from typing import Annotated, Generic, TypeVar

from fastapi import Depends, Query
from pydantic import BaseModel

from server.kit.errors import ApiError, ErrorCode

T = TypeVar("T")


class Page(BaseModel, Generic[T]):
    """One page, newest first. ``next_cursor`` asks for the page after it; absent on the last."""

    items: list[T]
    has_more: bool
    next_cursor: str | None = None


class Paging:
    """Which page is wanted: ``limit`` rows that come after ``after`` (an id, empty for the first page)."""

    def __init__(self, limit: int = 50, after: str = "") -> None:
        self.limit = limit
        self.after = after

    def page(self, items: list[T], last_id: str, more: bool) -> Page[T]:
        """The page with its cursor."""
        return Page(items=items, has_more=more, next_cursor=encode_cursor(last_id) if more else None)


def encode_cursor(key: str) -> str:
    """An opaque cursor."""
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> str:
    """The key in a cursor; raises `ApiError` for one that is not ours."""
    try:
        key = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode(
            "ascii"
        )
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise ApiError(ErrorCode.INVALID_CURSOR) from None
    if not key.isprintable():
        raise ApiError(ErrorCode.INVALID_CURSOR)
    return key


def paging(
    limit: Annotated[int, Query(ge=1, le=100, description="How many, at most.")] = 50,
    cursor: Annotated[str, Query(max_length=200, description="`next_cursor` of the page before.")] = "",
) -> Paging:
    """The query parameters of every list."""
    return Paging(limit, decode_cursor(cursor) if cursor else "")


PagingQuery = Annotated[Paging, Depends(paging)]
