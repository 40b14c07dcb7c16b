"""Why a call ended: SIP codes and Q.850 causes as names of ends."""

import re
from collections.abc import Mapping

BY_CODE: Mapping[int, str] = {
    401: "auth_failed",
    403: "refused_by_trunk",
    404: "no_such_number",
    407: "auth_failed",
    408: "trunk_unreachable",
    410: "no_such_number",
    415: "no_common_codec",
    480: "unavailable",
    484: "no_such_number",
    486: "busy",
    487: "cancelled",
    488: "no_common_codec",
    500: "trunk_error",
    502: "trunk_error",
    503: "trunk_unavailable",
    504: "trunk_error",
    600: "busy",
    603: "declined",
    604: "no_such_number",
    606: "no_common_codec",
}
"""What a final answer to our INVITE means."""

BY_CAUSE: Mapping[int, str] = {
    1: "no_such_number",
    17: "busy",
    18: "no_answer",
    19: "no_answer",
    20: "unavailable",
    21: "declined",
    22: "no_such_number",
    27: "trunk_error",
    28: "no_such_number",
    34: "trunk_unavailable",
    38: "trunk_error",
    41: "trunk_error",
    42: "trunk_unavailable",
}
"""What a Q.850 cause in a ``Reason`` header means, where the SIP code says less."""

CAUSE_OF: Mapping[str, int] = {
    "busy": 17,
    "no_answer": 19,
    "declined": 21,
    "no_such_number": 1,
    "no_common_codec": 88,
    "no_ack": 102,
    "no_media": 38,
    "full": 42,
    "edge_error": 41,
    "no_agent": 42,
}
"""The Q.850 cause our own BYE or refusal carries; 16 (normal clearing) for every other end."""

REFUSAL_OF: Mapping[str, int] = {
    "busy": 486,
    "declined": 603,
    "no_such_number": 404,
    "no_common_codec": 488,
    "full": 503,
    "no_agent": 503,
    "edge_error": 500,
    "refused": 403,
    "no_answer": 480,
}
"""The code with which an offered call is refused when it is ended before an answer; 480 for others."""

_CAUSE = re.compile(r"q\.850\s*;.*?cause\s*=\s*\"?(\d{1,3})", re.IGNORECASE)

TRANSFERS: Mapping[int, str] = {
    403: "refused",
    404: "error",
    408: "no_answer",
    480: "no_answer",
    486: "busy",
    487: "no_answer",
    600: "busy",
    603: "refused",
}
"""What the final answer of a transfer's target means; ``error`` for every other failure."""


def cause_in(values: list[str]) -> int:
    """The Q.850 cause of ``Reason`` headers, 0 without one."""
    for value in values:
        found = _CAUSE.search(value)
        if found:
            return int(found.group(1))
    return 0


def of_refusal(code: int, cause: int = 0) -> str:
    """The end of an outbound call that was answered with ``code``; ``cause`` is Q.850 and decides where the
    code only says that the provider failed or that nobody could be reached."""
    if code in (480, 500, 503) and cause in BY_CAUSE:
        return BY_CAUSE[cause]
    if code in BY_CODE:
        return BY_CODE[code]
    return "refused_by_trunk" if 400 <= code < 500 else "declined" if code >= 600 else "trunk_error"


def reason_header(reason: str) -> str:
    """The ``Reason`` header for an end of ours."""
    return f"Q.850;cause={CAUSE_OF.get(reason, 16)}"
