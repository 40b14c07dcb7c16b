"""Logs: one JSON object a line, with the request's and the session's id, and without anybody's secrets."""

import asyncio
import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, TextIO

import orjson
import structlog

from server.settings import Settings

SECRET_KEYS = re.compile(r"token|secret|password|authorization|cookie|api_?key", re.IGNORECASE)
PERSONAL_KEYS = frozenset({"text", "words", "phone", "email", "address_line", "body", "value"})
PATTERNS = (
    (re.compile(r"\b(?:own|rs)_[0-9A-Za-z]{20,}"), "[token]"),
    (re.compile(r"\beyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]{5,}"), "[token]"),
    (re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"), "[email]"),
    (re.compile(r"(?<![\w.])(?:\d[ -]?){13,19}(?![\w.])"), "[number]"),
    (re.compile(r"(?<![\w.])\+\d[\d ()-]{7,17}\d(?![\w.])"), "[phone]"),
)
TALKATIVE = ("client", "mcp")
"""Libraries that log what strangers send them, line by line. What went wrong, whoever called them tells."""

Event = MutableMapping[str, Any]


def configure_logging(settings: Settings, stream: TextIO = sys.stderr) -> None:
    """Send our log and the libraries' to ``stream`` in the form the settings ask for."""
    level = getattr(logging, settings.log_level.upper())
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    final: list[Any] = [redact]
    final.append(structlog.dev.ConsoleRenderer(colors=False) if settings.log_format == "console" else _json)
    structlog.configure(
        processors=[*shared, *final],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *final],
        )
    )
    handler.addFilter(is_trouble)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(max(level, logging.WARNING))
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.CRITICAL)


def is_trouble(record: logging.LogRecord) -> bool:
    """Whether a library's record is worth a line. That work was cancelled is not: a pool of connections logs it as an
    error when a server stops, or a caller leaves, in the middle of a statement."""
    kind = record.exc_info[0] if record.exc_info else None
    return kind is None or not issubclass(kind, asyncio.CancelledError)


def redact(logger: object, method: str, event: Event) -> Event:
    """The last processor before writing: what people said and what opens doors never reaches the log."""
    return {key: _clean(key, value) for key, value in event.items()}


def _clean(key: str, value: Any) -> Any:
    if SECRET_KEYS.search(key):
        return "[redacted]"
    if key in PERSONAL_KEYS:
        return "[personal]"
    if isinstance(value, str):
        for pattern, instead in PATTERNS:
            value = pattern.sub(instead, value)
        return value
    if isinstance(value, Mapping):
        return {str(k): _clean(str(k), v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_clean("", item) for item in value]
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        return str(value)
    return value if isinstance(value, (int, float, bool, type(None))) else _clean("", str(value))


def _json(logger: object, method: str, event: Event) -> str:
    return orjson.dumps(event, option=orjson.OPT_NON_STR_KEYS, default=str).decode()
