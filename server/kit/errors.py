"""The registry of errors: every code the API can answer with, its status and its words."""

from enum import StrEnum
from typing import Any, Self

from starlette.exceptions import HTTPException


class ErrorCode(StrEnum):
    """A code, the HTTP status it comes with, and the sentence used when nothing better is known."""

    status: int
    message: str

    def __new__(cls, code: str, status: int, message: str) -> Self:
        member = str.__new__(cls, code)
        member._value_ = code
        member.status = status
        member.message = message
        return member

    BAD_REQUEST = "BAD_REQUEST", 400, "The request could not be read. Check its syntax."
    INVALID_JSON = "INVALID_JSON", 400, "The body is not valid JSON. Send UTF-8 JSON."
    INVALID_CURSOR = "INVALID_CURSOR", 400, "This cursor is not ours. Start again without one."
    AUTHENTICATION_REQUIRED = (
        "AUTHENTICATION_REQUIRED",
        401,
        'Send the owner token as "Authorization: Bearer ...". `parley token` shows it.',
    )
    INVALID_TOKEN = "INVALID_TOKEN", 401, "The token is not valid here. `parley token` shows the owner token."
    KEY_IN_BROWSER = (
        "KEY_IN_BROWSER",
        403,
        "This token is secret and came from a web page. Use it from a program, never from a page.",
    )
    ORIGIN_NOT_ALLOWED = (
        "ORIGIN_NOT_ALLOWED",
        403,
        "This page may not talk to the agent. Add its origin to the agent's widget settings.",
    )
    NOT_FOUND = "NOT_FOUND", 404, "There is nothing at this address."
    AGENT_NOT_FOUND = "AGENT_NOT_FOUND", 404, "There is no such agent."
    AGENT_NOT_PUBLISHED = "AGENT_NOT_PUBLISHED", 409, "The agent has no release yet. Publish it first."
    RELEASE_NOT_FOUND = "RELEASE_NOT_FOUND", 404, "There is no such release."
    RECORDING_NOT_FOUND = "RECORDING_NOT_FOUND", 404, "There is no such recording."
    TRUNK_NOT_FOUND = "TRUNK_NOT_FOUND", 404, "There is no such trunk."
    NUMBER_NOT_FOUND = "NUMBER_NOT_FOUND", 404, "There is no such number."
    CALL_NOT_FOUND = "CALL_NOT_FOUND", 404, "There is no such call."
    KNOWLEDGE_BASE_NOT_FOUND = "KNOWLEDGE_BASE_NOT_FOUND", 404, "There is no such knowledge base."
    KNOWLEDGE_SOURCE_NOT_FOUND = "KNOWLEDGE_SOURCE_NOT_FOUND", 404, "There is no such source of knowledge."
    TOOL_NOT_FOUND = "TOOL_NOT_FOUND", 404, "There is no such tool."
    TOOL_NOT_SET_UP = "TOOL_NOT_SET_UP", 409, "The tool is not set up for this agent. Set it up first."
    SESSION_NOT_FOUND = "SESSION_NOT_FOUND", 404, "There is no such session."
    METHOD_NOT_ALLOWED = "METHOD_NOT_ALLOWED", 405, "This address does not take that method."
    SESSION_ENDED = "SESSION_ENDED", 409, "The session has ended. Start a new one."
    VOICE_UNAVAILABLE = "VOICE_UNAVAILABLE", 409, "This agent cannot be talked to aloud here. Write to it."
    KNOWLEDGE_BASE_EXISTS = (
        "KNOWLEDGE_BASE_EXISTS",
        409,
        "The agent has a knowledge base already. Add to that one.",
    )
    KNOWLEDGE_BASE_IN_USE = (
        "KNOWLEDGE_BASE_IN_USE",
        409,
        "Releases rely on this knowledge base. Delete its sources instead: new releases will not know them.",
    )
    KNOWLEDGE_FULL = (
        "KNOWLEDGE_FULL",
        409,
        "The organisation keeps as much knowledge as it may. Delete sources that are not needed any more.",
    )
    REVISION_CONFLICT = (
        "REVISION_CONFLICT",
        409,
        "The draft has changed since you read it. Read it again and repeat your change.",
    )
    REVISION_MISMATCH = (
        "REVISION_MISMATCH",
        412,
        "The draft has changed since you read it. Read it again and repeat your change.",
    )
    PAYLOAD_TOO_LARGE = "PAYLOAD_TOO_LARGE", 413, "The body is too large."
    INVALID_REQUEST = "INVALID_REQUEST", 422, "The request has wrong or missing fields; see the details."
    DOCUMENT_UNREADABLE = "DOCUMENT_UNREADABLE", 422, "The document could not be read."
    FLOW_UNREADABLE = "FLOW_UNREADABLE", 422, "The flow could not be read."
    FLOW_HAS_ERRORS = "FLOW_HAS_ERRORS", 422, "The flow has errors; mend them, then publish."
    REVISION_REQUIRED = (
        "REVISION_REQUIRED",
        428,
        "Say which revision you change: send its ETag as If-Match.",
    )
    INVALID_MESSAGE = "INVALID_MESSAGE", 422, "The message could not be read. Nothing was done."
    RATE_LIMITED = "RATE_LIMITED", 429, "Too many requests. Wait as long as Retry-After says."
    SESSION_IDLE = "SESSION_IDLE", 408, "Nothing was said for a while. Connect again to go on."
    HEADERS_TOO_LARGE = "HEADERS_TOO_LARGE", 431, "The request's headers are too large."
    INTERNAL_ERROR = (
        "INTERNAL_ERROR",
        500,
        "Something went wrong here. Try again; if it stays, report the request id.",
    )
    SERVER_BUSY = "SERVER_BUSY", 503, "The server is busy. Try again in a moment."
    NOT_READY = "NOT_READY", 503, "The server is not ready."


class ApiError(HTTPException):
    """Answers the request with an error of the registry. An ``HTTPException``, so that the framework lets it pass.

    ``message`` replaces the code's own sentence; ``details`` is JSON for programs; ``headers`` go out with
    the answer.
    """

    def __init__(
        self,
        code: ErrorCode,
        message: str = "",
        details: Any = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(code.status, message or code.message, headers)
        self.code = code
        self.message = message or code.message
        self.details = details
        self.headers: dict[str, str] = headers or {}
