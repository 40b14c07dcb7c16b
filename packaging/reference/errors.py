"""The page of the API's error codes."""

from collections.abc import Iterator
from http import HTTPStatus

from markdown import code, intro, page, table

from server.kit.errors import ErrorCode


def errors_page() -> str:
    """Every code, by status."""
    return page(intro("errors.md"), table(("status", "code", "what it says"), _rows()))


def _rows() -> Iterator[tuple[str, str, str]]:
    for error in sorted(ErrorCode, key=lambda error: (error.status, error.value)):
        yield f"{error.status} {HTTPStatus(error.status).phrase}", code(error.value), error.message
