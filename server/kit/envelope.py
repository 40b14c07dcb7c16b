"""The one shape of every error: ``{"error": {"code", "message", "details", "timestamp", "request_id"}}``."""

from http import HTTPStatus
from typing import Any

import orjson
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.types import Scope, Send

from server.kit.clock import SystemClock, iso
from server.kit.errors import ApiError, ErrorCode

log = structlog.get_logger()

BY_STATUS = {
    400: ErrorCode.BAD_REQUEST,
    401: ErrorCode.AUTHENTICATION_REQUIRED,
    404: ErrorCode.NOT_FOUND,
    405: ErrorCode.METHOD_NOT_ALLOWED,
    413: ErrorCode.PAYLOAD_TOO_LARGE,
    431: ErrorCode.HEADERS_TOO_LARGE,
}


class ErrorBody(BaseModel):
    """What went wrong, and what to do."""

    code: ErrorCode
    message: str = Field(description="A sentence for people.")
    details: Any = Field(None, description="Facts for programs; its shape depends on the code.")
    timestamp: str
    request_id: str


class ErrorResponse(BaseModel):
    """The envelope of every error."""

    error: ErrorBody


def error_body(error: ApiError, request_id: str) -> dict[str, Any]:
    """The envelope as plain data."""
    return {
        "error": {
            "code": error.code.value,
            "message": error.message,
            "details": error.details,
            "timestamp": iso(SystemClock().now_ms()),
            "request_id": request_id,
        }
    }


def request_id(scope: Scope) -> str:
    """The id the request was given, or empty outside of a request."""
    return str(scope.get("state", {}).get("request_id", ""))


async def send_error(scope: Scope, send: Send, error: ApiError) -> None:
    """Answer an HTTP request with an error, below any framework."""
    body = orjson.dumps(error_body(error, request_id(scope)))
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    headers += [(k.lower().encode(), v.encode()) for k, v in error.headers.items()]
    await send({"type": "http.response.start", "status": error.code.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


ANY_ROUTE = (
    ErrorCode.BAD_REQUEST,
    ErrorCode.HEADERS_TOO_LARGE,
    ErrorCode.INVALID_JSON,
    ErrorCode.INVALID_REQUEST,
    ErrorCode.METHOD_NOT_ALLOWED,
    ErrorCode.NOT_FOUND,
    ErrorCode.PAYLOAD_TOO_LARGE,
    ErrorCode.RATE_LIMITED,
    ErrorCode.INTERNAL_ERROR,
    ErrorCode.SERVER_BUSY,
)
"""What any route may answer."""


def responses(*codes: ErrorCode) -> dict[int | str, dict[str, Any]]:
    """The ``responses=`` of a route: each status with its codes and their sentences, those of any route
    included."""
    found: dict[int | str, dict[str, Any]] = {}
    for code in sorted({*ANY_ROUTE, *codes}):
        entry = found.setdefault(code.status, {"model": ErrorResponse, "description": ""})
        entry["description"] += f"{' · ' if entry['description'] else ''}`{code.value}`: {code.message}"
    return found


def install(app: FastAPI) -> None:
    """Give every error of the application its envelope."""
    app.add_exception_handler(ApiError, _api_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)


def _answer(request: Request, error: ApiError) -> JSONResponse:
    body = error_body(error, request_id(request.scope))
    return JSONResponse(body, error.code.status, error.headers)


async def _api_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ApiError)
    return _answer(request, error)


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    problems = error.errors()
    if any(p["type"] == "json_invalid" for p in problems):
        return _answer(request, ApiError(ErrorCode.INVALID_JSON))
    details = [{"field": ".".join(map(str, p["loc"])), "message": p["msg"]} for p in problems]
    return _answer(request, ApiError(ErrorCode.INVALID_REQUEST, details=details))


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    code = BY_STATUS.get(error.status_code)
    if code is None:
        code = ErrorCode.INTERNAL_ERROR if error.status_code >= 500 else ErrorCode.BAD_REQUEST
        log.warning(
            "unregistered status", status=error.status_code, phrase=HTTPStatus(error.status_code).phrase
        )
    headers = {k: v for k, v in (error.headers or {}).items() if k.lower() == "allow"}
    return _answer(request, ApiError(code, headers=headers))
